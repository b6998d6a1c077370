"""The delivery engine.

Theory of operation. A submitted delivery is a row in its scope's table and an entry in the ready queue. The pump, a
callback of the event loop, takes some entries per turn and makes their attempts through the one door. An attempt at
a plain operation ends at once; one that waits becomes a task. What an attempt means for the delivery is decided by
`after_attempt`, which is pure; the engine only performs it: drop the row, arm a timer for the retry, or send the dead
letter. All attempts of a turn are committed together, so a delivery's end and its effect on a queue are one
transaction.

Invariant: every row in the deliveries tables is in exactly one of: the ready queue, a lane behind its head, a timer,
a task.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Awaitable
from typing import assert_never

from emulator.core.arn import Arn
from emulator.core.errors import AwsError
from emulator.core.record import Record, replace
from emulator.core.scope import Scope
from emulator.core.timers import Timer
from emulator.core.trace import Span, Trace
from emulator.delivery.faults import Faults
from emulator.delivery.invocations import Invocations
from emulator.delivery.outcome import Failure, failure_from, not_executed
from emulator.delivery.record import DELIVERIES, Delivery, State, after_attempt, dead_letter_attributes
from emulator.delivery.targets import TARGETS, Invocation
from emulator.operations.calls import Call, Calls
from emulator.operations.postponed import Postponed
from emulator.operations.table import Kernel, Result

logger = logging.getLogger(__name__)

TASK_KIND = "delivery"
RESERVATION = (
    "Reservation"  # the parameter that tells a target's operation that the delivery has waited for its turn
)
INTERNAL_FAULT = Failure("INTERNAL_ERROR", "The emulator failed; its log says how.", is_retryable=True)
Lane = tuple[Scope, str]


class DeliveryEngine:
    """Takes deliveries and sees each of them to its end."""

    def __init__(self, kernel: Kernel, calls: Calls) -> None:
        self._kernel = kernel
        self._calls = calls
        self._ready: deque[Delivery] = deque()
        self._lanes: dict[Lane, deque[Delivery]] = {}
        self._timers: dict[str, Timer] = {}
        self._tasks_running = 0
        self._pump_handle: asyncio.Handle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.faults = Faults()
        self.invocations = Invocations(kernel.limits.invocations_max)
        self.ended: Counter[str] = Counter()
        """How many deliveries have ended in each state since the start."""

    def start(self) -> None:
        """Begin to deliver on the running event loop, resuming what the store holds."""
        self._loop = asyncio.get_running_loop()
        for _, _, table in self._kernel.store.tables_of(DELIVERIES):
            for delivery in list(table.rows.values()):
                self._enqueue(delivery)

    def clear(self, account: str | None = None) -> None:
        """Forget all deliveries, or one account's, that wait; their rows are the store's to clear."""
        kept = [d for d in self._ready if account is not None and d.scope.account != account]
        for _ in range(len(self._ready) - len(kept)):
            self._kernel.tasks.end(TASK_KIND)
        self._ready = deque(kept)
        for lane in [lane for lane in self._lanes if account is None or lane[0].account == account]:
            del self._lanes[lane]
        gone = [d for d, timer in self._timers.items() if timer.is_cancelled or self._is_gone(d)]
        for delivery_id in gone:
            self._timers.pop(delivery_id).cancel()
        if account is None:
            self.faults.clear()
            self.invocations.clear()

    def _is_gone(self, delivery_id: str) -> bool:
        return not any(delivery_id in table.rows for _, _, table in self._kernel.store.tables_of(DELIVERIES))

    def waiting(self) -> int:
        """Return how many deliveries wait for a retry."""
        return len(self._timers)

    def submit(self, delivery: Record) -> None:
        """Accept `delivery`; its first attempt begins after the current operation has ended."""
        assert isinstance(delivery, Delivery)
        self._kernel.store.table(DELIVERIES, delivery.scope).put(delivery)
        self._enqueue(delivery)

    def _enqueue(self, delivery: Delivery) -> None:
        if delivery.lane:
            lane = (delivery.scope, delivery.lane)
            followers = self._lanes.get(lane)
            if followers is not None:
                followers.append(delivery)
                return
            self._lanes[lane] = deque()
        if delivery.next_attempt_at > self._kernel.world.now():
            self._wait(delivery)
        else:
            self._make_ready(delivery)

    def _make_ready(self, delivery: Delivery) -> None:
        self._timers.pop(delivery.id, None)
        self._kernel.tasks.begin(TASK_KIND)
        self._ready.append(delivery)
        self._arm_pump()

    def _wait(self, delivery: Delivery) -> None:
        self._timers[delivery.id] = self._kernel.timers.at(
            delivery.next_attempt_at, lambda: self._make_ready(delivery)
        )

    def _arm_pump(self) -> None:
        if self._pump_handle is None and self._loop is not None:
            self._pump_handle = self._loop.call_soon(self._pump)

    def _pump(self) -> None:
        self._pump_handle = None
        limits = self._kernel.limits
        with self._kernel.store.batch():
            for _ in range(min(len(self._ready), limits.deliveries_per_turn_max)):
                if self._tasks_running >= limits.deliveries_in_flight_max:
                    return  # a task that ends arms the pump again
                self._attempt(self._ready.popleft())
        if self._ready:
            self._arm_pump()

    def _attempt(self, delivery: Delivery) -> None:
        world = self._kernel.world
        trace = Trace(delivery.trace.trace_id, world.ids.span())
        started_at = world.now()
        try:
            call = self._call_for(delivery, trace)
            result = call if isinstance(call, Failure) else self._calls.dispatch(call)
        except AwsError as error:
            self._conclude(delivery, failure_from(error), trace, started_at)
            return
        except Exception:
            # One of the rims: a fault of ours in one delivery must not hold up the others, nor lose it.
            logger.exception("an attempt at %s failed", delivery.target)
            self._conclude(delivery, INTERNAL_FAULT, trace, started_at)
            return
        if isinstance(result, Failure):
            self._conclude(delivery, result, trace, started_at)
        elif isinstance(result, dict):
            self._conclude(delivery, None, trace, started_at)
        else:
            self._tasks_running += 1
            self._kernel.tasks.spawn("attempt", self._await_attempt(delivery, result, trace, started_at))

    def _call_for(self, delivery: Delivery, trace: Trace) -> Call | Failure:
        self.faults.raise_for(delivery.target)
        arn = Arn.parse(delivery.target)
        to_call = TARGETS.get(arn.service)
        if to_call is None:
            self.invocations.record(delivery, self._kernel.world.now())
            return not_executed(arn)
        return to_call(Invocation(arn, delivery.payload, delivery.parameters, trace))

    async def _await_attempt(
        self, delivery: Delivery, result: Awaitable[Result], trace: Trace, started_at: float
    ) -> None:
        failure: Failure | None = INTERNAL_FAULT
        postponed_until = 0.0
        try:
            await result
            failure = None
        except Postponed as postponed:
            postponed_until = postponed.until
        except AwsError as error:
            failure = failure_from(error)
        finally:
            self._tasks_running -= 1
            if postponed_until:
                self._postpone(delivery, postponed_until)
            else:
                self._conclude(delivery, failure, trace, started_at)
            self._kernel.store.commit()
            self._arm_pump()

    def _postpone(self, delivery: Delivery, until: float) -> None:
        """Let a delivery wait for its turn at the target, with a place that is its own."""
        table = self._kernel.store.table(DELIVERIES, delivery.scope)
        if delivery.id in table.rows:
            reserved = {**delivery.parameters, RESERVATION: until}
            waiting = replace(delivery, parameters=reserved, next_attempt_at=until)
            table.put(waiting)
            self._wait(waiting)
        self._kernel.tasks.end(TASK_KIND)

    def _conclude(self, delivery: Delivery, failure: Failure | None, trace: Trace, started_at: float) -> None:
        kernel = self._kernel
        now = kernel.world.now()
        if RESERVATION in delivery.parameters:  # a retry has to take its place anew
            kept = {name: value for name, value in delivery.parameters.items() if name != RESERVATION}
            delivery = replace(delivery, parameters=kept)
        after = after_attempt(delivery, failure, now, kernel.world.random.random())
        self._record_attempt(after, failure, trace, started_at)
        table = kernel.store.table(DELIVERIES, delivery.scope)
        if delivery.id in table.rows:  # a reset while the attempt was under way has removed the row
            match after.state:
                case State.PENDING:
                    table.put(after)
                    self._wait(after)
                case State.DELIVERED | State.DROPPED:
                    self._end(after)
                case State.DEAD_LETTERED:
                    assert failure is not None
                    self._end(after, self._send_dead_letter(after, failure, trace))
                case _:
                    assert_never(after.state)
        kernel.tasks.end(TASK_KIND)

    def _end(self, delivery: Delivery, state: State | None = None) -> None:
        self._kernel.store.table(DELIVERIES, delivery.scope).delete(delivery.id)
        self.ended[(state or delivery.state).value] += 1
        if delivery.lane:
            lane = (delivery.scope, delivery.lane)
            followers = self._lanes.get(lane)
            if followers:
                self._make_ready(followers.popleft())
            else:
                self._lanes.pop(lane, None)

    def _send_dead_letter(self, delivery: Delivery, failure: Failure, trace: Trace) -> State:
        """Send the dead letter and return how the delivery ended: dropped where even that queue refuses."""
        assert delivery.dead_letter is not None
        attributes = {
            name: {"DataType": "String", "StringValue": value}
            for name, value in dead_letter_attributes(delivery, failure).items()
        }
        letter = delivery.dead_letter
        status = "ok"
        try:
            arn = Arn.parse(letter.arn)
            invocation = Invocation(arn, letter.body, {"MessageAttributes": attributes}, trace)
            self._calls.dispatch(TARGETS["sqs"](invocation))
        except AwsError as error:
            status = error.code
        now = self._kernel.world.now()
        self._kernel.spans.record(
            Span(
                trace.trace_id,
                self._kernel.world.ids.span(),
                trace.span_id,
                "dead_letter",
                letter.arn,
                now,
                now,
                status,
                {"delivery": delivery.id, "error_code": failure.code, "attempts": delivery.attempts},
            )
        )
        return State.DEAD_LETTERED if status == "ok" else State.DROPPED

    def _record_attempt(
        self, after: Delivery, failure: Failure | None, trace: Trace, started_at: float
    ) -> None:
        attributes: dict[str, object] = {
            "delivery": after.id,
            "attempt": after.attempts,
            "state": after.state.value,
        }
        status = "ok"
        if failure is not None:
            status = failure.code if failure.is_executed else "not_executed"
            attributes["error"] = failure.message
            if after.state is State.PENDING:
                attributes["next_attempt_at"] = after.next_attempt_at
        self._kernel.spans.record(
            Span(
                trace.trace_id,
                trace.span_id,
                after.trace.span_id,
                "attempt",
                after.target,
                started_at,
                self._kernel.world.now(),
                status,
                attributes,
            )
        )
