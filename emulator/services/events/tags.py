"""Tags of buses and rules."""

from emulator.core.arn import Arn
from emulator.core.record import replace
from emulator.core.scope import Scope
from emulator.operations.table import Env, Params, Result
from emulator.services.events.buses import find_bus, ops
from emulator.services.events.errors import (
    LimitExceededException,
    ResourceNotFoundException,
    ValidationException,
)
from emulator.services.events.records import BUSES, DEFAULT_BUS, RULES, Bus, Rule


@ops.operation("TagResource")
def tag_resource(env: Env, params: Params) -> Result:
    """Add tags to a bus or rule, replacing those of the same keys."""
    scope, resource = _require(env, params["ResourceARN"])
    tags = resource.tags | {tag["Key"]: tag["Value"] for tag in params["Tags"]}
    if len(tags) > env.limits.tags_per_resource_max:
        raise LimitExceededException
    _put(env, scope, resource, tags)
    return {}


@ops.operation("UntagResource")
def untag_resource(env: Env, params: Params) -> Result:
    """Remove tags by key; absent keys change nothing."""
    scope, resource = _require(env, params["ResourceARN"])
    tags = {key: value for key, value in resource.tags.items() if key not in params["TagKeys"]}
    _put(env, scope, resource, tags)
    return {}


@ops.operation("ListTagsForResource")
def list_tags_for_resource(env: Env, params: Params) -> Result:
    """Return the tags of a bus or rule."""
    _, resource = _require(env, params["ResourceARN"])
    return {"Tags": [{"Key": key, "Value": value} for key, value in resource.tags.items()]}


def _require(env: Env, text: str) -> tuple[Scope, Bus | Rule]:
    try:
        arn = Arn.parse(text)
    except ValueError:
        raise ValidationException(
            f"Parameter {text} is not valid. Reason: Provided Arn is not in correct format."
        ) from None
    kind, _, name = arn.resource.partition("/")
    if kind == "event-bus":
        bus = find_bus(env, arn.scope, name)
        if bus is None:
            raise ResourceNotFoundException(f"Event bus {name} does not exist.")
        return arn.scope, bus
    bus_name, _, rule_name = name.rpartition("/")
    rule = env.store.table(RULES, arn.scope, bus_name or DEFAULT_BUS).get(rule_name)
    if rule is None:
        raise ResourceNotFoundException(
            f"Rule {rule_name} does not exist on EventBus {bus_name or DEFAULT_BUS}."
        )
    return arn.scope, rule


def _put(env: Env, scope: Scope, resource: Bus | Rule, tags: dict[str, str]) -> None:
    if isinstance(resource, Bus):
        env.store.table(BUSES, scope).put(replace(resource, tags=tags))
    else:
        env.store.table(RULES, scope, resource.bus).put(replace(resource, tags=tags))
