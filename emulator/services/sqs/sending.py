"""SendMessage and its batch."""

import re
from typing import Any

from emulator.core.record import replace
from emulator.operations.table import Env, Params, Result
from emulator.services.sqs.batches import check_batch, run_batch
from emulator.services.sqs.digests import md5_of_attributes, md5_of_body
from emulator.services.sqs.errors import (
    BatchRequestTooLong,
    InvalidMessageContents,
    InvalidParameterValue,
    MissingParameter,
)
from emulator.services.sqs.live_queue import LiveQueue, require_queue
from emulator.services.sqs.queues import ops
from emulator.services.sqs.records import Message

DELAY_SECONDS_MAX = 900
# AWS: #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF
# (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html)
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r"))
ATTRIBUTE_NAME = re.compile(r"(?!AWS\.|Amazon\.|\.)[A-Za-z0-9_.-]{1,256}(?<!\.)", re.IGNORECASE)
DATA_TYPES = ("String", "Number", "Binary")


@ops.operation("SendMessage")
def send_message(env: Env, params: Params) -> Result:
    """Add a message to a queue."""
    queue = require_queue(env, params["QueueUrl"])
    message = _message(env, queue, params)
    _deliver(env, queue, message)
    return _sent(message)


@ops.operation("SendMessageBatch")
def send_message_batch(env: Env, params: Params) -> Result:
    """Add up to ten messages; each is accepted or refused by itself."""
    queue = require_queue(env, params["QueueUrl"])
    entries = params["Entries"]
    check_batch(entries, "SendMessageBatchRequestEntry")
    size_bytes = sum(_size_bytes(entry) for entry in entries)
    if size_bytes > env.limits.message_bytes_max:
        raise BatchRequestTooLong(
            f"Batch requests cannot be longer than {env.limits.message_bytes_max} bytes."
            f" You have sent {size_bytes} bytes."
        )

    def send(entry: Params) -> Result:
        message = _message(env, queue, entry)
        _deliver(env, queue, message)
        return _sent(message)

    return run_batch(entries, send)


def _message(env: Env, queue: LiveQueue, params: Params) -> Message:
    body = params["MessageBody"]
    attributes: dict[str, dict[str, Any]] = params.get("MessageAttributes") or {}
    settings = queue.settings
    if not body:
        raise MissingParameter("The request must contain the parameter MessageBody.")
    if attributes:
        _check_attributes(env, attributes)
    encoded = body.encode()
    if len(encoded) + _attributes_bytes(params) > settings.message_bytes_max:
        raise InvalidParameterValue(
            f"One or more parameters are invalid. Reason: Message must be shorter than {settings.message_bytes_max} bytes."
        )
    if _has_forbidden(body, encoded):
        raise InvalidMessageContents(
            "Invalid characters found. Valid unicode characters are "
            "#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"
        )
    delay_seconds = params.get("DelaySeconds", settings.delay_seconds)
    if not 0 <= delay_seconds <= DELAY_SECONDS_MAX:
        raise InvalidParameterValue(
            f"Value {delay_seconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900."
        )
    if params.get("MessageDeduplicationId"):
        raise InvalidParameterValue(
            f"Value {params['MessageDeduplicationId']} for parameter MessageDeduplicationId is invalid."
            " Reason: The request includes a parameter that is not valid for this queue type."
        )
    now = env.world.now()
    return Message(
        env.world.ids.uuid(),
        body,
        md5_of_body(encoded),
        env.scope.account,
        now,
        now + delay_seconds,
        queue.messages.next_sequence(),
        attributes,
        params.get("MessageSystemAttributes") or {},
        params.get("MessageGroupId") or "",
    )


def _deliver(env: Env, queue: LiveQueue, message: Message) -> None:
    now = env.world.now()
    queue.messages.send(message, now)
    if message.visible_at > now:
        queue.rearm()
    else:
        queue.wake()


def _sent(message: Message) -> Result:
    result: Result = {"MessageId": message.id, "MD5OfMessageBody": message.body_md5}
    if message.attributes:
        result["MD5OfMessageAttributes"] = md5_of_attributes(message.attributes)
    if message.system_attributes:
        result["MD5OfMessageSystemAttributes"] = md5_of_attributes(message.system_attributes)
    return result


def _size_bytes(params: Params) -> int:
    """Return what a message counts: its body and the names, types and values of its attributes."""
    return len(params["MessageBody"].encode()) + _attributes_bytes(params)


def _attributes_bytes(params: Params) -> int:
    size = 0
    for name, attribute in (params.get("MessageAttributes") or {}).items():
        size += len(name.encode()) + len(attribute.get("DataType", "").encode())
        size += len(attribute.get("BinaryValue", b"")) + len(attribute.get("StringValue", "").encode())
    return size


def _has_forbidden(body: str, encoded: bytes) -> bool:
    """Whether a character is outside the allowed set; most bodies are ASCII, where only controls can be."""
    if body.isascii():
        return len(encoded.translate(None, CONTROLS)) != len(encoded)
    return FORBIDDEN.search(body) is not None


def _check_attributes(env: Env, attributes: dict[str, dict[str, Any]]) -> None:
    if len(attributes) > env.limits.message_attributes_max:
        raise InvalidParameterValue(
            f"Number of message attributes [{len(attributes)}] exceeds the allowed maximum"
            f" [{env.limits.message_attributes_max}]."
        )
    for name, attribute in attributes.items():
        if not ATTRIBUTE_NAME.fullmatch(name):
            raise InvalidParameterValue(f"The message attribute name '{name}' is invalid.")
        data_type = attribute.get("DataType", "")
        if data_type.partition(".")[0] not in DATA_TYPES:
            raise InvalidParameterValue(
                f"The type of message (user) attribute '{name}' is invalid. You must use only the following"
                " supported type prefixes: Binary, Number, String."
            )
        value = attribute.get("BinaryValue" if data_type.startswith("Binary") else "StringValue")
        if not value:
            raise InvalidParameterValue(
                f"The message (user) attribute '{name}' must contain a non-empty message attribute value."
                if value is None
                else f"Message (user) attribute '{name}' must contain a non-empty value of type"
                f" '{data_type.partition('.')[0]}'."
            )


def moved_to_dead_letters(message: Message, queue: LiveQueue, source_arn: str, now: float) -> Message:
    """Return `message` as it arrives in the dead-letter queue `queue`: same id, same age, nobody holding it."""
    return replace(
        message,
        visible_at=now,
        receipt="",
        sequence=queue.messages.next_sequence(),
        dead_letter_source=source_arn,
    )
