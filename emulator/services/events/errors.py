"""EventBridge's refusals; each is an error shape of its service model."""

from emulator.core.errors import AwsError, ValidationException

__all__ = [
    "AccessDenied",
    "AuthorizationFailed",
    "DestinationFailed",
    "DestinationRefused",
    "IllegalStatusException",
    "InternalException",
    "InvalidEventPatternException",
    "InvalidStateException",
    "LimitExceededException",
    "LoopDetected",
    "ManagedRuleException",
    "PolicyLengthExceededException",
    "ResourceAlreadyExistsException",
    "ResourceNotFoundException",
    "ValidationException",
]


class ResourceNotFoundException(AwsError):
    """The bus, rule or event source does not exist."""


class ResourceAlreadyExistsException(AwsError):
    """A bus of that name exists."""


class InvalidEventPatternException(AwsError):
    """The event pattern is not valid."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Event pattern is not valid. Reason: {reason}")


class LimitExceededException(AwsError):
    """A quota is reached."""

    def __init__(self) -> None:
        super().__init__("The requested resource exceeds the maximum number allowed.")


class PolicyLengthExceededException(AwsError):
    """A bus's policy has grown too long."""


class IllegalStatusException(AwsError):
    """The replay has ended, or another state forbids the operation."""


class InvalidStateException(AwsError):
    """The event source's state forbids the operation."""


class ManagedRuleException(AwsError):
    """The rule was made by an AWS service and is changed only by force."""


class InternalException(AwsError):
    """A fault of the service."""

    status = 500
    fault = "Receiver"


class AuthorizationFailed(AwsError):
    """A connection's authorisation endpoint gives no token; seen by the delivery and as a StateReason."""

    status = 500
    fault = "Receiver"


class DestinationFailed(AwsError):
    """An API destination has answered with an error that is worth another attempt."""

    status = 500
    fault = "Receiver"


class DestinationRefused(AwsError):
    """An API destination has answered with an error that another attempt would not change."""


class AccessDenied(AwsError):
    """A bus's policy does not let another account's event in; seen by the delivery, never by a client."""


class LoopDetected(AwsError):
    """An event has been forwarded from bus to bus too often; seen by the delivery, never by a client."""
