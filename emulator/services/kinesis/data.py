"""Records of a stream: put by partition key, read by shard iterator."""

import hashlib

import msgspec

from emulator.core.errors import AwsError
from emulator.operations.table import Env, Params, Result
from emulator.services.kinesis.errors import InvalidArgumentException, ResourceNotFoundException
from emulator.services.kinesis.records import RECORDS, STREAMS, DataRecord, Stream
from emulator.services.kinesis.streams import HASH_KEYS, ops, require_stream, sequence_number, shard_name

RECORDS_PAGE = 10_000
HOUR_SECONDS = 3_600


@ops.operation("PutRecord")
def put_record(env: Env, params: Params) -> Result:
    """Put a record on the shard of its partition key."""
    return _put(env, require_stream(env, params), params)


@ops.operation("PutRecords")
def put_records(env: Env, params: Params) -> Result:
    """Put several records; each ends well or with an error of its own."""
    stream = require_stream(env, params)
    results = []
    failed = 0
    for entry in params["Records"]:
        try:
            results.append(_put(env, stream, entry))
        except AwsError as error:
            failed += 1
            results.append({"ErrorCode": error.code, "ErrorMessage": error.message})
    return {"FailedRecordCount": failed, "Records": results}


@ops.operation("GetShardIterator")
def get_shard_iterator(env: Env, params: Params) -> Result:
    """Return where to read on in a shard."""
    stream = require_stream(env, params)
    shard_id = params["ShardId"]
    if shard_id not in map(shard_name, range(stream.shards)):
        raise ResourceNotFoundException(
            f"Shard {shard_id} in stream {stream.name} under account {env.scope.account} does not exist"
        )
    records = env.store.table(RECORDS, env.scope, stream.name).rows
    kind = params["ShardIteratorType"]
    if kind == "LATEST":
        after = next(reversed(records), sequence_number(0))
    elif kind == "AT_TIMESTAMP":
        before = [key for key, record in records.items() if record.arrived_at < params.get("Timestamp", 0)]
        after = before[-1] if before else sequence_number(0)
    elif kind == "TRIM_HORIZON":
        after = sequence_number(0)
    else:
        given = params.get("StartingSequenceNumber")
        if given is None or not given.isdigit():
            raise InvalidArgumentException(f"Must either specify a StartingSequenceNumber for {kind}.")
        after = given if kind == "AFTER_SEQUENCE_NUMBER" else str(int(given) - 1)
    return {"ShardIterator": _iterator(stream.name, shard_id, after)}


@ops.operation("GetRecords")
def get_records(env: Env, params: Params) -> Result:
    """Return the records after an iterator's place, and the iterator of the next ones."""
    try:
        name, shard_id, after = msgspec.json.decode(
            bytes.fromhex(params["ShardIterator"]), type=tuple[str, str, str]
        )
    except (ValueError, msgspec.MsgspecError):
        raise InvalidArgumentException("Invalid ShardIterator.") from None
    stream = env.store.table(STREAMS, env.scope).get(name)
    if stream is None:
        raise ResourceNotFoundException(f"Stream {name} under account {env.scope.account} not found.")
    oldest = env.world.now() - stream.retention_hours * HOUR_SECONDS
    later = [
        record
        for record in env.store.table(RECORDS, env.scope, name).rows.values()
        if record.sequence_number > after
        and shard_name(record.shard) == shard_id
        and record.arrived_at >= oldest
    ]
    page = later[: params.get("Limit", RECORDS_PAGE)]
    behind = (env.world.now() - page[-1].arrived_at) * 1000 if len(page) < len(later) else 0
    return {
        "Records": [
            {
                "SequenceNumber": record.sequence_number,
                "ApproximateArrivalTimestamp": record.arrived_at,
                "Data": record.data,
                "PartitionKey": record.partition_key,
            }
            for record in page
        ],
        "NextShardIterator": _iterator(name, shard_id, page[-1].sequence_number if page else after),
        "MillisBehindLatest": int(behind),
    }


def _put(env: Env, stream: Stream, entry: Params) -> Result:
    key = entry.get("PartitionKey", "")
    explicit = entry.get("ExplicitHashKey")
    hashed = int(explicit) if explicit else int.from_bytes(hashlib.md5(key.encode()).digest(), "big")  # noqa: S324
    shard = min(hashed // (HASH_KEYS // stream.shards), stream.shards - 1)
    records = env.store.table(RECORDS, env.scope, stream.name)
    last = next(reversed(records.rows), sequence_number(0))
    record = DataRecord(str(int(last) + 1), shard, key, entry["Data"], env.world.now())
    records.put(record)
    return {"ShardId": shard_name(shard), "SequenceNumber": record.sequence_number}


def _iterator(stream: str, shard_id: str, after: str) -> str:
    return msgspec.json.encode((stream, shard_id, after)).hex()
