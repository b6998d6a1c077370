"""The operators of event patterns: how each reads its operand and which condition it stands for.

`OPERATORS` is the whole list; every parser refuses what it does not take in AWS's words.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

import math
from collections.abc import Callable
from decimal import Decimal

from rules.errors import InvalidPattern
from rules.pattern.addresses import address_of, block_of
from rules.pattern.conditions import (
    AnythingBut,
    Cidr,
    Condition,
    Exact,
    ExactAddress,
    ExactNumber,
    Exists,
    Numeric,
    Part,
    Prefix,
    Suffix,
    Wildcard,
    ignoring_case,
)
from rules.pattern.tokens import Kind, Tokens
from rules.pattern.wildcard import segments_of

EXACT_DIGITS = 15  # every decimal number of so many digits survives the way through a double

OperandParser = Callable[[Tokens], Condition]

OPERATORS: dict[str, OperandParser] = {}


def operator(name: str) -> Callable[[OperandParser], OperandParser]:
    """Enter a parser in `OPERATORS`; it starts at the operator's name and ends on the brace behind the operand."""

    def enter(parser: OperandParser) -> OperandParser:
        OPERATORS[name] = parser
        return parser

    return enter


def parse_operator(tokens: Tokens) -> Condition:
    """Read one `{"operator": operand}` whose opening brace is the current token.

    Raises:
        InvalidPattern: The operator is unknown or its operand is not valid.
    """
    if tokens.next() is not Kind.NAME:
        tokens.fail("Match expression name not found")
    parser = OPERATORS.get(tokens.name)
    if parser is None:
        name = tokens.name
        tokens.next()
        tokens.fail(f"Unrecognized match type {name}")
    return parser(tokens)


def parse_string(text: str) -> Condition:
    """Return the test for a string given as it is."""
    # AWS: an address matches in any spelling ("10.0.0.1" and "010.0.0.1"), unlike in anything-but and prefix
    address = address_of(text)
    return Exact(text) if address is None else ExactAddress(address)


def parse_number(text: str) -> ExactNumber:
    """Return the test for a number given as it is."""
    return ExactNumber(_number(text))


def _number(text: str) -> float:
    return int(text) if text.lstrip("-").isdigit() else float(text)


def _comparable(text: str) -> float:
    """Return the number, which must be one that a double holds exactly.

    AWS documents -5.0e9 to +5.0e9 and 15 digits; event-ruler, its matcher, takes every number a double can hold.
    """
    number = _number(text)
    if len(text) > EXACT_DIGITS or "e" in text or "E" in text:
        try:
            double = float(text)
        except OverflowError:
            double = math.inf
        if math.isinf(double) or Decimal(repr(double)) != Decimal(text):
            raise InvalidPattern(f"Cannot compare number : {text}")
    return number


def _close(tokens: Tokens, message: str = "Only one key allowed in match expression") -> None:
    if tokens.next() is not Kind.OBJECT_END:
        tokens.fail(message)


def _string_operand(tokens: Tokens, name: str) -> str:
    if tokens.next() is not Kind.STRING:
        tokens.fail(f"{name} match pattern must be a string")
    return tokens.text()


@operator("exactly")
def parse_exactly(tokens: Tokens) -> Condition:
    """Read a string; the same as the string alone, in event-ruler's first spelling."""
    text = _string_operand(tokens, "exact")
    _close(tokens)
    return Exact(text)


@operator("equals-ignore-case")
def parse_equals_ignore_case(tokens: Tokens) -> Condition:
    """Read a string."""
    text = _string_operand(tokens, "equals-ignore-case")
    _close(tokens)
    return ignoring_case(text)


@operator("prefix")
def parse_prefix(tokens: Tokens) -> Condition:
    """Read a string, or `{"equals-ignore-case": string}`."""
    text, any_case = _affix_operand(tokens, "prefix")
    return ignoring_case(text, Part.START) if any_case else Prefix(text)


@operator("suffix")
def parse_suffix(tokens: Tokens) -> Condition:
    """Read a string, or `{"equals-ignore-case": string}`."""
    text, any_case = _affix_operand(tokens, "suffix")
    return ignoring_case(text, Part.END) if any_case else Suffix(text)


def _affix_operand(tokens: Tokens, name: str) -> tuple[str, bool]:
    kind = tokens.next()
    any_case = kind is Kind.OBJECT
    if any_case:
        if tokens.next() is not Kind.NAME:
            tokens.fail(f"{name.capitalize()} expression name not found")
        inner = tokens.name
        kind = tokens.next()
        if inner != "equals-ignore-case":
            tokens.fail(f"Unsupported {name} pattern: {inner}")
        name = inner
    if kind is not Kind.STRING:
        tokens.fail(f"{name} match pattern must be a string")
    text = tokens.text()
    if any_case:
        _close(tokens)
    _close(tokens)
    return text, any_case


@operator("wildcard")
def parse_wildcard(tokens: Tokens) -> Condition:
    """Read a wildcard expression."""
    wildcard = _wildcard(tokens, _string_operand(tokens, "wildcard"))
    _close(tokens)
    return wildcard


def _wildcard(tokens: Tokens, text: str) -> Condition:
    with tokens.relocated():
        return Wildcard(segments_of(text))


@operator("cidr")
def parse_cidr(tokens: Tokens) -> Condition:
    """Read a CIDR block."""
    block = block_of(
        _string_operand(tokens, "prefix"), tokens.path
    )  # AWS: says "prefix" (content_ip_address_type_EXC)
    _close(tokens)
    return Cidr(*block)


@operator("exists")
def parse_exists(tokens: Tokens) -> Condition:
    """Read true or false."""
    kind = tokens.next()
    if kind not in (Kind.TRUE, Kind.FALSE):
        tokens.fail("exists match pattern must be either true or false.")
    _close(tokens)
    return Exists(kind is Kind.TRUE)


_TOO_MANY = "Too many elements in numeric expression"
_BOUNDS = {"<", "<=", ">", ">="}


@operator("numeric")
def parse_numeric(tokens: Tokens) -> Condition:
    """Read `["=", number]`, or one or two bounds, the lower one first."""
    if tokens.next() is not Kind.ARRAY:
        tokens.fail("Value of numeric must be an array.")
    if tokens.next() is not Kind.STRING:
        tokens.fail(f"Invalid member in numeric match: {tokens.text()}")
    comparison = tokens.text()
    kind = tokens.next()
    if comparison != "=" and comparison not in _BOUNDS:
        tokens.fail(f"Unrecognized numeric range operator: {comparison}")
    if kind is not Kind.NUMBER:
        tokens.fail(f"Value of {'equals' if comparison == '=' else comparison} must be numeric")
    number = tokens.text()
    kind = tokens.next()
    top: tuple[str, str] | None = None
    if kind is not Kind.ARRAY_END:
        if comparison not in {">", ">="}:
            tokens.fail(_TOO_MANY)
        top = _top(tokens, kind)
    with tokens.relocated():
        numeric = _numeric(comparison, number, top)
    _close(tokens, _TOO_MANY)
    return numeric


def _top(tokens: Tokens, kind: Kind) -> tuple[str, str]:
    if kind is not Kind.STRING:
        tokens.fail(f"Bad value in numeric range: {tokens.text()}")
    comparison = tokens.text()
    if comparison not in {"<", "<="}:
        tokens.fail(f"Bad numeric range operator: {comparison}")
    if tokens.next() is not Kind.NUMBER:
        tokens.fail(f"Value of {comparison} must be numeric")
    number = tokens.text()
    if tokens.next() is not Kind.ARRAY_END:
        tokens.fail("Too many terms in numeric range expression")
    return comparison, number


def _numeric(comparison: str, text: str, top: tuple[str, str] | None) -> Condition:
    number = _comparable(text)
    if comparison == "=":
        return ExactNumber(number)
    included = comparison.endswith("=")
    if comparison in {"<", "<="}:
        return Numeric(-math.inf, True, number, included)
    if top is None:
        return Numeric(number, included, math.inf, True)
    limit = _comparable(top[1])
    if number >= limit:
        raise InvalidPattern("Bottom must be less than top")
    return Numeric(number, included, limit, top[0] == "<=")


_AFFIX_ERROR = "prefix/suffix match pattern must be a string"
_EXCLUDED_ERRORS = {
    "prefix": _AFFIX_ERROR,
    "suffix": _AFFIX_ERROR,
    "equals-ignore-case": (
        "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."
    ),
    "wildcard": "wildcard match pattern must be a string",
}
_SCALARS = (Kind.STRING, Kind.NUMBER)


@operator("anything-but")
def parse_anything_but(tokens: Tokens) -> Condition:
    """Read what to exclude: a value, a list of values of one type, or an operator on a string or a list of them."""
    kind = tokens.next()
    if kind is Kind.OBJECT:
        return _anything_but_operator(tokens)
    if kind is Kind.ARRAY:
        excluded = _excluded_values(tokens)
    elif kind in _SCALARS:
        excluded = (_excluded_value(tokens, kind),)
    else:
        _anything_but_nothing(tokens)
    _close(tokens, _TOO_MANY)
    return AnythingBut(excluded)


def _anything_but_nothing(tokens: Tokens) -> None:
    tokens.fail("Value of anything-but must be an array or single string/number value.")


def _excluded_value(tokens: Tokens, kind: Kind) -> Condition:
    return Exact(tokens.text()) if kind is Kind.STRING else ExactNumber(_comparable(tokens.text()))


def _excluded_values(tokens: Tokens) -> tuple[Condition, ...]:
    excluded: list[Condition] = []
    kinds: set[Kind] = set()
    with tokens.relocated():
        while (kind := tokens.next()) is not Kind.ARRAY_END:
            if kind not in _SCALARS:
                tokens.fail("Inside anything but list, start|null|boolean is not supported.")
            excluded.append(_excluded_value(tokens, kind))
            kinds.add(kind)
    if len(kinds) != 1:
        tokens.fail(
            "Inside anything but list, either all values are number or string, mixed type is not supported"
        )
    return tuple(excluded)


def _anything_but_operator(tokens: Tokens) -> Condition:
    if tokens.next() is not Kind.NAME:
        tokens.fail("Anything-But expression name not found")
    name = tokens.name
    kind = tokens.next()
    if name not in _EXCLUDED_ERRORS:
        tokens.fail(f"Unsupported anything-but pattern: {name}")
    texts: list[str] = []
    if kind is Kind.ARRAY:
        with tokens.relocated():
            while (kind := tokens.next()) is not Kind.ARRAY_END:
                texts.append(_excluded_text(tokens, name, kind))
    elif kind in _SCALARS:
        texts.append(_excluded_text(tokens, name, kind))
    else:
        _anything_but_nothing(tokens)
    excluded = tuple(_excluded_by(tokens, name, text) for text in texts)
    _close(tokens, _TOO_MANY)
    _close(tokens, _TOO_MANY)
    return AnythingBut(excluded)


def _excluded_text(tokens: Tokens, name: str, kind: Kind) -> str:
    if kind is not Kind.STRING:
        tokens.fail(_EXCLUDED_ERRORS[name])
    text = tokens.text()
    if not text and name in {"prefix", "suffix"}:
        tokens.fail("Null prefix/suffix not allowed")
    return text


def _excluded_by(tokens: Tokens, name: str, text: str) -> Condition:
    match name:
        case "prefix":
            return Prefix(text)
        case "suffix":
            return Suffix(text)
        case "wildcard":
            return _wildcard(tokens, text)
        case _:
            return ignoring_case(text)
