"""What rest-json and rest-xml share: values in the path, the query string, headers and the status code.

The body is the business of a `Bodies`; an operation compiles to a list of parts, each of which reads or writes one
member in its place.
"""

import binascii
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, unquote

import orjson

from emulator.core.errors import AwsError, SerializationException
from emulator.protocol.documents import base64_text
from emulator.protocol.forms import FIELDS_MAX
from emulator.protocol.models import Member, OperationModel, ServiceModel, Shape
from emulator.protocol.refusals import Refusal, refusal_of
from emulator.protocol.routes import Route, route_of
from emulator.protocol.scalars import ReadText, WriteText, text_reader, text_writer
from emulator.protocol.wire import HttpRequest, HttpResponse, Params, Result

ReadBody = Callable[[bytes], Any]
WriteBody = Callable[[Any], bytes]
ReadPart = Callable[["Parts"], Any]


class Bodies(Protocol):
    """The bodies of one protocol. A reader raises SerializationException."""

    content_type: str

    def structure_reader(self, shape: Shape, members: list[Member]) -> ReadBody:
        """Return the reader of the members that travel in the body."""
        ...

    def payload_reader(self, member: Member) -> ReadBody:
        """Return the reader of the one member that is the body."""
        ...

    def structure_writer(self, operation: OperationModel, shape: Shape, members: list[Member]) -> WriteBody:
        """Return the writer of the members that travel in the body."""
        ...

    def payload_writer(self, member: Member) -> WriteBody:
        """Return the writer of the one member that is the body."""
        ...

    def error(self, refusal: Refusal, error: AwsError, request_id: str) -> tuple[bytes, dict[str, str]]:
        """Return the body of an error, and headers it wants."""
        ...


class Parts(NamedTuple):
    """A request taken apart."""

    labels: dict[str, str]
    query: dict[str, list[str]]
    request: HttpRequest


class InputPlan(NamedTuple):
    """How the params of an operation are read."""

    route: Route
    parts: list[tuple[str, ReadPart]]
    payload: str | None
    read_body: ReadBody | None


class OutputPlan(NamedTuple):
    """How a result is written."""

    status: int
    status_member: str | None
    headers: list[tuple[str, str, WriteText]]
    header_maps: list[tuple[str, str]]
    payload: str | None
    write_body: WriteBody | None
    content_type: str


class RestCodec:
    """The codec of a rest protocol, given how its bodies are written."""

    def __init__(self, name: str, bodies: Bodies) -> None:
        self.name = name
        self._bodies = bodies
        self._inputs: dict[OperationModel, InputPlan] = {}
        self._outputs: dict[OperationModel, OutputPlan] = {}

    def parse_request(self, operation: OperationModel, request: HttpRequest) -> Params:
        """Return the params of `operation`; raises SerializationException if the request cannot be read."""
        plan = self._inputs.get(operation) or self._input_plan(operation)
        params: Params = {}
        parts = Parts(labels_of(plan.route, request.path), query_of(request.query), request)
        for name, read in plan.parts:
            value = read(parts)
            if value is not None:
                params[name] = value
        if plan.read_body is None or not request.body:
            return params
        try:
            body = plan.read_body(request.body)
        except RecursionError:
            raise SerializationException("The request body is nested too deeply") from None
        return {**params, plan.payload: body} if plan.payload else {**body, **params}

    def render_result(
        self, operation: OperationModel, result: Result, request_id: str, _request: HttpRequest
    ) -> HttpResponse:
        """Return the answer that carries `result`."""
        plan = self._outputs.get(operation) or self._output_plan(operation)
        headers = {"Content-Type": plan.content_type, "x-amzn-RequestId": request_id}
        for name, header, write in plan.headers:
            if result.get(name) is not None:
                headers["Content-Type" if header.lower() == "content-type" else header] = write(result[name])
        for name, prefix in plan.header_maps:
            headers |= {prefix + key: str(value) for key, value in (result.get(name) or {}).items()}
        body = b""
        if plan.write_body is not None:
            document = result.get(plan.payload) if plan.payload else result
            body = plan.write_body(document) if document is not None else b""
        status = (
            plan.status if plan.status_member is None else int(result.get(plan.status_member) or plan.status)
        )
        return HttpResponse(status, headers, body)

    def render_error(
        self,
        subject: OperationModel | ServiceModel | None,
        error: AwsError,
        request_id: str,
        _request: HttpRequest,
    ) -> HttpResponse:
        """Return the answer that carries `error`."""
        refusal = refusal_of(subject, error)
        body, extra = self._bodies.error(refusal, error, request_id)
        headers = {"Content-Type": self._bodies.content_type, "x-amzn-RequestId": request_id, **extra}
        if refusal.shape is not None:
            for name, member in refusal.shape.members.items():
                if member.location == "header" and error.members.get(name) is not None:
                    headers[member.wire_name] = header_writer(member.shape)(error.members[name])
        return HttpResponse(refusal.status, headers, body)

    def _input_plan(self, operation: OperationModel) -> InputPlan:
        shape = operation.input
        route = route_of(operation)
        members = list(shape.members.values()) if shape is not None else []
        bound = frozenset(member.wire_name for member in members if member.location == "querystring")
        parts = [
            (member.name, part_reader(member, bound)) for member in members if member.location is not None
        ]
        payload = shape.traits.get("payload") if shape is not None else None
        in_body = [member for member in members if member.location is None]
        read: ReadBody | None = None
        if shape is not None and payload is not None:
            read = self._payload_reader(shape.members[payload])
        elif shape is not None and in_body:
            read = self._bodies.structure_reader(shape, in_body)
        plan = self._inputs[operation] = InputPlan(route, parts, payload, read)
        return plan

    def _payload_reader(self, member: Member) -> ReadBody:
        match member.shape.type:
            case "blob":
                return bytes
            case "string":
                return utf8_text
            case _:
                return self._bodies.payload_reader(member)

    def _output_plan(self, operation: OperationModel) -> OutputPlan:
        shape = operation.output
        members = list(shape.members.values()) if shape is not None else []
        payload = shape.traits.get("payload") if shape is not None else None
        in_body = [member for member in members if member.location is None]
        write: WriteBody | None = None
        content_type = self._bodies.content_type
        if shape is not None and payload is not None:
            member = shape.members[payload]
            write = (
                raw_bytes if member.shape.type in ("blob", "string") else self._bodies.payload_writer(member)
            )
            content_type = "application/octet-stream" if member.shape.type == "blob" else content_type
        elif shape is not None:
            write = self._bodies.structure_writer(operation, shape, in_body)
        http = operation.service.operation_traits[operation.name]["http"]
        plan = self._outputs[operation] = OutputPlan(
            int(http.get("responseCode", 200)),
            next((member.name for member in members if member.location == "statusCode"), None),
            [
                (one.name, one.wire_name, header_writer(one.shape))
                for one in members
                if one.location == "header"
            ],
            [(one.name, one.wire_name) for one in members if one.location == "headers"],
            payload,
            write,
            content_type,
        )
        return plan


def labels_of(route: Route, path: str) -> dict[str, str]:
    """Return the values of the path's labels."""
    found = route.path.fullmatch(path)
    return {} if found is None else dict(zip(route.labels, map(unquote, found.groups()), strict=True))


def query_of(query: str) -> dict[str, list[str]]:
    """Return the values of each name in a query string."""
    values: dict[str, list[str]] = {}
    if query:
        try:
            pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX)
        except ValueError:
            raise SerializationException("The query string cannot be read") from None
        for name, value in pairs:
            values.setdefault(name, []).append(value)
    return values


def part_reader(member: Member, bound: frozenset[str]) -> ReadPart:
    """Return the reader of a member that travels outside the body; None means it is not there.

    `bound` are the names of the query string that have a member of their own.
    """
    shape, wire_name = member.shape, member.wire_name
    match member.location, shape.type:
        case "uri", _:
            convert = text_reader(shape)
            return lambda parts: convert(parts.labels[wire_name]) if wire_name in parts.labels else None
        case "querystring", "list":
            element = text_reader(shape.member.shape)
            return lambda parts: (
                [element(text) for text in parts.query[wire_name]] if wire_name in parts.query else None
            )
        case "querystring", "map":
            return query_map_reader(shape, bound)
        case "querystring", _:
            convert = text_reader(shape)
            return lambda parts: convert(parts.query[wire_name][0]) if wire_name in parts.query else None
        case "headers", _:
            return lambda parts: header_map(parts.request, wire_name)
        case _:
            read = header_reader(shape)
            return lambda parts: (
                None if (text := parts.request.headers.get(wire_name)) is None else read(text)
            )


def query_map_reader(shape: Shape, bound: frozenset[str]) -> ReadPart:
    """Return the reader of the map that takes all names nobody else does."""
    is_multiple = shape.value.shape.type == "list"

    def read(parts: Parts) -> dict[str, Any] | None:
        free = {name: values for name, values in parts.query.items() if name not in bound}
        return {name: values if is_multiple else values[0] for name, values in free.items()} or None

    return read


def header_map(request: HttpRequest, prefix: str) -> dict[str, str] | None:
    """Return the headers whose names start with `prefix`, without it."""
    start = prefix.lower()
    found = {
        name[len(start) :]: text for name, text in request.headers.items() if name.lower().startswith(start)
    }
    return found or None


def header_reader(shape: Shape) -> ReadText:
    """Return the reader of a header."""
    if shape.traits.get("jsonvalue"):
        return json_from_header
    if shape.type == "list":
        element = text_reader(shape.member.shape)
        return lambda text: [element(part) for part in header_items(text)]
    return text_reader(shape)


def header_items(text: str) -> list[str]:
    """Split a header at its commas, except within quotes."""
    items, quoted, item = [], False, ""
    characters = iter(text)
    for character in characters:
        if character == "\\" and quoted:
            item += next(characters, "")
        elif character == '"':
            quoted = not quoted
        elif character == "," and not quoted:
            items.append(item.strip())
            item = ""
        else:
            item += character
    return [*items, item.strip()]


def json_from_header(text: str) -> Any:
    """Read the base64 of a JSON document."""
    try:
        return orjson.loads(binascii.a2b_base64(text))
    except ValueError:
        raise SerializationException("A header is not the base64 of a JSON document") from None


def header_writer(shape: Shape) -> WriteText:
    """Return the writer of a header."""
    if shape.traits.get("jsonvalue"):
        return lambda value: base64_text(orjson.dumps(value))
    if shape.type == "list":
        element = text_writer(shape.member.shape, "rfc822")
        return lambda values: ",".join(map(element, values))
    return text_writer(shape, "rfc822")


def utf8_text(body: bytes) -> str:
    """Read a body that is one string."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise SerializationException("The request body is not valid UTF-8") from None


def raw_bytes(value: bytes | str) -> bytes:
    """Write a body that is one value."""
    return value.encode("utf-8") if isinstance(value, str) else bytes(value)
