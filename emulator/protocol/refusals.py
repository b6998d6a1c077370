"""What goes on the wire of an AwsError: its code, status, fault and members, as the service's model has them."""

from typing import NamedTuple

from emulator.core.errors import AwsError, Fault
from emulator.protocol.models import OperationModel, ServiceModel, Shape


class QueryError(NamedTuple):
    """How an error looks in the query protocol."""

    code: str
    status: int
    fault: Fault = "Sender"


SQS_QUERY_ERRORS = {
    # AWS: the JSON model has lost these; they are the codes of the 2012-11-05 query API, which JSON clients
    # receive in the x-amzn-query-error header and old clients in the body.
    **{
        name: QueryError(f"AWS.SimpleQueueService.{name}", 400)
        for name in (
            "BatchEntryIdsNotDistinct",
            "BatchRequestTooLong",
            "EmptyBatchRequest",
            "InvalidBatchEntryId",
            "MessageNotInflight",
            "QueueDeletedRecently",
            "TooManyEntriesInBatchRequest",
            "UnsupportedOperation",
        )
    },
    "QueueDoesNotExist": QueryError("AWS.SimpleQueueService.NonExistentQueue", 400),
    "QueueNameExists": QueryError("QueueAlreadyExists", 400),
    "PurgeQueueInProgress": QueryError("AWS.SimpleQueueService.PurgeQueueInProgress", 403),
    "OverLimit": QueryError("OverLimit", 403),
    "ResourceNotFoundException": QueryError("ResourceNotFoundException", 404),
    "KmsAccessDenied": QueryError("KMS.AccessDeniedException", 400),
    "KmsDisabled": QueryError("KMS.DisabledException", 400),
    "KmsInvalidKeyUsage": QueryError("KMS.InvalidKeyUsageException", 400),
    "KmsInvalidState": QueryError("KMS.InvalidStateException", 400),
    "KmsNotFound": QueryError("KMS.NotFoundException", 400),
    "KmsOptInRequired": QueryError("KMS.OptInRequired", 403),
    "KmsThrottled": QueryError("KMS.ThrottlingException", 400),
}

QUERY_ERRORS: dict[str, dict[str, QueryError]] = {"sqs": SQS_QUERY_ERRORS}
"""Services whose model does not tell the query protocol's codes: shape name -> what it was called there."""

COMMON_QUERY_ERRORS = {"UnknownOperationException": QueryError("InvalidAction", 501)}
"""Errors of the protocol itself that every query service names alike."""

TYPE_PREFIXES = {"sqs": "com.amazonaws.sqs#"}
"""What stands before the error's name in `__type`. AWS: most services send the bare name."""


class Refusal(NamedTuple):
    """An error as the wire knows it. `shape` is None where the model has no such error."""

    code: str
    status: int
    fault: Fault
    query: QueryError
    shape: Shape | None
    message_name: str
    service: ServiceModel | None


def refusal_of(subject: OperationModel | ServiceModel | None, error: AwsError) -> Refusal:
    """Return how `error` is written when `subject` refuses."""
    service = subject.service if isinstance(subject, OperationModel) else subject
    code = error.code
    shape = service.shape(code) if service is not None and code in service.errors else None
    traits = shape.traits.get("error", {}) if shape is not None else {}
    status = int(traits.get("httpStatusCode", error.status))
    fault: Fault = "Receiver" if error.fault == "Receiver" or status >= 500 else "Sender"
    legacy = QUERY_ERRORS.get(service.name, {}).get(code) if service is not None else None
    query = legacy or COMMON_QUERY_ERRORS.get(code) or QueryError(traits.get("code", code), status, fault)
    # AWS: services differ in the capital; the model tells which it is
    message_name = "Message" if shape is not None and "Message" in shape.members else "message"
    return Refusal(code, status, fault, query, shape, message_name, service)
