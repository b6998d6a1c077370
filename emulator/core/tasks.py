"""Tasks: effects in flight, counted by kind. The emulator is quiescent when none is."""

import asyncio
import logging
from collections import Counter
from collections.abc import Coroutine
from typing import Any

logger = logging.getLogger(__name__)


class Tasks:
    """Counts work that has begun and not ended, and tells when there is none."""

    def __init__(self) -> None:
        self._in_flight = 0
        self._kinds: Counter[str] = Counter()
        self._waiters: list[asyncio.Future[None]] = []
        self._running: set[asyncio.Task[None]] = set()
        self.finished: Counter[str] = Counter()
        """How much work of each kind has ended since the start."""

    def begin(self, kind: str) -> None:
        """Note that one piece of work of `kind` is in flight."""
        self._in_flight += 1
        self._kinds[kind] += 1

    def end(self, kind: str) -> None:
        """Note that one piece of work of `kind` has ended."""
        self._in_flight -= 1
        self._kinds[kind] -= 1
        self.finished[kind] += 1
        if not self._in_flight:
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)

    def spawn(self, kind: str, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` beside everything else and count it until it ends."""
        self.begin(kind)
        task = asyncio.get_running_loop().create_task(self._guarded(kind, work))
        self._running.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            work.close()  # a task cancelled before its first step has never begun its work
            self._running.discard(task)
            self.end(kind)

        task.add_done_callback(ended)

    async def _guarded(self, kind: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:
            logger.exception("a %s task failed", kind)

    def in_flight(self) -> dict[str, int]:
        """Return how much work of each kind is in flight, leaving out kinds with none."""
        return {kind: count for kind, count in self._kinds.items() if count}

    async def idle(self) -> None:
        """Return when nothing is in flight."""
        while self._in_flight:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter

    async def turn(self) -> None:
        """Let the event loop serve whatever else is ready, sockets among it; no time passes."""
        loop = asyncio.get_running_loop()
        served = loop.create_future()
        loop.call_soon(served.set_result, None)
        await served

    async def cancel_all(self) -> None:
        """Cancel what was spawned and wait until it has ended."""
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
