"""Kinesis' refusals."""

from emulator.core.errors import AwsError


class ResourceNotFoundException(AwsError):
    """The stream or shard does not exist."""


class ResourceInUseException(AwsError):
    """A stream of that name exists."""


class InvalidArgumentException(AwsError):
    """A parameter is not valid."""
