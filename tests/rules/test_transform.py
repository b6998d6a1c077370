"""What targets are sent."""

import json

import pytest

from rules import InvalidTemplate, Transform

EVENT = {
    "version": "0",
    "id": "1",
    "detail-type": "Order Placed",
    "source": "shop",
    "time": "2026-11-23T00:00:00Z",
    "resources": [],
    "detail": {"name": 'say "ü"', "count": 2, "paid": True, "none": None, "items": [{"n": 1}, {"n": 2}]},
}
RESERVED = {"rule_arn": "arn:rule", "rule_name": "rule", "ingestion_time": "2026-11-23T00:00:01Z"}
PATHS = {
    "type": "$.detail-type",
    "name": "$.detail.name",
    "count": "$.detail.count",
    "paid": "$.detail.paid",
    "none": "$.detail.none",
    "items": "$.detail.items",
    "numbers": "$.detail.items[*].n",
    "missing": "$.detail.missing",
}


def filled(template):
    return Transform.from_template(template, PATHS, "t").apply(EVENT, **RESERVED)


def test_an_input_is_sent_as_it_is():
    assert '{ "a" : 1 }' == Transform.from_input('{ "a" : 1 }').apply(EVENT)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$", json.dumps(EVENT, separators=(",", ":"), ensure_ascii=False)),
        ("$.detail.count", "2"),
        ("$.source", '"shop"'),
        ("$.detail.items[1]", '{"n":2}'),
        ("$.detail.missing", "null"),
    ],
)
def test_an_input_path_sends_a_part_of_the_event(path, expected):
    assert expected == Transform.from_path(path).apply(EVENT)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('{"a": <type>, "b": <count>}', '{"a": "Order Placed", "b": 2}'),
        ('{"a": <paid>, "b": <none>}', '{"a": true, "b": null}'),
        ('{"a": <items>}', '{"a": [{"n":1},{"n":2}]}'),
        ('{"a": <numbers>}', '{"a": [1,2]}'),
        ('{"a": <name>}', '{"a": "say \\"ü\\""}'),
        ('{"a": <missing>}', '{"a": ""}'),
        ('{"a": "users/<count>/<type>"}', '{"a": "users/2/Order Placed"}'),
        ('{"a": "x \\"<type>\\""}', '{"a": "x \\"Order Placed\\""}'),
        ('"is <type> at <missing>."', '"is Order Placed at ."'),
        ('"<items> <none> <paid>"', '"[{n:1},{n:2}] null true"'),
        ('"one <count>"\n"two <type>"', '"one 2"\n"two Order Placed"'),
        ('"{[/<type>"', '"{[/Order Placed"'),
        ("[<count>, <count>]", "[2, 2]"),
        (
            '"<aws.events.rule-arn> <aws.events.rule-name> <aws.events.event.ingestion-time>"',
            '"arn:rule rule 2026-11-23T00:00:01Z"',
        ),
    ],
)
def test_a_template_is_filled(template, expected):
    assert expected == filled(template)


def test_text_inside_quotes_is_not_escaped():
    assert '"<say "ü">"' == filled('"<<name>>"')


def test_the_event_can_be_placed_whole_or_without_its_detail():
    sent = json.loads(filled('{"head": <aws.events.event>, "whole": <aws.events.event.json>}'))
    assert EVENT == sent["whole"]
    assert {"version", "id", "detailType", "source", "time", "resources"} == sent["head"].keys()


def test_half_a_surrogate_pair_and_a_huge_number_can_be_sent():
    event = {"a": "\ud800", "b": 123456789012345678901234567890}
    assert '{"a":"\\ud800","b":123456789012345678901234567890}' == Transform.from_path("$").apply(event)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Transform.from_input("{", "t"), "JSON syntax error in input for target t"),
        (lambda: Transform.from_path("detail", "t"), "InputPath for target t is invalid."),
        (lambda: Transform.from_path("$.detail['x']", "t"), "InputPath for target t is invalid."),
        (lambda: Transform.from_template('"<a>"', {"a": "x"}, "t"), "InputPath for target t is invalid."),
        (
            lambda: Transform.from_template('"<other>"', {}, "t"),
            "InputTemplate for target t contains invalid placeholder other.",
        ),
        (
            lambda: Transform.from_template("[<aws.events.event.json>]", {}, "t"),
            "InputTemplate for target t contains placeholder aws.events.event.json valid only for JSON template.",
        ),
        (
            lambda: Transform.from_template('{"a" 1}', {}, "t"),
            'Invalid InputTemplate for target t : [Source: (String)"{"a" 1}"; line: 1, column: 6].',
        ),
    ],
)
def test_what_put_targets_refuses_is_refused(make, message):
    with pytest.raises(InvalidTemplate) as refused:
        make()
    assert message == refused.value.message


@pytest.mark.parametrize("template", ["text", "{<type>: 1}", '{"a": <type>', '"open <type>'])
def test_a_template_that_gives_no_json_is_refused(template):
    with pytest.raises(InvalidTemplate, match=r"^Invalid InputTemplate for target t : \[Source: "):
        Transform.from_template(template, PATHS, "t")
