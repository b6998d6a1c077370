"""What the holder of a message may do: delete it, change how long it stays hidden."""

import base64
import binascii

from emulator.core.arn import arn_in
from emulator.operations.table import Env, Params, Result
from emulator.services.sqs.batches import check_batch, run_batch
from emulator.services.sqs.errors import InvalidParameterValue, ReceiptHandleIsInvalid
from emulator.services.sqs.live_queue import LiveQueue, require_queue
from emulator.services.sqs.queues import ops
from emulator.services.sqs.receiving import VISIBILITY_SECONDS_MAX
from emulator.services.sqs.records import Message

HANDLE_PARTS = 3


@ops.operation("DeleteMessage")
def delete_message(env: Env, params: Params) -> Result:
    """Delete the message a receipt handle stands for."""
    _delete(require_queue(env, params["QueueUrl"]), params)
    return {}


@ops.operation("DeleteMessageBatch")
def delete_message_batch(env: Env, params: Params) -> Result:
    """Delete up to ten messages."""
    queue = require_queue(env, params["QueueUrl"])
    check_batch(params["Entries"], "DeleteMessageBatchRequestEntry")
    return run_batch(params["Entries"], lambda entry: _delete(queue, entry))


def _delete(queue: LiveQueue, params: Params) -> Result:
    message = _message_of(queue, params["ReceiptHandle"])
    if message is not None:
        queue.messages.delete(message.id)
    return {}


@ops.operation("ChangeMessageVisibility")
def change_message_visibility(env: Env, params: Params) -> Result:
    """Hide a message in flight for another span from now; 0 gives it back at once."""
    return _change_visibility(env, require_queue(env, params["QueueUrl"]), params)


@ops.operation("ChangeMessageVisibilityBatch")
def change_message_visibility_batch(env: Env, params: Params) -> Result:
    """Change the visibility of up to ten messages."""
    queue = require_queue(env, params["QueueUrl"])
    check_batch(params["Entries"], "ChangeMessageVisibilityBatchRequestEntry")
    return run_batch(params["Entries"], lambda entry: _change_visibility(env, queue, entry))


def _change_visibility(env: Env, queue: LiveQueue, params: Params) -> Result:
    seconds = params.get("VisibilityTimeout", 0)
    if not 0 <= seconds <= VISIBILITY_SECONDS_MAX:
        raise InvalidParameterValue(
            f"Value {seconds} for parameter VisibilityTimeout is invalid."
            " Reason: Must be between 0 and 43200."
        )
    now = env.world.now()
    handle = params["ReceiptHandle"]
    message = _message_of(queue, handle)
    if message is None or not queue.messages.is_in_flight(message.id, now):
        raise InvalidParameterValue(
            f"Value {handle} for parameter ReceiptHandle is invalid."
            " Reason: Message does not exist or is not available for visibility timeout change."
        )
    queue.messages.change_visibility(message, now + seconds, now)
    if seconds:
        queue.rearm()
    else:
        queue.wake()
    return {}


def _message_of(queue: LiveQueue, handle: str) -> Message | None:
    """Return the message of `handle`, or None when it is gone or has been received again since.

    AWS: a request with an older handle succeeds and does nothing.

    Raises:
        ReceiptHandleIsInvalid: the text was never given out by this queue.
    """
    try:
        parts = base64.b64decode(handle, validate=True).decode().split(" ")
    except (binascii.Error, ValueError):
        parts = []
    if len(parts) != HANDLE_PARTS or parts[2] != arn_in(queue.scope, "sqs", queue.name):
        raise ReceiptHandleIsInvalid(handle)
    message = queue.messages.find(parts[1])
    return message if message is not None and message.receipt == parts[0] else None
