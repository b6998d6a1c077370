"""TimeKeeper: who moves the clock.

Invariant: time moves one deadline at a time, and between two deadlines everything in flight has come to rest.

On the system clock one event-loop timer is armed for the earliest deadline. On the virtual clock nothing moves
until a caller advances it; deadlines that are already due still run at once.
"""

import asyncio

from emulator.core.clock import Clock, SystemClock, VirtualClock
from emulator.core.record import Record
from emulator.core.tasks import Tasks
from emulator.core.timers import Timers
from emulator.core.world import World

# The event loop's own timers are refreshed at least daily: some loops refuse waits of many days.
SLEEP_SECONDS_MAX = 86_400.0


class Moved(Record, frozen=True):
    """What moving the clock did: the instant reached and the number of deadlines passed."""

    now: float
    deadlines: int
    is_complete: bool = True


class TimeKeeper:
    """Freezes, advances and releases the world's clock."""

    def __init__(self, world: World, timers: Timers, tasks: Tasks, *, deadlines_per_run_max: int) -> None:
        self._world = world
        self._timers = timers
        self._tasks = tasks
        self._deadlines_per_run_max = deadlines_per_run_max
        self._handle: asyncio.Handle | None = None
        self._moving = asyncio.Lock()
        self._is_started = False
        timers.on_earlier = self._arm

    def start(self) -> None:
        """Begin to run deadlines on the running event loop."""
        self._is_started = True
        self._arm()

    def stop(self) -> None:
        """Run no further deadline."""
        self._is_started = False
        if self._handle is not None:
            self._handle.cancel()

    @property
    def is_frozen(self) -> bool:
        """Whether the world runs on a virtual clock."""
        return isinstance(self._world.clock, VirtualClock)

    def freeze(self, at: float | None = None) -> None:
        """Stop the clock, at the current instant or at the later instant `at`."""
        if not isinstance(self._world.clock, VirtualClock):
            self._use(VirtualClock(self._world.now() if at is None else at))
        elif at is not None:
            self._world.clock.move_to(at)
            self._arm()

    def release(self) -> None:
        """Go back to the system's time; deadlines keep their instants."""
        self._use(SystemClock())

    async def advance(self, seconds: float) -> Moved:
        """Move a clock forward by `seconds`, passing every deadline on the way; freezes a running clock first."""
        async with self._moving:
            return await self._pass_deadlines(self._virtual().now() + seconds, self._deadlines_per_run_max)

    async def advance_to_next(self) -> Moved:
        """Move to the next deadline, if there is one, and run everything due then."""
        async with self._moving:
            clock = self._virtual()
            await self._tasks.idle()
            deadline = self._timers.next_deadline()
            return await self._pass_deadlines(
                clock.now() if deadline is None else deadline, self._deadlines_per_run_max
            )

    async def run_until_idle(self, deadlines_max: int | None = None) -> Moved:
        """Move from deadline to deadline until none is left, or `deadlines_max` have passed."""
        async with self._moving:
            self._virtual()
            return await self._pass_deadlines(None, deadlines_max or self._deadlines_per_run_max)

    async def settle(self) -> None:
        """Return when nothing is in flight and no deadline is due at the current instant."""
        await self._tasks.idle()
        while self._timers.run_due(self._world.now()):
            await self._tasks.idle()

    async def _pass_deadlines(self, goal: float | None, deadlines_max: int) -> Moved:
        clock = self._virtual()
        passed = 0
        await self.settle()
        while (deadline := self._timers.next_deadline()) is not None and (goal is None or deadline <= goal):
            if passed >= deadlines_max:
                return Moved(clock.now(), passed, is_complete=False)
            clock.move_to(deadline)
            passed += self._timers.run_due(clock.now())
            await self._tasks.idle()
        if goal is not None:
            clock.move_to(goal)
        return Moved(clock.now(), passed)

    def _virtual(self) -> VirtualClock:
        self.freeze()
        assert isinstance(self._world.clock, VirtualClock)
        return self._world.clock

    def _use(self, clock: Clock) -> None:
        self._world.clock = clock
        self._arm()

    def _arm(self) -> None:
        if not self._is_started:
            return
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        deadline = self._timers.next_deadline()
        if deadline is None:
            return
        wait_seconds = deadline - self._world.now()
        if wait_seconds <= 0:
            self._handle = asyncio.get_running_loop().call_soon(self._run_due)
        elif not self.is_frozen:
            wait_seconds = min(wait_seconds, SLEEP_SECONDS_MAX)
            self._handle = asyncio.get_running_loop().call_later(wait_seconds, self._run_due)

    def _run_due(self) -> None:
        self._handle = None
        self._timers.run_due(self._world.now())
        self._arm()
