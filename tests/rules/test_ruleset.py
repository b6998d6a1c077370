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


def test_only_rules_that_wait_for_a_value_of_the_event_are_asked(monkeypatch):
    rules = RuleSet()
    for number in range(1_000):
        rules.add(f"rule-{number}", pattern(source=[f"app-{number}"], detail={"state": [{"prefix": "on"}]}))
    asked = []
    ask = rules.match.__globals__["_ask"]
    monkeypatch.setitem(
        rules.match.__globals__, "_ask", lambda entries, *rest: (asked.extend(entries), ask(entries, *rest))
    )
    assert ["rule-500"] == rules.match({"source": "app-500", "detail": {"state": "on"}})
    assert 1 == len(asked)
