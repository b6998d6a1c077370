"""What a target is sent: the event, a constant `Input`, a part of it (`InputPath`), or an `InputTransformer`'s template.

A template is text with `<variables>`. Outside quotes a variable stands for a JSON value; inside quotes for bare text,
which AWS does not escape, and from which it removes the quotes of an object or array. A variable whose path finds
nothing is the empty string (recorded by LocalStack: custom-variables-not-match-all).
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from rules.document import Json, to_json
from rules.errors import InvalidPattern, InvalidTemplate
from rules.paths import MISSING, Path, parse_path
from rules.pattern.tokens import Kind, Tokens

RULE_ARN = "aws.events.rule-arn"
RULE_NAME = "aws.events.rule-name"
INGESTION_TIME = "aws.events.event.ingestion-time"
EVENT_HEAD = "aws.events.event"
EVENT_WHOLE = "aws.events.event.json"
_TEMPLATE = "InputTransformer.InputTemplate"
RESERVED = frozenset({RULE_ARN, RULE_NAME, INGESTION_TIME, EVENT_HEAD, EVENT_WHOLE})

_TEMPLATE_PIECE = re.compile(r'(?P<escape>\\.)|(?P<quote>")|<(?P<variable>[A-Za-z0-9_.\-]+)>', re.DOTALL)

Event = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A variable in a template: where its value is, whether it stands between quotes, what it is when it is absent."""

    name: str
    path: Path | None  # None for a reserved variable
    quoted: bool = False
    absent: str | None = ""


@dataclass(frozen=True, slots=True)
class Transform:
    """Turns an event into the payload of one target: texts, and placeholders to fill."""

    pieces: tuple[str | Placeholder, ...]

    @classmethod
    def from_input(cls, text: str, target_id: str = "") -> Self:
        """Return the transform that sends a constant, which must be JSON.

        Raises:
            InvalidTemplate: PutTargets would refuse it, in these words; so for the other two.
        """
        try:
            json.loads(text)
        except ValueError:
            raise InvalidTemplate(f"JSON syntax error in input for target {target_id}", "Input") from None
        return cls((text,))

    @classmethod
    def from_path(cls, text: str, target_id: str = "") -> Self:
        """Return the transform that sends the part of the event at a path, or null."""
        path = _parse_path(text, target_id, "InputPath")
        return cls((Placeholder("", path, absent=None),))

    @classmethod
    def from_template(cls, template: str, paths: Mapping[str, str], target_id: str = "") -> Self:
        """Return the transform that fills a template from the event."""
        parsed = {
            name: _parse_path(path, target_id, f"InputTransformer.InputPathsMap.{name}")
            for name, path in paths.items()
        }
        pieces = _split(template, parsed)
        for piece in pieces:
            if isinstance(piece, Placeholder):
                _check_placeholder(piece, template, target_id)
        _check_json(pieces, target_id)
        return cls(pieces)

    def apply(
        self, event: Event, *, rule_arn: str = "", rule_name: str = "", ingestion_time: str = ""
    ) -> str:
        """Return the payload for an event."""
        reserved = {RULE_ARN: rule_arn, RULE_NAME: rule_name, INGESTION_TIME: ingestion_time}
        return "".join(
            piece if isinstance(piece, str) else _filled(piece, event, reserved) for piece in self.pieces
        )


def _filled(placeholder: Placeholder, event: Event, reserved: Mapping[str, str]) -> str:
    if placeholder.path is not None:
        value = placeholder.path.find(event)
        if value is MISSING:
            value = placeholder.absent
    elif placeholder.name == EVENT_WHOLE:
        value = event
    elif placeholder.name == EVENT_HEAD:
        # AWS: without the detail, and with this one name spelt otherwise (recorded by LocalStack: originalEvent)
        value = {
            "detailType" if field == "detail-type" else field: value
            for field, value in event.items()
            if field != "detail"
        }
    else:
        value = reserved[placeholder.name]
    if not placeholder.quoted:
        return to_json(value)
    if isinstance(value, str):
        return value
    text = to_json(value)
    return text.replace('"', "") if isinstance(value, (dict, list)) else text


def _parse_path(text: str, target_id: str, place: str) -> Path:
    message = f"InputPath for target {target_id} is invalid."
    try:
        path = parse_path(text)
    except ValueError:
        raise InvalidTemplate(message, place) from None
    if path.quoted:
        # AWS: dot notation only, in InputPath as in InputPathsMap
        raise InvalidTemplate(message, place)
    return path


def _check_placeholder(placeholder: Placeholder, template: str, target_id: str) -> None:
    name = placeholder.name
    if placeholder.path is None and name not in RESERVED:
        raise InvalidTemplate(
            f"InputTemplate for target {target_id} contains invalid placeholder {name}.", _TEMPLATE
        )
    if name == EVENT_WHOLE and not template.lstrip().startswith("{"):
        raise InvalidTemplate(
            f"InputTemplate for target {target_id} contains placeholder {name} valid only for JSON template.",
            _TEMPLATE,
        )


def _split(template: str, paths: Mapping[str, Path]) -> tuple[str | Placeholder, ...]:
    """Split a template at its placeholders."""
    pieces: list[str | Placeholder] = []
    quoted = False
    start = 0
    for found in _TEMPLATE_PIECE.finditer(template):
        if found["quote"]:
            quoted = not quoted
        elif name := found["variable"]:
            pieces += [template[start : found.start()], Placeholder(name, paths.get(name), quoted)]
            start = found.end()
    return (*pieces, template[start:])


def _check_json(pieces: tuple[str | Placeholder, ...], target_id: str) -> None:
    """Refuse a template that gives no JSON, whatever the values; several values in a row are allowed."""
    sample = "".join(piece if isinstance(piece, str) else "x" if piece.quoted else "null" for piece in pieces)
    tokens = Tokens(sample)
    try:
        while tokens.next() is not Kind.END:
            pass
    except InvalidPattern as error:
        location = error.message.rpartition("\n at ")[2]
        raise InvalidTemplate(
            f"Invalid InputTemplate for target {target_id} : {location}.", _TEMPLATE
        ) from None
