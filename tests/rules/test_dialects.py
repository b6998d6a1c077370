"""Dialects: which service refuses which operators, and in which words."""

import json

import pytest

from rules import InvalidPattern, parse
from rules.pattern.dialects import DIALECTS

OPERATORS = {
    "prefix": {"prefix": "a"},
    "prefix/equals-ignore-case": {"prefix": {"equals-ignore-case": "a"}},
    "suffix": {"suffix": "a"},
    "suffix/equals-ignore-case": {"suffix": {"equals-ignore-case": "a"}},
    "equals-ignore-case": {"equals-ignore-case": "a"},
    "anything-but": {"anything-but": ["a"]},
    "anything-but/prefix": {"anything-but": {"prefix": "a"}},
    "anything-but/suffix": {"anything-but": {"suffix": "a"}},
    "anything-but/equals-ignore-case": {"anything-but": {"equals-ignore-case": "a"}},
    "anything-but/wildcard": {"anything-but": {"wildcard": "a*"}},
    "numeric": {"numeric": [">", 1]},
    "cidr": {"cidr": "10.0.0.0/8"},
    "exists": {"exists": True},
    "wildcard": {"wildcard": "a*"},
}
NESTED = {name for name in OPERATORS if name.startswith("anything-but/")}
TAKEN = {
    "eventbridge": set(OPERATORS),
    "pipes": set(OPERATORS) - NESTED - {"wildcard"},
    "lambda": set(OPERATORS) - NESTED - {"wildcard", "cidr"},
    "sns": set(OPERATORS),
    "eventbridgev2/DATA": set(OPERATORS) - {"wildcard", "anything-but/wildcard"},
    "eventbridgev2/SYSTEM_METADATA": set(OPERATORS) - {"wildcard", "anything-but/wildcard"},
    "eventbridgev2/METADATA": set(),
}


def test_every_dialect_is_listed_here():
    assert set(DIALECTS) == set(TAKEN)


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("name", TAKEN)
def test_a_dialect_takes_its_operators_and_refuses_the_others(name, operator):
    text = json.dumps({"field": ["exact", OPERATORS[operator]]})
    if operator in TAKEN[name]:
        assert parse(text, dialect=DIALECTS[name]).branches == parse(text).branches
        return
    with pytest.raises(InvalidPattern) as refusal:
        parse(text, dialect=DIALECTS[name])
    assert DIALECTS[name].refused[operator] == refusal.value.message


def test_custom_metadata_takes_no_alternatives():
    with pytest.raises(InvalidPattern):
        parse('{"$or": [{"a": ["x"]}, {"b": ["x"]}]}', dialect=DIALECTS["eventbridgev2/METADATA"])


def test_lambda_words_its_refusal_without_a_place():
    with pytest.raises(InvalidPattern, match=r"\AInvalid filter pattern definition\.\Z"):
        parse('{"a": [{"wildcard": "x*"}]}', dialect=DIALECTS["lambda"])
