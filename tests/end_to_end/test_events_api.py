import json

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "000000000000"
PATTERN = '{"source": ["shop"]}'


def error_of(call, **params):
    with pytest.raises(ClientError) as caught:
        call(**params)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def arn(resource):
    return f"arn:aws:events:us-east-1:{ACCOUNT}:{resource}"


def target(target_id="t", queue="q", **fields):
    return {"Id": target_id, "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:{queue}", **fields}


def put_rule(events, name="r", **params):
    return events.put_rule(Name=name, **({"EventPattern": PATTERN} | params))["RuleArn"]


class TestBuses:
    def test_the_default_bus_is_there(self, events):
        bus = events.describe_event_bus()
        assert ("default", arn("event-bus/default")) == (bus["Name"], bus["Arn"])

    def test_a_bus_is_created_listed_described_and_deleted(self, events):
        created = events.create_event_bus(
            Name="shop", Description="orders", Tags=[{"Key": "team", "Value": "x"}]
        )
        assert arn("event-bus/shop") == created["EventBusArn"]
        assert "orders" == events.describe_event_bus(Name="shop")["Description"]
        assert ["default", "shop"] == [bus["Name"] for bus in events.list_event_buses()["EventBuses"]]
        assert [{"Key": "team", "Value": "x"}] == events.list_tags_for_resource(
            ResourceARN=arn("event-bus/shop")
        )["Tags"]
        events.delete_event_bus(Name="shop")
        expected = ("ResourceNotFoundException", "Event bus shop does not exist.")
        assert expected == error_of(events.describe_event_bus, Name="shop")
        events.delete_event_bus(Name="shop")

    def test_a_bus_that_exists_is_refused(self, events):
        events.create_event_bus(Name="shop")
        expected = ("ResourceAlreadyExistsException", "Event bus shop already exists.")
        assert expected == error_of(events.create_event_bus, Name="shop")
        assert "ResourceAlreadyExistsException" == error_of(events.create_event_bus, Name="default")[0]

    def test_a_name_with_a_slash_is_refused(self, events):
        assert "ValidationException" == error_of(events.create_event_bus, Name="a/b")[0]

    def test_the_default_bus_cannot_be_deleted(self, events):
        expected = ("ValidationException", "Cannot delete event bus default.")
        assert expected == error_of(events.delete_event_bus, Name="default")

    def test_a_bus_with_rules_cannot_be_deleted(self, events):
        events.create_event_bus(Name="shop")
        put_rule(events, EventBusName="shop")
        assert "ValidationException" == error_of(events.delete_event_bus, Name="shop")[0]
        events.delete_rule(Name="r", EventBusName="shop")
        events.delete_event_bus(Name="shop")

    def test_buses_come_in_pages(self, events):
        for number in range(5):
            events.create_event_bus(Name=f"bus-{number}")
        names, token = [], {}
        while True:
            page = events.list_event_buses(Limit=2, **token)
            assert len(page["EventBuses"]) <= 2
            names += [bus["Name"] for bus in page["EventBuses"]]
            if "NextToken" not in page:
                break
            token = {"NextToken": page["NextToken"]}
        assert [*(f"bus-{number}" for number in range(5)), "default"] == names

    def test_a_foreign_token_is_refused(self, events):
        assert "ValidationException" == error_of(events.list_event_buses, NextToken="%%%")[0]


class TestRules:
    def test_a_rule_is_described_with_what_it_was_given(self, events):
        rule_arn = put_rule(events, Description="d", State="DISABLED")
        answer = events.describe_rule(Name="r")
        answer.pop("ResponseMetadata")
        expected = {
            "Name": "r",
            "Arn": rule_arn,
            "EventPattern": PATTERN,
            "State": "DISABLED",
            "Description": "d",
            "EventBusName": "default",
            "CreatedBy": ACCOUNT,
        }
        assert expected == answer
        assert arn("rule/r") == rule_arn

    def test_the_arn_of_a_rule_on_a_custom_bus_names_the_bus(self, events):
        events.create_event_bus(Name="shop")
        assert arn("rule/shop/r") == put_rule(events, EventBusName="shop")
        assert "shop" == events.describe_rule(Name="r", EventBusName=arn("event-bus/shop"))["EventBusName"]

    def test_put_rule_replaces_the_rule_and_keeps_its_targets(self, events):
        put_rule(events, Description="d")
        events.put_targets(Rule="r", Targets=[target()])
        put_rule(events, EventPattern='{"source": ["other"]}')
        assert "Description" not in events.describe_rule(Name="r")
        assert 1 == len(events.list_targets_by_rule(Rule="r")["Targets"])

    @pytest.mark.parametrize(
        ("params", "code", "message"),
        [
            ({}, "ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified."),
            ({"ScheduleExpression": "rate(1 hours)"}, "ValidationException", "Parameter ScheduleExpression is not valid."),
            ({"EventPattern": PATTERN, "EventBusName": "no"}, "ResourceNotFoundException", "Event bus no does not exist."),
        ],
    )  # fmt: skip
    def test_a_rule_that_cannot_be_is_refused(self, events, params, code, message):
        assert (code, message) == error_of(events.put_rule, Name="r", **params)
        assert [] == events.list_rules()["Rules"]

    def test_schedules_are_for_the_default_bus_alone(self, events):
        events.create_event_bus(Name="shop")
        expected = ("ValidationException", "ScheduleExpression is supported only on the default event bus.")
        params = {"Name": "r", "EventBusName": "shop", "ScheduleExpression": "rate(1 hour)"}
        assert expected == error_of(events.put_rule, **params)

    @pytest.mark.parametrize(
        "pattern", ["{", "[]", "{}", '{"a": []}', '{"a": "b"}', '{"a": [{"sounds-like": "b"}]}']
    )
    def test_an_invalid_pattern_is_refused_with_the_reason(self, events, pattern):
        code, message = error_of(events.put_rule, Name="r", EventPattern=pattern)
        assert "InvalidEventPatternException" == code
        assert message.startswith("Event pattern is not valid. Reason: ")

    def test_rules_are_listed_by_name_and_prefix(self, events):
        for name in ("b2", "b1", "a"):
            put_rule(events, name)
        assert ["a", "b1", "b2"] == [rule["Name"] for rule in events.list_rules()["Rules"]]
        assert ["b1", "b2"] == [rule["Name"] for rule in events.list_rules(NamePrefix="b")["Rules"]]

    def test_a_rule_with_targets_cannot_be_deleted(self, events):
        put_rule(events)
        events.put_targets(Rule="r", Targets=[target()])
        expected = ("ValidationException", "Rule can't be deleted since it has targets.")
        assert expected == error_of(events.delete_rule, Name="r")
        events.remove_targets(Rule="r", Ids=["t"])
        events.delete_rule(Name="r")
        events.delete_rule(Name="r")

    def test_a_missing_rule_is_named_with_its_bus(self, events):
        expected = ("ResourceNotFoundException", "Rule r does not exist on EventBus default.")
        for call in (events.describe_rule, events.enable_rule, events.disable_rule):
            assert expected == error_of(call, Name="r")
        assert expected == error_of(events.list_targets_by_rule, Rule="r")
        assert expected == error_of(events.put_targets, Rule="r", Targets=[target()])

    def test_a_fresh_account_has_300_rules_a_bus(self, events):
        for number in range(300):
            put_rule(events, f"r{number}")
        expected = ("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
        assert expected == error_of(events.put_rule, Name="more", EventPattern=PATTERN)
        put_rule(events, "r7")


class TestTargets:
    def test_targets_are_echoed_as_they_were_given(self, events):
        put_rule(events)
        given = [target("a", Input='{"x": 1}'), target("b", RetryPolicy={"MaximumRetryAttempts": 3})]
        answer = events.put_targets(Rule="r", Targets=given)
        assert (0, []) == (answer["FailedEntryCount"], answer["FailedEntries"])
        assert given == events.list_targets_by_rule(Rule="r")["Targets"]

    def test_a_target_of_the_same_id_is_replaced(self, events):
        put_rule(events)
        events.put_targets(Rule="r", Targets=[target(queue="one")])
        events.put_targets(Rule="r", Targets=[target(queue="two")])
        [found] = events.list_targets_by_rule(Rule="r")["Targets"]
        assert found["Arn"].endswith(":two")

    def test_a_fresh_account_has_five_targets_a_rule(self, events):
        put_rule(events)
        events.put_targets(Rule="r", Targets=[target(f"t{n}") for n in range(5)])
        expected = ("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
        assert expected == error_of(events.put_targets, Rule="r", Targets=[target("t5")])
        assert 5 == len(events.list_targets_by_rule(Rule="r")["Targets"])

    @pytest.mark.parametrize(
        "fields",
        [
            {"Arn": "nothing"},
            {"Input": "{}", "InputPath": "$.detail"},
            {"Input": "{not json"},
            {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:q.fifo"},
            {"InputTransformer": {"InputTemplate": '{"a": <b>}'}},
        ],
    )
    def test_a_target_that_cannot_be_is_refused_and_nothing_is_stored(self, events, fields):
        put_rule(events)
        code, _ = error_of(events.put_targets, Rule="r", Targets=[target("good"), target("bad") | fields])
        assert "ValidationException" == code
        assert [] == events.list_targets_by_rule(Rule="r")["Targets"]

    def test_rules_are_found_by_their_target(self, events):
        for name, queue in (("r1", "q"), ("r2", "other"), ("r3", "q")):
            put_rule(events, name)
            events.put_targets(Rule=name, Targets=[target(queue=queue)])
        answer = events.list_rule_names_by_target(TargetArn=target()["Arn"])
        assert ["r1", "r3"] == answer["RuleNames"]


class TestTags:
    def test_a_rule_is_tagged_and_untagged(self, events):
        rule_arn = put_rule(events, Tags=[{"Key": "a", "Value": "1"}])
        events.tag_resource(
            ResourceARN=rule_arn, Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "3"}]
        )
        events.untag_resource(ResourceARN=rule_arn, TagKeys=["b", "absent"])
        assert [{"Key": "a", "Value": "3"}] == events.list_tags_for_resource(ResourceARN=rule_arn)["Tags"]

    def test_the_tags_of_a_missing_rule_are_not_found(self, events):
        expected = ("ResourceNotFoundException", "Rule r does not exist on EventBus default.")
        assert expected == error_of(events.list_tags_for_resource, ResourceARN=arn("rule/r"))


class TestTestEventPattern:
    EVENT = {
        "id": "1",
        "source": "shop",
        "detail-type": "t",
        "account": ACCOUNT,
        "region": "r",
        "time": "2026-01-01T00:00:00Z",
    }

    @pytest.mark.parametrize(("source", "expected"), [("shop", True), ("other", False)])
    def test_it_tells_whether_the_event_matches(self, events, source, expected):
        event = json.dumps(self.EVENT | {"source": source})
        assert expected is events.test_event_pattern(EventPattern=PATTERN, Event=event)["Result"]

    def test_an_event_without_the_mandatory_fields_is_refused(self, events):
        assert (
            "ValidationException" == error_of(events.test_event_pattern, EventPattern=PATTERN, Event="{}")[0]
        )

    def test_an_invalid_pattern_is_refused(self, events):
        code, _ = error_of(events.test_event_pattern, EventPattern="{}", Event=json.dumps(self.EVENT))
        assert "InvalidEventPatternException" == code
