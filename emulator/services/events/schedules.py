"""Rules with a schedule: each occurrence is a "Scheduled Event" for the rule's targets.

Invariant: a rule has at most one timer, and what it does is read from the rule's record when it fires.
"""

import orjson

from emulator.core.scope import Scope
from emulator.core.timers import Timer
from emulator.core.trace import Span, Trace
from emulator.operations.table import Env
from emulator.services.events.envelope import envelope
from emulator.services.events.live_bus import live_bus
from emulator.services.events.records import RULES, Rule
from emulator.services.events.routing import Occurrence, fire
from rules import parse_schedule


class RuleTimers:
    """The timers of one scope's rules, by bus and name."""

    def __init__(self) -> None:
        self._timers: dict[tuple[str, str], Timer] = {}

    def replace(self, rule: Rule, timer: Timer | None) -> None:
        """Let `timer` be the rule's only one; None leaves it without."""
        former = self._timers.pop((rule.bus, rule.name), None)
        if former is not None:
            former.cancel()
        if timer is not None:
            self._timers[rule.bus, rule.name] = timer

    def close(self) -> None:
        """Cancel every timer."""
        for timer in self._timers.values():
            timer.cancel()


def keep_schedule(env: Env, scope: Scope, rule: Rule) -> None:
    """Arm the timer for the rule's next occurrence, if it has a schedule and is enabled; else disarm it."""
    timer = None
    if rule.schedule_expression and rule.is_enabled:
        deadline = parse_schedule(rule.schedule_expression).next_after(env.world.now(), rule.scheduled_from)
        if deadline is not None:
            timer = env.timers.at(deadline, lambda: _occur(env, scope, rule.bus, rule.name))
    env.store.derived(RuleTimers, scope, "", RuleTimers).replace(rule, timer)


def drop_schedule(env: Env, scope: Scope, rule: Rule) -> None:
    """Disarm a deleted rule's timer."""
    env.store.derived(RuleTimers, scope, "", RuleTimers).replace(rule, None)


def _occur(env: Env, scope: Scope, bus: str, name: str) -> None:
    rule = env.store.table(RULES, scope, bus).rows[name]
    now = env.world.now()
    live = live_bus(env, scope, bus).rule(name)
    event = envelope(
        scope,
        event_id=env.world.ids.uuid(),
        source="aws.events",
        detail_type="Scheduled Event",
        time=now,
        resources=[live.arn],
        detail={},
    )
    trace = Trace(env.calls.new_trace().trace_id, env.world.ids.span())
    env.spans.record(
        Span(trace.trace_id, trace.span_id, "", "schedule", live.arn, now, now, "ok", {"event": event["id"]})
    )
    fire(env, scope, live, Occurrence(event, orjson.dumps(event).decode(), trace, now, 0))
    env.store.commit()
    keep_schedule(env, scope, rule)


def restore(env: Env) -> None:
    """Arm the schedules of all stored rules; occurrences that passed while the emulator was down are not made up."""
    for scope, _, table in env.store.tables_of(RULES):
        for rule in table.rows.values():
            keep_schedule(env.within(scope), scope, rule)
