"""A delivery stream as a target: one record."""

from emulator.delivery.targets.table import Invocation, target
from emulator.operations.calls import Call


@target("firehose")
def to_call(invocation: Invocation) -> Call:
    """Put the payload."""
    arn = invocation.arn
    params = {
        "DeliveryStreamName": arn.resource.removeprefix("deliverystream/"),
        "Record": {"Data": invocation.payload.encode()},
    }
    return Call("firehose", "PutRecord", params, arn.scope, invocation.trace)
