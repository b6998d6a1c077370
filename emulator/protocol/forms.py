"""Form fields: what the query protocol sends, in the body or in the query string."""

from urllib.parse import parse_qsl

from emulator.core.errors import SerializationException
from emulator.protocol.wire import HttpRequest

FIELDS_MAX = 100_000
"""More fields than any batch AWS accepts can have; parse_qsl counts before it builds."""


class MalformedInput(SerializationException):
    """The form cannot be read. AWS: the query protocol's name for it; unverified."""


def form_fields(request: HttpRequest) -> dict[str, str]:
    """Return the fields of the query string and of the body, the body's first; raises MalformedInput."""
    fields = fields_from_text(request.query) if request.query else {}
    if request.body:
        try:
            text = request.body.decode("utf-8")
        except UnicodeDecodeError:
            raise MalformedInput("The request body is not valid UTF-8") from None
        fields |= fields_from_text(text)
    return fields


def fields_from_text(text: str) -> dict[str, str]:
    """Decode `a=1&b=2`; of a repeated name the last one counts."""
    try:
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX))
    except ValueError:
        raise MalformedInput("The request is not a valid form") from None
