"""The engine over a door whose SendMessage is the test's own."""

import asyncio

import pytest

from emulator.core.clock import VirtualClock
from emulator.core.limits import Limits
from emulator.core.scope import Scope
from emulator.core.store import Store
from emulator.core.tasks import Tasks
from emulator.core.timekeeper import TimeKeeper
from emulator.core.timers import Timers
from emulator.core.trace import Spans, Trace
from emulator.core.world import World
from emulator.delivery.engine import DeliveryEngine
from emulator.delivery.http_client import HttpClient
from emulator.delivery.policy import RetryPolicy
from emulator.delivery.record import DELIVERIES, Delivery
from emulator.operations.calls import Calls
from emulator.operations.table import Kernel, OperationTable, Service
from emulator.protocol.models import load_service

SCOPE = Scope("000000000000", "us-east-1")
NOW = 1000.0


class Bench:
    """An engine, and a queue that does what the test says with each message body."""

    def __init__(self, act, *, waits=False, **limits):
        ops = OperationTable("sqs")
        self.sent = []

        @ops.operation("SendMessage", waits=waits)
        def send_message(_env, params):
            return act(self, params["MessageBody"])

        self.kernel = Kernel(
            World(VirtualClock(NOW), 1),
            Store(),
            Timers(),
            Tasks(),
            Spans(1000),
            Limits(**limits),
            HttpClient(answer_bytes_max=0),
        )
        calls = Calls(self.kernel, [Service("sqs", ops)], load_service)
        self.engine = DeliveryEngine(self.kernel, calls)
        calls.deliveries = self.engine
        self.timekeeper = TimeKeeper(
            self.kernel.world, self.kernel.timers, self.kernel.tasks, deadlines_per_run_max=1000
        )
        self.timekeeper.start()
        self.engine.start()

    def submit(self, body, *, lane=""):
        self.engine.submit(
            Delivery(
                id=body,
                scope=SCOPE,
                target="arn:aws:sqs:us-east-1:000000000000:q",
                payload=body,
                policy=RetryPolicy(attempts_max=3, age_seconds_max=3600),
                trace=Trace("t", "s"),
                submitted_at=NOW,
                lane=lane,
            )
        )

    @property
    def rows(self):
        return list(self.kernel.store.table(DELIVERIES, SCOPE).rows)


def note(bench, body):
    bench.sent.append(body)
    return {}


async def test_deliveries_are_made_in_order_and_their_rows_go():
    bench = Bench(note)
    for body in ("a", "b", "c"):
        bench.submit(body)
    assert ["a", "b", "c"] == bench.rows
    await bench.timekeeper.settle()
    assert (["a", "b", "c"], []) == (bench.sent, bench.rows)
    assert {"delivered": 3} == dict(bench.engine.ended)


async def test_more_deliveries_than_one_turn_takes_are_all_made():
    bench = Bench(note, deliveries_per_turn_max=2)
    for number in range(7):
        bench.submit(str(number))
    await bench.timekeeper.settle()
    assert 7 == len(bench.sent)


async def test_a_fault_of_ours_is_retried_and_does_not_hold_up_the_others(caplog):
    def act(bench, body):
        bench.sent.append(body)
        if body == "bad":
            raise ZeroDivisionError
        return {}

    bench = Bench(act)
    bench.submit("bad")
    bench.submit("good")
    await bench.timekeeper.settle()
    assert (["bad", "good"], ["bad"]) == (bench.sent, bench.rows)
    await bench.timekeeper.advance(3600)
    assert 3 == bench.sent.count("bad")
    assert {"delivered": 1, "dropped": 1} == dict(bench.engine.ended)
    assert "ZeroDivisionError" in caplog.text


async def test_in_a_lane_the_next_delivery_waits_for_the_end_of_the_one_before():
    failing = {"first": 1}

    def act(bench, body):
        if failing.get(body, 0):
            failing[body] -= 1
            raise ZeroDivisionError
        return note(bench, body)

    bench = Bench(act)
    bench.submit("first", lane="group")
    bench.submit("second", lane="group")
    bench.submit("elsewhere")
    await bench.timekeeper.settle()
    assert ["elsewhere"] == bench.sent
    await bench.timekeeper.advance(60)
    assert ["elsewhere", "first", "second"] == bench.sent
    assert [] == bench.rows


@pytest.fixture
def gate():
    return asyncio.Event()


async def test_attempts_that_wait_run_side_by_side_up_to_the_limit(gate):
    running = []
    two_run = asyncio.Event()

    def act(bench, body):
        async def work():
            running.append(body)
            if len(running) == 2:
                two_run.set()
            await gate.wait()
            return note(bench, body)

        return work()

    bench = Bench(act, waits=True, deliveries_in_flight_max=2)
    for body in ("a", "b", "c"):
        bench.submit(body)
    await two_run.wait()
    assert ["a", "b"] == running
    gate.set()
    await bench.timekeeper.settle()
    assert (["a", "b", "c"], []) == (sorted(bench.sent), bench.rows)


async def test_an_attempt_under_way_when_everything_is_reset_leaves_nothing_behind(gate):
    begun = asyncio.Event()

    def act(_bench, _body):
        async def work():
            begun.set()
            await gate.wait()
            raise ZeroDivisionError

        return work()

    bench = Bench(act, waits=True)
    bench.submit("a")
    await begun.wait()
    bench.kernel.store.clear()
    bench.engine.clear()
    gate.set()
    await bench.timekeeper.settle()
    assert ([], 0, 0) == (bench.rows, bench.engine.waiting(), bench.kernel.timers.armed())


async def test_deliveries_in_the_store_are_resumed_at_the_start():
    bench = Bench(note)
    bench.submit("a")
    fresh = DeliveryEngine(bench.kernel, bench.engine._calls)
    bench.engine.clear()
    fresh.start()
    await bench.timekeeper.settle()
    assert ["a"] == bench.sent
