"""Operations on rules."""

from emulator.core.record import replace
from emulator.core.scope import Scope
from emulator.operations.table import Env, Params, Result
from emulator.services.events.buses import ops, read_page, require_bus
from emulator.services.events.errors import (
    InvalidEventPatternException,
    LimitExceededException,
    ManagedRuleException,
    ResourceNotFoundException,
    ValidationException,
)
from emulator.services.events.live_bus import live_bus
from emulator.services.events.records import DEFAULT_BUS, RULES, Rule, rule_arn
from emulator.services.events.schedules import drop_schedule, keep_schedule
from rules import InvalidPattern, InvalidSchedule, parse, parse_schedule


def require_rule(env: Env, params: Params, name_field: str = "Name") -> tuple[Scope, Rule]:
    """Return the rule that a request names, and whose it is.

    Raises:
        ResourceNotFoundException: the bus or the rule does not exist.
    """
    scope, bus = require_bus(env, params.get("EventBusName"))
    name = params[name_field]
    rule = env.store.table(RULES, scope, bus.name).get(name)
    if rule is None:
        raise ResourceNotFoundException(f"Rule {name} does not exist on EventBus {bus.name}.")
    return scope, rule


def store_rule(env: Env, scope: Scope, rule: Rule) -> None:
    """Store `rule` and let its bus follow."""
    env.store.table(RULES, scope, rule.bus).put(rule)
    live_bus(env, scope, rule.bus).update(rule)


def check_not_managed(rule: Rule, params: Params) -> None:
    """Refuse to change a managed rule without Force."""
    if rule.managed_by and not params.get("Force"):
        raise ManagedRuleException(
            f"Rule {rule.name} is managed by an AWS service and can only be modified if force is true."
        )


@ops.operation("PutRule")
def put_rule(env: Env, params: Params) -> Result:
    """Create a rule, or replace it: members not given are reset; targets stay."""
    scope, bus = require_bus(env, params.get("EventBusName"))
    rules = env.store.table(RULES, scope, bus.name)
    existing = rules.get(params["Name"])
    pattern = params.get("EventPattern", "")
    schedule = params.get("ScheduleExpression", "")
    _check(bus.name, pattern, schedule, env)
    if existing is None and len(rules.rows) >= env.limits.rules_per_bus_max:
        raise LimitExceededException
    if existing is not None:
        check_not_managed(existing, params)
    tags = {tag["Key"]: tag["Value"] for tag in params.get("Tags", [])}
    rule = Rule(
        name=params["Name"],
        bus=bus.name,
        event_pattern=pattern,
        schedule_expression=schedule,
        state=params.get("State", "ENABLED"),
        description=params.get("Description", ""),
        role_arn=params.get("RoleArn", ""),
        scheduled_from=env.world.now(),
        targets=existing.targets if existing else (),
        tags=existing.tags if existing else tags,  # AWS: tags given for a rule that exists are ignored
    )
    store_rule(env, scope, rule)
    keep_schedule(env, scope, rule)
    return {"RuleArn": rule_arn(scope, bus.name, rule.name)}


def _check(bus: str, pattern: str, schedule: str, env: Env) -> None:
    if not pattern and not schedule:
        raise ValidationException("Parameter(s) EventPattern or ScheduleExpression must be specified.")
    if schedule:
        if bus != DEFAULT_BUS:
            raise ValidationException("ScheduleExpression is supported only on the default event bus.")
        try:
            parse_schedule(schedule)
        except InvalidSchedule as error:
            raise ValidationException(error.message) from None
    if pattern:
        check_pattern(env, pattern)


def check_pattern(env: Env, pattern: str) -> None:
    """Refuse a pattern that cannot be used."""
    if len(pattern) > env.limits.event_pattern_characters_max:
        raise LimitExceededException
    try:
        parse(pattern)
    except InvalidPattern as error:
        raise InvalidEventPatternException(error.message) from None


@ops.operation("DescribeRule")
def describe_rule(env: Env, params: Params) -> Result:
    """Return a rule without its targets."""
    scope, rule = require_rule(env, params)
    return {**_summary(scope, rule), "CreatedBy": scope.account}


@ops.operation("ListRules")
def list_rules(env: Env, params: Params) -> Result:
    """Return the rules of a bus by name."""
    scope, bus = require_bus(env, params.get("EventBusName"))
    rules = env.store.table(RULES, scope, bus.name).rows
    prefix = params.get("NamePrefix", "")
    page, token = read_page((name for name in rules if name.startswith(prefix)), params)
    return {"Rules": [_summary(scope, rules[name]) for name in page], **token}


@ops.operation("EnableRule")
def enable_rule(env: Env, params: Params) -> Result:
    """Let a rule match again; a rate counts from now."""
    return _set_state(env, params, "ENABLED")


@ops.operation("DisableRule")
def disable_rule(env: Env, params: Params) -> Result:
    """Stop a rule from matching."""
    return _set_state(env, params, "DISABLED")


def _set_state(env: Env, params: Params, state: str) -> Result:
    scope, rule = require_rule(env, params)
    check_not_managed(rule, params)
    if rule.state != state:
        changed = replace(rule, state=state, scheduled_from=env.world.now())
        store_rule(env, scope, changed)
        keep_schedule(env, scope, changed)
    return {}


@ops.operation("DeleteRule")
def delete_rule(env: Env, params: Params) -> Result:
    """Delete a rule without targets; one that does not exist is as good as deleted."""
    scope, bus = require_bus(env, params.get("EventBusName"))
    rules = env.store.table(RULES, scope, bus.name)
    rule = rules.get(params["Name"])
    if rule is None:
        return {}
    check_not_managed(rule, params)
    if rule.targets:
        raise ValidationException("Rule can't be deleted since it has targets.")
    rules.delete(rule.name)
    drop_schedule(env, scope, rule)
    live_bus(env, scope, bus.name).remove(rule.name)
    return {}


@ops.operation("ListRuleNamesByTarget")
def list_rule_names_by_target(env: Env, params: Params) -> Result:
    """Return the names of a bus's rules that have a target of that ARN."""
    scope, bus = require_bus(env, params.get("EventBusName"))
    rules = env.store.table(RULES, scope, bus.name).rows.values()
    arn = params["TargetArn"]
    names = (rule.name for rule in rules if any(target.arn == arn for target in rule.targets))
    page, token = read_page(names, params)
    return {"RuleNames": page, **token}


def _summary(scope: Scope, rule: Rule) -> Result:
    members = {
        "Name": rule.name,
        "Arn": rule_arn(scope, rule.bus, rule.name),
        "EventPattern": rule.event_pattern,
        "ScheduleExpression": rule.schedule_expression,
        "State": rule.state,
        "Description": rule.description,
        "RoleArn": rule.role_arn,
        "ManagedBy": rule.managed_by,
        "EventBusName": rule.bus,
    }
    return {name: value for name, value in members.items() if value}
