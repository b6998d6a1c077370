"""World: clock, ids and random numbers, the only sources of what cannot be known beforehand."""

import random

from emulator.core.clock import Clock


class Ids:
    """Identifiers drawn from one random source, so a seeded world names everything the same way twice."""

    def __init__(self, source: random.Random) -> None:
        self._bits = source.getrandbits

    def uuid(self) -> str:
        """Return a random UUID (version 4) in its usual text form."""
        digits = f"{self._bits(128):032x}"
        variant = "89ab"[self._bits(2)]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

    def hex(self, digits: int) -> str:
        """Return that many random hexadecimal digits."""
        return f"{self._bits(4 * digits):0{digits}x}"


class World:
    """What time it is, what the next id is, how the dice fall.

    `clock` may be replaced while running (frozen, released): read it through the world each time.
    """

    __slots__ = ("clock", "ids", "random")

    def __init__(self, clock: Clock, seed: int | None = None) -> None:
        self.clock = clock
        self.random = random.Random(seed)  # noqa: S311 - ids of an emulator need repeatability, not secrecy
        self.ids = Ids(self.random)

    def now(self) -> float:
        """Return the current instant: seconds since the epoch, UTC."""
        return self.clock.now()
