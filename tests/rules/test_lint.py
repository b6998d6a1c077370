"""What lint finds, and in which words."""

import json

import pytest

from rules import InvalidPattern, lint
from rules.pattern.examples import ENVELOPE

FINDINGS = [
    ({"account": [123456789012]}, "never-matches", "account", "account is a string in every event on a bus"),
    ({"account": ["123"]}, "never-matches", "account", 'account never looks like "123"'),
    ({"version": ["1"]}, "never-matches", "version", 'version never looks like "1"'),
    ({"time": ["2026-11-23"]}, "never-matches", "time", 'time never looks like "2026-11-23"'),
    (
        {"source": [{"exists": False}]},
        "never-matches",
        "source",
        "source is a string in every event on a bus",
    ),
    ({"detail": [1]}, "never-matches", "detail", "detail is an object in every event on a bus"),
    ({"source": {"name": ["a"]}}, "never-matches", "source.name", "source holds no objects"),
    (
        {"detailType": ["a"]},
        "never-matches",
        "detailType",
        f"events on a bus have no detailType; their fields are {', '.join(ENVELOPE)}",
    ),
    (
        {"resources": [1]},
        "never-matches",
        "resources",
        "resources is an array of strings in every event on a bus",
    ),
    ({"detail": {"a": ["x", "x"]}}, "duplicate", "detail.a", '"x" is there twice'),
    (
        {"detail": {"a": ["abc", {"prefix": "ab"}]}},
        "redundant",
        "detail.a",
        '"abc" accepts nothing that {"prefix":"ab"} does not',
    ),
    (
        {"detail": {"a": [{"numeric": [">", 1]}, {"numeric": [">", 5, "<", 9]}]}},
        "redundant",
        "detail.a",
        '{"numeric":[">",5,"<",9]} accepts nothing that {"numeric":[">",1]} does not',
    ),
    (
        {"detail": {"a": [{"cidr": "10.0.0.0/8"}, {"cidr": "10.1.0.0/16"}]}},
        "redundant",
        "detail.a",
        '{"cidr":"10.1.0.0/16"} accepts nothing that {"cidr":"10.0.0.0/8"} does not',
    ),
    (
        {"$or": [{"detail": {"a": ["x"]}}, {"detail": {"a": ["x", "y"]}}]},
        "shadowed-alternative",
        "$or",
        "alternative 1 matches nothing that alternative 2 does not",
    ),
    ({"source": [{"prefix": ""}]}, "matches-everything", "", "every event on a bus matches"),
    ({"source": [{"prefix": ""}]}, "any-string", "source", "an empty prefix is that of every string"),
    ({"id": [{"exists": True}]}, "matches-everything", "", "every event on a bus matches"),
    ({"detail": {"a": [{"wildcard": "*"}]}}, "any-string", "detail.a", "a lone * fits every string"),
    (
        {"detail": {"a": [{"exists": True}, {"exists": False}]}},
        "always-true",
        "detail.a",
        "present or absent: the field asks nothing",
    ),
    (
        {"detail": {"a": [{"numeric": [">", 6e9]}]}},
        "number-out-of-range",
        "detail.a",
        '{"numeric":[">",6000000000.0]}: EventBridge documents numbers from -5.0e9 to 5.0e9',
    ),
    (
        {"source": ["aws.s3"]},
        "aws-source",
        "source",
        '"aws.s3": AWS services put events on the default bus; nobody else may use the name',
    ),
]


@pytest.mark.parametrize(("pattern", "code", "path", "message"), FINDINGS)
def test_lint_finds(pattern, code, path, message):
    found = {(finding.code, finding.path, finding.message) for finding in lint(json.dumps(pattern))}
    assert (code, path, message) in found


@pytest.mark.parametrize(
    "pattern",
    [
        {
            "source": ["shop"],
            "detail-type": [{"prefix": "Order"}],
            "detail": {"total": [{"numeric": [">", 10]}]},
        },
        {"account": ["123456789012"], "time": [{"prefix": "2026"}], "resources": [{"exists": False}]},
        {"detail": {"a": [{"exists": False}, "x"], "$or": [{"b": [1]}, {"c": [1]}]}},
        {"replay-name": [{"exists": False}], "region": ["eu-west-1", "eu-central-1"]},
    ],
)
def test_lint_is_silent_about_a_sound_pattern(pattern):
    assert () == lint(json.dumps(pattern))


def test_errors_come_first():
    codes = [finding.code for finding in lint('{"id": [{"prefix": ""}, {"prefix": "a"}], "version": [0]}')]
    assert "never-matches" == codes[0]
    assert "any-string" == codes[-1]


def test_a_pattern_that_is_not_valid_is_refused():
    with pytest.raises(InvalidPattern):
        lint("{}")
