"""Shapes to XML, for the query and rest-xml protocols; and the names that lists and maps have there."""

from collections.abc import Callable
from typing import Any, NamedTuple

from emulator.protocol.memo import Memo
from emulator.protocol.models import Member, Shape
from emulator.protocol.scalars import text_writer

Write = Callable[[Any, list[str]], None]
"""Appends the text of a value to the pieces of a document."""

SQS_ELEMENTS = {
    # AWS: the JSON model has lost the names of the 2012-11-05 query API. Shape -> its element there.
    "AWSAccountIdList": "AWSAccountId",
    "ActionNameList": "ActionName",
    "AttributeNameList": "AttributeName",
    "BatchResultErrorEntryList": "BatchResultErrorEntry",
    "BinaryList": "BinaryListValue",
    "ChangeMessageVisibilityBatchRequestEntryList": "ChangeMessageVisibilityBatchRequestEntry",
    "ChangeMessageVisibilityBatchResultEntryList": "ChangeMessageVisibilityBatchResultEntry",
    "DeleteMessageBatchRequestEntryList": "DeleteMessageBatchRequestEntry",
    "DeleteMessageBatchResultEntryList": "DeleteMessageBatchResultEntry",
    "ListMessageMoveTasksResultEntryList": "ListMessageMoveTasksResultEntry",
    "MessageAttributeNameList": "MessageAttributeName",
    "MessageBodyAttributeMap": "MessageAttribute",
    "MessageBodySystemAttributeMap": "MessageSystemAttribute",
    "MessageList": "Message",
    "MessageSystemAttributeList": "MessageSystemAttributeName",  # AWS: newer than the query API; unverified
    "MessageSystemAttributeMap": "Attribute",
    "QueueAttributeMap": "Attribute",
    "QueueUrlList": "QueueUrl",
    "SendMessageBatchRequestEntryList": "SendMessageBatchRequestEntry",
    "SendMessageBatchResultEntryList": "SendMessageBatchResultEntry",
    "StringList": "StringListValue",
    "TagKeyList": "TagKey",
    "TagMap": "Tag",
}

LEGACY_ELEMENTS = {"sqs": SQS_ELEMENTS}
"""Services whose model does not tell the names the query protocol uses."""


class Names(NamedTuple):
    """What a member is called: `tags` are accepted, the first is written; the rest name its parts."""

    tags: tuple[str, ...]
    item: str
    key: str
    value: str


def names_of(member: Member) -> Names:
    """Return the names of `member` and of what is in it."""
    shape = member.shape
    tags: tuple[str, ...] = (member.wire_name,)
    item, key, value = "member", "key", "value"
    if shape.type == "list":
        item = shape.member.wire_name
        if member.is_flattened and "locationName" in shape.member.traits:
            tags = (item, *tags)
    elif shape.type == "map":
        key, value = shape.key.wire_name, shape.value.wire_name
    legacy = LEGACY_ELEMENTS.get(shape.service.name, {}).get(shape.name)
    if legacy is not None:
        tags = (legacy, *tags)
        key, value = ("Key", "Value") if legacy == "Tag" else ("Name", "Value")
    return Names(tags, item, key, value)


class XmlWriter:
    """Compiles shapes to functions that append XML."""

    def __init__(self) -> None:
        self.content = Memo(self._compile)

    def structure(self, members: list[Member]) -> Write:
        """Return the writer of the given members of a structure, without an element around them."""
        by_name = {
            member.name: self.element(member) for member in members if not member.traits.get("xmlAttribute")
        }

        def write(params: dict[str, Any], out: list[str]) -> None:
            for key, value in params.items():
                if value is not None and (member := by_name.get(key)) is not None:
                    member(value, out)

        return write

    def element(self, member: Member) -> Write:
        """Return the writer of a member, its element or elements included."""
        shape, names = member.shape, names_of(member)
        match shape.type:
            case "list":
                return self._list(member, names)
            case "map":
                return self._map(member, names)
            case "structure":
                return self._wrapped(names.tags[0], member)
            case _:
                return scalar_element(names.tags[0], shape)

    def _compile(self, shape: Shape) -> Write:
        return self.structure(list(shape.members.values()))

    def _wrapped(self, tag: str, member: Member) -> Write:
        """Write a structure in its element, with namespace and attributes if the model asks for them."""
        content = self.content(member.shape)
        attributes = {
            part.wire_name: name
            for name, part in member.shape.members.items()
            if part.traits.get("xmlAttribute")
        }
        start, end = f"<{tag}{namespace_of(member)}", f"</{tag}>"

        def write(value: dict[str, Any], out: list[str]) -> None:
            out.append(start)
            for attribute, name in attributes.items():
                if value.get(name) is not None:
                    quoted = xml_text(str(value[name])).replace('"', "&quot;")
                    out.append(f' {attribute}="{quoted}"')
            out.append(">")
            content(value, out)
            out.append(end)

        return write

    def _list(self, member: Member, names: Names) -> Write:
        tag = names.tags[0]
        item = self._part(tag if member.is_flattened else names.item, member.shape.member)

        def write(values: list[Any], out: list[str]) -> None:
            for value in values:
                item(value, out)

        return write if member.is_flattened else within(tag + namespace_of(member), tag, write)

    def _map(self, member: Member, names: Names) -> Write:
        tag = names.tags[0]
        entry = tag if member.is_flattened else "entry"
        write_key = self._part(names.key, member.shape.key)
        write_value = self._part(names.value, member.shape.value)

        def write(values: dict[str, Any], out: list[str]) -> None:
            for key, value in values.items():
                out.append(f"<{entry}>")
                write_key(key, out)
                write_value(value, out)
                out.append(f"</{entry}>")

        return write if member.is_flattened else within(tag, tag, write)

    def _part(self, tag: str, member: Member) -> Write:
        """Write an element of a list or map, under the name the collection gives it."""
        if member.shape.type == "structure":
            return self._wrapped(tag, member)
        if member.shape.type in ("list", "map"):
            return self.element(Member(tag, member.shape, {}))
        return scalar_element(tag, member.shape)


def scalar_element(tag: str, shape: Shape) -> Write:
    """Return the writer of one element with text."""
    if shape.type == "string":
        return lambda value, out: out.append(f"<{tag}>{xml_text(value)}</{tag}>")
    text = text_writer(shape, "iso8601")
    return lambda value, out: out.append(f"<{tag}>{text(value)}</{tag}>")


def within(start: str, tag: str, content: Write) -> Write:
    """Return the writer of `content` in an element of its own."""

    def write(value: Any, out: list[str]) -> None:
        out.append(f"<{start}>")
        content(value, out)
        out.append(f"</{tag}>")

    return write


def namespace_of(member: Member) -> str:
    """Return the xmlns attribute of a member's element, with its leading space, or nothing."""
    namespace = member.traits.get("xmlNamespace") or member.shape.traits.get("xmlNamespace")
    if not namespace:
        return ""
    if isinstance(namespace, str):
        return f' xmlns="{namespace}"'
    prefix = f":{namespace['prefix']}" if namespace.get("prefix") else ""
    return f' xmlns{prefix}="{namespace["uri"]}"'


def xml_text(value: str) -> str:
    """Escape text. A carriage return would be read back as a newline, so it is written as a reference."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")
