"""Requests that leave the emulator for a user's own HTTP endpoint: their form, and who sends them."""

from typing import Protocol

from emulator.core.errors import AwsError
from emulator.core.record import Record


class OutboundRequest(Record, frozen=True):
    """A request to be sent."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes = b""


class OutboundAnswer(Record, frozen=True):
    """What came back; the names of the headers are in small letters, the body is cut at a limit."""

    status: int
    headers: dict[str, str]
    body: bytes


class OutboundFailure(AwsError):
    """No answer came; worth another attempt."""

    status = 500
    fault = "Receiver"


class ConnectionFailure(OutboundFailure):
    """The endpoint cannot be reached, or breaks off."""


class OutboundTimeout(OutboundFailure):
    """The endpoint has not answered in time; real time, for the request holds a socket."""


class Outbound(Protocol):
    """Sends requests; the only way out of the emulator."""

    async def send(self, request: OutboundRequest, *, seconds_max: float) -> OutboundAnswer:
        """Send a request and return the answer, whatever its status.

        Raises:
            OutboundFailure: there is no answer.
        """
        ...

    async def close(self) -> None:
        """Let go of the connections."""
        ...
