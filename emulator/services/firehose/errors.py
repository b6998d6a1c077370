"""Firehose's refusals."""

from emulator.core.errors import AwsError


class ResourceNotFoundException(AwsError):
    """The delivery stream does not exist."""


class ResourceInUseException(AwsError):
    """A delivery stream of that name exists."""
