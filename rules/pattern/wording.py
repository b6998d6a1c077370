"""Conditions and values in words, and conditions as the JSON that stands for them in a pattern."""

from math import inf

from rules.document import Json, to_json
from rules.pattern.conditions import (
    AnythingBut,
    Cidr,
    Condition,
    Exact,
    ExactAddress,
    ExactNumber,
    ExactWord,
    Exists,
    IgnoringCase,
    Numeric,
    Part,
    Prefix,
    Suffix,
    Wildcard,
)
from rules.pattern.match import Place

_AFFIXES = {Part.START: "prefix", Part.END: "suffix"}
_ANY_CASE = {
    Part.WHOLE: ("is {}, in any case", "is not {}, in any case"),
    Part.START: ("begins with {}, in any case", "does not begin with {}, in any case"),
    Part.END: ("ends with {}, in any case", "does not end with {}, in any case"),
}
SHOWN_MAX = 80  # characters of a value


def shown(value: Json) -> str:
    """Return a value as JSON, cut where it is long."""
    text = to_json(value)
    return text if len(text) <= SHOWN_MAX else f"{text[: SHOWN_MAX - 1]}…"


def shown_place(place: Place) -> str:
    """Return a place as `detail.items[0].sku`."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.lstrip(".")


def to_document(condition: Condition) -> Json:
    """Return the JSON that a pattern says the condition with."""
    match condition:
        case Exact(value) | ExactNumber(value) | ExactWord(value):
            return value
        case ExactAddress(address):
            return address.text
        case IgnoringCase(text, part):
            whole = {"equals-ignore-case": text}
            return whole if part is Part.WHOLE else {_AFFIXES[part]: whole}
        case Prefix() | Suffix() | Wildcard():
            return {type(condition).__name__.lower(): condition.text}
        case Numeric():
            return {"numeric": [part for bound in _bounds(condition) for part in bound]}
        case Cidr():
            return {"cidr": _block(condition)}
        case Exists(present):
            return {"exists": present}
        case AnythingBut(excluded):
            return {"anything-but": _excluded(excluded)}
    raise AssertionError(condition)


def sentence(condition: Condition, *, holds: bool) -> str:
    """Return what is said of a value that a condition accepts, or does not: `is > 100`, `is not > 100`."""
    match condition:
        case Prefix(text):
            return f"{'begins' if holds else 'does not begin'} with {shown(text)}"
        case Suffix(text):
            return f"{'ends' if holds else 'does not end'} with {shown(text)}"
        case Wildcard():
            return f"{'fits' if holds else 'does not fit'} the wildcard {shown(condition.text)}"
        case IgnoringCase(text, part):
            return _ANY_CASE[part][0 if holds else 1].format(shown(text))
        case Cidr():
            return f"is {'' if holds else 'not '}in {_block(condition)}"
        case AnythingBut(excluded):
            return f"is {'none' if holds else 'one'} of the excluded {shown(_excluded(excluded))}"
        case Exists(True):
            return "is there"
        case Exists():
            return "is there, and must not be"
        case Numeric():
            wanted = " and ".join(f"{comparison} {number}" for comparison, number in _bounds(condition))
            return f"is {'' if holds else 'not '}{wanted}"
    return f"is {'' if holds else 'not '}{shown(to_document(condition))}"


def _bounds(numeric: Numeric) -> list[tuple[str, float]]:
    bounds = []
    if numeric.bottom != -inf:
        bounds.append((">=" if numeric.bottom_included else ">", numeric.bottom))
    if numeric.top != inf:
        bounds.append(("<=" if numeric.top_included else "<", numeric.top))
    return bounds


def _block(block: Cidr) -> str:
    size = block.last.number - block.first.number + 1
    bits = 32 if block.first.version == 4 else 128
    return f"{block.first.text}/{bits - size.bit_length() + 1}"


def _excluded(excluded: tuple[Condition, ...]) -> Json:
    documents = [to_document(condition) for condition in excluded]
    if not documents or not isinstance(documents[0], dict):
        return documents
    (operator,) = documents[0]
    return {operator: [document[operator] for document in documents]}
