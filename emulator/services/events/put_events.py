"""PutEvents: each entry is checked by itself and becomes an event, or an error beside the others."""

from typing import Any

import orjson

from emulator.core.scope import Scope
from emulator.operations.table import Env, Params, Result
from emulator.services.events.buses import bus_ref, find_bus, ops
from emulator.services.events.envelope import envelope
from emulator.services.events.errors import ValidationException
from emulator.services.events.routing import route

REQUIRED = ("Source", "DetailType", "Detail")
TIME_BYTES = 14


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
    entries = params["Entries"]
    if sum(map(size_bytes, entries)) >= env.limits.put_events_bytes_max:
        raise ValidationException("Total size of the entries in the request is over the limit.")
    results = []
    failed = 0
    for entry in entries:
        try:
            results.append({"EventId": _put(env, entry)})
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


def _put(env: Env, entry: Params) -> str:
    for name in REQUIRED:
        if not entry.get(name):
            raise EntryRefused(
                "InvalidArgument", f"Parameter {name} is not valid. Reason: {name} is a required argument."
            )
    source = entry["Source"]
    if source.startswith("aws."):
        raise EntryRefused("NotAuthorizedForSourceException", "Not authorized for the source.")
    detail = _detail(entry["Detail"])
    scope, bus = bus_ref(env, entry.get("EventBusName"))
    event_id = env.world.ids.uuid()
    if find_bus(env, scope, bus) is not None:
        event = envelope(
            env.scope if scope.region == env.scope.region else Scope(env.scope.account, scope.region),
            event_id=event_id,
            source=source,
            detail_type=entry["DetailType"],
            time=entry.get("Time", env.world.now()),
            resources=entry.get("Resources", []),
            detail=detail,
        )
        route(env, scope, bus, event)
    return event_id


def _detail(text: str) -> dict[str, Any]:
    try:
        detail = orjson.loads(text)
    except orjson.JSONDecodeError:
        detail = None
    if not isinstance(detail, dict):
        raise EntryRefused("MalformedDetail", "Detail is malformed.")
    return detail
