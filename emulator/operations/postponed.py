"""An attempt that has to wait for its turn: no failure, and not counted as an attempt."""

from emulator.core.errors import AwsError


class Postponed(AwsError):
    """The target takes this later; seen by the delivery, never by a client."""

    def __init__(self, until: float) -> None:
        super().__init__("The rate limit of the target is reached.")
        self.until = until
        """The instant of the next attempt."""
