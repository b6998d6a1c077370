"""The small types the protocol layer exchanges with the gateway. No codec is known here."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import msgspec

from emulator.core.errors import AwsError
from emulator.protocol.models import OperationModel, ServiceModel

Params = dict[str, Any]
Result = dict[str, Any]


class HttpRequest(msgspec.Struct):
    """A request as it came from the socket. `headers` finds a name whatever its case."""

    method: str
    path: str
    """Percent-encoded, as sent."""
    query: str
    """Raw, without the question mark."""
    headers: Mapping[str, str]
    body: bytes


class HttpResponse(msgspec.Struct):
    """A response, ready for the socket."""

    status: int
    headers: dict[str, str]
    body: bytes


class Codec(Protocol):
    """One AWS protocol: bytes to params, results and errors to bytes."""

    name: str

    def parse_request(self, operation: OperationModel, request: HttpRequest) -> Params:
        """Return the params of `operation`; raises SerializationException if the request cannot be read."""
        ...

    def render_result(
        self, operation: OperationModel, result: Result, request_id: str, request: HttpRequest
    ) -> HttpResponse:
        """Return the answer that carries `result`."""
        ...

    def render_error(
        self,
        subject: OperationModel | ServiceModel | None,
        error: AwsError,
        request_id: str,
        request: HttpRequest,
    ) -> HttpResponse:
        """Return the answer that carries `error`; `subject` is as much as is known of who refuses."""
        ...


class Detected(NamedTuple):
    """What a request asks for, and in which protocol."""

    operation: OperationModel
    codec: Codec
