"""The reference matcher: one pattern, one event, written to be read and not to be fast.

An event is a set of leaves. Each leaf has a path of names joined with dots and, if arrays lie on the way, the element
of each of them. The fields of a branch must be satisfied by leaves that agree on every array they share: two objects in
one array never satisfy a pattern together. `ruleset.py` must give the same answer to every question.
"""

import json
from collections.abc import Iterator, Mapping

from rules.document import Json
from rules.pattern.conditions import Exists, Leaf
from rules.pattern.parse import Branch, Field, Pattern

# The names and the elements on the way to a leaf
Place = tuple[str | int, ...]
# Which element of which array; an array is named by its place in the event
Elements = Mapping[Place, int]


def decode_event(text: str | bytes) -> dict[str, Json]:
    """Read an event for matching: numbers keep their value, of two fields with one name the last one counts.

    Raises:
        ValueError: The text is not JSON, or not an object.
    """
    event = json.loads(text)
    if not isinstance(event, dict):
        raise ValueError("Event is not a JSON object")  # noqa: TRY004 - bad data, not a bad call
    return event


def matches(pattern: Pattern, event: dict[str, Json]) -> bool:
    """Whether the pattern matches the event."""
    return any(branch_matches(branch, event) for branch in pattern.branches)


def branch_matches(branch: Branch, event: dict[str, Json]) -> bool:
    """Whether all fields of a branch match the event together."""
    return _fields_match(branch, event, {})


def _fields_match(fields: Branch, event: dict[str, Json], fixed: Elements) -> bool:
    """Whether the fields match, given the array elements that earlier fields have fixed."""
    if not fields:
        return True
    field, rest = fields[0], fields[1:]
    candidates = [
        (value, {**fixed, **elements})
        for value, elements in ((value, elements_of(place)) for value, place in leaves(event, field.steps))
        if all(fixed.get(array, element) == element for array, element in elements.items())
    ]
    # AWS: "absent" is judged among the elements fixed so far, that is by the fields whose path sorts before this one
    if not candidates and any(isinstance(test, Exists) and not test.present for test in field.tests):
        return _fields_match(rest, event, fixed)
    return any(_accepts(field, value) and _fields_match(rest, event, both) for value, both in candidates)


def _accepts(field: Field, value: Leaf) -> bool:
    return any(test.matches(value) for test in field.tests)


def elements_of(place: Place) -> Elements:
    """Return which element of which array a place lies in."""
    return {place[:depth]: step for depth, step in enumerate(place) if isinstance(step, int)}


def leaves(node: Json, steps: tuple[str, ...], place: Place = ()) -> Iterator[tuple[Leaf, Place]]:
    """Find the leaves at a path, each with its place."""
    if isinstance(node, list):
        for index, element in enumerate(node):
            yield from leaves(element, steps, (*place, index))
    elif isinstance(node, dict):
        # a name may itself contain dots, so that it takes up several steps
        for taken in range(1, len(steps) + 1):
            name = ".".join(steps[:taken])
            if name in node:
                yield from leaves(node[name], steps[taken:], (*place, name))
    elif not steps:
        yield node, place
