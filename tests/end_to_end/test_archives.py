"""Archives and replays over a real socket."""

import json
from datetime import UTC, datetime

import pytest

from emulator.core.scope import Scope
from emulator.operations.calls import Call
from tests.end_to_end.test_events_api import ACCOUNT, arn, error_of

START = datetime.fromtimestamp(0, UTC)


def when(seconds):
    return datetime.fromtimestamp(seconds, UTC)


@pytest.fixture
def queue(sqs, events):
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    events.put_rule(Name="r", EventPattern='{"source": ["shop"]}')
    events.put_targets(Rule="r", Targets=[{"Id": "t", "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"}])
    return url


def put(events, *names, time=None):
    entries = [{"Source": "shop", "DetailType": "T", "Detail": json.dumps({"name": name})} for name in names]
    for entry in entries:
        if time is not None:
            entry["Time"] = when(time)
    events.put_events(Entries=entries)


def received(emulator, sqs, queue):
    emulator.settle()
    found = []
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return found


def archive(events, name="a", **params):
    source = {"EventSourceArn": arn("event-bus/default")}
    return events.create_archive(ArchiveName=name, **(source | params))


def replay(events, name="again", **params):
    defaults = {
        "EventSourceArn": arn("archive/a"),
        "EventStartTime": START,
        "EventEndTime": when(4_000_000_000),
        "Destination": {"Arn": arn("event-bus/default")},
    }
    return events.start_replay(ReplayName=name, **(defaults | params))


class TestArchives:
    def test_an_archive_is_created_described_listed_updated_and_deleted(self, events):
        created = archive(events, Description="d", RetentionDays=3, EventPattern='{"source": ["shop"]}')
        assert {"ArchiveArn", "State", "CreationTime", "ResponseMetadata"} == set(created)
        assert (arn("archive/a"), "ENABLED") == (created["ArchiveArn"], created["State"])
        found = events.describe_archive(ArchiveName="a")
        del found["ResponseMetadata"]
        assert {
            "ArchiveArn": arn("archive/a"),
            "ArchiveName": "a",
            "CreationTime": created["CreationTime"],
            "Description": "d",
            "EventCount": 0,
            "EventPattern": '{"source": ["shop"]}',
            "EventSourceArn": arn("event-bus/default"),
            "RetentionDays": 3,
            "SizeBytes": 0,
            "State": "ENABLED",
        } == found
        events.update_archive(ArchiveName="a", RetentionDays=5)
        (listed,) = events.list_archives()["Archives"]
        assert (5, "a") == (listed["RetentionDays"], listed["ArchiveName"])
        assert "d" == events.describe_archive(ArchiveName="a")["Description"]
        events.delete_archive(ArchiveName="a")
        assert [] == events.list_archives()["Archives"]

    def test_the_managed_rule_is_visible_and_cannot_be_touched(self, events):
        archive(events)
        rule = events.describe_rule(Name="Events-Archive-a")
        assert "prod.vhs.events.aws.internal" == rule["ManagedBy"]
        assert {"replay-name": [{"exists": False}]} == json.loads(rule["EventPattern"])
        assert "ManagedRuleException" == error_of(events.disable_rule, Name="Events-Archive-a")[0]
        events.delete_archive(ArchiveName="a")
        assert [] == events.list_rules()["Rules"]

    def test_events_that_match_are_kept_and_counted(self, events):
        archive(events, EventPattern='{"detail": {"name": [{"prefix": "a"}]}}')
        put(events, "a1", "b1", "a2")
        found = events.describe_archive(ArchiveName="a")
        assert 2 == found["EventCount"]
        assert found["SizeBytes"] > 0

    def test_retention_is_counted_on_the_clock(self, emulator, events):
        emulator.control("POST", "/_emulator/clock", action="freeze")
        archive(events, RetentionDays=1)
        put(events, "old")
        emulator.advance(80_000)
        put(events, "young")
        emulator.advance(80_000)
        assert 1 == events.describe_archive(ArchiveName="a")["EventCount"]

    @pytest.mark.parametrize(
        ("params", "error"),
        [
            (
                {"EventSourceArn": arn("event-bus/none")},
                ("ResourceNotFoundException", "Event bus none does not exist."),
            ),
            (
                {"EventPattern": "{}"},
                (
                    "InvalidEventPatternException",
                    'Event pattern is not valid. Reason: Empty objects are not allowed\n at [Source: (String)"{}"; line: 1, column: 3]',
                ),
            ),
        ],
    )
    def test_a_wrong_archive_is_refused_and_changes_nothing(self, events, params, error):
        assert error == error_of(
            events.create_archive, ArchiveName="a", **({"EventSourceArn": arn("event-bus/default")} | params)
        )
        assert ([], []) == (events.list_archives()["Archives"], events.list_rules()["Rules"])

    def test_names_are_taken_once_and_must_exist(self, events):
        archive(events)
        source = {"EventSourceArn": arn("event-bus/default")}
        assert ("ResourceAlreadyExistsException", "Archive a already exists.") == error_of(
            events.create_archive, ArchiveName="a", **source
        )
        missing = ("ResourceNotFoundException", "Archive b does not exist.")
        for operation in (events.describe_archive, events.update_archive, events.delete_archive):
            assert missing == error_of(operation, ArchiveName="b")

    def test_archives_are_listed_by_one_filter_at_most(self, events):
        archive(events)
        archive(events, "b")
        assert ["b"] == [found["ArchiveName"] for found in events.list_archives(NamePrefix="b")["Archives"]]
        assert (
            "ValidationException",
            "At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.",
        ) == error_of(events.list_archives, NamePrefix="b", State="ENABLED")


class TestReplays:
    def test_a_replay_puts_the_archived_events_again_under_its_name(self, emulator, events, sqs, queue):
        archive(events)
        put(events, "one", "two")
        first = received(emulator, sqs, queue)
        started = replay(events)
        assert (arn("replay/again"), "STARTING") == (started["ReplayArn"], started["State"])
        again = received(emulator, sqs, queue)
        assert [{**event, "replay-name": "again"} for event in first] == again
        found = events.describe_replay(ReplayName="again")
        assert "COMPLETED" == found["State"]
        assert {"EventLastReplayedTime", "ReplayEndTime", "ReplayStartTime"} <= set(found)
        assert 2 == events.describe_archive(ArchiveName="a")["EventCount"]

    def test_only_events_of_the_span_are_put_in_the_order_of_their_minutes(
        self, emulator, events, sqs, queue
    ):
        archive(events)
        for name, time in (("late", 600), ("early", 60), ("never", 900), ("same minute", 70)):
            put(events, name, time=time)
        received(emulator, sqs, queue)
        replay(events, EventStartTime=when(60), EventEndTime=when(600))
        again = [event["detail"]["name"] for event in received(emulator, sqs, queue)]
        assert ["early", "same minute", "late"] == again

    def test_only_the_rules_named_see_the_events(self, emulator, events, sqs, queue):
        archive(events)
        put(events, "one")
        received(emulator, sqs, queue)
        destination = {"Arn": arn("event-bus/default"), "FilterArns": [arn("rule/other")]}
        replay(events, Destination=destination)
        assert [] == received(emulator, sqs, queue)
        replay(events, "more", Destination={**destination, "FilterArns": [arn("rule/r")]})
        assert 1 == len(received(emulator, sqs, queue))

    def test_a_cancelled_replay_stops(self, emulator, events, sqs, queue):
        archive(events)
        put(events, "one")
        received(emulator, sqs, queue)
        params = {
            "ReplayName": "again",
            "EventSourceArn": arn("archive/a"),
            "EventStartTime": 0.0,
            "EventEndTime": 4e9,
            "Destination": {"Arn": arn("event-bus/default")},
        }

        async def start_and_cancel():  # at once, for a replay is quicker than a second request
            dispatch, scope = emulator.emulator.calls.dispatch, Scope(ACCOUNT, "us-east-1")
            dispatch(Call("events", "StartReplay", params, scope))
            return dispatch(Call("events", "CancelReplay", {"ReplayName": "again"}, scope))

        assert "CANCELLING" == emulator.run(start_and_cancel())["State"]
        assert [] == received(emulator, sqs, queue)
        found = events.describe_replay(ReplayName="again")
        assert "CANCELLED" == found["State"]
        assert (
            "IllegalStatusException",
            "Replay again is not in a valid state for this operation.",
        ) == error_of(events.cancel_replay, ReplayName="again")

    @pytest.mark.parametrize(
        ("params", "error"),
        [
            (
                {"EventSourceArn": arn("archive/none")},
                "Parameter EventSourceArn is not valid. Reason: Archive none does not exist.",
            ),
            (
                {"Destination": {"Arn": arn("rule/r")}},
                "Parameter Destination.Arn is not valid. Reason: Must contain an event bus ARN.",
            ),
            (
                {"Destination": {"Arn": arn("event-bus/other")}},
                "Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.",
            ),
            (
                {"EventStartTime": when(100), "EventEndTime": when(100)},
                "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.",
            ),
        ],
    )
    def test_a_wrong_replay_is_refused(self, events, params, error):
        events.create_event_bus(Name="other")
        archive(events)
        defaults = {
            "EventSourceArn": arn("archive/a"),
            "EventStartTime": START,
            "EventEndTime": when(100),
            "Destination": {"Arn": arn("event-bus/default")},
        }
        assert ("ValidationException", error) == error_of(
            events.start_replay, ReplayName="x", **(defaults | params)
        )
        assert [] == events.list_replays()["Replays"]

    def test_replays_must_exist_and_are_listed(self, emulator, events):
        missing = ("ResourceNotFoundException", "Replay x does not exist.")
        assert missing == error_of(events.describe_replay, ReplayName="x")
        assert missing == error_of(events.cancel_replay, ReplayName="x")
        archive(events)
        replay(events)
        assert (
            "ResourceAlreadyExistsException"
            == error_of(
                events.start_replay,
                ReplayName="again",
                EventSourceArn=arn("archive/a"),
                EventStartTime=START,
                EventEndTime=when(1),
                Destination={"Arn": arn("event-bus/default")},
            )[0]
        )
        emulator.settle()
        assert ["again"] == [
            found["ReplayName"] for found in events.list_replays(State="COMPLETED")["Replays"]
        ]
