"""Smithy's rpc-v2-cbor: a CBOR map in, a CBOR map out, service and operation in the path."""

from emulator.core.errors import AwsError, SerializationException
from emulator.protocol.cbor import Instant, cbor_bytes, cbor_document
from emulator.protocol.documents import DocumentReader, DocumentWriter
from emulator.protocol.models import OperationModel, ServiceModel
from emulator.protocol.refusals import refusal_of
from emulator.protocol.timestamps import epoch_number
from emulator.protocol.wire import HttpRequest, HttpResponse, Params, Result


def tagged(instant: float) -> Instant:
    """Mark an instant for the encoder."""
    return Instant(epoch_number(instant))


class RpcCborCodec:
    """The codec of eventbridgev2, and of the services that newer SDKs reach by CBOR first."""

    name = "smithy-rpc-v2-cbor"

    def __init__(self) -> None:
        self._reader = DocumentReader()
        self._writer = DocumentWriter(None, tagged, None)

    def parse_request(self, operation: OperationModel, request: HttpRequest) -> Params:
        """Return the params of `operation`; raises SerializationException if the body cannot be read."""
        if operation.input is None or not request.body:
            return {}
        try:
            document = cbor_document(request.body)
        except ValueError as error:
            raise SerializationException(f"The request body is not valid CBOR: {error}") from None
        params: Params = self._reader.convert(operation.input)(document)
        return params

    def render_result(
        self, operation: OperationModel, result: Result, request_id: str, _request: HttpRequest
    ) -> HttpResponse:
        """Return the answer that carries `result`."""
        if operation.output is None:
            return cbor_response(200, b"", request_id)
        return cbor_response(200, cbor_bytes(self._writer.convert(operation.output)(result)), request_id)

    def render_error(
        self,
        subject: OperationModel | ServiceModel | None,
        error: AwsError,
        request_id: str,
        _request: HttpRequest,
    ) -> HttpResponse:
        """Return the answer that carries `error`."""
        refusal = refusal_of(subject, error)
        document = {"__type": refusal.code, refusal.message_name: error.message}
        if refusal.shape is not None and error.members:
            document |= self._writer.convert(refusal.shape)(error.members)
        response = cbor_response(refusal.status, cbor_bytes(document), request_id)
        if refusal.service is not None and "awsQueryCompatible" in refusal.service.metadata:
            response.headers["x-amzn-query-error"] = f"{refusal.query.code};{refusal.query.fault}"
        return response


def cbor_response(status: int, body: bytes, request_id: str) -> HttpResponse:
    """Return a response of this protocol."""
    headers = {
        "Content-Type": "application/cbor",
        "smithy-protocol": "rpc-v2-cbor",
        "x-amzn-RequestId": request_id,
    }
    return HttpResponse(status, headers, body)
