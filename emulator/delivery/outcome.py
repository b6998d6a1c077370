"""What became of an attempt: nothing wrong, or a failure that says whether trying again may help."""

from emulator.core.arn import Arn
from emulator.core.errors import AwsError
from emulator.core.record import Record


class Failure(Record, frozen=True):
    """Why an attempt failed, in the words of EventBridge's dead-letter attributes.

    `is_executed` is false where the emulator has no means to invoke the target at all. `retry_after_seconds` is the
    least wait that the target asks for.
    """

    code: str
    message: str
    is_retryable: bool
    is_executed: bool = True
    retry_after_seconds: float = 0.0


# AWS: the values of ERROR_CODE (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html);
# which error of a target gives which of them is documented only by their descriptions.
DEAD_LETTER_CODES = {
    "QueueDoesNotExist": "NO_RESOURCE",
    "ResourceNotFoundException": "NO_RESOURCE",
    "NotFoundException": "NO_RESOURCE",
    "AccessDeniedException": "NO_PERMISSIONS",
    "AccessDenied": "NO_PERMISSIONS",
    "ThrottlingException": "THROTTLING",
    "RequestThrottled": "THROTTLING",
    "TooManyRequestsException": "THROTTLING",
    "OverLimit": "RESOURCE_LIMIT_EXCEEDED",
    "LimitExceededException": "RESOURCE_LIMIT_EXCEEDED",
    "ValidationException": "INVALID_PARAMETER",
    "InvalidParameterValue": "INVALID_PARAMETER",
    "InvalidParameterValueException": "INVALID_PARAMETER",
    "MissingParameter": "INVALID_PARAMETER",
    "InvalidAttributeName": "INVALID_PARAMETER",
    "InvalidMessageContents": "INVALID_PARAMETER",
    "LoopDetected": "LOOP_DETECTED",
    "ConnectionFailure": "CONNECTION_FAILURE",
    "OutboundTimeout": "TIMEOUT",
    "DestinationFailed": "ERROR_FROM_TARGET",
}
THROTTLED = frozenset({"THROTTLING", "RESOURCE_LIMIT_EXCEEDED"})


def failure_from(error: AwsError) -> Failure:
    """Return the failure that the target's refusal means: throttling and faults (5xx) are worth a retry."""
    if error.status >= 500 and error.status != 501:
        code = DEAD_LETTER_CODES.get(error.code, "INTERNAL_ERROR")
        wait = error.members.get("retry_after", 0.0)
        return Failure(code, error.message, is_retryable=True, retry_after_seconds=wait)
    code = DEAD_LETTER_CODES.get(error.code, "ERROR_FROM_TARGET")
    return Failure(code, error.message, is_retryable=code in THROTTLED)


def not_executed(arn: Arn) -> Failure:
    """Return the failure of a target that the emulator cannot invoke: visible, final, never silent."""
    if arn.service == "lambda":
        # no function exists here, and that is how AWS says so
        return Failure("NO_RESOURCE", f"Function not found: {arn}", is_retryable=False, is_executed=False)
    return Failure(
        "SDK_CLIENT_ERROR",
        f"Busyard does not execute targets of service '{arn.service}'",
        is_retryable=False,
        is_executed=False,
    )
