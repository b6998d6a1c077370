"""World: clock, ids and random numbers, the only sources of what cannot be known beforehand."""

import itertools
import random

from emulator.core.clock import Clock

# Random digits are drawn for many UUIDs at once: one draw costs more than taking the digits apart.
POOL = 64
# The digit that carries a UUID's variant, by a random digit of which two bits are kept (RFC 9562, 4.1).
VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


class Ids:
    """Identifiers drawn from one random source, so a seeded world names everything the same way twice."""

    def __init__(self, source: random.Random) -> None:
        self._bits = source.getrandbits
        self._pool: list[str] = []
        self._spans = itertools.count(source.getrandbits(62))

    def uuid(self) -> str:
        """Return a random UUID (version 4) in its usual text form."""
        if not self._pool:
            digits = f"{self._bits(128 * POOL):0{32 * POOL}x}"
            self._pool = [digits[start : start + 32] for start in range(0, 32 * POOL, 32)]
        digits = self._pool.pop()
        variant = VARIANTS[digits[16]]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

    def hex(self, digits: int) -> str:
        """Return that many random hexadecimal digits."""
        return f"{self._bits(4 * digits):0{digits}x}"

    def span(self) -> str:
        """Return the 16-digit id of a span; ids of one run follow each other from a random start."""
        return f"{next(self._spans):016x}"


class World:
    """What time it is, what the next id is, how the dice fall.

    `clock` may be replaced while running (frozen, released); `now` always asks the one in use: seconds since the
    epoch, UTC.
    """

    __slots__ = ("_clock", "ids", "now", "random")

    def __init__(self, clock: Clock, seed: int | None = None) -> None:
        self.clock = clock
        self.random = random.Random(seed)  # noqa: S311 - ids of an emulator need repeatability, not secrecy
        self.ids = Ids(self.random)

    @property
    def clock(self) -> Clock:
        """The clock in use."""
        return self._clock

    @clock.setter
    def clock(self, clock: Clock) -> None:
        self._clock = clock
        self.now = clock.now
