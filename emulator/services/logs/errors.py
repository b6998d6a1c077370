"""CloudWatch Logs' refusals."""

from emulator.core.errors import AwsError


class ResourceNotFoundException(AwsError):
    """The group or stream does not exist."""


class ResourceAlreadyExistsException(AwsError):
    """A group or stream of that name exists."""


class InvalidParameterException(AwsError):
    """A parameter is not valid."""
