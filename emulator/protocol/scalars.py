"""Scalars as text: form fields, query strings, headers, path labels and XML all carry values this way."""

import binascii
from collections.abc import Callable
from typing import Any

from emulator.core.errors import SerializationException
from emulator.protocol.documents import FLOATS, base64_text, json_float
from emulator.protocol.models import Shape
from emulator.protocol.timestamps import FORMATS, timestamp_from_wire

ReadText = Callable[[str], Any]
WriteText = Callable[[Any], str]

BOOLEANS = {"true": True, "false": False}


def float_from_text(text: str) -> float:
    """Read a number or one of the three words for those JSON lacks."""
    return FLOATS[text] if text in FLOATS else float(text)


def boolean_from_text(text: str) -> bool:
    """Read `true` or `false`, in any case."""
    found = BOOLEANS.get(text.lower())
    if found is None:
        raise ValueError(text)
    return found


def blob_from_text(text: str) -> bytes:
    """Read base64."""
    return binascii.a2b_base64(text, strict_mode=True) if text else b""


READERS: dict[str, ReadText] = {
    "integer": int,
    "long": int,
    "float": float_from_text,
    "double": float_from_text,
    "boolean": boolean_from_text,
    "blob": blob_from_text,
    "timestamp": timestamp_from_wire,
}
"""Readers by shape type; each raises ValueError. Strings need none."""


def text_reader(shape: Shape) -> ReadText:
    """Return the reader of a scalar; it raises SerializationException."""
    convert = READERS.get(shape.type)
    if convert is None:
        return str

    def read(text: str) -> Any:
        try:
            return convert(text)
        except ValueError:
            raise SerializationException(f"{text[:100]!r} can not be converted to {shape.type}") from None

    return read


def float_text(value: float) -> str:
    """Write a number."""
    return str(json_float(value))


def boolean_text(value: bool) -> str:
    """Write `true` or `false`."""
    return "true" if value else "false"


WRITERS: dict[str, WriteText] = {
    "boolean": boolean_text,
    "blob": base64_text,
    "float": float_text,
    "double": float_text,
}
"""Writers by shape type; the rest are as `str` writes them."""


def text_writer(shape: Shape, timestamp_format: str) -> WriteText:
    """Return the writer of a scalar; `timestamp_format` is the place's, unless the model names another."""
    if shape.type == "timestamp":
        write = FORMATS[shape.traits.get("timestampFormat", timestamp_format)]
        return lambda value: str(write(value))
    return WRITERS.get(shape.type, str)
