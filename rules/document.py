"""JSON documents: their type, and their text as AWS writes it."""

import json
from typing import Any

import orjson

Json = Any  # dict | list | str | int | float | bool | None, whose recursion no checker follows usefully


def to_json(value: Json) -> str:
    """Return the text of a value: no spaces, letters as they are."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # half a surrogate pair, or an integer beyond 64 bits
        return json.dumps(value, separators=(",", ":"))
