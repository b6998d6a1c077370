"""What holds for every pattern, event and schedule."""

import json
from itertools import pairwise

from hypothesis import example as also
from hypothesis import given
from hypothesis import strategies as st

from rules import (
    NoExample,
    RuleSet,
    covers,
    example,
    explain,
    lint,
    matches,
    near_miss,
    parse,
    parse_schedule,
    sample,
)
from rules.pattern.match import branch_matches
from tests.properties.strategies import BUS_EVENTS, CRONS, EVENTS, INSTANTS, PATTERNS, RATES


@also(patterns=['{"a": [{"exists": true}, {"exists": false}]}'], events=[{"a": ""}, {}])
@also(patterns=['{"a": [{"exists": false}]}', '{"a": {"a": [""]}}'], events=[{}, {"a": {"a": ""}}, {"a": {}}])
@given(patterns=st.lists(PATTERNS, max_size=6), events=st.lists(EVENTS, min_size=1, max_size=4))
def test_a_rule_set_matches_what_its_patterns_match_alone(patterns, events):
    parsed = {f"rule-{number}": parse(text) for number, text in enumerate(patterns)}
    rules = RuleSet()
    for rule_id, pattern in parsed.items():
        rules.add(rule_id, pattern)
    for event in events:
        expected = [rule_id for rule_id, pattern in parsed.items() if matches(pattern, event)]
        assert expected == rules.match(event)
        assert expected == rules.match(json.dumps(event))


@given(
    patterns=st.lists(PATTERNS, min_size=1, max_size=6),
    steps=st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.integers(0, 5)), max_size=12),
    event=EVENTS,
)
def test_a_rule_set_forgets_what_is_removed_and_keeps_the_order_of_the_rest(patterns, steps, event):
    parsed = [parse(text) for text in patterns]
    rules = RuleSet()
    model = {}
    for is_added, rule_number, pattern_number in steps:
        rule_id = f"rule-{rule_number}"
        if is_added:
            pattern = parsed[pattern_number % len(parsed)]
            rules.add(rule_id, pattern)
            model[rule_id] = pattern
        elif rule_id in model:
            rules.remove(rule_id)
            del model[rule_id]
    assert len(model) == len(rules)
    assert [rule_id for rule_id, pattern in model.items() if matches(pattern, event)] == rules.match(event)


@given(text=PATTERNS, event=EVENTS)
def test_an_explanation_agrees_with_the_matcher_and_says_why(text, event):
    pattern = parse(text)
    explanation = explain(pattern, event)
    assert matches(pattern, event) == explanation.matched
    for branch in explanation.branches:
        if branch.matched:
            assert all(field.matched for field in branch.fields)
        else:
            assert branch.note or not all(field.matched for field in branch.fields)
    json.dumps(explanation.to_json())
    assert str(explanation)


@given(narrow=PATTERNS, wide=PATTERNS, events=st.lists(EVENTS, min_size=1, max_size=5))
def test_a_pattern_that_covers_another_matches_whatever_that_one_does(narrow, wide, events):
    narrow, wide = parse(narrow), parse(wide)
    assert covers(narrow, narrow)
    if covers(narrow, wide):
        for event in [*events, *sample(narrow, 3)]:
            assert matches(wide, event) or not matches(narrow, event)


@given(text=PATTERNS)
def test_examples_match_and_near_misses_do_not(text):
    pattern = parse(text)
    try:
        assert matches(pattern, example(pattern))
    except NoExample:
        assert [] == sample(pattern, 1)
        return
    samples = sample(pattern, 5)
    assert all(matches(pattern, event) for event in samples)
    assert len(samples) == len({json.dumps(event) for event in samples})
    try:
        missed = near_miss(pattern)
    except NoExample:
        return
    assert not matches(pattern, missed)


@given(text=PATTERNS, event=BUS_EVENTS)
def test_what_lint_says_never_matches_and_what_it_says_always_does(text, event):
    pattern = parse(text)
    findings = lint(pattern)
    if any(finding.code == "matches-everything" for finding in findings):
        assert matches(pattern, event)
    impossible = {finding.path for finding in findings if finding.code == "never-matches"}
    for branch in pattern.branches:
        if any(field.path in impossible for field in branch):
            assert not branch_matches(branch, event)


@given(expression=CRONS | RATES, start=INSTANTS, anchor=INSTANTS)
def test_each_next_instant_is_later_than_the_one_before(expression, start, anchor):
    schedule = parse_schedule(expression)
    instants = [start]
    for _ in range(4):
        following = schedule.next_after(instants[-1], anchor)
        if following is None:
            break
        instants.append(following)
    assert all(before < after for before, after in pairwise(instants))


@given(expression=CRONS, start=INSTANTS, part=st.floats(0, 1, exclude_max=True))
def test_nothing_is_due_between_an_instant_and_the_next_one_after_it(expression, start, part):
    schedule = parse_schedule(expression)
    following = schedule.next_after(start)
    if following is not None:
        between = start + (following - start) * part
        if start <= between < following:
            assert following == schedule.next_after(between)
