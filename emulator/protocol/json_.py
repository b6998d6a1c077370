"""The json protocol, 1.0 and 1.1: a JSON object in, a JSON object out, the operation in X-Amz-Target."""

from typing import Any, NamedTuple

import orjson

from emulator.core.errors import AwsError, SerializationException
from emulator.protocol.documents import (
    Convert,
    DocumentReader,
    DocumentWriter,
    base64_text,
    json_float,
)
from emulator.protocol.models import OperationModel, ServiceModel
from emulator.protocol.refusals import TYPE_PREFIXES, refusal_of
from emulator.protocol.timestamps import epoch_number
from emulator.protocol.wire import HttpRequest, HttpResponse, Params, Result


class Plan(NamedTuple):
    """What an operation compiles to; None where it takes or gives nothing."""

    read: Convert | None
    write: Convert | None
    content_type: str


def json_document(body: bytes) -> Any:
    """Decode a JSON body; an empty one is an empty object."""
    if not body:
        return {}
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # AWS: the parser's own words are not known to be stable; SDKs look at the code alone
        raise SerializationException(f"The request body is not valid JSON: {error}") from None


def content_type_of(service: ServiceModel | None) -> str:
    """Return the service's content type; the JSON version is the model's, whatever version the request names."""
    version = service.metadata.get("jsonVersion", "1.0") if service is not None else "1.0"
    return f"application/x-amz-json-{version}"


class JsonCodec:
    """The codec of events, sqs, stepfunctions, logs and all that has a targetPrefix."""

    name = "json"

    def __init__(self) -> None:
        self._reader = DocumentReader()
        self._writer = DocumentWriter(base64_text, epoch_number, json_float)
        self._plans: dict[OperationModel, Plan] = {}

    def parse_request(self, operation: OperationModel, request: HttpRequest) -> Params:
        """Return the params of `operation`; raises SerializationException if the body cannot be read."""
        return self.params_from_document(operation, json_document(request.body))

    def params_from_document(self, operation: OperationModel, document: Any) -> Params:
        """Return the params that a decoded JSON document stands for; raises SerializationException."""
        read = (self._plans.get(operation) or self._plan(operation)).read
        if read is None:
            return {}
        try:
            params: Params = read(document)
        except RecursionError:
            raise SerializationException("The request body is nested too deeply") from None
        return params

    def document_from_result(self, operation: OperationModel, result: Result) -> Any:
        """Return the JSON document of a result; an operation without output has the empty one."""
        write = (self._plans.get(operation) or self._plan(operation)).write
        return {} if write is None else write(result)

    def render_result(
        self, operation: OperationModel, result: Result, request_id: str, _request: HttpRequest
    ) -> HttpResponse:
        """Return the answer that carries `result`."""
        plan = self._plans.get(operation) or self._plan(operation)
        # AWS: an operation without output shape answers with no body at all (SQS DeleteMessage, events DeleteRule)
        body = b"" if plan.write is None else orjson.dumps(plan.write(result))
        return HttpResponse(200, {"Content-Type": plan.content_type, "x-amzn-RequestId": request_id}, body)

    def render_error(
        self,
        subject: OperationModel | ServiceModel | None,
        error: AwsError,
        request_id: str,
        _request: HttpRequest,
    ) -> HttpResponse:
        """Return the answer that carries `error`."""
        refusal = refusal_of(subject, error)
        service = refusal.service
        prefix = TYPE_PREFIXES.get(service.name, "") if service is not None else ""
        document = {"__type": prefix + refusal.code, refusal.message_name: error.message}
        if refusal.shape is not None and error.members:
            document |= self._writer.convert(refusal.shape)(error.members)
        headers = {"Content-Type": content_type_of(service), "x-amzn-RequestId": request_id}
        if service is not None and "awsQueryCompatible" in service.metadata:
            headers["x-amzn-query-error"] = f"{refusal.query.code};{refusal.query.fault}"
        return HttpResponse(refusal.status, headers, orjson.dumps(document))

    def _plan(self, operation: OperationModel) -> Plan:
        read = self._reader.convert(operation.input) if operation.input is not None else None
        write = self._writer.convert(operation.output) if operation.output is not None else None
        plan = self._plans[operation] = Plan(read, write, content_type_of(operation.service))
        return plan
