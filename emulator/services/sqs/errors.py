"""SQS's refusals.

Those with a shape in the service model carry its name; the model gives their older wire codes
(`AWS.SimpleQueueService.NonExistentQueue`), which the codecs send where AWS does.
"""

from emulator.core.errors import AwsError


class QueueDoesNotExist(AwsError):
    """No queue has that URL or name."""

    def __init__(self, message: str = "The specified queue does not exist.") -> None:
        super().__init__(message)


class QueueNameExists(AwsError):
    """A queue of that name exists with other attributes."""


class InvalidAttributeName(AwsError):
    """The attribute does not exist, or cannot be set."""


class InvalidAttributeValue(AwsError):
    """The attribute cannot have that value."""


class InvalidMessageContents(AwsError):
    """The body holds characters outside the allowed set."""


class ReceiptHandleIsInvalid(AwsError):
    """The text is not a receipt handle of this queue."""

    def __init__(self, receipt_handle: str) -> None:
        super().__init__(f'The input receipt handle "{receipt_handle}" is not a valid receipt handle.')


class MessageNotInflight(AwsError):
    """The message is not in flight."""


class OverLimit(AwsError):
    """Too many messages are in flight."""


class EmptyBatchRequest(AwsError):
    """A batch without entries."""


class TooManyEntriesInBatchRequest(AwsError):
    """A batch of more than ten entries."""


class BatchEntryIdsNotDistinct(AwsError):
    """Two entries of a batch share an id."""


class BatchRequestTooLong(AwsError):
    """The bodies of a batch are too large together."""


class InvalidBatchEntryId(AwsError):
    """An id of a batch entry has other characters or more than allowed."""


class MissingParameter(AwsError):
    """A required parameter is absent; the model has no shape for it, AWS sends it all the same."""


class InvalidParameterValue(AwsError):
    """A parameter's value is out of bounds; the model has no shape for it, AWS sends it all the same."""
