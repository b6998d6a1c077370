"""The query protocol: form fields with dotted names in, XML out. SQS's older SDKs speak it too."""

from collections.abc import Callable
from operator import itemgetter
from typing import Any, NamedTuple

from emulator.core.errors import AwsError, SerializationException
from emulator.protocol.forms import MalformedInput, form_fields
from emulator.protocol.memo import Memo
from emulator.protocol.models import Member, OperationModel, ServiceModel, Shape
from emulator.protocol.refusals import refusal_of
from emulator.protocol.scalars import text_reader
from emulator.protocol.wire import HttpRequest, HttpResponse, Params, Result
from emulator.protocol.xml_ import Write, XmlWriter, names_of, xml_text

Node = dict[str, Any]
"""The fields as a tree: a part of the name to the node below; under the empty name, the text of the field itself."""

Read = Callable[[Node], Any]

NAMESPACES = {"sqs": "http://queue.amazonaws.com/doc/2012-11-05/"}
"""XML namespaces the models have lost."""

CONTENT_TYPE = "text/xml"
DECLARATION = '<?xml version="1.0"?>\n'


class Plan(NamedTuple):
    """What an operation compiles to; `write` and `wrapper` are None where it gives nothing."""

    read: Read | None
    write: Write | None
    wrapper: str
    start: str
    has_queue_url: bool


def tree_of(fields: dict[str, str]) -> Node:
    """Arrange fields by the parts of their names; a name with an empty part means nothing to us."""
    root: Node = {}
    for name, text in fields.items():
        parts = name.split(".")
        if "" in parts:
            continue
        node = root
        for part in parts:
            node = node.setdefault(part, {})
        node[""] = text
    return root


def indexed(node: Node) -> list[Node]:
    """Return what hangs under numbers, in their order; gaps close."""
    found = [(int(name), child) for name, child in node.items() if name.isdecimal() and len(name) < 10]
    return [child for _, child in sorted(found, key=itemgetter(0))]


def namespace(service: ServiceModel) -> str:
    """Return the xmlns attribute of the service's documents, with its leading space."""
    uri = service.metadata.get("xmlNamespace") or NAMESPACES.get(service.name)
    return f' xmlns="{uri}"' if uri else ""


class QueryReader:
    """Compiles shapes to functions from a tree of fields to params."""

    def __init__(self) -> None:
        self.structure = Memo(self._structure)

    def _structure(self, shape: Shape) -> Read:
        by_name = {
            tag: (name, self.member(member))
            for name, member in shape.members.items()
            for tag in names_of(member).tags
        }
        find = by_name.get

        def read(node: Node) -> Params:
            params = {}
            for key, child in node.items():
                member = find(key)
                if member is not None:
                    name, convert = member
                    params[name] = convert(child)
            return params

        return read

    def member(self, member: Member) -> Read:
        """Return the reader of a member from the node that has its name."""
        match member.shape.type:
            case "structure":
                return self.structure(member.shape)
            case "list":
                return self._list(member)
            case "map":
                return self._map(member)
            case _:
                return leaf_reader(member.shape)

    def _list(self, member: Member) -> Read:
        item, convert = names_of(member).item, self.member(member.shape.member)

        def read(node: Node) -> list[Any]:
            items = indexed(node if member.is_flattened else node.get(item, node))
            if not items and node.get(""):
                return [convert(node)]  # AWS: a list of one may come without its number; unverified
            return [convert(child) for child in items]

        return read

    def _map(self, member: Member) -> Read:
        names = names_of(member)
        read_key, read_value = self.member(member.shape.key), self.member(member.shape.value)

        def read(node: Node) -> dict[str, Any]:
            inside = node if member.is_flattened else node.get("entry", node)
            entries = [inside] if names.key in inside else indexed(inside)
            return {
                read_key(entry.get(names.key, {})): read_value(entry.get(names.value, {}))
                for entry in entries
            }

        return read


def leaf_reader(shape: Shape) -> Read:
    """Return the reader of a scalar."""
    convert = text_reader(shape)

    def read(node: Node) -> Any:
        text = node.get("")
        if text is None:
            raise MalformedInput(f"A single value is expected for {shape.name}")
        return convert(text)

    return read


class QueryCodec:
    """The codec of sns, sts, iam, cloudformation, and of sqs for older SDKs."""

    name = "query"

    def __init__(self) -> None:
        self._reader = QueryReader()
        self._writer = XmlWriter()
        self._plans: dict[OperationModel, Plan] = {}

    def parse_request(self, operation: OperationModel, request: HttpRequest) -> Params:
        """Return the params of `operation`; raises SerializationException if the form cannot be read."""
        plan = self._plans.get(operation) or self._plan(operation)
        if plan.read is None:
            return {}
        try:
            params: Params = plan.read(tree_of(form_fields(request)))
        except RecursionError:
            raise MalformedInput("The request is nested too deeply") from None
        except SerializationException as error:
            raise MalformedInput(error.message) from None
        if plan.has_queue_url and "QueueUrl" not in params and request.path.count("/") > 1:
            # AWS: SQS takes the queue from the URL that the request was sent to
            params["QueueUrl"] = f"http://{request.headers.get('Host', 'localhost')}{request.path}"
        return params

    def render_result(
        self, operation: OperationModel, result: Result, request_id: str, _request: HttpRequest
    ) -> HttpResponse:
        """Return the answer that carries `result`."""
        plan = self._plans.get(operation) or self._plan(operation)
        out = [plan.start]
        if plan.write is not None:
            out.append(f"<{plan.wrapper}>")
            plan.write(result, out)
            out.append(f"</{plan.wrapper}>")
        out.append(f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>")
        out.append(f"</{operation.name}Response>")
        return xml_response(200, out, request_id)

    def render_error(
        self,
        subject: OperationModel | ServiceModel | None,
        error: AwsError,
        request_id: str,
        _request: HttpRequest,
    ) -> HttpResponse:
        """Return the answer that carries `error`."""
        refusal = refusal_of(subject, error)
        query = refusal.query
        xmlns = namespace(refusal.service) if refusal.service is not None else ""
        out = [
            f"{DECLARATION}<ErrorResponse{xmlns}><Error><Type>{query.fault}</Type>",
            f"<Code>{xml_text(query.code)}</Code><Message>{xml_text(error.message)}</Message>",
        ]
        if refusal.shape is not None and error.members:
            self._writer.content(refusal.shape)(error.members, out)
        out.append(f"<Detail/></Error><RequestId>{request_id}</RequestId></ErrorResponse>")
        return xml_response(query.status, out, request_id)

    def _plan(self, operation: OperationModel) -> Plan:
        has_output = operation.output is not None
        plan = self._plans[operation] = Plan(
            self._reader.structure(operation.input) if operation.input is not None else None,
            self._writer.content(operation.output) if operation.output is not None else None,
            operation.output_traits.get("resultWrapper", f"{operation.name}Result") if has_output else "",
            f"{DECLARATION}<{operation.name}Response{namespace(operation.service)}>",
            operation.service.name == "sqs"
            and operation.input is not None
            and "QueueUrl" in operation.input.members,
        )
        return plan


def xml_response(status: int, out: list[str], request_id: str) -> HttpResponse:
    """Join the pieces of a document."""
    headers = {"Content-Type": CONTENT_TYPE, "x-amzn-RequestId": request_id}
    return HttpResponse(status, headers, "".join(out).encode("utf-8", "surrogatepass"))
