"""Examples that match, near misses that do not."""

import json

import pytest

from rules import NoExample, example, matches, near_miss, parse, sample
from rules.pattern.examples import ENVELOPE


def test_an_example_has_the_envelope_of_eventbridge_around_what_is_asked():
    pattern = parse('{"source": ["shop"], "detail": {"order": {"total": [{"numeric": [">", 100]}]}}}')
    event = example(pattern)
    assert list(ENVELOPE) == list(event)
    assert ("shop", {"order": {"total": 101}}) == (event["source"], event["detail"])


def test_a_near_miss_differs_in_one_field():
    pattern = parse('{"source": ["shop"], "detail": {"total": [{"numeric": [">", 100]}]}}')
    event, missed = example(pattern), near_miss(pattern)
    assert not matches(pattern, missed)
    assert 1 == sum(event[name] != missed[name] for name in event)


@pytest.mark.parametrize(
    "pattern",
    [
        {"a": [{"cidr": "10.0.0.0/24"}]},
        {"a": [{"cidr": "2001:db8::/64"}]},
        {"a": [{"numeric": [">", 5, "<", 5.000000001]}]},
        {"a": [{"numeric": ["<", -1e300]}]},
        {"a": [{"anything-but": {"wildcard": "*"}}]},
        {"a": [{"anything-but": ["other", "Zz-9", ""]}]},
        {"a": [{"anything-but": [7, -1.5]}]},
        {"a": [{"wildcard": "a\\**\\\\z"}]},
        {"a": [{"suffix": {"equals-ignore-case": ".PNG"}}]},
        {"a": ["010.0.0.1"]},
        {"a": [1], "a.b": [2]},
        {"a": [{"exists": False}], "detail-type": [{"exists": False}]},
        {"$or": [{"a": [{"exists": False}]}, {"b": [None]}], "c": [True]},
    ],
)
def test_every_kind_of_condition_has_examples_and_near_misses(pattern):
    parsed = parse(json.dumps(pattern))
    assert matches(parsed, example(parsed))
    assert not matches(parsed, near_miss(parsed))
    assert 4 == len(sample(parsed, 4))


def test_samples_are_the_same_every_time():
    pattern = parse('{"detail": {"a": [{"prefix": "x"}, {"numeric": [">", 1]}]}}')
    assert sample(pattern, 20) == sample(pattern, 20)
    assert 20 == len(sample(pattern, 20))


def test_what_leaves_nothing_free_has_one_sample():
    fixed = {name: [value] for name, value in ENVELOPE.items() if isinstance(value, str)}
    assert 1 == len(sample(parse(json.dumps(fixed)), 5))


def test_there_is_no_near_miss_of_a_pattern_that_matches_everything():
    with pytest.raises(NoExample):
        near_miss(parse('{"a": [{"exists": true}, {"exists": false}]}'))
