"""One branch asked by itself: what it asks of its fields, compiled to functions of the values read there.

A compiled test takes what an event holds at a field, a leaf or `MISSING`, and raises `TypeError` for an object or array:
only those who walk the event can tell what these hold.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from rules.pattern.addresses import number_of_v4
from rules.pattern.conditions import (
    AnythingBut,
    Cidr,
    Condition,
    Exact,
    ExactNumber,
    ExactWord,
    Exists,
    Numeric,
    Prefix,
    Suffix,
)
from rules.pattern.extraction import MISSING
from rules.pattern.parse import Field

Test = Callable[[Any], bool]
Checks = tuple[tuple[Callable[[Any], Any], Test], ...]  # how to get the value, and what it must pass

_NUMBERS = (int, float)


class Check(NamedTuple):
    """A field to ask about: what it costs in comparison, and the function that tells whether it may hold a value."""

    cost: int
    test: Test


def check_of(field: Field) -> Check:
    """Compile what a branch asks of a field."""
    values = _values(field.tests)
    if values is not None:
        return Check(0, values.__contains__)
    if len(field.tests) > 1:
        return Check(2, _any_of(field.tests))
    (only,) = field.tests
    match only:
        case AnythingBut(excluded) if (values := _values(excluded)) is not None:
            unwanted = values | {MISSING}
            return Check(0, lambda value: value not in unwanted)
        case Exists(present=True):
            return Check(0, lambda value: value is not MISSING and not _is_leaf_but_not(value))
        case Prefix(text):
            return Check(
                1, lambda value: value.startswith(text) if type(value) is str else _is_leaf_but_not(value)
            )
        case Suffix(text):
            return Check(
                1, lambda value: value.endswith(text) if type(value) is str else _is_leaf_but_not(value)
            )
        case Numeric(matches=matches):
            return Check(
                1, lambda value: matches(value) if type(value) in _NUMBERS else _is_leaf_but_not(value)
            )
        case Cidr() if only.first.version == 4:
            return Check(1, _v4_block(only))
    return Check(2, _any_of(field.tests))


def _v4_block(block: Cidr) -> Test:
    first, last = block.first.number, block.last.number

    def test(value: Any) -> bool:
        if type(value) is not str:
            return _is_leaf_but_not(value)
        number = number_of_v4(value)
        return block.matches(value) if number is None else first <= number <= last

    return test


def _any_of(tests: tuple[Condition, ...]) -> Test:
    accepts_missing = any(isinstance(test, Exists) and not test.present for test in tests)

    def test(value: Any) -> bool:
        if value is MISSING:
            return accepts_missing
        _is_leaf_but_not(value)
        return any(test.matches(value) for test in tests)

    return test


def _values(tests: tuple[Condition, ...]) -> frozenset[Any] | None:
    """Return what a set of values must contain to stand for these tests, or None if a set cannot."""
    values: set[Any] = set()
    for test in tests:
        match test:
            case Exact(text):
                values.add(text)
            case ExactNumber(number) if number not in (0, 1):  # in a set these are also false and true
                values.add(number)
            case ExactWord(None):
                values.add(None)
            case Exists(present=False):
                values.add(MISSING)
            case _:
                return None
    return frozenset(values)


_LEAVES = frozenset({str, int, float, bool, type(None), type(MISSING)})


def _is_leaf_but_not(value: Any) -> bool:
    """Return False for a leaf and for `MISSING`."""
    if type(value) not in _LEAVES:
        raise TypeError("not a leaf")
    return False
