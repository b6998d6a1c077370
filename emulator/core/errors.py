"""AWS errors as exceptions; only the protocol codecs turn them into bytes.

The hierarchy:

    AwsError                      a service refuses a request
    |-- ValidationException       a parameter breaks a constraint of the service model
    |-- SerializationException    the body cannot be read as the protocol's document
    |-- UnknownOperationException the service is routed, the operation is not implemented (501)
    |-- RequestEntityTooLarge     the body is larger than the gateway reads (413)
    |-- InternalFailure           a fault of the emulator itself (500)
    `-- <service>/errors.py       one class per error shape of that service's model
"""

from typing import Any, ClassVar, Literal

Fault = Literal["Sender", "Receiver"]


class AwsError(Exception):
    """A refusal in AWS's words.

    `code` is the name of the error's shape in the service model; where the model gives that shape another
    code on the wire (SQS in the query protocol) or another HTTP status, the codec uses the model's.
    `members` are further fields of the error shape, PascalCase, sent beside the message.
    """

    code: ClassVar[str] = "AwsError"
    status: ClassVar[int] = 400
    fault: ClassVar[Fault] = "Sender"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            cls.code = cls.__name__

    def __init__(self, message: str, **members: Any) -> None:
        super().__init__(message)
        self.message = message
        self.members = members


class ValidationException(AwsError):
    """A parameter breaks a constraint of the service model."""


class SerializationException(AwsError):
    """The request body cannot be read as the protocol's document."""


class UnknownOperationException(AwsError):
    """No such service or operation here. 501, because SDKs retry 500 and 503 but not 501."""

    status = 501


class RequestEntityTooLarge(AwsError):
    """The request body is larger than the gateway reads."""

    status = 413


class InternalFailure(AwsError):
    """A fault of the emulator itself."""

    status = 500
    fault = "Receiver"
