import json

import pytest

ACCOUNT = "000000000000"
ENTRY = {"Source": "shop", "DetailType": "t", "Detail": "{}"}
DAY_SECONDS = 86_400


def queue_arn(sqs, name):
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


@pytest.fixture
def rule(events, sqs):
    """A rule whose target's deliveries go to `dead` when they cannot be made."""
    target = {"Id": "q", "Arn": queue_arn(sqs, "orders"), "DeadLetterConfig": {"Arn": queue_arn(sqs, "dead")}}

    def put(**policy):
        events.put_rule(Name="r", EventPattern='{"source": ["shop"]}')
        retry = {"RetryPolicy": policy} if policy else {}
        events.put_targets(Rule="r", Targets=[{**target, **retry}])
        return target["Arn"]

    return put


def receive(emulator, sqs, name):
    url = f"{emulator.url}/{ACCOUNT}/{name}"
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    return answer.get("Messages", [])


def fail(emulator, arn, attempts):
    emulator.control("POST", "/_emulator/faults", target=arn, remaining=attempts)


def attempts(emulator):
    return emulator.control("GET", "/_emulator/traces?kind=attempt")["spans"]


def test_a_retry_a_day_later_happens_on_the_virtual_clock(emulator, events, sqs, rule):
    """The target fails for most of a day; the delivery is made on a late retry, and no wall time passes."""
    arn = rule()
    fail(emulator, arn, 180)
    events.put_events(Entries=[ENTRY])
    emulator.settle()
    assert [] == receive(emulator, sqs, "orders")

    moved = emulator.advance(DAY_SECONDS)

    assert 180 == moved["deadlines"]
    assert 1 == len(receive(emulator, sqs, "orders"))
    made = attempts(emulator)
    assert 181 == len(made)
    assert made[-1]["started_at"] - made[0]["started_at"] > 0.5 * DAY_SECONDS
    assert "ok" == made[-1]["status"]


def test_retries_end_after_the_attempts_that_the_target_allows(emulator, events, sqs, rule):
    fail(emulator, rule(MaximumRetryAttempts=2), 1000)
    events.put_events(Entries=[ENTRY])
    emulator.advance(DAY_SECONDS)

    [message] = receive(emulator, sqs, "dead")
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert "MaximumRetryAttempts" == attributes["EXHAUSTED_RETRY_CONDITION"]
    assert "2" == attributes["RETRY_ATTEMPTS"]
    assert "shop" == json.loads(message["Body"])["source"]
    assert 3 == len(attempts(emulator))


def test_retries_end_at_the_age_that_the_target_allows(emulator, events, sqs, rule):
    fail(emulator, rule(MaximumEventAgeInSeconds=60), 1000)
    events.put_events(Entries=[ENTRY])
    emulator.advance(DAY_SECONDS)

    [message] = receive(emulator, sqs, "dead")
    condition = message["MessageAttributes"]["EXHAUSTED_RETRY_CONDITION"]["StringValue"]
    assert "MaximumEventAgeInSeconds" == condition
    made = attempts(emulator)
    assert made[-1]["started_at"] - made[0]["started_at"] <= 60


def test_no_retries_means_one_attempt(emulator, events, sqs, rule):
    fail(emulator, rule(MaximumRetryAttempts=0), 1000)
    events.put_events(Entries=[ENTRY])
    emulator.settle()
    assert 1 == len(attempts(emulator))
    assert 1 == len(receive(emulator, sqs, "dead"))


def test_a_trace_leads_from_the_request_to_the_last_attempt(emulator, events, rule):
    fail(emulator, rule(), 1)
    events.put_events(Entries=[ENTRY])
    emulator.advance(DAY_SECONDS)

    last = attempts(emulator)[-1]
    spans = emulator.control("GET", f"/_emulator/traces?trace_id={last['trace_id']}")["spans"]
    by_id = {span["span_id"]: span for span in spans}
    names = []
    span = last
    while span is not None:
        names.append((span["kind"], span["name"]))
        span = by_id.get(span["parent_id"])
    assert [
        ("attempt", f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"),
        ("match", "events.default"),
        ("request", "events.PutEvents"),
    ] == names
    assert "sqs.SendMessage" in {span["name"] for span in spans}


def test_a_rate_fires_each_of_its_ticks_once_when_time_jumps(emulator, events, sqs):
    arn = queue_arn(sqs, "ticks")
    events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    events.put_targets(Rule="hourly", Targets=[{"Id": "q", "Arn": arn}])

    emulator.advance(3 * 3600)

    bodies = [json.loads(message["Body"]) for message in receive(emulator, sqs, "ticks")]
    assert ["2027-01-15T09:00:00Z", "2027-01-15T10:00:00Z", "2027-01-15T11:00:00Z"] == [
        b["time"] for b in bodies
    ]
    assert {"aws.events"} == {body["source"] for body in bodies}
    assert {"Scheduled Event"} == {body["detail-type"] for body in bodies}
    assert [f"arn:aws:events:us-east-1:{ACCOUNT}:rule/hourly"] == bodies[0]["resources"]


def test_a_disabled_schedule_is_silent_and_a_deleted_one_too(emulator, events, sqs):
    arn = queue_arn(sqs, "ticks")
    events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    events.put_targets(Rule="hourly", Targets=[{"Id": "q", "Arn": arn}])
    events.disable_rule(Name="hourly")
    emulator.advance(7200)
    assert [] == receive(emulator, sqs, "ticks")

    events.enable_rule(Name="hourly")
    events.remove_targets(Rule="hourly", Ids=["q"])
    events.delete_rule(Name="hourly")
    emulator.advance(7200)
    assert [] == receive(emulator, sqs, "ticks")
    assert 0 == emulator.control("GET", "/_emulator/health")["timers"]
