"""CBOR (RFC 8949), as much of it as Smithy's rpc-v2-cbor allows: no dependency of ours brings it."""

import struct
from collections.abc import Callable
from typing import Any

DEPTH_MAX = 200
"""Nesting that no AWS document reaches."""

BREAK = 0xFF
INDEFINITE = 31
FLOATS = {25: (">e", 2), 26: (">f", 4), 27: (">d", 8)}
SIMPLE = {20: False, 21: True, 22: None, 23: None}
EPOCH_TAG = 1


class Instant(float):
    """A timestamp on its way to the encoder, which tags it."""

    __slots__ = ()


class Decoder:
    """Reads one item, and all within it, from bytes; anything odd is a ValueError."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def document(self) -> Any:
        """Return the item the bytes consist of."""
        item = self._item(0)
        if self._at != len(self._data):
            raise ValueError("bytes after the end of the document")
        return item

    def _take(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._data):
            raise ValueError("the document ends early")
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def _number(self, info: int) -> int:
        if info < 24:
            return info
        if info > 27:
            raise ValueError("reserved length")
        return int.from_bytes(self._take(1 << (info - 24)), "big")

    def _item(self, depth: int) -> Any:
        if depth > DEPTH_MAX:
            raise ValueError("nested too deeply")
        initial = self._take(1)[0]
        major, info = initial >> 5, initial & 31
        match major:
            case 0:
                return self._number(info)
            case 1:
                return -1 - self._number(info)
            case 2:
                return self._string(major, info)
            case 3:
                return self._string(major, info).decode("utf-8")
            case 4:
                return self._list(info, depth + 1)
            case 5:
                return self._map(info, depth + 1)
            case 6:
                return self._tagged(self._number(info), depth + 1)
            case _:
                return self._simple(info)

    def _string(self, major: int, info: int) -> bytes:
        if info != INDEFINITE:
            return self._take(self._number(info))
        chunks = []
        while not self._breaks():
            initial = self._take(1)[0]
            if initial >> 5 != major:
                raise ValueError("a chunk of another type")
            chunks.append(self._take(self._number(initial & 31)))
        return b"".join(chunks)

    def _list(self, info: int, depth: int) -> list[Any]:
        if info != INDEFINITE:
            return [self._item(depth) for _ in range(self._count(info))]
        items = []
        while not self._breaks():
            items.append(self._item(depth))
        return items

    def _map(self, info: int, depth: int) -> dict[str, Any]:
        items: dict[str, Any] = {}
        if info != INDEFINITE:
            for _ in range(self._count(info)):
                self._pair(items, depth)
            return items
        while not self._breaks():
            self._pair(items, depth)
        return items

    def _pair(self, items: dict[str, Any], depth: int) -> None:
        key = self._item(depth)
        if not isinstance(key, str):
            raise ValueError("a key that is no string")  # noqa: TRY004 (bad data, not a bad call)
        items[key] = self._item(depth)

    def _count(self, info: int) -> int:
        """Return a number of items; each takes a byte at least, so a lie is found before it costs memory."""
        count = self._number(info)
        if count > len(self._data) - self._at:
            raise ValueError("the document ends early")
        return count

    def _tagged(self, tag: int, depth: int) -> Any:
        value = self._item(depth)
        if tag != EPOCH_TAG:
            raise ValueError("an unknown tag")
        return value

    def _simple(self, info: int) -> Any:
        if info in SIMPLE:
            return SIMPLE[info]
        if info not in FLOATS:
            raise ValueError("an unknown simple value")
        form, size = FLOATS[info]
        return struct.unpack(form, self._take(size))[0]

    def _breaks(self) -> bool:
        """Tell whether an indefinite item ends here, and step over its end."""
        if self._at >= len(self._data):
            raise ValueError("the document ends early")
        ends = self._data[self._at] == BREAK
        self._at += ends
        return ends


def head(major: int, number: int) -> bytes:
    """Return the first bytes of an item."""
    if number < 24:
        return bytes((major << 5 | number,))
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * size):
            return bytes((major << 5 | info,)) + number.to_bytes(size, "big")
    raise ValueError(number)


def encode_integer(value: int, out: list[bytes]) -> None:
    """Append an integer."""
    out.append(head(0, value) if value >= 0 else head(1, -1 - value))


def encode_instant(value: Instant, out: list[bytes]) -> None:
    """Append a tagged timestamp, whole seconds as an integer."""
    out.append(head(6, EPOCH_TAG))
    encode(int(value) if value.is_integer() else float(value), out)


def encode_bytes(value: bytes, out: list[bytes]) -> None:
    """Append a byte string."""
    out.extend((head(2, len(value)), value))


def encode_text(value: str, out: list[bytes]) -> None:
    """Append a text string."""
    text = value.encode("utf-8")
    out.extend((head(3, len(text)), text))


def encode_list(value: list[Any], out: list[bytes]) -> None:
    """Append a list and all within it."""
    out.append(head(4, len(value)))
    for item in value:
        encode(item, out)


def encode_map(value: dict[str, Any], out: list[bytes]) -> None:
    """Append a map and all within it."""
    out.append(head(5, len(value)))
    for key, item in value.items():
        encode(key, out)
        encode(item, out)


ENCODERS: dict[type, Callable[[Any, list[bytes]], None]] = {
    type(None): lambda _value, out: out.append(b"\xf6"),
    bool: lambda value, out: out.append(b"\xf5" if value else b"\xf4"),
    int: encode_integer,
    float: lambda value, out: out.append(b"\xfb" + struct.pack(">d", value)),
    Instant: encode_instant,
    bytes: encode_bytes,
    str: encode_text,
    list: encode_list,
    tuple: encode_list,
    dict: encode_map,
}


def encode(value: Any, out: list[bytes]) -> None:
    """Append the bytes of `value`; of a subclass, those of the nearest type we know."""
    encoder = ENCODERS.get(type(value))
    if encoder is None:
        encoder = next(ENCODERS[base] for base in type(value).__mro__ if base in ENCODERS)
    encoder(value, out)


def cbor_bytes(value: Any) -> bytes:
    """Return the CBOR of a document."""
    out: list[bytes] = []
    encode(value, out)
    return b"".join(out)


def cbor_document(data: bytes) -> Any:
    """Return the document that `data` holds; raises ValueError."""
    return Decoder(data).document()
