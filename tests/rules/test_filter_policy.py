"""SNS filter policies: scopes, limits and what of a message they see."""

import json

import pytest

from rules import InvalidPattern
from rules.filter_policy import FilterPolicyScope, MessageAttribute, parse_filter_policy

ATTRIBUTES = FilterPolicyScope.MESSAGE_ATTRIBUTES
BODY = FilterPolicyScope.MESSAGE_BODY

MESSAGE = {
    "store": MessageAttribute("String", "example"),
    "price": MessageAttribute("Number", "100.50"),
    "sports": MessageAttribute("String.Array", '["rugby", "tennis", 1, true, null]'),
    "picture": MessageAttribute("Binary", "aGVsbG8="),
    "a.b": MessageAttribute("String.label", "x"),
}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({"store": ["example"]}, True),
        ({"store": ["other"]}, False),
        ({"store": [{"prefix": "ex"}], "price": [{"numeric": [">=", 100]}]}, True),
        ({"price": ["100.50"]}, False),
        ({"price": [100.5]}, True),
        ({"sports": ["tennis"]}, True),
        ({"sports": [1]}, True),
        ({"sports": [True]}, True),
        ({"sports": [None]}, True),
        ({"sports": ["golf"]}, False),
        ({"sports": [{"anything-but": ["rugby"]}]}, True),
        ({"missing": [{"exists": False}]}, True),
        ({"store": [{"exists": False}]}, False),
        ({"picture": [{"exists": True}]}, False),
        ({"a.b": ["x"]}, True),
        ({"$or": [{"store": ["other"]}, {"sports": ["rugby"]}]}, True),
        # one alternative makes no `$or`: it is an attribute like any other
        ({"$or": ["x"]}, False),
        ({"store": [{"wildcard": "ex*le"}]}, True),
    ],
)
def test_a_policy_for_attributes_sees_strings_numbers_and_arrays(policy, expected):
    assert expected == parse_filter_policy(json.dumps(policy), ATTRIBUTES).accepts("body", MESSAGE)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"order": {"total": 120}}', True),
        ('{"order": [{"total": 20}, {"total": 120}]}', True),
        ('{"order": {"total": "120"}}', False),
        ("no json", False),
        ('[{"order": {"total": 120}}]', False),
    ],
)
def test_a_policy_for_bodies_sees_json_objects(body, expected):
    policy = parse_filter_policy('{"order": {"total": [{"numeric": [">", 100]}]}}', BODY)
    assert expected == policy.accepts(body, {})


@pytest.mark.parametrize(
    ("policy", "scope", "message"),
    [
        (
            {"a": {"b": ["x"]}},
            ATTRIBUTES,
            "Filter policy scope MessageAttributes does not support nested filter policy",
        ),
        (
            {"$or": [{"a": {"b": ["x"]}}, {"c": ["x"]}]},
            ATTRIBUTES,
            "Filter policy scope MessageAttributes does not support nested filter policy",
        ),
        ({letter: ["x"] for letter in "abcdef"}, ATTRIBUTES, "Filter policy can not have more than 5 keys"),
        (
            {"a": {letter: ["x"] for letter in "abcdef"}},
            BODY,
            "Filter policy can not have more than 5 keys",
        ),
        ({"a": list(range(13)), "b": list(range(12))}, ATTRIBUTES, "Filter policy is too complex"),
        # the example of AWS's documentation: 4 x 3 levels x 3 x 2 levels x 3 = 216
        (
            {"a": {"b": {"c": list("1234")}}, "d": {"e": list("123")}, "f": list("123")},
            BODY,
            "Filter policy is too complex",
        ),
        ({"a": [{"numeric": [">", 1e10]}]}, ATTRIBUTES, "Value must be between -1.0E9 and 1.0E9, inclusive"),
    ],
)
def test_a_policy_beyond_a_limit_is_refused(policy, scope, message):
    with pytest.raises(InvalidPattern) as refusal:
        parse_filter_policy(json.dumps(policy), scope)
    assert message == refusal.value.message


def test_a_policy_at_the_limits_is_taken():
    parse_filter_policy(json.dumps({"a": list(range(15)), "b": list(range(10)), "c": [1]}), ATTRIBUTES)


def test_an_unknown_operator_is_refused_with_its_place():
    with pytest.raises(InvalidPattern) as refusal:
        parse_filter_policy('{"a":[{"like":"x"}]}', ATTRIBUTES)
    assert refusal.value.message.startswith("Unrecognized match type like\n at [Source: (String)")
