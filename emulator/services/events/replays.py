"""Replays: archived events put once more on the bus they came from.

Theory of operation. A replay is a task that puts events a turn at a time. Its record says how far it has come: after a
restart it goes on behind the last event that was committed. Cancelling changes the record; the task sees it at its next turn.
Events go by the minute of their time, and within a minute as they came
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html).
"""

from itertools import islice

import orjson

from emulator.core.arn import Arn, arn_in
from emulator.core.record import replace
from emulator.core.scope import Scope
from emulator.operations.table import Env, Params, Result
from emulator.services.events.archive_content import content_of
from emulator.services.events.buses import ARN_OF_BUS, find_bus, ops, read_page
from emulator.services.events.errors import (
    IllegalStatusException,
    LimitExceededException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
    ValidationException,
)
from emulator.services.events.records import ARCHIVES, REPLAYS, ArchivedEvent, Replay
from emulator.services.events.routing import route

TURN_EVENTS = 100  # put before the event loop serves others
MINUTE_SECONDS = 60
UNDER_WAY = ("STARTING", "RUNNING", "CANCELLING")


def replay_arn(scope: Scope, name: str) -> str:
    """Return the ARN of a replay."""
    return arn_in(scope, "events", f"replay/{name}")


def require_replay(env: Env, name: str) -> Replay:
    """Return the caller's replay of that name.

    Raises:
        ResourceNotFoundException: there is none.
    """
    replay = env.store.table(REPLAYS, env.scope).get(name)
    if replay is None:
        raise ResourceNotFoundException(f"Replay {name} does not exist.")
    return replay


@ops.operation("StartReplay")
def start_replay(env: Env, params: Params) -> Result:
    """Begin to put the archived events of a span of time on their bus again."""
    name = params["ReplayName"]
    destination = params["Destination"]
    archive = params["EventSourceArn"].partition(":archive/")[2]
    replays = env.store.table(REPLAYS, env.scope)
    if not ARN_OF_BUS.match(destination["Arn"]):
        raise ValidationException(
            "Parameter Destination.Arn is not valid. Reason: Must contain an event bus ARN."
        )
    bus = Arn.parse(destination["Arn"]).resource.removeprefix("event-bus/")
    if find_bus(env, env.scope, bus) is None:
        raise ResourceNotFoundException(f"Event bus {bus} does not exist.")
    stored = env.store.table(ARCHIVES, env.scope).get(archive)
    if stored is None:
        raise ValidationException(
            f"Parameter EventSourceArn is not valid. Reason: Archive {archive} does not exist."
        )
    if stored.event_source_arn != destination["Arn"]:
        raise ValidationException(
            "Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted."
        )
    if params["EventStartTime"] >= params["EventEndTime"]:
        raise ValidationException(
            "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime."
        )
    if name in replays.rows:
        raise ResourceAlreadyExistsException(f"Replay {name} already exists.")
    if sum(replay.state in UNDER_WAY for replay in replays.rows.values()) >= env.limits.replays_under_way_max:
        raise LimitExceededException
    replay = Replay(
        name=name,
        description=params.get("Description", ""),
        event_source_arn=params["EventSourceArn"],
        destination=destination,
        event_start_time=params["EventStartTime"],
        event_end_time=params["EventEndTime"],
        started_at=env.world.now(),
    )
    replays.put(replay)
    _run(env, env.scope, replay)
    return {
        "ReplayArn": replay_arn(env.scope, name),
        "State": replay.state,
        "ReplayStartTime": replay.started_at,
    }


@ops.operation("DescribeReplay")
def describe_replay(env: Env, params: Params) -> Result:
    """Return a replay with how far it has come."""
    replay = require_replay(env, params["ReplayName"])
    description = {"Description": replay.description} if replay.description else {}
    return {
        "ReplayArn": replay_arn(env.scope, replay.name),
        "Destination": replay.destination,
        **_summary(replay),
        **description,
    }


@ops.operation("ListReplays")
def list_replays(env: Env, params: Params) -> Result:
    """Return the replays by name, filtered by one of name prefix, archive and state."""
    if sum(member in params for member in ("NamePrefix", "EventSourceArn", "State")) > 1:
        raise ValidationException(
            "At most one filter is allowed for ListReplays. Use either : State, EventSourceArn, or NamePrefix."
        )
    replays = env.store.table(REPLAYS, env.scope).rows
    chosen = (
        replay.name
        for replay in replays.values()
        if replay.name.startswith(params.get("NamePrefix", ""))
        and params.get("EventSourceArn", replay.event_source_arn) == replay.event_source_arn
        and params.get("State", replay.state) == replay.state
    )
    page, token = read_page(chosen, params)
    return {"Replays": [_summary(replays[name]) for name in page], **token}


@ops.operation("CancelReplay")
def cancel_replay(env: Env, params: Params) -> Result:
    """End a replay before its last event; what it has put stays put."""
    replay = require_replay(env, params["ReplayName"])
    if replay.state not in ("STARTING", "RUNNING"):
        raise IllegalStatusException(f"Replay {replay.name} is not in a valid state for this operation.")
    cancelled = replace(replay, state="CANCELLING")
    env.store.table(REPLAYS, env.scope).put(cancelled)
    return {"ReplayArn": replay_arn(env.scope, replay.name), "State": cancelled.state}


def resume_replays(env: Env) -> None:
    """Let the replays that were under way go on."""
    for scope, _, table in env.store.tables_of(REPLAYS):
        for replay in table.rows.values():
            if replay.state in UNDER_WAY:
                _run(env.within(scope), scope, replay)


def _run(env: Env, scope: Scope, replay: Replay) -> None:
    env.tasks.spawn("replay", _put_all(env, scope, replay))


async def _put_all(env: Env, scope: Scope, replay: Replay) -> None:
    replays = env.store.table(REPLAYS, scope)
    bus = Arn.parse(replay.destination["Arn"]).resource.removeprefix("event-bus/")
    rules = frozenset(replay.destination.get("FilterArns", ())) or None
    events = iter(_chosen_events(env, scope, replay))
    await env.tasks.turn()  # the caller is answered before the first event
    while (current := replays.get(replay.name)) is not None and current.started_at == replay.started_at:
        if current.state == "CANCELLING":
            replays.put(replace(current, state="CANCELLED", ended_at=env.world.now()))
            break
        turn = list(islice(events, TURN_EVENTS))
        with env.store.batch():
            for event in turn:
                document = {**orjson.loads(event.text), "replay-name": replay.name}
                route(env, scope, bus, document, only=rules)
            replays.put(_after(current, turn, env.world.now()))
        if not turn:
            break
        await env.tasks.turn()
    env.store.commit()


def _after(replay: Replay, turn: list[ArchivedEvent], now: float) -> Replay:
    if not turn:
        return replace(replay, state="COMPLETED", ended_at=now)
    last = turn[-1]
    return replace(replay, state="RUNNING", last_replayed=last.time, position=[_minute(last), last.key])


def _chosen_events(env: Env, scope: Scope, replay: Replay) -> list[ArchivedEvent]:
    """Return the events that are still to be put, in order."""
    archive = env.store.table(ARCHIVES, scope).get(replay.event_source_arn.partition(":archive/")[2])
    if archive is None:
        return []
    chosen = [
        event
        for event in content_of(env, scope, archive).events.rows.values()
        if replay.event_start_time <= event.time <= replay.event_end_time
        and [_minute(event), event.key] > replay.position
    ]
    return sorted(chosen, key=_minute)


def _minute(event: ArchivedEvent) -> str:
    return f"{int(event.time // MINUTE_SECONDS):012}"


def _summary(replay: Replay) -> Result:
    times = {
        "EventLastReplayedTime": replay.last_replayed,
        "ReplayEndTime": replay.ended_at,
    }
    return {
        "ReplayName": replay.name,
        "EventSourceArn": replay.event_source_arn,
        "State": replay.state,
        "EventStartTime": replay.event_start_time,
        "EventEndTime": replay.event_end_time,
        "ReplayStartTime": replay.started_at,
        **{member: instant for member, instant in times.items() if instant is not None},
    }
