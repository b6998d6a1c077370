"""CloudWatch Logs, Kinesis and Firehose, by themselves and as targets of rules."""

import json

import pytest

from tests.end_to_end.test_events_api import ACCOUNT, error_of

NOW = 1_800_000_000_000
EVENT = {"Source": "shop", "DetailType": "T", "Detail": '{"id": "o-1"}'}


@pytest.fixture
def logs(emulator):
    return emulator.client("logs")


@pytest.fixture
def kinesis(emulator):
    return emulator.client("kinesis")


@pytest.fixture
def firehose(emulator):
    return emulator.client("firehose")


def deliver(emulator, events, arn, **target):
    events.put_rule(Name="r", EventPattern='{"source": ["shop"]}')
    role = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r"}
    events.put_targets(Rule="r", Targets=[{"Id": "t", "Arn": arn, **role, **target}])
    events.put_events(Entries=[EVENT])
    emulator.settle()


class TestLogs:
    @pytest.fixture
    def stream(self, logs):
        logs.create_log_group(logGroupName="g")
        logs.create_log_stream(logGroupName="g", logStreamName="s")
        return {"logGroupName": "g", "logStreamName": "s"}

    def put(self, logs, stream, *messages):
        entries = [{"timestamp": NOW + number, "message": text} for number, text in enumerate(messages)]
        return logs.put_log_events(**stream, logEvents=entries)

    def test_groups_and_streams_are_described_as_aws_does(self, logs, stream):
        (group,) = logs.describe_log_groups()["logGroups"]
        arn = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:g"
        assert {
            "logGroupName": "g",
            "creationTime": NOW,
            "metricFilterCount": 0,
            "arn": f"{arn}:*",
            "storedBytes": 0,
            "logGroupClass": "STANDARD",
            "logGroupArn": arn,
        } == group
        (found,) = logs.describe_log_streams(logGroupName="g")["logStreams"]
        assert {
            "logStreamName": "s",
            "creationTime": NOW,
            "arn": f"{arn}:log-stream:s",
            "storedBytes": 0,
        } == found

    def test_events_are_read_from_either_end_page_by_page(self, logs, stream):
        self.put(logs, stream, "a", "b", "c")
        latest = logs.get_log_events(**stream, limit=2)
        assert ["b", "c"] == [event["message"] for event in latest["events"]]
        earlier = logs.get_log_events(**stream, limit=2, nextToken=latest["nextBackwardToken"])
        assert ["a"] == [event["message"] for event in earlier["events"]][:1]
        later = logs.get_log_events(**stream, nextToken=latest["nextForwardToken"])
        assert [] == later["events"]
        assert latest["nextForwardToken"] == later["nextForwardToken"]
        first = logs.get_log_events(**stream, limit=1, startFromHead=True)
        assert [{"timestamp": NOW, "message": "a", "ingestionTime": NOW}] == first["events"]

    @pytest.mark.parametrize(
        ("pattern", "expected"),
        [
            ("", ["error one", "error two", "info two"]),
            ("error", ["error one", "error two"]),
            ("error two", ["error two"]),
            ("two -error", ["info two"]),
            ("?one ?info", ["error one", "info two"]),
            ('"or two"', ["error two"]),
        ],
    )
    def test_events_are_found_by_terms(self, logs, stream, pattern, expected):
        self.put(logs, stream, "error one", "error two", "info two")
        found = logs.filter_log_events(logGroupName="g", filterPattern=pattern)["events"]
        assert expected == [event["message"] for event in found]

    def test_patterns_that_are_not_implemented_are_answered_501(self, logs, stream):
        code, message = error_of(logs.filter_log_events, logGroupName="g", filterPattern='{ $.a = "x" }')
        assert ("UnknownOperationException", True) == (code, "does not implement" in message)

    def test_events_too_old_are_left_out_and_told_of(self, logs, stream):
        entries = [{"timestamp": 1, "message": "old"}, {"timestamp": NOW, "message": "new"}]
        answer = logs.put_log_events(**stream, logEvents=entries)
        assert {"tooOldLogEventEndIndex": 1} == answer["rejectedLogEventsInfo"]
        assert ["new"] == [event["message"] for event in logs.get_log_events(**stream)["events"]]

    def test_retention_ends_events_on_the_clock(self, emulator, logs, stream):
        self.put(logs, stream, "a")
        logs.put_retention_policy(logGroupName="g", retentionInDays=1)
        emulator.advance(86_401)
        assert [] == logs.get_log_events(**stream)["events"]

    def test_what_does_not_exist_or_exists_already_is_refused(self, logs, stream):
        assert ("ResourceAlreadyExistsException", "The specified log group already exists") == error_of(
            logs.create_log_group, logGroupName="g"
        )
        assert ("ResourceAlreadyExistsException", "The specified log stream already exists") == error_of(
            logs.create_log_stream, **stream
        )
        assert ("ResourceNotFoundException", "The specified log group does not exist.") == error_of(
            logs.create_log_stream, logGroupName="x", logStreamName="s"
        )
        assert ("ResourceNotFoundException", "The specified log stream does not exist.") == error_of(
            logs.get_log_events, logGroupName="g", logStreamName="x"
        )
        assert "InvalidParameterException" == error_of(logs.create_log_group, logGroupName="a b")[0]

    def test_groups_are_tagged_and_deleted(self, logs, stream):
        arn = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:g"
        logs.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
        logs.untag_resource(resourceArn=arn, tagKeys=["a"])
        assert {"b": "2"} == logs.list_tags_for_resource(resourceArn=arn)["tags"]
        logs.delete_log_stream(**stream)
        logs.delete_log_group(logGroupName="g")
        assert [] == logs.describe_log_groups()["logGroups"]

    def test_a_rule_writes_its_events_to_a_group(self, emulator, events, logs):
        logs.create_log_group(logGroupName="/aws/events/shop")
        deliver(emulator, events, f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/events/shop")
        (event,) = logs.filter_log_events(logGroupName="/aws/events/shop")["events"]
        assert {"id": "o-1"} == json.loads(event["message"])["detail"]

    def test_a_transformed_event_can_say_timestamp_and_message(self, emulator, events, logs):
        logs.create_log_group(logGroupName="g")
        transformer = {
            "InputPathsMap": {"id": "$.detail.id"},
            "InputTemplate": '{"timestamp": 1799999999000, "message": "order <id>"}',
        }
        arn = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:g:*"
        deliver(emulator, events, arn, InputTransformer=transformer)
        (event,) = logs.filter_log_events(logGroupName="g")["events"]
        assert (1799999999000, "order o-1") == (event["timestamp"], event["message"])


class TestKinesis:
    @pytest.fixture
    def stream(self, kinesis):
        kinesis.create_stream(StreamName="s", ShardCount=2)
        return kinesis.describe_stream(StreamName="s")["StreamDescription"]

    def read(self, kinesis, shard, kind="TRIM_HORIZON", **start):
        iterator = kinesis.get_shard_iterator(StreamName="s", ShardId=shard, ShardIteratorType=kind, **start)
        return kinesis.get_records(ShardIterator=iterator["ShardIterator"])

    def test_a_stream_has_shards_that_share_the_hash_keys(self, kinesis, stream):
        first, second = (shard["HashKeyRange"] for shard in stream["Shards"])
        assert ("0", str(2**128 - 1)) == (first["StartingHashKey"], second["EndingHashKey"])
        assert int(first["EndingHashKey"]) + 1 == int(second["StartingHashKey"])
        assert "ACTIVE" == stream["StreamStatus"]
        assert stream["Shards"] == kinesis.list_shards(StreamName="s")["Shards"]
        assert ["s"] == kinesis.list_streams()["StreamNames"]

    def test_records_of_one_key_are_on_one_shard_in_order(self, kinesis, stream):
        put = [kinesis.put_record(StreamName="s", Data=text, PartitionKey="k") for text in (b"a", b"b")]
        assert 1 == len({answer["ShardId"] for answer in put})
        records = self.read(kinesis, put[0]["ShardId"])["Records"]
        assert [b"a", b"b"] == [record["Data"] for record in records]
        after = {"kind": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": put[0]["SequenceNumber"]}
        assert [b"b"] == [
            record["Data"] for record in self.read(kinesis, put[0]["ShardId"], **after)["Records"]
        ]

    def test_an_iterator_leads_to_the_next(self, kinesis, stream):
        shard = kinesis.put_record(StreamName="s", Data=b"a", PartitionKey="k")["ShardId"]
        following = self.read(kinesis, shard)["NextShardIterator"]
        latest = self.read(kinesis, shard, "LATEST")
        assert [] == latest["Records"]
        kinesis.put_records(StreamName="s", Records=[{"Data": b"b", "PartitionKey": "k"}])
        for iterator in (following, latest["NextShardIterator"]):
            assert [b"b"] == [
                record["Data"] for record in kinesis.get_records(ShardIterator=iterator)["Records"]
            ]

    def test_what_does_not_exist_or_exists_already_is_refused(self, kinesis, stream):
        assert ("ResourceInUseException", f"Stream s under account {ACCOUNT} already exists.") == error_of(
            kinesis.create_stream, StreamName="s", ShardCount=1
        )
        assert ("ResourceNotFoundException", f"Stream x under account {ACCOUNT} not found.") == error_of(
            kinesis.put_record, StreamName="x", Data=b"", PartitionKey="k"
        )
        assert "InvalidArgumentException" == error_of(kinesis.get_records, ShardIterator="zz")[0]
        kinesis.delete_stream(StreamName="s")
        assert [] == kinesis.list_streams()["StreamNames"]

    def test_a_rule_puts_its_events_on_a_stream(self, emulator, events, kinesis, stream):
        deliver(emulator, events, stream["StreamARN"], KinesisParameters={"PartitionKeyPath": "$.detail.id"})
        records = [
            record for shard in stream["Shards"] for record in self.read(kinesis, shard["ShardId"])["Records"]
        ]
        assert ["o-1"] == [record["PartitionKey"] for record in records]
        assert {"id": "o-1"} == json.loads(records[0]["Data"])["detail"]


class TestFirehose:
    def test_records_are_taken_and_can_be_read_back(self, emulator, firehose):
        firehose.create_delivery_stream(DeliveryStreamName="d")
        firehose.put_record(DeliveryStreamName="d", Record={"Data": b"a"})
        firehose.put_record_batch(DeliveryStreamName="d", Records=[{"Data": b"b"}, {"Data": b"c"}])
        records = emulator.control("GET", "/_emulator/firehose?stream=d")["records"]
        assert ["a", "b", "c"] == [record["data"] for record in records]
        assert (400, "stream must be the name of a delivery stream") == emulator.refusal(
            "GET", "/_emulator/firehose"
        )

    def test_streams_are_described_listed_and_deleted(self, firehose):
        arn = firehose.create_delivery_stream(DeliveryStreamName="d")["DeliveryStreamARN"]
        described = firehose.describe_delivery_stream(DeliveryStreamName="d")["DeliveryStreamDescription"]
        assert (arn, "ACTIVE") == (described["DeliveryStreamARN"], described["DeliveryStreamStatus"])
        assert ["d"] == firehose.list_delivery_streams()["DeliveryStreamNames"]
        assert (
            "ResourceInUseException" == error_of(firehose.create_delivery_stream, DeliveryStreamName="d")[0]
        )
        firehose.delete_delivery_stream(DeliveryStreamName="d")
        assert ("ResourceNotFoundException", f"Firehose d under account {ACCOUNT} not found.") == error_of(
            firehose.describe_delivery_stream, DeliveryStreamName="d"
        )

    def test_a_rule_puts_its_events_on_a_stream(self, emulator, events, firehose):
        arn = firehose.create_delivery_stream(DeliveryStreamName="d")["DeliveryStreamARN"]
        deliver(emulator, events, arn)
        (record,) = emulator.control("GET", "/_emulator/firehose?stream=d")["records"]
        assert "shop" == json.loads(record["data"])["source"]
