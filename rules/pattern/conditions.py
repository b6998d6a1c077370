"""What a pattern asks of one value: a small class for each kind of question.

`matches` takes a leaf of an event, that is a string, number, boolean or null, and cannot fail.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from math import isinf
from typing import Protocol

from rules.pattern.addresses import IpAddress, address_of

Leaf = str | int | float | bool | None


class Condition(Protocol):
    """One alternative for the value of a field."""

    def matches(self, value: Leaf, /) -> bool:
        """Whether a value that is there is accepted."""
        ...


@dataclass(frozen=True, slots=True)
class Exact:
    """The value is this string."""

    text: str

    def matches(self, value: Leaf) -> bool:
        """Whether the value is accepted."""
        return isinstance(value, str) and value == self.text


@dataclass(frozen=True, slots=True)
class ExactAddress:
    """The value is a string that is this IP address, in any spelling."""

    address: IpAddress

    def matches(self, value: Leaf) -> bool:
        """Whether the value is accepted."""
        return isinstance(value, str) and address_of(value) == self.address


@dataclass(frozen=True, slots=True)
class ExactNumber:
    """The value is this number, in any notation."""

    number: float

    def matches(self, value: Leaf) -> bool:
        """Whether the value is accepted."""
        return isinstance(value, (int, float)) and not isinstance(value, bool) and value == self.number


@dataclass(frozen=True, slots=True)
class ExactWord:
    """The value is this one of true, false and null."""

    word: bool | None

    def matches(self, value: Leaf) -> bool:
        """Whether the value is accepted."""
        return value is self.word


@dataclass(frozen=True, slots=True)
class Prefix:
    """The value is a string that begins with `text`."""

    text: str

    def matches(self, value: Leaf) -> bool:
        """Whether the value is accepted."""
        return isinstance(value, str) and value.startswith(self.text)


@dataclass(frozen=True, slots=True)
class Suffix:
    """The value is a string that ends with `text`."""

    text: str

    def matches(self, value: Leaf) -> bool:
        """Whether the value is accepted."""
        return isinstance(value, str) and value.endswith(self.text)


class Part(Enum):
    """Which part of a value is looked at."""

    WHOLE = "whole"
    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class IgnoringCase:
    """The value is a string of which a part is `text` whatever its case, which is what `expression` finds."""

    text: str
    part: Part
    expression: re.Pattern[str]

    def matches(self, value: Leaf) -> bool:
        """Whether the value is accepted."""
        return isinstance(value, str) and self.expression.search(value) is not None


def ignoring_case(text: str, part: Part = Part.WHOLE) -> IgnoringCase:
    """Return the test for `text` in any case."""
    # AWS: letter by letter, a letter of the value must be the lower or the upper form of the letter of the pattern;
    # full case folding would also accept title case and what merely folds alike (cases f00236, f04999)
    letters = (f"(?:{re.escape(char.lower())}|{re.escape(char.upper())})" for char in text)
    before = "" if part is Part.END else r"\A"
    after = "" if part is Part.START else r"\Z"
    return IgnoringCase(text, part, re.compile(before + "".join(letters) + after))


@dataclass(frozen=True, slots=True)
class Wildcard:
    """The value is a string made of these segments, in order, with anything between two of them."""

    segments: tuple[str, ...]

    @property
    def text(self) -> str:
        """The expression as a pattern has it."""
        return "*".join(re.sub(r"([*\\])", r"\\\1", segment) for segment in self.segments)

    def matches(self, value: Leaf) -> bool:
        """Whether the value is accepted."""
        if not isinstance(value, str):
            return False
        first, last = self.segments[0], self.segments[-1]
        if len(self.segments) == 1:
            return value == first
        start, end = len(first), len(value) - len(last)
        if start > end or not value.startswith(first) or not value.endswith(last):
            return False
        for segment in self.segments[1:-1]:
            found = value.find(segment, start, end)
            if found < 0:
                return False
            start = found + len(segment)
        return True


@dataclass(frozen=True, slots=True)
class Numeric:
    """The value is a number between two bounds."""

    bottom: float
    bottom_included: bool
    top: float
    top_included: bool

    def matches(self, value: Leaf) -> bool:
        """Whether the value is accepted."""
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            return False
        above = value >= self.bottom if self.bottom_included else value > self.bottom
        return above and (value <= self.top if self.top_included else value < self.top)


@dataclass(frozen=True, slots=True)
class Cidr:
    """The value is a string that is an IP address inside a block."""

    first: IpAddress
    last: IpAddress

    def matches(self, value: Leaf) -> bool:
        """Whether the value is accepted."""
        address = address_of(value) if isinstance(value, str) else None
        return address is not None and self.first <= address <= self.last


@dataclass(frozen=True, slots=True)
class AnythingBut:
    """The value is there and none of `excluded` accepts it."""

    excluded: tuple[Condition, ...]

    def matches(self, value: Leaf) -> bool:
        """Whether the value is accepted."""
        # AWS: null, and a value of another type, is a value other than the excluded ones (content_anything_but_*_null)
        return not any(condition.matches(value) for condition in self.excluded)


@dataclass(frozen=True, slots=True)
class Exists:
    """There is a value; if not `present`, there is none, which the matchers see to."""

    present: bool

    def matches(self, value: Leaf) -> bool:  # noqa: ARG002 - any value will do
        """Whether the value is accepted."""
        return self.present


def numbers_of(condition: Condition) -> Iterator[float]:
    """Yield the numbers that a condition compares with."""
    match condition:
        case ExactNumber(number):
            yield number
        case Numeric():
            yield from (bound for bound in (condition.bottom, condition.top) if not isinf(bound))
        case AnythingBut(excluded):
            for inner in excluded:
                yield from numbers_of(inner)
