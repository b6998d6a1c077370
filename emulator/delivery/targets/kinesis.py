"""A data stream as a target: one record."""

from emulator.delivery.targets.table import Invocation, target
from emulator.operations.calls import Call


@target("kinesis")
def to_call(invocation: Invocation) -> Call:
    """Put the payload under its partition key."""
    arn = invocation.arn
    params = {
        "StreamName": arn.resource.removeprefix("stream/"),
        "Data": invocation.payload.encode(),
        "PartitionKey": invocation.parameters["PartitionKey"],
    }
    return Call("kinesis", "PutRecord", params, arn.scope, invocation.trace)
