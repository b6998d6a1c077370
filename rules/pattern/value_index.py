"""The conditions on the values of one field, indexed: which of them accept a value, without asking each.

Theory of operation. A condition is entered for a bit, the bit of a branch (see `ruleset.py`); a value is answered with
the set of the bits whose conditions accept it. Each kind of condition has an index of its own, whose cost does not grow
with the number of conditions, or hardly:

- equal values: one look-up;
- prefixes and suffixes: one look-up for each length that occurs; in any case: the same with the letters made small;
- wildcard expressions: asked one by one, but only those whose literal beginning the value has;
- bounds: a binary search in the sorted bounds and an OR over the block it ends in;
- addresses and CIDR blocks: one look-up for each size of block that occurs;
- anything-but: all of them, less those whose excluded conditions accept the value, which is an index like this one.

What fits none of them is asked one by one. An index that holds nothing is not asked.
"""

from collections.abc import Callable, Iterator
from functools import partial

from rules.pattern.bits import changed, mark, open_set
from rules.pattern.conditions import (
    AnythingBut,
    Cidr,
    Condition,
    Exact,
    ExactAddress,
    ExactNumber,
    ExactWord,
    Exists,
    IgnoringCase,
    Leaf,
    Numeric,
    Part,
    Prefix,
    Suffix,
    Wildcard,
)
from rules.pattern.indexes import Addresses, Affixes, Number, Ranges, Texts, Wildcards, is_two_sided


class ValueIndex:
    """Conditions entered for bits; `of_text`, `of_number` and `of_word` tell the bits that accept a value."""

    def __init__(self) -> None:
        self._every = 0  # the bits that accept every value
        self._words: dict[bool | None, int] = {}
        self._numbers: dict[Number, int] = {}
        self._ranges = Ranges()
        self._texts = Texts()
        self._prefixes = Affixes(at_start=True)
        self._suffixes = Affixes(at_start=False)
        self._folded: dict[Part, Texts | Affixes] = {
            Part.WHOLE: Texts(folded=True),
            Part.START: Affixes(at_start=True, folded=True),
            Part.END: Affixes(at_start=False, folded=True),
        }
        self._wildcards = Wildcards()
        self._addresses = Addresses()
        self._others: dict[Condition, int] = {}
        self._but = 0  # the bits with an anything-but; what they exclude has an index of its own
        self._excluded: ValueIndex | None = None
        self._probes: tuple[Callable[[str], int], ...] | None = None  # of the indexes that hold something

    def mark(self, condition: Condition, bit: int, *, present: bool, is_alone: bool = True) -> None:
        """Enter a condition for a bit or take it out.

        Args:
            condition: The condition; `exists: false` accepts no value, so that nothing is entered for it.
            bit: The bit of its branch.
            present: Whether to enter it.
            is_alone: Whether it is the only condition of its kind, anything-but or a range with two bounds, of the bit.
        """
        self._probes = None
        if isinstance(condition, Exists):
            if condition.present:
                self._every = changed(self._every, bit, present=present)
        elif isinstance(condition, AnythingBut) and is_alone:
            self._mark_excluded(condition, bit, present=present)
        else:
            self._place(condition, is_alone=is_alone)(bit, present=present)

    def _place(self, condition: Condition, *, is_alone: bool) -> Callable[..., None]:
        """Return the function that enters a condition where it belongs."""
        match condition:
            case Exact(text):
                return partial(self._texts.mark, text)
            case Prefix(text):
                return partial(self._prefixes.mark, text)
            case Suffix(text):
                return partial(self._suffixes.mark, text)
            # a letter beyond ASCII may have forms that do not fold into each other
            case IgnoringCase(text, part) if text.isascii():
                return partial(self._folded[part].mark, text)
            case Wildcard():
                return partial(self._wildcards.mark, condition)
            case ExactAddress() | Cidr():
                return partial(self._addresses.mark, condition)
            case ExactNumber(number):
                return partial(mark, self._numbers, number)
            case ExactWord(word):
                return partial(mark, self._words, word)
            case Numeric() if is_alone or not is_two_sided(condition):
                return partial(self._ranges.mark, condition)
            case _:
                return partial(mark, self._others, condition)

    def of_text(self, value: str) -> int:
        """Return the bits that accept a string."""
        bits = self._every
        if self._probes is None:
            self._probes = tuple(self._wanted_probes())
        for probe in self._probes:
            bits |= probe(value)
        return bits

    def of_number(self, value: Number) -> int:
        """Return the bits that accept a number."""
        bits = self._every | open_set(self._numbers.get(value, 0))
        if self._ranges:
            bits |= self._ranges.probe(value)
        if self._others:
            bits |= self._by_asking(value)
        if self._excluded is not None:
            bits |= self._but ^ self._excluded.of_number(value)
        return bits

    def of_word(self, value: bool | None) -> int:
        """Return the bits that accept true, false or null."""
        bits = self._every | open_set(self._words.get(value, 0))
        if self._others:
            bits |= self._by_asking(value)
        if self._excluded is not None:
            bits |= self._but ^ self._excluded.of_word(value)
        return bits

    def _wanted_probes(self) -> Iterator[Callable[[str], int]]:
        indexes: tuple[Texts | Affixes | Wildcards | Addresses, ...] = (
            *(self._texts, self._prefixes, self._suffixes, self._wildcards, self._addresses),
            *self._folded.values(),
        )
        yield from (index.probe for index in indexes if index)
        if self._others:
            yield self._by_asking
        if self._excluded is not None:
            yield self._not_excluded

    def _by_asking(self, value: Leaf) -> int:
        bits = 0
        for condition, entered in self._others.items():
            if condition.matches(value):
                bits |= open_set(entered)
        return bits

    def _not_excluded(self, value: str) -> int:
        return self._but ^ (self._excluded.of_text(value) if self._excluded is not None else 0)

    def _mark_excluded(self, condition: AnythingBut, bit: int, *, present: bool) -> None:
        if self._excluded is None:
            self._excluded = ValueIndex()
        self._but = changed(self._but, bit, present=present)
        for excluded in condition.excluded:
            self._excluded.mark(excluded, bit, present=present)
        if not self._but:
            self._excluded = None
