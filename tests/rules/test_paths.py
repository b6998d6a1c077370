"""The JSONPath subset."""

import pytest

from rules.paths import MISSING, parse_path

DOCUMENT = {"a": {"b-c": 1, "d.e": 2}, "list": [{"n": 1}, {"n": 2}, {}], "null": None}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$", DOCUMENT),
        ("$.a.b-c", 1),
        ("$['a']['d.e']", 2),
        ('$.a["b-c"]', 1),
        ("$.list[1].n", 2),
        ("$.list[-1]", {}),
        ("$.null", None),
        ("$.list[*].n", [1, 2]),
        ("$.a.*", [1, 2]),
        ("$.missing[*]", []),
        ("$.missing", MISSING),
        ("$.list[3]", MISSING),
        ("$.list.n", MISSING),
        ("$.a[0]", MISSING),
        ("$.null.x", MISSING),
    ],
)
def test_a_path_finds_a_value(path, expected):
    assert expected == parse_path(path).find(DOCUMENT)


@pytest.mark.parametrize(
    "path", ["", "a", "$a", "$.", "$..a", "$.a.", "$[", "$[x]", "$['a\"]", "$.a b[", "$[?(@.a)]"]
)
def test_what_is_no_path_is_refused(path):
    with pytest.raises(ValueError, match="path"):
        parse_path(path)
