"""PutEvents: each entry is checked by itself and becomes an event, or an error beside the others."""

from collections.abc import Callable
from typing import Any

import orjson

from emulator.core.arn import partition_of
from emulator.core.scope import Scope
from emulator.operations.table import Env, Params, Result
from emulator.services.events.buses import bus_ref, find_bus, ops
from emulator.services.events.endpoints import buses_of_endpoint
from emulator.services.events.envelope import envelope
from emulator.services.events.errors import ValidationException
from emulator.services.events.partners import is_offered_by, takers
from emulator.services.events.policies import PUT_EVENTS, may_put_events
from emulator.services.events.records import Bus, bus_arn
from emulator.services.events.routing import route

REQUIRED = ("Source", "DetailType", "Detail")
TIME_BYTES = 14
NOT_AUTHORIZED = ("NotAuthorizedForSourceException", "Not authorized for the source.")

BusRef = tuple[Scope, str]


class EntryRefused(Exception):
    """An entry cannot become an event; `code` and `message` are its part of the answer."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@ops.operation("PutEvents")
def put_events(env: Env, params: Params) -> Result:
    """Put up to ten events on their buses.

    An unknown bus is not an error: the event is accepted and matches nothing
    (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html).
    """
    endpoint = params.get("EndpointId")
    if endpoint is None:
        return _put_all(env, params["Entries"], lambda entry: [bus_ref(env, entry.get("EventBusName"))])
    buses = buses_of_endpoint(env, endpoint)
    if not buses:
        raise ValidationException(f"Endpoint {endpoint} does not exist.")  # AWS: unverified
    return _put_all(env, params["Entries"], lambda _entry: buses)


@ops.operation("PutPartnerEvents")
def put_partner_events(env: Env, params: Params) -> Result:
    """Put a partner's events on the buses of the accounts that have taken its source."""

    def buses_for(entry: Params) -> list[BusRef]:
        source = entry["Source"]
        if not is_offered_by(env, source):
            raise EntryRefused(*NOT_AUTHORIZED)
        return [(scope, source) for scope in takers(env, source)]

    return _put_all(env, params["Entries"], buses_for, is_partner=True)


def _put_all(
    env: Env,
    entries: list[Params],
    buses_for: Callable[[Params], list[BusRef]],
    *,
    is_partner: bool = False,
) -> Result:
    if sum(map(size_bytes, entries)) >= env.limits.put_events_bytes_max:
        raise ValidationException("Total size of the entries in the request is over the limit.")
    results = []
    failed = 0
    for entry in entries:
        try:
            results.append({"EventId": _put(env, entry, buses_for, is_partner=is_partner)})
        except EntryRefused as refusal:
            failed += 1
            results.append({"ErrorCode": refusal.code, "ErrorMessage": refusal.message})
    return {"FailedEntryCount": failed, "Entries": results}


def size_bytes(entry: Params) -> int:
    """Return what an entry counts: 14 for a time, and the UTF-8 bytes of its texts.

    AWS: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size
    """
    size = TIME_BYTES if "Time" in entry else 0
    for name in REQUIRED:
        size += len(entry.get(name, "").encode())
    for resource in entry.get("Resources", ()):
        size += len(resource.encode())
    return size


def _put(env: Env, entry: Params, buses_for: Callable[[Params], list[BusRef]], *, is_partner: bool) -> str:
    for name in REQUIRED:
        if not entry.get(name):
            raise EntryRefused(
                "InvalidArgument", f"Parameter {name} is not valid. Reason: {name} is a required argument."
            )
    source = entry["Source"]
    if source.startswith("aws.") and not is_partner:
        raise EntryRefused(*NOT_AUTHORIZED)
    detail = _detail(entry["Detail"])
    event_id = env.world.ids.uuid()
    for scope, name in buses_for(entry):
        bus = find_bus(env, scope, name)
        if bus is None:
            continue
        owner = env.scope
        if is_partner:
            owner = scope
        elif scope.account != owner.account:
            _check_permission(env, entry, scope, bus)
        event = envelope(
            owner if owner.region == scope.region else Scope(owner.account, scope.region),
            event_id=event_id,
            source=source,
            detail_type=entry["DetailType"],
            time=entry.get("Time", env.world.now()),
            resources=entry.get("Resources", []),
            detail=detail,
        )
        route(env, scope, name, event)
    return event_id


def _check_permission(env: Env, entry: Params, scope: Scope, bus: Bus) -> None:
    context = {"events:source": entry["Source"], "events:detail-type": entry["DetailType"]}
    if not may_put_events(env.scope.account, scope, bus, context):
        arn = bus_arn(scope, bus.name)
        raise EntryRefused(
            "AccessDeniedException",
            f"User: arn:{partition_of(scope.region)}:iam::{env.scope.account}:root is not authorized to perform: "
            f"{PUT_EVENTS} on resource: {arn} because no resource-based policy allows the {PUT_EVENTS} action",
        )


def _detail(text: str) -> dict[str, Any]:
    try:
        detail = orjson.loads(text)
    except orjson.JSONDecodeError:
        detail = None
    if not isinstance(detail, dict):
        raise EntryRefused("MalformedDetail", "Detail is malformed.")
    return detail
