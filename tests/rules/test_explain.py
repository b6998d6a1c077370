"""Explanations: one sentence per field, the nearest miss first, and never another verdict than the matcher's."""

import json

import pytest

from rules import explain, matches, parse

EVENT = {
    "source": "shop.orders",
    "detail-type": "OrderPlaced",
    "detail": {
        "total": 99.5,
        "state": "Open",
        "count": "5",
        "size": 5,
        "address": "10.1.2.3",
        "empty": [],
        "customer": {"tier": "gold"},
        "items": [{"sku": "a", "qty": 1}, {"sku": "b", "qty": 7}],
        "tags": ["red", "blue"],
    },
}


def only_field(pattern):
    (branch,) = explain(json.dumps(pattern), EVENT).branches
    (field,) = branch.fields
    return field


@pytest.mark.parametrize(
    ("detail", "reason"),
    [
        ({"total": [{"numeric": [">", 100]}]}, "detail.total: 99.5 is not > 100"),
        ({"total": [{"numeric": [">", 10, "<=", 50]}]}, "detail.total: 99.5 is not > 10 and <= 50"),
        ({"total": [{"numeric": ["<", 100]}]}, "detail.total: 99.5 is < 100"),
        ({"status": ["open"]}, "detail.status: missing; the event has detail.state"),
        ({"state": ["held", "paid"]}, 'detail.state: "Open" is none of "held", "paid"'),
        ({"state": [{"prefix": "O"}]}, 'detail.state: "Open" begins with "O"'),
        ({"state": [{"prefix": "x"}]}, 'detail.state: "Open" does not begin with "x"'),
        ({"state": [{"suffix": "x"}]}, 'detail.state: "Open" does not end with "x"'),
        ({"state": [{"equals-ignore-case": "open"}]}, 'detail.state: "Open" is "open", in any case'),
        (
            {"state": [{"prefix": {"equals-ignore-case": "x"}}]},
            'detail.state: "Open" does not begin with "x", in any case',
        ),
        ({"state": [{"wildcard": "x*"}]}, 'detail.state: "Open" does not fit the wildcard "x*"'),
        ({"state": [{"anything-but": ["Open"]}]}, 'detail.state: "Open" is one of the excluded ["Open"]'),
        (
            {"state": [{"anything-but": {"prefix": "O"}}]},
            'detail.state: "Open" is one of the excluded {"prefix":["O"]}',
        ),
        ({"state": [{"exists": False}]}, 'detail.state: "Open" is there, and must not be'),
        ({"nothing": [{"exists": False}]}, "detail.nothing: absent, as it must be"),
        ({"state": [{"exists": True}]}, 'detail.state: "Open" is there'),
        ({"address": [{"cidr": "10.2.0.0/16"}]}, 'detail.address: "10.1.2.3" is not in 10.2.0.0/16'),
        ({"address": [{"cidr": "10.1.0.0/16"}]}, 'detail.address: "10.1.2.3" is in 10.1.0.0/16'),
        ({"customer": ["gold"]}, "detail.customer: an object, and only values inside it can match"),
        ({"empty": [1]}, "detail.empty: an empty array, which holds no value"),
        ({"tier": ["gold"]}, "detail.tier: missing; the event has detail.customer.tier"),
        ({"tags": ["green"]}, 'detail.tags[0]: "red" is not "green"; detail.tags[1]: "blue" is not "green"'),
        ({"tags": ["blue"]}, 'detail.tags[1]: "blue" is "blue"'),
        ({"state": ["x", {"prefix": "y"}]}, 'detail.state: "Open" is not "x" and does not begin with "y"'),
        ({"xyzzy": ["x"]}, "detail.xyzzy: missing"),
    ],
)
def test_a_field_is_explained_in_a_sentence(detail, reason):
    assert reason == only_field({"detail": detail}).reason


@pytest.mark.parametrize(
    ("detail", "hint"),
    [
        ({"state": ["open"]}, '"Open" and "open" differ only in case: {"equals-ignore-case": …} takes both'),
        ({"state": ["Open "]}, '"Open" and "Open " differ only in white space'),
        ({"count": [5]}, '"5" is a string, 5 in the pattern is a number'),
        ({"size": ["5"]}, '5 is no string, "5" in the pattern is one'),
        ({"state": ["Opened"]}, 'did you mean "Opened"?'),
    ],
)
def test_a_value_that_is_nearly_right_gives_a_hint(detail, hint):
    assert (hint,) == only_field({"detail": detail}).hints


def test_fields_in_different_elements_of_an_array_are_told():
    explanation = explain('{"detail": {"items": {"sku": ["a"], "qty": [7]}}}', EVENT)
    assert not explanation.matched
    assert (
        "detail.items[1].qty and detail.items[0].sku match, but in different array elements"
        == explanation.branches[0].note
    )


def test_the_nearest_alternative_and_failed_fields_come_first():
    pattern = {
        "source": ["shop.orders"],
        "$or": [
            {"detail": {"total": [1], "state": ["x"]}},
            {"detail": {"total": [99.5], "state": ["x"]}},
        ],
    }
    nearest, other = explain(json.dumps(pattern), EVENT).branches
    assert ["detail.state", "detail.total", "source"] == [field.path for field in nearest.fields]
    assert [1, 2] == [sum(not field.matched for field in branch.fields) for branch in (nearest, other)]


def test_the_text_has_a_line_for_each_field_and_colours_when_asked():
    explanation = explain('{"source": ["shop.orders"], "detail": {"state": ["open"]}}', EVENT)
    assert [
        "no match",
        '  - detail.state: "Open" is not "open"',
        '      "Open" and "open" differ only in case: {"equals-ignore-case": …} takes both',
        '  + source: "shop.orders" is "shop.orders"',
    ] == str(explanation).splitlines()
    assert "\x1b[31m-\x1b[0m" in explanation.to_text(colour=True)


def test_the_json_form_can_be_serialised_and_says_the_same():
    document = json.loads(json.dumps(explain('{"detail": {"tags": ["blue"]}}', json.dumps(EVENT)).to_json()))
    assert {
        "matched": True,
        "branches": [
            {
                "matched": True,
                "note": "",
                "fields": [
                    {
                        "path": "detail.tags",
                        "tests": ["blue"],
                        "found": [
                            {"path": "detail.tags[0]", "value": "red"},
                            {"path": "detail.tags[1]", "value": "blue"},
                        ],
                        "matched": True,
                        "reason": 'detail.tags[1]: "blue" is "blue"',
                        "hints": [],
                    }
                ],
            }
        ],
    } == document


def test_absence_within_the_element_of_other_fields_is_a_match():
    pattern, event = '{"a": {"x": [1], "y": [{"exists": false}]}}', {"a": [{"x": 1}, {"x": 2, "y": 3}]}
    assert matches(parse(pattern), event)
    explanation = explain(pattern, event)
    assert all(field.matched for field in explanation.branches[0].fields)
