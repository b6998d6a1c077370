import json

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "000000000000"
ENTRY = {"Source": "shop.orders", "DetailType": "OrderPlaced", "Detail": '{"total": 120}'}


@pytest.fixture
def queue(sqs):
    return sqs.create_queue(QueueName="orders")["QueueUrl"]


def route(events, sqs, queue, pattern, *, bus="default", rule="r", **target):
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=rule, EventBusName=bus, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=rule, EventBusName=bus, Targets=[{"Id": "q", "Arn": arn, **target}])
    return arn


def bodies(sqs, queue):
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    return [message["Body"] for message in messages]


def test_a_matching_event_arrives_in_the_queue_in_its_envelope(emulator, events, sqs, queue):
    events.create_event_bus(Name="shop")
    route(
        events,
        sqs,
        queue,
        {"source": ["shop.orders"], "detail": {"total": [{"numeric": [">", 100]}]}},
        bus="shop",
    )

    answer = events.put_events(Entries=[{**ENTRY, "EventBusName": "shop", "Resources": ["order/1"]}])
    emulator.settle()

    [body] = bodies(sqs, queue)
    expected = {
        "version": "0",
        "id": answer["Entries"][0]["EventId"],
        "detail-type": "OrderPlaced",
        "source": "shop.orders",
        "account": ACCOUNT,
        "time": "2027-01-15T08:00:00Z",
        "region": "us-east-1",
        "resources": ["order/1"],
        "detail": {"total": 120},
    }
    assert expected == json.loads(body)
    assert list(expected) == list(json.loads(body))
    assert {"waiting": 0, "delivered": 1} == emulator.control("GET", "/_emulator/health")["deliveries"]


def test_an_event_that_does_not_match_goes_nowhere(emulator, events, sqs, queue):
    route(events, sqs, queue, {"source": ["shop.orders"], "detail": {"total": [{"numeric": [">", 500]}]}})

    answer = events.put_events(Entries=[ENTRY])
    emulator.settle()

    assert 0 == answer["FailedEntryCount"]
    assert [] == bodies(sqs, queue)


def test_a_disabled_rule_does_not_match_until_it_is_enabled(emulator, events, sqs, queue):
    route(events, sqs, queue, {"source": ["shop.orders"]})
    events.disable_rule(Name="r")
    events.put_events(Entries=[ENTRY])
    emulator.settle()
    assert [] == bodies(sqs, queue)

    events.enable_rule(Name="r")
    events.put_events(Entries=[ENTRY])
    emulator.settle()
    assert 1 == len(bodies(sqs, queue))


def test_an_input_transformer_shapes_the_message(emulator, events, sqs, queue):
    transformer = {
        "InputPathsMap": {"total": "$.detail.total", "type": "$.detail-type"},
        "InputTemplate": '{"kind": <type>, "text": "total is <total>"}',
    }
    route(events, sqs, queue, {"source": ["shop.orders"]}, InputTransformer=transformer)

    events.put_events(Entries=[ENTRY])
    emulator.settle()

    assert [{"kind": "OrderPlaced", "text": "total is 120"}] == [json.loads(b) for b in bodies(sqs, queue)]


def test_an_event_goes_on_from_bus_to_bus_under_its_own_id(emulator, events, sqs, queue):
    events.create_event_bus(Name="domain")
    route(events, sqs, queue, {"source": ["shop.orders"]}, bus="domain")
    events.put_rule(Name="forward", EventPattern='{"source": [{"prefix": "shop."}]}')
    bus_arn = f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/domain"
    events.put_targets(Rule="forward", Targets=[{"Id": "bus", "Arn": bus_arn}])

    answer = events.put_events(Entries=[ENTRY])
    emulator.settle()

    [body] = bodies(sqs, queue)
    assert answer["Entries"][0]["EventId"] == json.loads(body)["id"]


def test_buses_that_forward_to_each_other_stop_in_the_end(emulator, events):
    events.create_event_bus(Name="other")
    for bus, to in (("default", "other"), ("other", "default")):
        events.put_rule(Name="forward", EventBusName=bus, EventPattern='{"source": ["shop.orders"]}')
        target = {"Id": "bus", "Arn": f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/{to}"}
        events.put_targets(Rule="forward", EventBusName=bus, Targets=[target])

    events.put_events(Entries=[ENTRY])

    assert emulator.settle()["settled"]
    spans = emulator.control("GET", "/_emulator/traces?kind=attempt")["spans"]
    assert "LOOP_DETECTED" == spans[-1]["status"]


def test_a_target_that_cannot_be_executed_ends_in_the_dead_letter_queue_and_in_the_trace(
    emulator, events, sqs, queue
):
    dead = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    arn = f"arn:aws:batch:us-east-1:{ACCOUNT}:job-queue/q"
    events.put_rule(Name="r", EventPattern='{"source": ["shop.orders"]}')
    target = {
        "Id": "b",
        "Arn": arn,
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r",
        "DeadLetterConfig": {"Arn": dead},
    }
    assert 0 == events.put_targets(Rule="r", Targets=[target])["FailedEntryCount"]

    events.put_events(Entries=[ENTRY])
    emulator.settle()

    [message] = sqs.receive_message(QueueUrl=queue, MessageAttributeNames=["All"])["Messages"]
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert arn == attributes["TARGET_ARN"]
    assert "Busyard does not execute targets of service 'batch'" == attributes["ERROR_MESSAGE"]
    assert "shop.orders" == json.loads(message["Body"])["source"]
    [attempt] = [
        span
        for span in emulator.control("GET", "/_emulator/traces?kind=attempt")["spans"]
        if span["name"] == arn
    ]
    assert "not_executed" == attempt["status"]


def test_a_missing_queue_goes_straight_to_the_dead_letter_queue(emulator, events, sqs, queue):
    dead = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="r", EventPattern='{"source": ["shop.orders"]}')
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:gone"
    events.put_targets(Rule="r", Targets=[{"Id": "q", "Arn": arn, "DeadLetterConfig": {"Arn": dead}}])

    events.put_events(Entries=[ENTRY])
    emulator.settle()

    [message] = sqs.receive_message(QueueUrl=queue, MessageAttributeNames=["All"])["Messages"]
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert "NO_RESOURCE" == attributes["ERROR_CODE"]
    assert f"arn:aws:events:us-east-1:{ACCOUNT}:rule/r" == attributes["RULE_ARN"]
    assert "EXHAUSTED_RETRY_CONDITION" not in attributes


def test_one_bad_entry_fails_alone(events):
    answer = events.put_events(
        Entries=[ENTRY, {**ENTRY, "Detail": "not json"}, {"Source": "s", "Detail": "{}"}]
    )

    assert 2 == answer["FailedEntryCount"]
    assert "EventId" in answer["Entries"][0]
    assert {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."} == answer["Entries"][1]
    assert {
        "ErrorCode": "InvalidArgument",
        "ErrorMessage": "Parameter DetailType is not valid. Reason: DetailType is a required argument.",
    } == answer["Entries"][2]


def test_eleven_entries_are_refused(events):
    with pytest.raises(ClientError) as caught:
        events.put_events(Entries=[ENTRY] * 11)
    assert "ValidationException" == caught.value.response["Error"]["Code"]
    assert "Member must have length less than or equal to 10" in caught.value.response["Error"]["Message"]


def test_entries_of_a_megabyte_are_refused(events):
    with pytest.raises(ClientError, match="Total size of the entries in the request is over the limit"):
        events.put_events(Entries=[{**ENTRY, "Detail": json.dumps({"x": "y" * 1_048_576})}])


def test_an_unknown_bus_takes_the_event_and_matches_nothing(events):
    answer = events.put_events(Entries=[{**ENTRY, "EventBusName": "nowhere"}])
    assert 0 == answer["FailedEntryCount"]
    assert answer["Entries"][0]["EventId"]


def test_accounts_and_regions_do_not_see_each_other(emulator, events, sqs, queue):
    route(events, sqs, queue, {"source": ["shop.orders"]})
    emulator.client("events", region="eu-west-1").put_events(Entries=[ENTRY])
    emulator.client("events", access_key="111122223333").put_events(Entries=[ENTRY])
    emulator.settle()
    assert [] == bodies(sqs, queue)
    assert [] == emulator.client("events", region="eu-west-1").list_rules()["Rules"]
