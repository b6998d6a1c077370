"""Queue attributes: which exist, what values they take, what they are when not set.

AWS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
"""

import json
from collections.abc import Callable, Mapping

from emulator.core.arn import Arn
from emulator.core.errors import UnknownOperationException
from emulator.services.sqs.errors import InvalidAttributeName, InvalidAttributeValue
from emulator.services.sqs.records import QueueRecord

Check = Callable[[str], bool]
RECEIVES_MAX = 1000


def _number(low: int, high: int) -> Check:
    def check(value: str) -> bool:
        return value.isascii() and value.isdigit() and low <= int(value) <= high

    return check


def _boolean(value: str) -> bool:
    return value.lower() in {"true", "false"}


def _text(_value: str) -> bool:
    return True


def _json_object(value: str) -> bool:
    try:
        return isinstance(json.loads(value), dict)
    except ValueError:
        return False


def _redrive_policy(value: str) -> bool:
    try:
        policy = json.loads(value)
        Arn.parse(policy["deadLetterTargetArn"])
        return 1 <= int(policy["maxReceiveCount"]) <= RECEIVES_MAX
    except (ValueError, TypeError, KeyError, AttributeError):
        return False


SETTABLE: dict[str, Check] = {
    "DelaySeconds": _number(0, 900),
    "MaximumMessageSize": _number(1024, 1_048_576),
    "MessageRetentionPeriod": _number(60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": _number(0, 20),
    "VisibilityTimeout": _number(0, 43_200),
    "Policy": _json_object,
    "RedrivePolicy": _redrive_policy,
    "RedriveAllowPolicy": _json_object,
    "KmsMasterKeyId": _text,
    "KmsDataKeyReusePeriodSeconds": _number(60, 86_400),
    "SqsManagedSseEnabled": _boolean,
}
"""Attributes a standard queue can be given, and what their values must satisfy."""

DEFAULTS = {
    "DelaySeconds": "0",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "VisibilityTimeout": "30",
    "SqsManagedSseEnabled": "true",
}
"""What GetQueueAttributes tells of attributes that were never set."""

COMPUTED = frozenset(
    {
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesDelayed",
        "ApproximateNumberOfMessagesNotVisible",
        "CreatedTimestamp",
        "LastModifiedTimestamp",
        "QueueArn",
    }
)
FIFO_ONLY = frozenset({"FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"})
# AWS: these are removed by setting them to the empty string.
REMOVABLE = frozenset({"Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId"})


def check_attributes(attributes: Mapping[str, str]) -> None:
    """Check attributes that a caller wants to set.

    Raises:
        InvalidAttributeName: one does not exist or cannot be set.
        InvalidAttributeValue: one cannot have its value.
        UnknownOperationException: one belongs to FIFO queues, which are not executed yet.
    """
    for name, value in attributes.items():
        if name in FIFO_ONLY:
            message = f"Busyard does not implement FIFO queues yet (attribute {name})"
            raise UnknownOperationException(message)
        check = SETTABLE.get(name)
        if check is None:
            raise InvalidAttributeName(f"Unknown Attribute {name}.")
        if not check(value) and not (value == "" and name in REMOVABLE):
            raise InvalidAttributeValue(f"Invalid value for the parameter {name}.")


def set_attributes(current: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes after `changes`, of which empty removable ones are taken away."""
    merged = {**current, **changes}
    return {name: value for name, value in merged.items() if value or name not in REMOVABLE}


class Settings:
    """A queue's attributes as numbers, read once per change of the queue."""

    __slots__ = (
        "dead_letter_arn",
        "delay_seconds",
        "message_bytes_max",
        "receives_max",
        "retention_seconds",
        "visibility_seconds",
        "wait_seconds",
    )

    def __init__(self, record: QueueRecord) -> None:
        values = {**DEFAULTS, **record.attributes}
        self.delay_seconds = int(values["DelaySeconds"])
        self.message_bytes_max = int(values["MaximumMessageSize"])
        self.retention_seconds = int(values["MessageRetentionPeriod"])
        self.visibility_seconds = int(values["VisibilityTimeout"])
        self.wait_seconds = int(values["ReceiveMessageWaitTimeSeconds"])
        redrive = json.loads(values.get("RedrivePolicy") or "null")
        self.receives_max = int(redrive["maxReceiveCount"]) if redrive else None
        self.dead_letter_arn = str(redrive["deadLetterTargetArn"]) if redrive else None
