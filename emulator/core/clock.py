"""Clocks: what time it is. The only place in the emulator's core that asks the machine."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the instant in seconds since the epoch, UTC."""

    def now(self) -> float:
        """Return the current instant."""
        ...


class SystemClock:
    """The machine's time."""

    now = staticmethod(time.time)


class VirtualClock:
    """A frozen clock that its owner moves forward."""

    def __init__(self, start: float) -> None:
        self._now = start

    def now(self) -> float:
        """Return the instant the clock stands at."""
        return self._now

    def move_to(self, instant: float) -> None:
        """Set the clock to `instant`; an earlier instant leaves it where it is, for time never runs back."""
        self._now = max(self._now, instant)
