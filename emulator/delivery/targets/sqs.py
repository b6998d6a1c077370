"""A queue as a target: the payload becomes a message body."""

from emulator.delivery.targets.table import Invocation, target
from emulator.operations.calls import Call


@target("sqs")
def to_call(invocation: Invocation) -> Call:
    """Send the payload; `MessageGroupId`, `DelaySeconds` and `MessageAttributes` are handed on where given."""
    arn = invocation.arn
    params = {
        "QueueUrl": f"/{arn.account}/{arn.resource}",
        "MessageBody": invocation.payload,
        **invocation.parameters,
    }
    return Call("sqs", "SendMessage", params, arn.scope, invocation.trace)
