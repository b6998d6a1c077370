"""The rest-xml protocol's bodies and errors: s3. Event streams are not read or written."""

from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from emulator.core.errors import AwsError, SerializationException
from emulator.protocol.memo import Memo
from emulator.protocol.models import Member, OperationModel, Shape
from emulator.protocol.query import DECLARATION
from emulator.protocol.refusals import Refusal
from emulator.protocol.rest import ReadBody, WriteBody
from emulator.protocol.scalars import text_reader
from emulator.protocol.xml_ import XmlWriter, names_of, xml_text

DEPTH_MAX = 200
"""Nesting that no AWS document reaches."""

NAMESPACES = {"s3": "http://s3.amazonaws.com/doc/2006-03-01/"}
"""XML namespaces of answers; the models do not tell them."""


class Element:
    """An element read: its name without the prefix, its attributes, what is in it."""

    __slots__ = ("attributes", "children", "name", "text")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Element] = []
        self.text = ""


Read = Callable[[list[Element]], Any]
"""Takes all elements of one name, in order, and returns the member's value."""


def element_from_xml(body: bytes) -> Element:
    """Return the root of an XML document; raises SerializationException."""
    stack = [Element("", {})]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) > DEPTH_MAX:
            raise SerializationException("The request body is nested too deeply")
        element = Element(name.rpartition(":")[2], attributes)
        stack[-1].children.append(element)
        stack.append(element)

    def text(data: str) -> None:
        stack[-1].text += data

    def doctype(*_: object) -> None:
        raise SerializationException("The request body has a document type")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: stack.pop()
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise SerializationException(f"The request body is not valid XML: {error}") from None
    return stack[0].children[0]


class XmlReader:
    """Compiles shapes to functions from elements to params."""

    def __init__(self) -> None:
        self.structure = Memo(self._structure)

    def members(self, members: list[Member]) -> Callable[[Element], dict[str, Any]]:
        """Return the reader of the given members of a structure from its element."""
        by_tag = {
            tag: (member.name, self._member(member)) for member in members for tag in names_of(member).tags
        }
        attributes = {
            member.wire_name: member.name for member in members if member.traits.get("xmlAttribute")
        }

        def read(element: Element) -> dict[str, Any]:
            params = {
                name: element.attributes[tag] for tag, name in attributes.items() if tag in element.attributes
            }
            groups: dict[str, list[Element]] = {}
            for child in element.children:
                groups.setdefault(child.name, []).append(child)
            for tag, group in groups.items():
                if tag in by_tag:
                    name, convert = by_tag[tag]
                    params[name] = convert(group)
            return params

        return read

    def _structure(self, shape: Shape) -> Callable[[Element], dict[str, Any]]:
        return self.members(list(shape.members.values()))

    def _member(self, member: Member) -> Read:
        shape = member.shape
        match shape.type:
            case "structure":
                read = self.structure(shape)
                return lambda group: read(group[0])
            case "list":
                item, is_flattened = self._member(shape.member), member.is_flattened
                return lambda group: [item([one]) for one in (group if is_flattened else group[0].children)]
            case "map":
                return self._map(member)
            case _:
                convert = text_reader(shape)
                return lambda group: convert(group[0].text)

    def _map(self, member: Member) -> Read:
        names = names_of(member)
        key, value = self._member(member.shape.key), self._member(member.shape.value)

        def read(group: list[Element]) -> dict[str, Any]:
            found = {}
            for entry in group if member.is_flattened else group[0].children:
                parts = {part.name: part for part in entry.children}
                if names.key in parts and names.value in parts:
                    found[key([parts[names.key]])] = value([parts[names.value]])
            return found

        return read


class XmlBodies:
    """XML documents."""

    content_type = "application/xml"

    def __init__(self) -> None:
        self._reader = XmlReader()
        self._writer = XmlWriter()

    def structure_reader(self, _shape: Shape, members: list[Member]) -> ReadBody:
        """Return the reader of the members that travel in the body, whatever its root is called."""
        read = self._reader.members(members)
        return lambda body: read(element_from_xml(body))

    def payload_reader(self, member: Member) -> ReadBody:
        """Return the reader of the one member that is the body."""
        read = self._reader.structure(member.shape)
        return lambda body: read(element_from_xml(body))

    def structure_writer(self, operation: OperationModel, shape: Shape, members: list[Member]) -> WriteBody:
        """Return the writer of the members that travel in the body; without any there is none."""
        if not members:
            return lambda _result: b""
        write = self._writer.structure(members)
        root = shape.traits.get("locationName", f"{operation.name}Result")  # AWS: SDKs ignore the root's name
        uri = NAMESPACES.get(operation.service.name)
        start = f'<{root} xmlns="{uri}">' if uri else f"<{root}>"

        def render(result: dict[str, Any]) -> bytes:
            out = [DECLARATION, start]
            write(result, out)
            out.append(f"</{root}>")
            return "".join(out).encode()

        return render

    def payload_writer(self, member: Member) -> WriteBody:
        """Return the writer of the one member that is the body."""
        write = self._writer.element(member)

        def render(value: Any) -> bytes:
            out = [DECLARATION]
            write(value, out)
            return "".join(out).encode()

        return render

    def error(self, refusal: Refusal, error: AwsError, request_id: str) -> tuple[bytes, dict[str, str]]:
        """Return the error element. AWS: s3's stands alone, the others' stands in an ErrorResponse."""
        is_s3 = refusal.service is not None and refusal.service.name == "s3"
        out = [] if is_s3 else [f"<Type>{refusal.fault}</Type>"]
        out.append(f"<Code>{xml_text(refusal.query.code)}</Code><Message>{xml_text(error.message)}</Message>")
        if refusal.shape is not None and error.members:
            in_body = [member for member in refusal.shape.members.values() if member.location is None]
            self._writer.structure(in_body)(error.members, out)
        inner, request = "".join(out), f"<RequestId>{request_id}</RequestId>"
        text = (
            f"<Error>{inner}{request}</Error>"
            if is_s3
            else f"<ErrorResponse><Error>{inner}</Error>{request}</ErrorResponse>"
        )
        return (DECLARATION + text).encode(), {"x-amz-request-id": request_id}
