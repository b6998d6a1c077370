"""Delivery streams. What they take is kept, and can be read back by a control call; it is delivered nowhere."""

from emulator.core.arn import arn_in
from emulator.operations.table import Env, OperationTable, Params, Result
from emulator.services.firehose.errors import ResourceInUseException, ResourceNotFoundException
from emulator.services.firehose.records import RECORDS, STREAMS, DeliveryStream, FirehoseRecord

ops = OperationTable("firehose")

LIST_PAGE = 10


def require_stream(env: Env, name: str) -> DeliveryStream:
    """Return the caller's delivery stream of that name.

    Raises:
        ResourceNotFoundException: there is none.
    """
    stream = env.store.table(STREAMS, env.scope).get(name)
    if stream is None:
        raise ResourceNotFoundException(f"Firehose {name} under account {env.scope.account} not found.")
    return stream


@ops.operation("CreateDeliveryStream")
def create_delivery_stream(env: Env, params: Params) -> Result:
    """Create a delivery stream."""
    name = params["DeliveryStreamName"]
    streams = env.store.table(STREAMS, env.scope)
    if name in streams.rows:
        raise ResourceInUseException(f"Firehose {name} under accountId {env.scope.account} already exists")
    streams.put(DeliveryStream(name, env.world.now(), params.get("DeliveryStreamType", "DirectPut")))
    return {"DeliveryStreamARN": arn_in(env.scope, "firehose", f"deliverystream/{name}")}


@ops.operation("DescribeDeliveryStream")
def describe_delivery_stream(env: Env, params: Params) -> Result:
    """Return a delivery stream, which is ACTIVE at once."""
    stream = require_stream(env, params["DeliveryStreamName"])
    return {
        "DeliveryStreamDescription": {
            "DeliveryStreamName": stream.name,
            "DeliveryStreamARN": arn_in(env.scope, "firehose", f"deliverystream/{stream.name}"),
            "DeliveryStreamStatus": "ACTIVE",
            "DeliveryStreamType": stream.kind,
            "VersionId": "1",
            "CreateTimestamp": stream.created_at,
            "Destinations": [{"DestinationId": stream.destination_id}],
            "HasMoreDestinations": False,
        }
    }


@ops.operation("ListDeliveryStreams")
def list_delivery_streams(env: Env, params: Params) -> Result:
    """Return the names of the delivery streams."""
    after = params.get("ExclusiveStartDeliveryStreamName", "")
    streams = env.store.table(STREAMS, env.scope).rows.values()
    names = sorted(
        stream.name
        for stream in streams
        if stream.name > after and params.get("DeliveryStreamType", stream.kind) == stream.kind
    )
    limit = params.get("Limit", LIST_PAGE)
    return {"DeliveryStreamNames": names[:limit], "HasMoreDeliveryStreams": len(names) > limit}


@ops.operation("DeleteDeliveryStream")
def delete_delivery_stream(env: Env, params: Params) -> Result:
    """Delete a delivery stream with its records."""
    stream = require_stream(env, params["DeliveryStreamName"])
    env.store.drop_table(RECORDS, env.scope, stream.name)
    env.store.table(STREAMS, env.scope).delete(stream.name)
    return {}


@ops.operation("PutRecord")
def put_record(env: Env, params: Params) -> Result:
    """Take a record."""
    stream = require_stream(env, params["DeliveryStreamName"])
    return {"RecordId": _put(env, stream, params["Record"]), "Encrypted": False}


@ops.operation("PutRecordBatch")
def put_record_batch(env: Env, params: Params) -> Result:
    """Take several records."""
    stream = require_stream(env, params["DeliveryStreamName"])
    responses = [{"RecordId": _put(env, stream, record)} for record in params["Records"]]
    return {"FailedPutCount": 0, "Encrypted": False, "RequestResponses": responses}


@ops.operation("ReadRecords", internal=True)
def read_records(env: Env, params: Params) -> Result:
    """Return what a delivery stream has taken; a control call comes here."""
    stream = require_stream(env, params["DeliveryStreamName"])
    records = env.store.table(RECORDS, env.scope, stream.name).rows.values()
    return {
        "records": [
            {
                "id": record.record_id,
                "data": record.data.decode(errors="replace"),
                "arrived_at": record.arrived_at,
            }
            for record in records
        ]
    }


def _put(env: Env, stream: DeliveryStream, record: Params) -> str:
    records = env.store.table(RECORDS, env.scope, stream.name)
    number = int(next(reversed(records.rows), "0")) + 1
    record_id = env.world.ids.hex(224)
    records.put(FirehoseRecord(f"{number:012}", record_id, record["Data"], env.world.now()))
    return record_id
