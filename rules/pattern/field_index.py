"""What every branch of a rule set says to one value of one field; a dictionary that fills itself.

Invariant: `index[value]` is the set of the bits that have nothing against the field holding `value`: those that accept it
and those that do not ask about the field at all. `index[MISSING]` is the same for an event that lacks the field.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable

from rules.document import Json
from rules.pattern.bits import changed
from rules.pattern.conditions import AnythingBut, Condition, Exact, Exists, numbers_of
from rules.pattern.extraction import MISSING
from rules.pattern.indexes import is_two_sided
from rules.pattern.parse import Field
from rules.pattern.value_index import ValueIndex

ANSWERS_MAX = 1_024  # answers remembered for one field
ANSWER_BITS_MAX = 8_000_000  # and their size together


class FieldIndex(dict[Json, int]):
    """The answers for the values of one field."""

    def __init__(self, on_variety: Callable[[], None]) -> None:
        """Make an index that tells, by a call, when it sees that the field is varied."""
        self._on_variety = on_variety
        self._conditions = ValueIndex()
        self._free = 0
        self._answers_max = ANSWERS_MAX
        # Between two neighbouring numbers that occur in conditions all values have the same answer, so that answers are
        # remembered by slot: the gap before the n-th of these borders is slot 2n, the border itself slot 2n + 1.
        self._borders: list[float] = []
        self._border_counts: Counter[float] = Counter()
        self._answers_by_slot: dict[int, int] = {}
        self._searching = 0  # the bits that ask for more than certain strings
        self.asking = 0  # the bits with a condition on the field
        self.absent = 0  # the bits that accept its absence
        self.is_varied = False  # whether events have held many different values

    def mark(self, field: Field, bit: int, *, present: bool) -> None:
        """Enter the conditions of a branch on this field, or take them out; `refresh` must follow."""
        tests = tuple(dict.fromkeys(field.tests))
        self.asking = changed(self.asking, bit, present=present)
        if not all(isinstance(test, Exact) for test in tests):
            self._searching = changed(self._searching, bit, present=present)
        for test in tests:
            if isinstance(test, Exists) and not test.present:
                self.absent = changed(self.absent, bit, present=present)
            kind = _is_anything_but if _is_anything_but(test) else is_two_sided
            self._conditions.mark(test, bit, present=present, is_alone=sum(map(kind, tests)) == 1)
            for number in numbers_of(test):
                self._mark_border(number, present=present)

    @property
    def is_exact(self) -> bool:
        """Whether all conditions are for certain strings."""
        return not self._searching

    def refresh(self, live: int) -> None:
        """Forget all answers; `live` are the bits in use."""
        self._free = live & ~self.asking
        self._answers_max = min(ANSWERS_MAX, ANSWER_BITS_MAX // (live.bit_length() or 1))
        self._forget()

    def of_leaves(self, leaves: list[Json]) -> int:
        """Return the bits that have nothing against at least one of the values, or against none if there is none."""
        bits = 0
        for leaf in leaves or (MISSING,):
            bits |= self[leaf]
        return bits

    def __missing__(self, value: Json) -> int:
        kind = type(value)
        if kind is str:
            bits = self._free | self._conditions.of_text(value)
        elif kind is float:
            return self._of_number(value)
        elif kind is int:
            bits = self._of_number(value)
            if value in (0, 1):
                return bits  # as keys they would also answer for false and true
        elif kind is bool:
            return self._free | self._conditions.of_word(value)
        elif value is None:
            bits = self._free | self._conditions.of_word(None)
        else:
            raise TypeError("not a leaf")
        if len(self) > self._answers_max:
            self._forget()
            if not self.is_varied:
                self.is_varied = True
                self._on_variety()
        self[value] = bits
        return bits

    def _of_number(self, value: float) -> int:
        borders = self._borders
        place = bisect_left(borders, value)
        slot = 2 * place + (place < len(borders) and borders[place] == value)
        bits = self._answers_by_slot.get(slot)
        if bits is None:
            if len(self._answers_by_slot) > self._answers_max:
                self._answers_by_slot.clear()
            bits = self._answers_by_slot[slot] = self._free | self._conditions.of_number(value)
        return bits

    def _forget(self) -> None:
        self.clear()
        self._answers_by_slot.clear()
        self[MISSING] = self._free | self.absent

    def _mark_border(self, number: float, *, present: bool) -> None:
        was_there = self._border_counts[number] > 0
        self._border_counts[number] += 1 if present else -1
        is_there = self._border_counts[number] > 0
        if is_there and not was_there:
            insort(self._borders, number)
        elif was_there and not is_there:
            del self._border_counts[number]
            del self._borders[bisect_left(self._borders, number)]


def _is_anything_but(condition: Condition) -> bool:
    return isinstance(condition, AnythingBut)
