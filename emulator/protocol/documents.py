"""Shapes to and from JSON-like documents: the body of the json, rest-json and CBOR protocols.

Every shape becomes one closure on its first use. A reader takes a decoded document and returns params; a writer
takes params and returns a document ready for the encoder.
"""

import binascii
import math
from collections.abc import Callable, Iterable
from typing import Any

from emulator.core.errors import SerializationException
from emulator.protocol.memo import Memo
from emulator.protocol.models import Member, Shape
from emulator.protocol.timestamps import FORMATS, timestamp_from_wire

Convert = Callable[[Any], Any]

FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
"""The numbers JSON cannot write, as the protocols spell them."""

PLAIN_TYPES: dict[str, type] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
}
"""A value of exactly this Python type needs no conversion, in either direction."""

# AWS: the nouns of the parser's messages; seen for String, Integer and Long, unverified for the rest
NOUNS = {
    "string": "a String",
    "boolean": "a Boolean",
    "integer": "an Integer",
    "long": "a Long",
    "float": "a Float",
    "double": "a Double",
    "blob": "a Blob",
    "timestamp": "a Timestamp",
}


def mismatch(value: object, shape: Shape) -> SerializationException:
    """Return the refusal of a value that cannot become `shape`, in the words of AWS's JSON parser."""
    if isinstance(value, dict):
        return SerializationException("Start of structure or map found where not expected.")
    if isinstance(value, list):
        return SerializationException("Start of list found where not expected")  # AWS: unverified
    if shape.type not in NOUNS:
        return SerializationException("Unexpected field type")  # AWS: unverified
    match value:
        case bool():
            kind = "TRUE_VALUE" if value else "FALSE_VALUE"
        case int() | float():
            kind = "NUMBER_VALUE"
        case str():
            kind = "STRING_VALUE"
        case _:
            kind = "VALUE_EMBEDDED_OBJECT"  # AWS: unverified
    return SerializationException(f"{kind} can not be converted to {NOUNS[shape.type]}")


class DocumentReader:
    """Compiles shapes to functions from a decoded document to params."""

    def __init__(self) -> None:
        self.convert = Memo(self._compile)

    def structure(self, shape: Shape, members: Iterable[Member] | None = None) -> Convert:
        """Return the reader of a structure, or of those of its members that travel in the body."""
        chosen = shape.members.values() if members is None else members
        by_name = {
            member.wire_name: (PLAIN_TYPES.get(member.shape.type), member.name, self.convert(member.shape))
            for member in chosen
        }
        find = by_name.get

        def read(document: Any) -> dict[str, Any]:
            if type(document) is not dict:
                raise mismatch(document, shape)
            params = {}
            for key, value in document.items():
                member = find(key)
                if member is not None and value is not None:
                    plain, name, convert = member
                    params[name] = value if type(value) is plain else convert(value)
            return params

        return read

    def _compile(self, shape: Shape) -> Convert:
        match shape.type:
            case "structure" if shape.traits.get("document"):
                return read_anything
            case "structure":
                return self.structure(shape)
            case "list":
                return self._list(shape)
            case "map":
                return self._map(shape)
            case "blob":
                return blob_reader(shape)
            case "timestamp":
                return timestamp_reader(shape)
            case "integer" | "long":
                return integer_reader(shape)
            case "float" | "double":
                return float_reader(shape)
            case _:
                return plain_reader(shape)

    def _list(self, shape: Shape) -> Convert:
        convert = self.convert(shape.member.shape)

        def read(document: Any) -> list[Any]:
            if type(document) is not list:
                raise mismatch(document, shape)
            if None in document:
                raise SerializationException("Unexpected null in a list")  # AWS: unverified
            return [convert(item) for item in document]

        return read

    def _map(self, shape: Shape) -> Convert:
        convert = self.convert(shape.value.shape)

        def read(document: Any) -> dict[str, Any]:
            if type(document) is not dict:
                raise mismatch(document, shape)
            return {key: convert(value) for key, value in document.items() if value is not None}

        return read


def read_anything(document: Any) -> Any:
    """Read a document type: whatever it is, it stays."""
    return document


def plain_reader(shape: Shape) -> Convert:
    """Read a string or boolean: nothing else can become one."""
    plain = PLAIN_TYPES[shape.type]

    def read(value: Any) -> Any:
        if type(value) is not plain:
            raise mismatch(value, shape)
        return value

    return read


def integer_reader(shape: Shape) -> Convert:
    """Read an integer, also one written with a zero fraction."""

    def read(value: Any) -> int:
        if type(value) is int:
            return value
        if type(value) is float and value.is_integer():
            return int(value)
        raise mismatch(value, shape)

    return read


def float_reader(shape: Shape) -> Convert:
    """Read a number, also the three that JSON writes as strings."""

    def read(value: Any) -> float:
        if type(value) is float:
            return value
        if type(value) is int and abs(value) <= 1 << 64:
            return float(value)
        if type(value) is str and value in FLOATS:
            return FLOATS[value]
        raise mismatch(value, shape)

    return read


def blob_reader(shape: Shape) -> Convert:
    """Read base64 text; CBOR has real bytes."""

    def read(value: Any) -> bytes:
        if type(value) is bytes:
            return value
        if type(value) is not str:
            raise mismatch(value, shape)
        try:
            return binascii.a2b_base64(value, strict_mode=True) if value else b""
        except ValueError:
            raise SerializationException(f"Invalid base64 in {shape.name}") from None  # AWS: unverified

    return read


def timestamp_reader(shape: Shape) -> Convert:
    """Read any of the three formats, whichever the model prefers."""

    def read(value: Any) -> float:
        try:
            return timestamp_from_wire(value)
        except ValueError:
            raise mismatch(value, shape) from None

    return read


class DocumentWriter:
    """Compiles shapes to functions from params to a document.

    `write_blob`, `write_timestamp` and `write_float` are the encoder's ways with what documents differ in; a model's
    own timestampFormat goes before `write_timestamp`.
    """

    def __init__(
        self, write_blob: Convert | None, write_timestamp: Convert, write_float: Convert | None
    ) -> None:
        self._blob = write_blob
        self._timestamp = write_timestamp
        self._float = write_float
        self.convert = Memo(self._compile)

    def structure(self, shape: Shape, members: Iterable[Member] | None = None) -> Convert:
        """Return the writer of a structure, or of those of its members that travel in the body."""
        chosen = shape.members.values() if members is None else members
        by_name = {member.name: (member.wire_name, self.element(member.shape)) for member in chosen}
        find = by_name.get

        def write(params: dict[str, Any]) -> dict[str, Any]:
            document = {}
            for key, value in params.items():
                member = find(key)
                if member is not None and value is not None:
                    name, convert = member
                    document[name] = value if convert is None else convert(value)
            return document

        return write

    def element(self, shape: Shape) -> Convert | None:
        """Return the writer of `shape`, None where its values are written as they are."""
        match shape.type:
            case "string" | "boolean" | "integer" | "long":
                return None
            case "structure" if shape.traits.get("document"):
                return None
            case "blob":
                return self._blob
            case "float" | "double":
                return self._float
            case "timestamp":
                named = shape.traits.get("timestampFormat")
                return FORMATS[named] if named else self._timestamp
            case _:
                return self.convert(shape)

    def _compile(self, shape: Shape) -> Convert:
        match shape.type:
            case "structure":
                return self.structure(shape)
            case "list":
                return list_writer(self.element(shape.member.shape))
            case _:
                return map_writer(self.element(shape.value.shape))


def list_writer(convert: Convert | None) -> Convert:
    """Write a list, the whole of it as it is where its elements are."""
    return list if convert is None else lambda items: [convert(item) for item in items]


def map_writer(convert: Convert | None) -> Convert:
    """Write a map, the whole of it as it is where its values are."""
    return dict if convert is None else lambda items: {key: convert(value) for key, value in items.items()}


def base64_text(value: bytes) -> str:
    """Return the base64 of a blob."""
    return binascii.b2a_base64(value, newline=False).decode()


def json_float(value: float) -> float | str:
    """Return a number as JSON can carry it."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
