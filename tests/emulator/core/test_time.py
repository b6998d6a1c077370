import asyncio
import logging

import pytest

from emulator.core.clock import SystemClock, VirtualClock
from emulator.core.tasks import Tasks
from emulator.core.timekeeper import TimeKeeper
from emulator.core.timers import CANCELLED_KEPT, Timers
from emulator.core.world import World

START = 1000.0


class TestTimers:
    def test_actions_run_in_order_of_deadline_then_of_arming(self):
        timers, ran = Timers(), []
        for name, at in (("late", 3), ("first", 1), ("second", 1)):
            timers.at(at, lambda name=name: ran.append(name))
        assert 2 == timers.run_due(2)
        assert ["first", "second"] == ran
        assert 3 == timers.next_deadline()

    def test_a_cancelled_timer_does_not_run(self):
        timers, ran = Timers(), []
        timer = timers.at(1, lambda: ran.append("x"))
        timer.cancel()
        timer.cancel()
        assert (0, None, 0, []) == (timers.run_due(5), timers.next_deadline(), timers.armed(), ran)

    def test_an_action_may_arm_another_that_is_due_at_once(self):
        timers, ran = Timers(), []
        timers.at(1, lambda: timers.at(1, lambda: ran.append("inner")))
        assert (2, ["inner"]) == (timers.run_due(1), ran)

    def test_an_action_that_raises_does_not_stop_the_others(self, caplog):
        timers, ran = Timers(), []
        timers.at(1, lambda: 1 / 0)
        timers.at(2, lambda: ran.append("x"))
        with caplog.at_level(logging.ERROR):
            timers.run_due(2)
        assert ["x"] == ran
        assert "ZeroDivisionError" in caplog.text

    def test_many_cancelled_timers_do_not_pile_up(self):
        timers = Timers()
        kept = timers.at(9, lambda: None)
        for _ in range(3 * CANCELLED_KEPT):
            timers.at(10, lambda: None).cancel()
        assert len(timers._heap) <= CANCELLED_KEPT + 2
        assert (1, 9) == (timers.armed(), kept.instant)


class TestTimeKeeper:
    @pytest.fixture
    def timers(self):
        return Timers()

    @pytest.fixture
    def tasks(self):
        return Tasks()

    @pytest.fixture
    def world(self):
        return World(VirtualClock(START), seed=1)

    @pytest.fixture
    def keeper(self, world, timers, tasks):
        keeper = TimeKeeper(world, timers, tasks, deadlines_per_run_max=10)
        yield keeper
        keeper.stop()

    async def test_every_deadline_is_passed_at_exactly_its_instant(self, keeper, world, timers):
        seen = []
        for delay in (30, 10, 20):
            timers.at(START + delay, lambda: seen.append(world.now()))
        moved = await keeper.advance(25)
        assert [START + 10, START + 20] == seen
        assert (START + 25, 2) == (moved.now, moved.deadlines)

    async def test_time_stands_until_work_begun_by_a_deadline_has_ended(self, keeper, world, timers, tasks):
        ended_at = []

        async def work():
            for _ in range(5):
                await asyncio.sleep(0)
            ended_at.append(world.now())

        timers.at(START + 1, lambda: tasks.spawn("work", work()))
        timers.at(START + 2, lambda: None)
        await keeper.advance(10)
        assert [START + 1] == ended_at

    async def test_running_until_idle_is_bounded(self, keeper, world, timers):
        def again():
            timers.at(world.now() + 60, again)

        again()
        moved = await keeper.run_until_idle()
        assert (10, False) == (moved.deadlines, moved.is_complete)

    async def test_a_year_of_deadlines_takes_no_wall_time(self, keeper, world, timers):
        timers.at(START + 31_536_000, lambda: timers.at(world.now() + 30, lambda: None))
        moved = await keeper.run_until_idle()
        assert (START + 31_536_030, 2, True) == (moved.now, moved.deadlines, moved.is_complete)

    async def test_what_is_due_runs_at_once_even_when_time_stands(self, keeper, timers):
        ran = asyncio.Event()
        keeper.start()
        timers.at(START, ran.set)
        await asyncio.wait_for(ran.wait(), 5)

    async def test_the_system_clock_runs_deadlines_by_itself(self, timers, tasks):
        world = World(SystemClock())
        keeper = TimeKeeper(world, timers, tasks, deadlines_per_run_max=10)
        keeper.start()
        ran = asyncio.Event()
        timers.at(world.now() + 0.01, ran.set)
        await asyncio.wait_for(ran.wait(), 5)
        keeper.stop()

    async def test_time_never_runs_back_while_frozen(self, keeper, world):
        keeper.freeze(START + 50)
        keeper.freeze(START + 20)
        assert START + 50 == world.now()


class TestTasks:
    async def test_idle_returns_when_the_last_work_has_ended(self, caplog):
        tasks = Tasks()

        async def work():
            await asyncio.sleep(0)

        async def failing():
            raise ZeroDivisionError

        tasks.spawn("a", work())
        tasks.spawn("b", failing())
        assert {"a": 1, "b": 1} == tasks.in_flight()
        await tasks.idle()
        assert ({}, {"a": 1, "b": 1}) == (tasks.in_flight(), dict(tasks.finished))
        assert "ZeroDivisionError" in caplog.text

    async def test_cancelled_work_counts_as_ended(self):
        tasks = Tasks()
        tasks.spawn("a", asyncio.Event().wait())
        await tasks.cancel_all()
        await tasks.idle()
        assert {} == tasks.in_flight()


class TestWorld:
    def test_the_same_seed_names_everything_the_same(self):
        first, second = (World(VirtualClock(0), seed=7) for _ in range(2))
        for world in (first, second):
            world.random.random()
        assert [first.ids.uuid(), first.ids.hex(16), first.ids.span()] == [
            second.ids.uuid(),
            second.ids.hex(16),
            second.ids.span(),
        ]

    def test_ids_have_their_shape(self):
        ids = World(VirtualClock(0), seed=7).ids
        for _ in range(100):
            parts = ids.uuid().split("-")
            assert [8, 4, 4, 4, 12] == [len(part) for part in parts]
            assert ("4", True) == (parts[2][0], parts[3][0] in "89ab")
        assert (16, 8) == (len(ids.span()), len(ids.hex(8)))
