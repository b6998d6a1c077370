"""Event patterns against the labelled cases of `../shared/conformance/patterns`; its README describes the files."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rules import InvalidPattern, Pattern, RuleSet, matches, parse
from rules.pattern.match import decode_event

CASES = Path(__file__).resolve().parents[2].parent / "shared" / "conformance" / "patterns"
GAPS = json.loads((Path(__file__).parent / "known_gaps.json").read_text())["patterns"]

pytestmark = pytest.mark.skipif(not CASES.exists(), reason=f"no labelled patterns at {CASES}")

# Peculiarities and defects of event-ruler, where Busyard goes by the documentation
PECULIAR = {
    "duplicate-keys",
    "dotted-keys",
    "number-not-exact",
    "ignore-case-special-letter",
    "ignore-case-non-bmp",
    "cidr-other-family",
    "quote-in-affix",
    "machine-mixup",
    "mixup-possible",
    "event-not-object",
}


def lines(name: str) -> Iterator[dict]:
    with (CASES / f"{name}.jsonl").open() as file:
        yield from map(json.loads, file)


def recorded_cases() -> list:
    if not CASES.exists():
        return []
    return [
        pytest.param(
            case,
            id=case["name"],
            marks=pytest.mark.xfail(reason=GAPS[case["name"]], strict=True) if case["name"] in GAPS else (),
        )
        for case in lines("aws_recorded")
    ]


def verdict(pattern: str, event: str) -> bool | str:
    try:
        return matches(parse(pattern), decode_event(event))
    except InvalidPattern as error:
        return error.message


@pytest.mark.parametrize("case", recorded_cases())
def test_the_recorded_service_agrees(case):
    pattern = json.dumps(case["pattern"])
    if case["expect"] != "error":
        assert case["expect"] == matches(parse(pattern), case["event"])
        return
    with pytest.raises(InvalidPattern) as refused:
        parse(pattern)
    message = f"Event pattern is not valid. Reason: {refused.value.message}"
    # the recording has these two replaced
    message = message.replace("arn:aws:events:us-east-1:", "arn:<partition>:events:<region>:")
    assert case["recorded_error"]["exception_message"]["Error"]["MessageRaw"] == message


@pytest.mark.parametrize("name", ["unit_cases", "fuzz_cases"])
def test_event_ruler_agrees_on_every_plain_case(name):
    asked = 0
    wrong = {}
    for case in lines(name):
        if case["expected"] is None or PECULIAR & set(case.get("tags") or ()):
            continue
        asked += 1
        got = verdict(case["pattern"], case["event"])
        if got != case["expected"]:
            wrong[case["id"]] = got
    assert {} == wrong
    assert asked > 2_000


def test_what_event_ruler_refuses_is_refused_in_the_same_words():
    wrong = {}
    for case in lines("invalid_patterns"):
        try:
            parse(case["pattern"])
            got = None
        except InvalidPattern as error:
            got = error.message
        if got != case["message"]:
            wrong[case["id"]] = got
    assert {} == wrong


@pytest.fixture(scope="module")
def many_patterns() -> dict[str, Pattern]:
    return {case["id"]: parse(case["pattern"]) for case in lines("many_rules_patterns")}


@pytest.fixture(scope="module")
def many_rules(many_patterns) -> RuleSet:
    rules = RuleSet()
    for rule_id, pattern in many_patterns.items():
        rules.add(rule_id, pattern)
    return rules


def is_peculiar_event(text: str) -> bool:
    """Whether an event has a key twice, or a number that a double does not hold exactly."""
    found = []

    def pairs(items: list) -> dict:
        found.append(len(items) != len(dict(items)))
        return dict(items)

    def number(digits: str) -> float:
        found.append(len(re.sub(r"[eE].*|[-.]", "", digits).strip("0")) > 15)
        return float(digits)

    json.loads(text, object_pairs_hook=pairs, parse_int=number, parse_float=number)
    return any(found)


# What the tags cidr-other-family, quote-in-affix and ignore-case-non-bmp stand for, since this file has no tags
PECULIAR_PATTERN = re.compile(
    r'"cidr"'
    r'|fix":.*"(?:\\"|[^"]*\\"")'
    "|ignore-case.*(?:[\U00010000-\U0010ffff]|\\\\ud8)"
)


def test_event_ruler_agrees_on_many_rules_at_once(many_patterns, many_rules):
    set_aside = {
        rule_id for rule_id, pattern in many_patterns.items() if PECULIAR_PATTERN.search(pattern.text)
    }
    wrong = {}
    for case in lines("many_rules_events"):
        if is_peculiar_event(case["event"]):
            continue
        got = set(many_rules.match(decode_event(case["event"])))
        if difference := (got ^ set(case["matches"])) - set_aside:
            wrong[case["event"]] = difference
    assert {} == wrong


def test_many_rules_at_once_give_what_each_gives_alone(many_patterns, many_rules):
    for case in list(lines("many_rules_events"))[::8]:
        event = decode_event(case["event"])
        expected = [rule_id for rule_id, pattern in many_patterns.items() if matches(pattern, event)]
        assert expected == many_rules.match(event)
