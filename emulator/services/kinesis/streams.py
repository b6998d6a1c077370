"""Data streams and their shards. A stream is ACTIVE at once."""

from emulator.core.arn import Arn, arn_in
from emulator.core.record import replace
from emulator.core.scope import Scope
from emulator.operations.table import Env, OperationTable, Params, Result
from emulator.services.kinesis.errors import (
    InvalidArgumentException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from emulator.services.kinesis.records import RECORDS, STREAMS, Stream

ops = OperationTable("kinesis")

HASH_KEYS = 2**128
ON_DEMAND_SHARDS = 4  # AWS: what an on-demand stream begins with
LIST_PAGE = 100


def stream_arn(scope: Scope, name: str) -> str:
    """Return the ARN of a stream."""
    return arn_in(scope, "kinesis", f"stream/{name}")


def require_stream(env: Env, params: Params) -> Stream:
    """Return the stream that a request names by name or ARN.

    Raises:
        ResourceNotFoundException: there is none.
    """
    name = params.get("StreamName")
    if name is None and "StreamARN" in params:
        name = Arn.parse(params["StreamARN"]).resource.removeprefix("stream/")
    if name is None:
        raise InvalidArgumentException("Either StreamName or StreamARN must be provided.")  # AWS: unverified
    stream = env.store.table(STREAMS, env.scope).get(name)
    if stream is None:
        raise ResourceNotFoundException(f"Stream {name} under account {env.scope.account} not found.")
    return stream


def shard_name(shard: int) -> str:
    """Return the id of a shard."""
    return f"shardId-{shard:012}"


@ops.operation("CreateStream")
def create_stream(env: Env, params: Params) -> Result:
    """Create a stream."""
    name = params["StreamName"]
    streams = env.store.table(STREAMS, env.scope)
    if name in streams.rows:
        raise ResourceInUseException(f"Stream {name} under account {env.scope.account} already exists.")
    mode = params.get("StreamModeDetails", {}).get("StreamMode", "PROVISIONED")
    shards = params.get("ShardCount", 1) if mode == "PROVISIONED" else ON_DEMAND_SHARDS
    streams.put(Stream(name, env.world.now(), shards, mode, tags=params.get("Tags", {})))
    return {}


@ops.operation("DeleteStream")
def delete_stream(env: Env, params: Params) -> Result:
    """Delete a stream with its records."""
    stream = require_stream(env, params)
    env.store.drop_table(RECORDS, env.scope, stream.name)
    env.store.table(STREAMS, env.scope).delete(stream.name)
    return {}


@ops.operation("DescribeStream")
def describe_stream(env: Env, params: Params) -> Result:
    """Return a stream with its shards."""
    stream = require_stream(env, params)
    shards, has_more = _shards(stream, params.get("ExclusiveStartShardId"), params.get("Limit", LIST_PAGE))
    return {
        "StreamDescription": {
            **_summary(env.scope, stream),
            "Shards": shards,
            "HasMoreShards": has_more,
            "RetentionPeriodHours": stream.retention_hours,
            "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
            "EncryptionType": "NONE",
        }
    }


@ops.operation("DescribeStreamSummary")
def describe_stream_summary(env: Env, params: Params) -> Result:
    """Return a stream without its shards."""
    stream = require_stream(env, params)
    return {
        "StreamDescriptionSummary": {
            **_summary(env.scope, stream),
            "RetentionPeriodHours": stream.retention_hours,
            "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
            "EncryptionType": "NONE",
            "OpenShardCount": stream.shards,
            "ConsumerCount": 0,
        }
    }


@ops.operation("ListStreams")
def list_streams(env: Env, params: Params) -> Result:
    """Return the streams by name."""
    streams = env.store.table(STREAMS, env.scope).rows
    after = params.get("ExclusiveStartStreamName") or params.get("NextToken", "")
    later = sorted(name for name in streams if name > after)
    names = later[: params.get("Limit", LIST_PAGE)]
    has_more = len(names) < len(later)
    return {
        "StreamNames": names,
        "HasMoreStreams": has_more,
        "StreamSummaries": [_summary(env.scope, streams[name]) for name in names],
        **({"NextToken": names[-1]} if has_more else {}),
    }


@ops.operation("ListShards")
def list_shards(env: Env, params: Params) -> Result:
    """Return the shards of a stream."""
    after = params.get("ExclusiveStartShardId")
    if "NextToken" in params:
        name, _, after = params["NextToken"].partition("/")
        params = {**params, "StreamName": name}
    stream = require_stream(env, params)
    shards, has_more = _shards(stream, after, params.get("MaxResults", 1_000))
    return {
        "Shards": shards,
        **({"NextToken": f"{stream.name}/{shards[-1]['ShardId']}"} if has_more else {}),
    }


@ops.operation("AddTagsToStream")
def add_tags_to_stream(env: Env, params: Params) -> Result:
    """Add tags to a stream."""
    stream = require_stream(env, params)
    env.store.table(STREAMS, env.scope).put(replace(stream, tags=stream.tags | params["Tags"]))
    return {}


@ops.operation("RemoveTagsFromStream")
def remove_tags_from_stream(env: Env, params: Params) -> Result:
    """Remove tags of a stream."""
    stream = require_stream(env, params)
    tags = {key: value for key, value in stream.tags.items() if key not in params["TagKeys"]}
    env.store.table(STREAMS, env.scope).put(replace(stream, tags=tags))
    return {}


@ops.operation("ListTagsForStream")
def list_tags_for_stream(env: Env, params: Params) -> Result:
    """Return the tags of a stream."""
    tags = require_stream(env, params).tags
    return {
        "Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())],
        "HasMoreTags": False,
    }


def _shards(stream: Stream, after: str | None, limit: int) -> tuple[list[Result], bool]:
    share = HASH_KEYS // stream.shards
    later = [shard for shard in range(stream.shards) if after is None or shard_name(shard) > after]
    return [
        {
            "ShardId": shard_name(shard),
            "HashKeyRange": {
                "StartingHashKey": str(shard * share),
                "EndingHashKey": str((HASH_KEYS if shard == stream.shards - 1 else (shard + 1) * share) - 1),
            },
            "SequenceNumberRange": {"StartingSequenceNumber": sequence_number(0)},
        }
        for shard in later[:limit]
    ], len(later) > limit


def sequence_number(number: int) -> str:
    """Return the sequence number of the record of that number in a stream."""
    return f"49{number:054}"


def _summary(scope: Scope, stream: Stream) -> Result:
    return {
        "StreamName": stream.name,
        "StreamARN": stream_arn(scope, stream.name),
        "StreamStatus": "ACTIVE",
        "StreamModeDetails": {"StreamMode": stream.mode},
        "StreamCreationTimestamp": stream.created_at,
    }
