"""Sets of small numbers as integers: number n is in the set if bit n is 1.

A set of one number n may be kept as `~n`, which is negative: in an index of ten thousand rules most sets have one member,
and the integer with bit 9,999 alone takes over a kilobyte. `open_set` gives the plain form of either.
"""

from collections.abc import Iterator
from typing import TypeVar

Key = TypeVar("Key")


def open_set(bits: int) -> int:
    """Return the set as a plain integer."""
    return bits if bits >= 0 else 1 << ~bits


def mark(table: dict[Key, int], key: Key, bit: int, *, present: bool) -> None:
    """Put a bit into the set under a key, or take it out; a key whose set is empty leaves the table."""
    bits = table.get(key, 0)
    if present:
        table[key] = open_set(bits) | 1 << bit if bits else ~bit
        return
    rest = open_set(bits) & ~(1 << bit)
    if not rest:
        table.pop(key, None)
    elif rest & (rest - 1):
        table[key] = rest
    else:
        table[key] = ~(rest.bit_length() - 1)


def changed(bits: int, bit: int, *, present: bool) -> int:
    """Return a plain set with or without a bit."""
    return bits | 1 << bit if present else bits & ~(1 << bit)


def members(bits: int) -> Iterator[int]:
    """Yield the members of a plain set in order."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
