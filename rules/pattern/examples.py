"""Events made for a pattern: some that match, and one that only just does not.

Every event that leaves here has been put to the matcher.
"""

from collections.abc import Iterator
from itertools import chain, islice
from math import inf, isinf, nextafter

from rules.document import Json
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
from rules.pattern.match import matches
from rules.pattern.parse import Branch, Field, Pattern

# What EventBridge puts around every event, in its order
ENVELOPE: dict[str, Json] = {
    "version": "0",
    "id": "00000000-0000-4000-8000-000000000000",
    "detail-type": "Example",
    "source": "example",
    "account": "123456789012",
    "time": "2026-01-01T00:00:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail": {},
}
_SPARES: tuple[Leaf, ...] = ("other", "Zz-9", 7, -1.5, True, None, "")
_ATTEMPTS_MAX = 2_000


class NoExample(ValueError):
    """No event was found that does what was asked."""


def example(pattern: Pattern) -> dict[str, Json]:
    """Return an event that matches, with EventBridge's envelope where the pattern leaves it free.

    Raises:
        NoExample: None was found; probably none exists.
    """
    for event, _, _ in _matching(pattern):
        return event
    raise NoExample("no event was found that matches")


def sample(pattern: Pattern, count: int) -> list[dict[str, Json]]:
    """Return up to `count` different events that match, the same ones every time.

    There are fewer only where the pattern leaves nothing free to vary, or if none was found at all.
    """
    found: list[dict[str, Json]] = []
    for event, _, _ in _matching(pattern, _ATTEMPTS_MAX + 4 * count):
        if event not in found:
            found.append(event)
        if len(found) == count:
            break
    return found


def near_miss(pattern: Pattern) -> dict[str, Json]:
    """Return an event that does not match and would if one of its fields were different.

    Raises:
        NoExample: None was found, as for a pattern that matches everything.
    """
    for event, branch, values in _matching(pattern):
        for field in branch:
            for value in _changed(values[field.path], field):
                missed = _event({**values, field.path: value}, str(event.get("id", "")))
                if not matches(pattern, missed):
                    return missed
    raise NoExample("no event was found that only just does not match")


class _Absent:
    """In place of the value of a field that is not there."""


_ABSENT = _Absent()
_Value = Leaf | _Absent


def _matching(
    pattern: Pattern, attempts_max: int = _ATTEMPTS_MAX
) -> Iterator[tuple[dict[str, Json], Branch, dict[str, _Value]]]:
    """Yield events that match, each with the branch it was made for and the values of its fields."""
    for attempt in range(attempts_max):
        variation, number = divmod(attempt, len(pattern.branches))
        branch = pattern.branches[number]
        values = {field.path: _value(field, variation) for field in branch}
        event = _event(values, f"00000000-0000-4000-8000-{variation:012x}")
        if matches(pattern, event):
            yield event, branch, values


def _value(field: Field, variation: int) -> _Value:
    """Return the value number `variation` of those that a field may hold, starting over after the last one."""
    values = list(chain.from_iterable(_zipped([list(islice(_accepted(test), 4)) for test in field.tests])))
    return values[variation % len(values)] if values else _ABSENT


def _zipped(lists: list[list[_Value]]) -> Iterator[list[_Value]]:
    """Yield the first of each list, then the second, and so on."""
    for position in range(max(map(len, lists), default=0)):
        yield [values[position] for values in lists if position < len(values)]


def _accepted(test: Condition) -> Iterator[_Value]:
    """Yield values that a condition accepts."""
    match test:
        case Exists(present):
            yield from _SPARES[:3] if present else (_ABSENT,)
        case Exact(value) | ExactNumber(value) | ExactWord(value):
            yield value
        case ExactAddress(address):
            yield address.text
        case AnythingBut(excluded):
            yield from (value for value in (*_SPARES, *_far_from(excluded)) if test.matches(value))
        case Numeric():
            yield from (number for number in _numbers_in(test) if test.matches(number))
        case Cidr(first, last):
            yield from dict.fromkeys((first.text, last.text))
        case _:
            yield from (text for text in _texts_for(test) if test.matches(text))


def _texts_for(test: Condition) -> Iterator[str]:
    match test:
        case Prefix(text) | IgnoringCase(text, Part.START):
            yield from (f"{text}x", text, f"{text}-2")
        case Suffix(text) | IgnoringCase(text, Part.END):
            yield from (f"x{text}", text, f"2-{text}")
        case IgnoringCase(text):
            yield from (text, text.upper(), text.lower())
        case Wildcard(segments):
            yield from ("x".join(segments), "".join(segments), "-2-".join(segments))


def _numbers_in(numeric: Numeric) -> Iterator[float]:
    bottom, top = numeric.bottom, numeric.top
    if isinf(bottom) or isinf(top):
        edge, step = (top, -1) if isinf(bottom) else (bottom, 1)
        yield from (edge + step, edge, edge + 10 * step, nextafter(edge, inf * step))
        return
    middle = (bottom + top) / 2
    yield from (int(middle), middle, bottom, top, nextafter(bottom, inf), nextafter(top, -inf))


def _far_from(excluded: tuple[Condition, ...]) -> Iterator[Leaf]:
    """Yield values unlike all of the excluded ones."""
    texts = "".join(getattr(test, "text", "") for test in excluded)
    yield from (f"~{texts}~", 1 + sum(abs(test.number) for test in excluded if isinstance(test, ExactNumber)))


def _changed(value: _Value, field: Field) -> Iterator[_Value]:
    """Yield values near to one that a field accepts."""
    if isinstance(value, _Absent):
        yield "present"
        return
    for test in field.tests:
        if isinstance(test, Numeric):
            yield from (bound for bound in (test.bottom, test.top) if not isinf(bound))
            yield from (test.bottom - 1, test.top + 1)
    match value:
        case bool():
            yield not value
        case int() | float():
            yield from (value + 1, value - 1, str(value))
        case str():
            yield from (f"{value}x", f"x{value}", value[:-1], value.swapcase(), "")
    for test in field.tests:
        for excluded in test.excluded if isinstance(test, AnythingBut) else ():
            yield from islice(_accepted(excluded), 2)
    yield from (*_SPARES, _ABSENT)


def _event(values: dict[str, _Value], event_id: str) -> dict[str, Json]:
    """Put values at their paths, and the rest of the envelope around them."""
    event: dict[str, Json] = {}
    for path, value in values.items():
        if not isinstance(value, _Absent):
            _place(event, path.split("."), value)
    free = {**ENVELOPE, "id": event_id}
    return {name: event.get(name, free[name]) for name in free if name in event or name not in values} | event


def _place(node: dict[str, Json], steps: list[str], value: Leaf) -> None:
    """Set a value; where another value is in the way, the rest of the path becomes one name with dots."""
    for depth, step in enumerate(steps[:-1]):
        if not isinstance(node.setdefault(step, {}), dict):
            node[".".join(steps[depth:])] = value
            return
        node = node[step]
    node[steps[-1]] = value
