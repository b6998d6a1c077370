"""The reference matcher: arrays, absence, names with dots."""

import json

import pytest

from rules import RuleSet, matches, parse
from rules.pattern.match import decode_event

ONE, TWO = {"x": 1, "y": 1}, {"x": 2, "y": 2}


@pytest.mark.parametrize(
    ("pattern", "event", "expected"),
    [
        # arrays
        ({"a": [1]}, {"a": [0, 1]}, True),
        ({"a": [1]}, {"a": [[0], [[1]]]}, True),
        ({"a": [1]}, {"a": []}, False),
        ({"a": {"x": [1], "y": [1]}}, {"a": [ONE, TWO]}, True),
        ({"a": {"x": [1], "y": [2]}}, {"a": [ONE, TWO]}, False),
        ({"a": {"x": [1]}, "b": {"y": [2]}}, {"a": [ONE, TWO], "b": [ONE, TWO]}, True),
        ({"a": {"b": {"x": [1]}, "c": [1]}}, {"a": [{"b": [ONE], "c": 2}, {"b": [TWO, ONE], "c": 1}]}, True),
        ({"a": {"b": {"x": [1]}, "c": [1]}}, {"a": [{"b": [ONE], "c": 2}, {"b": [TWO], "c": 1}]}, False),
        ({"a": {"x": [1], "y": [2, 1]}}, {"a": [{"x": 1, "y": [2, 3]}]}, True),
        # leaves
        ({"a": [{"exists": True}]}, {"a": {}}, False),
        ({"a": [{"exists": True}]}, {"a": []}, False),
        ({"a": [{"exists": True}]}, {"a": {"b": 1}}, False),
        ({"a": [{"exists": True}]}, {"a": None}, True),
        ({"a": {"b": [{"exists": False}]}}, {"a": 1}, True),
        ({"a": {"b": [{"exists": False}]}}, {}, True),
        ({"a": [{"exists": False}, "x"]}, {"a": "x"}, True),
        ({"a": [None]}, {}, False),
        ({"a": {"b": [1]}}, {"a": 1}, False),
        # absence among array elements: judged by what sorts before
        ({"a": {"x": [1], "y": [{"exists": False}]}}, {"a": [{"x": 1}, {"x": 2, "y": 3}]}, True),
        ({"a": {"x": [{"exists": False}], "y": [1]}}, {"a": [{"y": 1}, {"y": 2, "x": 3}]}, False),
        # names with dots
        ({"a.b": [1]}, {"a": {"b": 1}}, True),
        ({"a": {"b": [1]}}, {"a.b": 1}, True),
        ({"a": {"b": {"c": [1]}}}, {"a": {"b.c": 1}}, True),
        ({"a": {"b": [1]}}, {"a": {"b": 2}, "a.b": 1}, True),
        # the last of two
        ({"n": ["a"], "$or": [{"n": ["b"]}, {"m": [1]}]}, {"n": "b"}, True),
    ],
)
def test_a_pattern_matches_an_event(pattern, event, expected):
    parsed = parse(json.dumps(pattern))
    rules = RuleSet()
    rules.add("only", parsed)
    assert expected is matches(parsed, event)
    assert (["only"] if expected else []) == rules.match(event)


def test_an_event_is_an_object():
    with pytest.raises(ValueError, match="not a JSON object"):
        decode_event("[1]")
