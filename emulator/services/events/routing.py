"""From an event on a bus to deliveries: which rules match, what each target gets."""

from typing import Any

import orjson

from emulator.core.scope import Scope
from emulator.core.trace import Span, Trace
from emulator.delivery.record import DeadLetter, Delivery
from emulator.operations.table import Env, Params, Result
from emulator.services.events.archive_content import keep_event
from emulator.services.events.buses import bus_ref, find_bus, ops
from emulator.services.events.envelope import instant_of, iso_time
from emulator.services.events.errors import (
    AccessDenied,
    LoopDetected,
    ResourceNotFoundException,
    ValidationException,
)
from emulator.services.events.live_bus import LiveRule, LiveTarget, live_bus
from emulator.services.events.policies import may_put_events
from rules.paths import MISSING, parse_path

ENVELOPE = frozenset({"id", "detail-type", "source", "account", "time", "region", "resources", "detail"})


def route(
    env: Env,
    scope: Scope,
    bus: str,
    event: dict[str, Any],
    *,
    hops: int = 0,
    only: frozenset[str] | None = None,
) -> None:
    """Match `event` on the bus and submit a delivery for each target of each matching rule.

    Args:
        env: The environment of the call or task that has the event.
        scope: Whose bus it is.
        bus: The name of the bus.
        event: The event with its envelope.
        hops: How often it has been forwarded from bus to bus.
        only: The ARNs of the rules that may match, where not all may.
    """
    text = orjson.dumps(event)
    matching = live_bus(env, scope, bus).matching(text)
    if only is not None:
        matching = [rule for rule in matching if rule.arn in only]
    trace = Trace(env.trace.trace_id, env.world.ids.span())
    now = env.world.now()
    env.spans.record(
        Span(
            trace.trace_id,
            trace.span_id,
            env.trace.span_id,
            "match",
            f"events.{bus}",
            now,
            now,
            "ok",
            {
                "event": event["id"],
                "source": event["source"],
                "detail-type": event["detail-type"],
                "rules": [rule.name for rule in matching],
            },
        )
    )
    if matching:
        occurrence = Occurrence(event, text.decode(), trace, now, hops)
        for rule in matching:
            if rule.archive is None:
                fire(env, scope, rule, occurrence)
            else:
                keep_event(env, scope, rule.archive, occurrence.text, instant_of(event["time"], now))


class Occurrence:
    """An event about to reach targets: as a document, as text, and where in its trace."""

    __slots__ = ("document", "hops", "ingested_at", "text", "trace")

    def __init__(
        self, document: dict[str, Any], text: str, trace: Trace, ingested_at: float, hops: int
    ) -> None:
        self.document = document
        self.text = text
        self.trace = trace
        self.ingested_at = ingested_at
        self.hops = hops


def fire(env: Env, scope: Scope, rule: LiveRule, occurrence: Occurrence) -> None:
    """Submit a delivery of the event to each of the rule's targets."""
    for target in rule.targets:
        env.deliveries.submit(_delivery(env, scope, rule, target, occurrence))


def _delivery(env: Env, scope: Scope, rule: LiveRule, target: LiveTarget, occurrence: Occurrence) -> Delivery:
    payload = occurrence.text
    if target.transform is not None:
        payload = target.transform.apply(
            occurrence.document,
            rule_arn=rule.arn,
            rule_name=rule.name,
            ingestion_time=iso_time(occurrence.ingested_at),
        )
    dead_letter = None
    if target.dead_letter_arn is not None:
        dead_letter = DeadLetter(
            target.dead_letter_arn, occurrence.text, {"RULE_ARN": rule.arn, "TARGET_ARN": target.arn}
        )
    parameters = target.parameters
    if target.has_paths:
        parameters = with_values(parameters, occurrence.document)
    if ":events:" in target.arn:
        parameters = {**parameters, "Hops": occurrence.hops + 1, "Account": scope.account}
    return Delivery(
        env.world.ids.span(),
        scope,
        target.arn,
        payload,
        target.policy,
        occurrence.trace,
        env.world.now(),
        parameters,
        dead_letter,
    )


def with_values(parameters: Any, event: dict[str, Any]) -> Any:
    """Return parameters of a target with what the event holds in place of each JSON path.

    AWS: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html#targets-specifics-dynamic-params
    """
    if isinstance(parameters, dict):
        return {name: with_values(value, event) for name, value in parameters.items()}
    if isinstance(parameters, list):
        return [with_values(value, event) for value in parameters]
    if not isinstance(parameters, str) or not parameters.startswith("$."):
        return parameters
    try:
        found = parse_path(parameters).find(event)
    except ValueError:
        return parameters
    if found is MISSING:
        return parameters
    return found if isinstance(found, str) else orjson.dumps(found).decode()


@ops.operation("RouteEvent", internal=True)
def route_event(env: Env, params: Params) -> Result:
    """Take an event that another bus has forwarded; it keeps its id, time, account and region."""
    scope, name = bus_ref(env, params["EventBusName"])
    bus = find_bus(env, scope, name)
    if bus is None:
        raise ResourceNotFoundException(f"Event bus {name} does not exist.")
    if params["Hops"] > env.limits.bus_hops_max:
        raise LoopDetected(
            f"The event was forwarded from bus to bus more than {env.limits.bus_hops_max} times."
        )
    try:
        event = orjson.loads(params["Event"])
    except orjson.JSONDecodeError:
        event = None
    if not isinstance(event, dict) or not event.keys() >= ENVELOPE:
        # A target input can make anything of an event; only an event can go to a bus.
        raise ValidationException("The input for an event bus target is not an event.")
    context = {"events:source": str(event["source"]), "events:detail-type": str(event["detail-type"])}
    if not may_put_events(params["Account"], scope, bus, context):
        raise AccessDenied(
            f"The policy of event bus {name} does not let account {params['Account']} put events."
        )
    route(env, scope, name, event, hops=params["Hops"])
    return {}
