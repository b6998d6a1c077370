"""Log events: put, read in order, and found by terms.

Invariant: the events of a group lie in the order of their ingestion; whoever reads them sorts by timestamp.
"""

import re
from collections.abc import Callable, Iterator

from emulator.core.errors import UnknownOperationException
from emulator.core.record import replace
from emulator.operations.table import Env, Params, Result
from emulator.services.logs.errors import InvalidParameterException
from emulator.services.logs.groups import milliseconds, ops, require_group
from emulator.services.logs.records import EVENTS, STREAMS, LogEvent, LogGroup, LogStream
from emulator.services.logs.streams import SEQUENCE_TOKEN, require_stream

EVENTS_PAGE = 10_000
DAY_MILLISECONDS = 86_400_000
TOO_OLD_DAYS = 14
TOO_NEW_MILLISECONDS = 2 * 3_600_000
_TERM = re.compile(r'([-?]?)(?:"([^"]*)"|(\S+))')

Test = Callable[[str], bool]


@ops.operation("PutLogEvents")
def put_log_events(env: Env, params: Params) -> Result:
    """Put events into a stream; those too old or too new are left out, and told of."""
    group = require_group(env, params)
    stream = require_stream(env, group, params["logStreamName"])
    entries = params["logEvents"]
    times = [entry["timestamp"] for entry in entries]
    if times != sorted(times):
        raise InvalidParameterException(
            "Log events in a single PutLogEvents request must be in chronological order."
        )
    now = milliseconds(env)
    oldest = now - TOO_OLD_DAYS * DAY_MILLISECONDS
    if group.retention_days is not None:
        oldest = max(oldest, now - group.retention_days * DAY_MILLISECONDS)
    taken = [entry for entry in entries if oldest <= entry["timestamp"] <= now + TOO_NEW_MILLISECONDS]
    _add(env, group, stream, taken)
    rejected: Result = {}
    if times[0] < oldest:
        rejected["tooOldLogEventEndIndex"] = sum(time < oldest for time in times)
    if times[-1] > now + TOO_NEW_MILLISECONDS:
        rejected["tooNewLogEventStartIndex"] = sum(time <= now + TOO_NEW_MILLISECONDS for time in times)
    return {
        "nextSequenceToken": SEQUENCE_TOKEN,
        **({"rejectedLogEventsInfo": rejected} if rejected else {}),
    }


@ops.operation("WriteLogEvent", internal=True)
def write_log_event(env: Env, params: Params) -> Result:
    """Put one event into a stream that is made when it is missing, as AWS's own services do."""
    group = require_group(env, params)
    streams = env.store.table(STREAMS, env.scope, group.name)
    now = milliseconds(env)
    stream = streams.get(params["logStreamName"]) or LogStream(params["logStreamName"], now)
    _add(env, group, stream, [{"timestamp": params.get("timestamp", now), "message": params["message"]}])
    return {}


@ops.operation("GetLogEvents")
def get_log_events(env: Env, params: Params) -> Result:
    """Return a page of a stream's events in the order of their time, from either end."""
    group = require_group(env, params)
    stream = require_stream(env, group, params["logStreamName"])
    events = [event for event in _chosen(env, group, params) if event.stream == stream.name]
    limit = params.get("limit", EVENTS_PAGE)
    start = _start(params.get("nextToken"), len(events), limit, from_head=params.get("startFromHead", False))
    end = min(len(events), start + limit)
    return {
        "events": [_shown(event) for event in events[start:end]],
        "nextForwardToken": f"f/{end:056}",
        "nextBackwardToken": f"b/{start:056}",
    }


@ops.operation("FilterLogEvents")
def filter_log_events(env: Env, params: Params) -> Result:
    """Return the events of a group's streams that hold some terms."""
    group = require_group(env, params)
    names, prefix = params.get("logStreamNames"), params.get("logStreamNamePrefix", "")
    if names and prefix:
        raise InvalidParameterException(
            "Parameters logStreamNames and logStreamNamePrefix are mutually exclusive."
        )
    test = _terms(params.get("filterPattern", ""))
    found = [
        event
        for event in _chosen(env, group, params)
        if event.stream.startswith(prefix) and (not names or event.stream in names) and test(event.message)
    ]
    start = int(params["nextToken"]) if params.get("nextToken", "").isdigit() else 0
    end = start + params.get("limit", EVENTS_PAGE)
    shown = [
        {"logStreamName": event.stream, **_shown(event), "eventId": f"{event.timestamp}{event.key}"}
        for event in found[start:end]
    ]
    token = {"nextToken": str(end)} if end < len(found) else {}
    return {"events": shown, "searchedLogStreams": [], **token}


def _add(env: Env, group: LogGroup, stream: LogStream, entries: list[Params]) -> None:
    events = env.store.table(EVENTS, env.scope, group.name)
    now = milliseconds(env)
    number = int(next(reversed(events.rows), "0"))
    for entry in entries:
        number += 1
        events.put(LogEvent(f"{number:012}", stream.name, entry["timestamp"], entry["message"], now))
    changed = stream
    if entries:
        times = [entry["timestamp"] for entry in entries]
        changed = replace(
            stream,
            first_event=min(times if stream.first_event is None else [stream.first_event, *times]),
            last_event=max(times if stream.last_event is None else [stream.last_event, *times]),
            last_ingestion=now,
            events=stream.events + len(entries),
        )
    env.store.table(STREAMS, env.scope, group.name).put(changed)


def _chosen(env: Env, group: LogGroup, params: Params) -> list[LogEvent]:
    """Return the events of the span that is asked for and within the retention, by time."""
    start, end = params.get("startTime", 0), params.get("endTime")
    if group.retention_days is not None:
        start = max(start, milliseconds(env) - group.retention_days * DAY_MILLISECONDS)
    chosen = [
        event
        for event in env.store.table(EVENTS, env.scope, group.name).rows.values()
        if start <= event.timestamp and (end is None or event.timestamp < end)
    ]
    return sorted(chosen, key=lambda event: event.timestamp)


def _start(token: str | None, count: int, limit: int, *, from_head: bool) -> int:
    """Return where a page begins; tokens are positions, forward from one and backward to one."""
    if token is None:
        return 0 if from_head else max(0, count - limit)
    direction, _, position = token.partition("/")
    if direction not in ("f", "b") or not position.isdigit():
        raise InvalidParameterException("The specified nextToken is invalid.")
    return min(int(position), count) if direction == "f" else max(0, int(position) - limit)


def _terms(pattern: str) -> Test:
    """Return the test of a filter pattern made of terms: all of them, none of those with -, one of those with ?.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    """
    pattern = pattern.strip()
    if pattern[:1] in ("{", "[", "%"):
        raise UnknownOperationException(
            "Busyard does not implement JSON, delimited or regular-expression filter patterns of logs"
        )
    terms = list(_split(pattern))
    wanted = [text for sign, text in terms if not sign]
    unwanted = [text for sign, text in terms if sign == "-"]
    any_of = [text for sign, text in terms if sign == "?"]

    def test(message: str) -> bool:
        return (
            all(text in message for text in wanted)
            and not any(text in message for text in unwanted)
            and (not any_of or any(text in message for text in any_of))
        )

    return test


def _split(pattern: str) -> Iterator[tuple[str, str]]:
    for found in _TERM.finditer(pattern):
        yield found[1], found[2] if found[2] is not None else found[3]


def _shown(event: LogEvent) -> Result:
    return {"timestamp": event.timestamp, "message": event.message, "ingestionTime": event.ingested_at}
