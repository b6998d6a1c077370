"""Log streams."""

from emulator.core.scope import Scope
from emulator.operations.table import Env, Params, Result
from emulator.services.logs.errors import (
    InvalidParameterException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
)
from emulator.services.logs.groups import group_arn, milliseconds, ops, page, require_group
from emulator.services.logs.records import EVENTS, STREAMS, LogGroup, LogStream

# AWS: tokens are no longer checked, and every answer has one
SEQUENCE_TOKEN = "49039859651858540000000000000000000000000000000000000000"  # noqa: S105 - no secret


def require_stream(env: Env, group: LogGroup, name: str) -> LogStream:
    """Return a stream of a group.

    Raises:
        ResourceNotFoundException: there is none.
    """
    stream = env.store.table(STREAMS, env.scope, group.name).get(name)
    if stream is None:
        raise ResourceNotFoundException("The specified log stream does not exist.")
    return stream


@ops.operation("CreateLogStream")
def create_log_stream(env: Env, params: Params) -> Result:
    """Create a stream in a group."""
    group = require_group(env, params)
    streams = env.store.table(STREAMS, env.scope, group.name)
    if params["logStreamName"] in streams.rows:
        raise ResourceAlreadyExistsException("The specified log stream already exists")
    streams.put(LogStream(params["logStreamName"], milliseconds(env)))
    return {}


@ops.operation("DeleteLogStream")
def delete_log_stream(env: Env, params: Params) -> Result:
    """Delete a stream with its events."""
    group = require_group(env, params)
    stream = require_stream(env, group, params["logStreamName"])
    events = env.store.table(EVENTS, env.scope, group.name)
    for event in [event for event in events.rows.values() if event.stream == stream.name]:
        events.delete(event.key)
    env.store.table(STREAMS, env.scope, group.name).delete(stream.name)
    return {}


@ops.operation("DescribeLogStreams")
def describe_log_streams(env: Env, params: Params) -> Result:
    """Return the streams of a group by name, or by the time of their last event."""
    group = require_group(env, params)
    prefix = params.get("logStreamNamePrefix", "")
    by_time = params.get("orderBy") == "LastEventTime"
    if by_time and prefix:
        raise InvalidParameterException("Cannot order by LastEventTime with a logStreamNamePrefix.")
    streams = env.store.table(STREAMS, env.scope, group.name).rows
    # page by a key that sorts as asked; a stream without events comes first
    keys = {
        f"{stream.last_event or 0:015}/{name}" if by_time else name: stream
        for name, stream in streams.items()
        if name.startswith(prefix)
    }
    chosen, token = page(list(keys), params)
    if params.get("descending"):
        chosen.reverse()
    return {"logStreams": [_summary(env.scope, group, keys[key]) for key in chosen], **token}


def _summary(scope: Scope, group: LogGroup, stream: LogStream) -> Result:
    times = {
        "firstEventTimestamp": stream.first_event,
        "lastEventTimestamp": stream.last_event,
        "lastIngestionTime": stream.last_ingestion,
    }
    return {
        "logStreamName": stream.name,
        "creationTime": stream.created_at,
        **{member: time for member, time in times.items() if time is not None},
        **({"uploadSequenceToken": SEQUENCE_TOKEN} if stream.events else {}),
        "arn": f"{group_arn(scope, group.name)}:log-stream:{stream.name}",
        "storedBytes": 0,  # AWS: no longer counted
    }
