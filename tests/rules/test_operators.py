"""Every operator, value by value; cases of AWS's own are in tests/conformance."""

import json

import pytest

from rules import matches, parse
from rules.pattern.operators import OPERATORS

# operator -> [(alternative, accepted values, refused values)]
TABLE = {
    "exactly": [({"exactly": "a"}, ["a"], ["A", 1, None])],
    "equals-ignore-case": [
        ({"equals-ignore-case": "aÜ"}, ["aü", "AÜ"], ["a", "aüb", 1, None]),
        ({"equals-ignore-case": ""}, [""], ["a"]),
    ],
    "prefix": [
        ({"prefix": "ab"}, ["ab", "abc"], ["a", "AB", "cab", 1, None, True]),
        ({"prefix": ""}, ["", "a"], [1, None]),
        ({"prefix": {"equals-ignore-case": "Ab"}}, ["ab", "ABC"], ["a", "cab"]),
    ],
    "suffix": [
        ({"suffix": ".png"}, [".png", "a.png"], [".PNG", "png", 1]),
        ({"suffix": {"equals-ignore-case": ".png"}}, ["a.PNG", "a.png"], ["a.png "]),
    ],
    "anything-but": [
        ({"anything-but": "a"}, ["b", "", 1, None, True], ["a"]),
        ({"anything-but": ["a", "b"]}, ["c", 1], ["a", "b"]),
        ({"anything-but": 1}, [2, "1", None], [1, 1.0]),
        ({"anything-but": [1, 2.5]}, [3], [1, 2.5]),
        ({"anything-but": {"prefix": "a"}}, ["b", 1, None], ["a", "ab"]),
        ({"anything-but": {"prefix": ["a", "b"]}}, ["c"], ["ab", "bc"]),
        ({"anything-but": {"suffix": ["a", "b"]}}, ["c", 1], ["ba", "ab"]),
        ({"anything-but": {"equals-ignore-case": ["a", "b"]}}, ["c", None], ["A", "B"]),
        ({"anything-but": {"wildcard": "a*c"}}, ["ab", 1], ["ac", "abc"]),
        ({"anything-but": {"wildcard": ["a*", "*z"]}}, ["b"], ["a", "xz"]),
    ],
    "numeric": [
        ({"numeric": ["=", 1e2]}, [100, 100.0], [101, "100", True]),
        ({"numeric": ["<", 5]}, [4, 4.9, -5e9], [5, "4", None]),
        ({"numeric": ["<=", 5]}, [5], [5.000001]),
        ({"numeric": [">", 0, "<=", 5]}, [1, 5], [0, 5.1]),
        ({"numeric": [">=", 0, "<", 1]}, [0, 0.5], [1, -1]),
        ({"numeric": [">", 0]}, [1], [0, True]),
    ],
    "cidr": [
        ({"cidr": "10.0.0.0/24"}, ["10.0.0.0", "10.0.0.255", "010.0.0.7"], ["10.0.1.0", "10.0.0", "::1", 1]),
        ({"cidr": "10.0.0.77/24"}, ["10.0.0.0", "10.0.0.255"], ["10.0.1.1"]),
        (
            {"cidr": "2001:db8::/32"},
            ["2001:db8::1", "2001:DB8:0:0:0:0:0:1"],
            ["2001:db9::1", "10.0.0.1", "x:"],
        ),
        ({"cidr": "0.0.0.0/0"}, ["255.255.255.255", "::ffff:a00:1"], ["256.0.0.0", 1]),
    ],
    "exists": [({"exists": True}, ["", 0, None, False], []), ({"exists": False}, [], ["", None])],
    "wildcard": [
        ({"wildcard": "*"}, ["", "a"], [1, None]),
        ({"wildcard": "a*c"}, ["ac", "abc", "a*c"], ["a", "c", "abcd", "xac"]),
        ({"wildcard": "a*b*c"}, ["abc", "axbxc"], ["ac", "acb"]),
        ({"wildcard": "ab*ba"}, ["abba", "ab-ba"], ["aba"]),
        ({"wildcard": r"a\*b\\c"}, [r"a*b\c"], [r"axb\c"]),
        ({"wildcard": ""}, [""], ["a"]),
    ],
}
LITERALS = [
    ("a", ["a"], ["A", "ab", 1, None]),
    ("1", ["1"], [1]),
    (1, [1, 1.0], ["1", True, 2]),
    (300, [3e2], [301]),
    (True, [True], [1, "true", False]),
    (False, [False], [0, None]),
    (None, [None], ["null", 0, False]),
    ("10.0.0.1", ["10.0.0.1", "010.0.0.1"], ["10.0.0.2", "10.0.0.1 "]),
    ("::1", ["::1", "0:0:0:0:0:0:0:1"], ["::2"]),
]


def cases():
    for alternative, accepted, refused in [*LITERALS, *(row for rows in TABLE.values() for row in rows)]:
        for value, expected in [
            *((value, True) for value in accepted),
            *((value, False) for value in refused),
        ]:
            yield pytest.param(
                alternative, value, expected, id=f"{json.dumps(alternative)} {json.dumps(value)}"
            )


@pytest.mark.parametrize(("alternative", "value", "expected"), list(cases()))
def test_an_alternative_accepts_a_value(alternative, value, expected):
    pattern = parse(json.dumps({"field": [alternative]}))
    assert expected is matches(pattern, {"field": value})


def test_every_operator_has_a_row_in_the_table():
    assert OPERATORS.keys() == TABLE.keys()


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_only_absence_is_satisfied_by_a_field_that_is_not_there(name):
    for alternative, _, _ in TABLE[name]:
        pattern = parse(json.dumps({"field": [alternative]}))
        assert (alternative == {"exists": False}) is matches(pattern, {"other": 1})
