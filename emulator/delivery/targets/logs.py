"""A log group as a target: one log event in a stream of its own, as EventBridge writes it."""

from typing import Any

import orjson

from emulator.delivery.targets.table import Invocation, target
from emulator.operations.calls import Call


@target("logs")
def to_call(invocation: Invocation) -> Call:
    """Write the payload; one that is `{"timestamp": …, "message": …}` says both itself.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html (CloudWatch Logs)
    """
    arn = invocation.arn
    params: dict[str, Any] = {
        "logGroupName": arn.resource.removeprefix("log-group:").removesuffix(":*"),
        "logStreamName": invocation.trace.span_id,
        "message": invocation.payload,
    }
    document = _document(invocation.payload)
    if isinstance(document, dict) and document.keys() == {"timestamp", "message"}:
        message = document["message"]
        params["message"] = message if isinstance(message, str) else orjson.dumps(message).decode()
        if isinstance(document["timestamp"], int):
            params["timestamp"] = document["timestamp"]
    return Call("logs", "WriteLogEvent", params, arn.scope, invocation.trace)


def _document(payload: str) -> object:
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        return None
