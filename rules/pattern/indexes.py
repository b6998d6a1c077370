"""Indexes of the conditions of one kind: each tells the bits whose condition accepts a value. See `value_index.py`."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable
from itertools import accumulate
from math import inf
from operator import or_
from typing import Any

from rules.pattern.addresses import address_of, number_of_v4
from rules.pattern.bits import mark, open_set
from rules.pattern.conditions import Cidr, Condition, ExactAddress, Numeric, Wildcard

BLOCK = 16  # bounds between two prepared ORs

Number = int | float


def folded(text: str) -> str:
    """Return the text with the letters A to Z made small and no other letter touched."""
    if text.isascii():
        return text.lower()
    # bytes know no other letters; the full `lower` would make k of the Kelvin sign
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


class Texts:
    """Whole texts; if `folded`, in any case."""

    __slots__ = ("_folded", "bits")

    def __init__(self, *, folded: bool = False) -> None:
        self._folded = folded
        self.bits: dict[str, int] = {}

    def __bool__(self) -> bool:
        return bool(self.bits)

    def mark(self, text: str, bit: int, *, present: bool) -> None:
        """Enter a text or take it out."""
        mark(self.bits, folded(text) if self._folded else text, bit, present=present)

    def probe(self, value: str) -> int:
        """Return the bits whose text the value is."""
        found = self.bits.get(folded(value) if self._folded else value, 0)
        return found if found >= 0 else 1 << ~found


class Affixes:
    """Texts that values begin with or, if not `at_start`, end with; if `folded`, in any case."""

    __slots__ = ("_at_start", "_by_length", "_folded")

    def __init__(self, *, at_start: bool, folded: bool = False) -> None:
        self._at_start = at_start
        self._folded = folded
        self._by_length: dict[int, dict[str, int]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_length)

    def mark(self, text: str, bit: int, *, present: bool) -> None:
        """Enter a text or take it out."""
        table = self._by_length.setdefault(len(text), {})
        mark(table, folded(text) if self._folded else text, bit, present=present)
        if not table:
            del self._by_length[len(text)]

    def probe(self, value: str) -> int:
        """Return the bits whose text the value begins or ends with."""
        bits = 0
        size = len(value)
        if self._folded:
            value = folded(value)
        for length, table in self._by_length.items():
            if length <= size:
                found = table.get(value[:length] if self._at_start else value[size - length :])
                if found is not None:
                    bits |= found if found >= 0 else 1 << ~found
        return bits


class Wildcards:
    """Wildcard expressions by their literal beginning and end."""

    __slots__ = ("_by_start",)

    def __init__(self) -> None:
        # length of the beginning -> beginning -> length of the end -> end -> expressions
        self._by_start: dict[int, dict[str, dict[int, dict[str, dict[Wildcard, int]]]]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_start)

    def mark(self, wildcard: Wildcard, bit: int, *, present: bool) -> None:
        """Enter an expression or take it out."""
        start, end = wildcard.segments[0], wildcard.segments[-1]
        way: list[tuple[dict[Any, Any], int | str]] = []
        table: dict[Any, Any] = self._by_start
        for key in (len(start), start, len(end), end):
            way.append((table, key))
            table = table.setdefault(key, {})
        mark(table, wildcard, bit, present=present)
        for outer, key in reversed(way):
            if not outer[key]:
                del outer[key]

    def probe(self, value: str) -> int:
        """Return the bits whose expression the value fits."""
        bits = 0
        size = len(value)
        for start, by_start in self._by_start.items():
            by_end = by_start.get(value[:start])
            if by_end is not None:
                for end, by_text in by_end.items():
                    candidates = by_text.get(value[size - end :] if end <= size else value)
                    if candidates is not None:
                        bits |= _fitting(candidates, value)
        return bits


def _fitting(candidates: dict[Wildcard, int], value: str) -> int:
    bits = 0
    for wildcard, entered in candidates.items():
        if wildcard.matches(value):
            bits |= open_set(entered)
    return bits


class Addresses:
    """IP addresses, which are blocks of one address, and CIDR blocks."""

    __slots__ = ("_v4", "_v6")

    def __init__(self) -> None:
        # size of the block -> its first address
        self._v4: dict[int, dict[int, int]] = {}
        self._v6: dict[int, dict[int, int]] = {}

    def __bool__(self) -> bool:
        return bool(self._v4 or self._v6)

    def mark(self, condition: ExactAddress | Cidr, bit: int, *, present: bool) -> None:
        """Enter an address or block or take it out."""
        if isinstance(condition, ExactAddress):
            first = last = condition.address
        else:
            first, last = condition.first, condition.last
        blocks = self._v4 if first.version == 4 else self._v6
        size = last.number - first.number + 1
        table = blocks.setdefault(size, {})
        mark(table, first.number, bit, present=present)
        if not table:
            del blocks[size]

    def probe(self, value: str) -> int:
        """Return the bits whose address the value is, or whose block it lies in."""
        number = number_of_v4(value)
        blocks = self._v4
        if number is None:
            address = address_of(value)
            if address is None:
                return 0
            number = address.number
            blocks = self._v4 if address.version == 4 else self._v6
        bits = 0
        for size, table in blocks.items():
            found = table.get(number & -size)
            if found is not None:
                bits |= open_set(found)
        return bits


class Bounds:
    """Numbers of which a value satisfies all below it or, if not `is_bottom`, all above it."""

    __slots__ = ("_bits", "_is_bottom", "_keys", "_search", "_sums")

    def __init__(self, *, is_bottom: bool, is_included: bool) -> None:
        self._is_bottom = is_bottom
        # how many keys lie below a value: of two bottoms 5, the included one is below the value 5, the other is not
        self._search: Callable[[list[float], Number], int] = (
            bisect_right if is_bottom is is_included else bisect_left
        )
        self._bits: dict[float, int] = {}
        self._keys: list[float] = []  # sorted
        # at the edge between two blocks of keys: the OR of all keys that a value there satisfies; made when needed
        self._sums: list[int] = []

    def __bool__(self) -> bool:
        return bool(self._keys)

    def mark(self, bound: float, bit: int, *, present: bool) -> None:
        """Enter a bound or take it out."""
        was_there = bound in self._bits
        mark(self._bits, bound, bit, present=present)
        is_there = bound in self._bits
        if is_there and not was_there:
            insort(self._keys, bound)
        elif was_there and not is_there:
            del self._keys[bisect_left(self._keys, bound)]
        self._sums = []

    def probe(self, value: Number) -> int:
        """Return the bits whose bounds the value satisfies."""
        keys = self._keys
        if not keys:
            return 0
        below = self._search(keys, value)
        sums = self._sums or self._prepare()
        if self._is_bottom:
            edge = below // BLOCK
            rest = keys[edge * BLOCK : below]
        else:
            edge = -(-below // BLOCK)
            rest = keys[below : edge * BLOCK]
        bits = sums[edge]
        for key in rest:
            bits |= open_set(self._bits[key])
        return bits

    def _prepare(self) -> list[int]:
        blocks = [0] * -(-len(self._keys) // BLOCK)
        for position, key in enumerate(self._keys):
            blocks[position // BLOCK] |= open_set(self._bits[key])
        if self._is_bottom:
            self._sums = [*accumulate(blocks, or_, initial=0)]
        else:
            self._sums = [*accumulate(reversed(blocks), or_, initial=0)][::-1]
        return self._sums


class Ranges:
    """Ranges of numbers. A bit may be entered for one range with two bounds only: each bound is looked up by itself."""

    __slots__ = ("_bottoms", "_lone_bottoms", "_lone_tops", "_tops")

    def __init__(self) -> None:
        self._bottoms, self._lone_bottoms = _Side(is_bottom=True), _Side(is_bottom=True)
        self._tops, self._lone_tops = _Side(is_bottom=False), _Side(is_bottom=False)

    def __bool__(self) -> bool:
        return bool(self._bottoms or self._lone_bottoms or self._lone_tops)

    def mark(self, numeric: Numeric, bit: int, *, present: bool) -> None:
        """Enter a range or take it out."""
        if is_two_sided(numeric):
            self._bottoms.mark(numeric.bottom, numeric.bottom_included, bit, present=present)
            self._tops.mark(numeric.top, numeric.top_included, bit, present=present)
        elif numeric.top == inf:
            self._lone_bottoms.mark(numeric.bottom, numeric.bottom_included, bit, present=present)
        else:
            self._lone_tops.mark(numeric.top, numeric.top_included, bit, present=present)

    def probe(self, value: Number) -> int:
        """Return the bits whose bounds the value satisfies."""
        bits = self._lone_bottoms.probe(value) | self._lone_tops.probe(value)
        return bits | (self._bottoms.probe(value) & self._tops.probe(value)) if self._bottoms else bits


class _Side:
    """The bounds on one side, those that are part of the range and those that are not."""

    __slots__ = ("_excluded", "_included")

    def __init__(self, *, is_bottom: bool) -> None:
        self._included = Bounds(is_bottom=is_bottom, is_included=True)
        self._excluded = Bounds(is_bottom=is_bottom, is_included=False)

    def __bool__(self) -> bool:
        return bool(self._included or self._excluded)

    def mark(self, bound: float, is_included: bool, bit: int, *, present: bool) -> None:
        (self._included if is_included else self._excluded).mark(bound, bit, present=present)

    def probe(self, value: Number) -> int:
        """Return the bits whose bounds the value satisfies."""
        return self._included.probe(value) | self._excluded.probe(value)


def is_two_sided(condition: Condition) -> bool:
    """Whether a condition is a range with two bounds."""
    return isinstance(condition, Numeric) and condition.bottom != -inf and condition.top != inf
