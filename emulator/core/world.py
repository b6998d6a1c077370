"""World: clock, ids and random numbers, the only sources of what cannot be known beforehand."""

import itertools
import random

from emulator.core.clock import Clock

# Bits of a UUID that say version 4 and the usual variant, and those left to chance (RFC 9562, 5.4).
UUID_VERSION_4 = 0x4000_8000_0000_0000_0000
UUID_RANDOM = 0xFFFFFFFF_FFFF_0FFF_3FFF_FFFFFFFFFFFF


class Ids:
    """Identifiers drawn from one random source, so a seeded world names everything the same way twice."""

    def __init__(self, source: random.Random) -> None:
        self._bits = source.getrandbits
        self._spans = itertools.count(source.getrandbits(62))

    def uuid(self) -> str:
        """Return a random UUID (version 4) in its usual text form."""
        digits = f"{self._bits(128) & UUID_RANDOM | UUID_VERSION_4:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

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
