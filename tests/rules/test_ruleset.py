"""The index: order, replacement, removal, and that it is one."""

import json

import pytest

from rules import RuleSet, parse


def pattern(**fields):
    return parse(json.dumps(fields))


def test_matches_come_in_the_order_the_rules_were_added():
    rules = RuleSet()
    rules.add("second-letter", pattern(b=[1]))
    rules.add("source", pattern(source=["x"]))
    rules.add("any", pattern(source=[{"exists": True}]))
    assert ["second-letter", "source", "any"] == rules.match({"source": "x", "b": 1})


def test_a_rule_with_several_true_branches_is_named_once():
    rules = RuleSet()
    rules.add("or", parse('{"$or":[{"a":["x"]},{"b":["y"]},{"a":["x","z"]}]}'))
    assert ["or"] == rules.match({"a": ["x", "z"], "b": "y"})


def test_a_new_pattern_under_an_old_id_takes_its_place():
    rules = RuleSet()
    rules.add("first", pattern(a=["x"]))
    rules.add("second", pattern(b=["x"]))
    rules.add("first", pattern(b=["x"]))
    assert [] == rules.match({"a": "x"})
    assert ["first", "second"] == rules.match({"b": "x"})


def test_a_removed_rule_matches_no_more():
    rules = RuleSet()
    rules.add("anchored", pattern(a=["x", "y"]))
    rules.add("or", parse('{"$or":[{"a":["x"]},{"b":["x"]},{"c":[1]},{"d":[1]}]}'))
    rules.remove("anchored")
    rules.remove("or")
    assert 0 == len(rules)
    assert "or" not in rules
    assert [] == rules.match({"a": "x", "b": "x", "c": 1, "d": 1})


def test_an_unknown_rule_cannot_be_removed():
    with pytest.raises(KeyError):
        RuleSet().remove("unknown")


def test_a_change_forgets_no_other_rule_and_reads_fields_nobody_asked_for_before():
    rules = RuleSet()
    rules.add("state", pattern(detail={"state": [{"prefix": "on"}]}))
    assert ["state"] == rules.match(b'{"detail":{"state":"on","size":3}}')
    rules.add("size", pattern(detail={"size": [{"numeric": [">", 2]}]}))
    assert ["state", "size"] == rules.match(b'{"detail":{"state":"on","size":3}}')
    rules.remove("state")
    assert ["size"] == rules.match(b'{"detail":{"state":"on","size":3}}')


def test_the_text_of_an_event_and_the_event_itself_match_alike():
    rules = RuleSet()
    rules.add("total", pattern(detail={"total": [{"numeric": [">", 100]}]}))
    event = {"detail": {"total": 120.5}}
    for form in (event, json.dumps(event), json.dumps(event).encode()):
        assert ["total"] == rules.match(form)


@pytest.mark.parametrize("text", ["", "{", "[]", "1", '"text"', "{} {}", b"\xff"])
def test_what_is_no_json_object_cannot_be_matched(text):
    rules = RuleSet()
    rules.add("any", pattern(a=[1]))
    with pytest.raises(ValueError):  # noqa: PT011 - each kind of nonsense has words of its own
        rules.match(text)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ('{"n": 1}', ["one"]),
        ('{"n": 1.0}', ["one"]),
        ('{"n": true}', ["true"]),
        ('{"n": 0}', ["zero"]),
        ('{"n": false}', ["false"]),
        ('{"n": null}', ["null"]),
        ('{"n": "1"}', []),
    ],
)
def test_numbers_booleans_and_null_are_told_apart_whatever_came_before(event, expected):
    rules = RuleSet()
    for name, value in {"one": 1, "true": True, "zero": 0, "false": False, "null": None}.items():
        rules.add(name, pattern(n=[value]))
    for warm_up in ("1", "true", "0", "false", "null", "0.0"):
        rules.match(f'{{"n": {warm_up}}}')
    assert expected == rules.match(event)


def test_many_matches_come_in_order_too():
    rules = RuleSet()
    for number in range(200):
        rules.add(f"rule-{number}", pattern(a=[{"prefix": "x" * (number % 2)}]))
    assert [f"rule-{number}" for number in range(200)] == rules.match({"a": "x"})
    assert [f"rule-{number}" for number in range(0, 200, 2)] == rules.match({"a": "y"})


def test_answers_stay_right_when_a_field_holds_more_values_than_are_remembered():
    rules = RuleSet()
    for digit in range(10):
        rules.add(
            f"ends-{digit}",
            pattern(source=["shop"], id=[{"suffix": str(digit)}], n=[{"numeric": [">", digit]}]),
        )
    for number in range(5_000):
        event = {"source": "shop", "id": f"id-{number}", "n": number % 11}
        digit = number % 10
        assert ([f"ends-{digit}"] if number % 11 > digit else []) == rules.match(json.dumps(event))


def test_names_that_no_quick_reader_takes_are_matched_too():
    rules = RuleSet()
    rules.add("odd", pattern(**{'a"b': ["x"], "c\\d": ["y"]}))
    assert ["odd"] == rules.match(json.dumps({'a"b': "x", "c\\d": "y"}))
