"""Operations on event buses, and how other operations find theirs."""

import re
from collections.abc import Iterable

from emulator.core.arn import Arn
from emulator.core.record import replace
from emulator.core.scope import Scope
from emulator.operations.paging import page_of
from emulator.operations.table import Env, OperationTable, Params, Result
from emulator.services.events.errors import (
    LimitExceededException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
    ValidationException,
)
from emulator.services.events.live_bus import LiveBus
from emulator.services.events.records import (
    BUSES,
    DEFAULT_BUS,
    PARTNER_SOURCES,
    RULES,
    Bus,
    PartnerSource,
    bus_arn,
)

ops = OperationTable("events")

LIST_PAGE = 100
UNTOUCHED_DEFAULT_BUS = Bus(DEFAULT_BUS, 0.0, 0.0)
SETTINGS = ("Description", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig")
ARN_OF_BUS = re.compile(r"arn:[a-z-]+:events:[^:]+:\d{12}:event-bus/")


def bus_ref(env: Env, name_or_arn: str | None) -> tuple[Scope, str]:
    """Return whose bus a request names and its name; no name means the caller's default bus."""
    if not name_or_arn:
        return env.scope, DEFAULT_BUS
    if ARN_OF_BUS.match(name_or_arn):
        arn = Arn.parse(name_or_arn)
        return arn.scope, arn.resource.removeprefix("event-bus/")
    return env.scope, name_or_arn


def find_bus(env: Env, scope: Scope, name: str) -> Bus | None:
    """Return the bus, or None. The default bus is there in every account and region."""
    bus = env.store.table(BUSES, scope).rows.get(name)
    return UNTOUCHED_DEFAULT_BUS if bus is None and name == DEFAULT_BUS else bus


def require_bus(env: Env, name_or_arn: str | None) -> tuple[Scope, Bus]:
    """Return the bus a request names.

    Raises:
        ResourceNotFoundException: there is none.
    """
    scope, name = bus_ref(env, name_or_arn)
    bus = find_bus(env, scope, name)
    if bus is None:
        raise ResourceNotFoundException(f"Event bus {name} does not exist.")
    return scope, bus


@ops.operation("CreateEventBus")
def create_event_bus(env: Env, params: Params) -> Result:
    """Create a custom bus."""
    name = params["Name"]
    buses = env.store.table(BUSES, env.scope)
    if name == DEFAULT_BUS or name in buses.rows:
        raise ResourceAlreadyExistsException(f"Event bus {name} already exists.")
    source = _offered_source(env, params)
    if source is None and "/" in name:
        raise ValidationException("Event bus name must not contain '/'.")
    if len(buses.rows) >= env.limits.buses_per_scope_max - 1:  # the default bus counts too
        raise LimitExceededException
    now = env.world.now()
    settings = {field: params[field] for field in SETTINGS if field in params}
    tags = {tag["Key"]: tag["Value"] for tag in params.get("Tags", [])}
    buses.put(Bus(name, now, now, settings, tags))
    if source is not None:
        env.store.table(PARTNER_SOURCES, env.scope).put(replace(source, state="ACTIVE"))
    return {"EventBusArn": bus_arn(env.scope, name), **settings}


def _offered_source(env: Env, params: Params) -> PartnerSource | None:
    """Return the partner's source that a bus is to be made for, if one is named."""
    name = params.get("EventSourceName")
    if name is None:
        return None
    source = env.store.table(PARTNER_SOURCES, env.scope).get(name)
    if source is None or source.has_expired(env.world.now()):
        raise ResourceNotFoundException(f"Event source {name} does not exist.")
    if name != params["Name"]:
        # AWS: unverified wording; the rule is documented
        raise ValidationException("Event bus name must be the name of the event source.")
    return source


@ops.operation("DescribeEventBus")
def describe_event_bus(env: Env, params: Params) -> Result:
    """Return a bus with its settings."""
    scope, bus = require_bus(env, params.get("Name"))
    return {**_summary(scope, bus), **bus.settings}


@ops.operation("UpdateEventBus")
def update_event_bus(env: Env, params: Params) -> Result:
    """Change the settings of a bus; those not given stay."""
    scope, bus = require_bus(env, params.get("Name"))
    settings = {**bus.settings, **{field: params[field] for field in SETTINGS if field in params}}
    now = env.world.now()
    changed = replace(bus, created_at=bus.created_at or now, modified_at=now, settings=settings)
    env.store.table(BUSES, scope).put(changed)
    return {"Arn": bus_arn(scope, bus.name), "Name": bus.name, **settings}


@ops.operation("ListEventBuses")
def list_event_buses(env: Env, params: Params) -> Result:
    """Return the buses by name, the default one among them."""
    prefix = params.get("NamePrefix", "")
    names = {DEFAULT_BUS, *env.store.table(BUSES, env.scope).rows}
    page, token = read_page((name for name in names if name.startswith(prefix)), params)
    buses = [bus for name in page if (bus := find_bus(env, env.scope, name))]
    return {"EventBuses": [_summary(env.scope, bus) for bus in buses], **token}


@ops.operation("DeleteEventBus")
def delete_event_bus(env: Env, params: Params) -> Result:
    """Delete a custom bus without rules; one that does not exist is as good as deleted."""
    scope, name = bus_ref(env, params["Name"])
    if name == DEFAULT_BUS:
        raise ValidationException("Cannot delete event bus default.")
    if env.store.table(RULES, scope, name).rows:
        # AWS: unverified - the documentation asks to delete the rules first and does not give the message.
        raise ValidationException("Event bus can't be deleted since it has rules.")
    env.store.table(BUSES, scope).delete(name)
    env.store.drop_derived(LiveBus, scope, name)
    return {}


def read_page(names: Iterable[str], params: Params) -> tuple[list[str], Result]:
    """Return the page of `names` that Limit and NextToken ask for, and the answer's NextToken member if any."""
    try:
        page, token = page_of(names, params.get("Limit", LIST_PAGE), params.get("NextToken"))
    except ValueError:
        raise ValidationException("Parameter NextToken is not valid.") from None  # AWS: unverified
    return page, {"NextToken": token} if token else {}


def _summary(scope: Scope, bus: Bus) -> Result:
    summary: Result = {"Name": bus.name, "Arn": bus_arn(scope, bus.name)}
    if "Description" in bus.settings:
        summary["Description"] = bus.settings["Description"]
    if bus.policy:
        summary["Policy"] = bus.policy
    if bus.created_at:  # AWS: the default bus has no times
        summary |= {"CreationTime": bus.created_at, "LastModifiedTime": bus.modified_at}
    return summary
