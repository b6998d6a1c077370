"""Timers: one heap of deadlines for everything that waits on domain time.

Invariant: a record owns its deadline and a timer is only an index to it; whoever arms a timer can arm it again
from its records after a restart.
"""

import heapq
import logging
from collections.abc import Callable

logger = logging.getLogger(__name__)

Action = Callable[[], None]
# Cancelled timers stay in the heap until they surface; past this many the heap is rebuilt without them.
CANCELLED_KEPT = 1024


class Timer:
    """A deadline and what to do then; `cancel` makes it do nothing."""

    __slots__ = ("_action", "_owner", "_sequence", "instant")

    def __init__(self, instant: float, sequence: int, action: Action, owner: "Timers") -> None:
        self.instant = instant
        self._sequence = sequence
        self._action: Action | None = action
        self._owner = owner

    def __lt__(self, other: "Timer") -> bool:
        return (self.instant, self._sequence) < (other.instant, other._sequence)

    @property
    def is_cancelled(self) -> bool:
        """Whether the timer was cancelled or has fired."""
        return self._action is None

    def cancel(self) -> None:
        """Make sure the action does not run; a timer that has run or was cancelled stays so."""
        if self._action is not None:
            self._action = None
            self._owner.forget_one()

    def take_action(self) -> Action | None:
        """Return the action and disarm the timer."""
        action, self._action = self._action, None
        return action


class Timers:
    """Deadlines in order of their instant, then of their arming."""

    def __init__(self) -> None:
        self._heap: list[Timer] = []
        self._sequence = 0
        self._cancelled = 0
        self.fired = 0
        self.on_earlier: Action = lambda: None
        """Called when a new deadline comes before all others; the time keeper re-arms itself here."""

    def at(self, instant: float, action: Action) -> Timer:
        """Run `action` once the clock has reached `instant` (seconds since the epoch)."""
        self._sequence += 1
        timer = Timer(instant, self._sequence, action, self)
        heapq.heappush(self._heap, timer)
        if self._heap[0] is timer:
            self.on_earlier()
        return timer

    def forget_one(self) -> None:
        """Count a cancelled timer, and rebuild the heap when mostly cancelled ones are left in it."""
        self._cancelled += 1
        if self._cancelled > CANCELLED_KEPT and self._cancelled * 2 > len(self._heap):
            self._heap = [timer for timer in self._heap if not timer.is_cancelled]
            heapq.heapify(self._heap)
            self._cancelled = 0

    def next_deadline(self) -> float | None:
        """Return the earliest armed instant, or None when nothing waits."""
        while self._heap and self._heap[0].is_cancelled:
            heapq.heappop(self._heap)
            self._cancelled -= 1
        return self._heap[0].instant if self._heap else None

    def armed(self) -> int:
        """Return how many deadlines wait."""
        return len(self._heap) - self._cancelled

    def run_due(self, now: float) -> int:
        """Run every action whose deadline is `now` or earlier, in order; return how many ran.

        An action that raises is logged and does not stop the others: one owner's fault is not another's delay.
        """
        ran = 0
        while (deadline := self.next_deadline()) is not None and deadline <= now:
            action = heapq.heappop(self._heap).take_action()
            assert action is not None
            try:
                action()
            except Exception:
                logger.exception("a timer's action failed")
            ran += 1
        self.fired += ran
        return ran

    def clear(self) -> None:
        """Drop every deadline."""
        for timer in self._heap:
            timer.take_action()
        self._heap.clear()
        self._cancelled = 0
