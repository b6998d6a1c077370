"""The dialects of event patterns: which service takes which operators, and what it says to the others.

All of them read patterns alike and differ in what they refuse. An operator within another is named after both:
`anything-but/prefix`, `prefix/equals-ignore-case`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from rules.errors import InvalidPattern
from rules.pattern.conditions import (
    AnythingBut,
    Cidr,
    Condition,
    Exists,
    IgnoringCase,
    Numeric,
    Part,
    Prefix,
    Suffix,
    Wildcard,
    numbers_of,
)

_NAMES: Mapping[type, str] = {
    Cidr: "cidr",
    Exists: "exists",
    Numeric: "numeric",
    Prefix: "prefix",
    Suffix: "suffix",
    Wildcard: "wildcard",
}
_ANY_CASE = {
    Part.WHOLE: "equals-ignore-case",
    Part.START: "prefix/equals-ignore-case",
    Part.END: "suffix/equals-ignore-case",
}
_BUT_NOT_PLAIN = (
    "anything-but/prefix",
    "anything-but/suffix",
    "anything-but/equals-ignore-case",
    "anything-but/wildcard",
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one service takes.

    Attributes:
        name: How it is asked for.
        refused: The operators it does not take, each with what the service says; `$or` is one of them.
        is_or_lenient: Whether `$or` is a field like any other where it does not stand for alternatives.
        number_max: The greatest number, positive or negative, to compare with.
        number_refusal: What the service says to a greater one.
    """

    name: str
    refused: Mapping[str, str] = field(default_factory=dict)
    is_or_lenient: bool = False
    number_max: float = inf
    number_refusal: str = ""


def operator_of(condition: Condition) -> str | None:
    """Return the operator that a condition was written with; None for a value given as it is."""
    if isinstance(condition, IgnoringCase):
        return _ANY_CASE[condition.part]
    if isinstance(condition, AnythingBut):
        inner = next(map(operator_of, condition.excluded), None)
        return f"anything-but/{inner}" if inner else "anything-but"
    return _NAMES.get(type(condition))


def _each(operators: tuple[str, ...], message: str) -> dict[str, str]:
    return {operator: message.format(operator=operator) for operator in operators}


EVENTBRIDGE = Dialect("eventbridge")

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html (column "Pipe support")
PIPES = Dialect(
    "pipes",
    _each(("wildcard", *_BUT_NOT_PLAIN), "Unrecognized match type {operator}"),  # AWS: unverified wording
)

# https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
LAMBDA = Dialect(
    "lambda",
    _each(("wildcard", "cidr", *_BUT_NOT_PLAIN), "Invalid filter pattern definition."),
)

# https://docs.aws.amazon.com/sns/latest/dg/and-or-logic.html says when `$or` is one
# and https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html how great a number may be.
SNS = Dialect(
    "sns",
    is_or_lenient=True,
    number_max=1e9,
    number_refusal="Value must be between -1.0E9 and 1.0E9, inclusive",  # AWS: unverified wording
)

_NO_WILDCARD = _each(
    ("wildcard", "anything-but/wildcard"),
    "Filter pattern must not contain wildcard matchers (wildcard, anything-but wildcard)",
)
EVENTBRIDGE_V2_DATA = Dialect("eventbridgev2/DATA", _NO_WILDCARD)
EVENTBRIDGE_V2_SYSTEM_METADATA = Dialect("eventbridgev2/SYSTEM_METADATA", _NO_WILDCARD)
EVENTBRIDGE_V2_METADATA = Dialect(
    "eventbridgev2/METADATA",
    _NO_WILDCARD
    | _each(
        (
            *("$or", "anything-but", "cidr", "equals-ignore-case", "exists", "numeric", "prefix", "suffix"),
            *("prefix/equals-ignore-case", "suffix/equals-ignore-case", *_BUT_NOT_PLAIN[:3]),
        ),
        "Filter pattern for METADATA must contain exact matches only",  # AWS: unverified wording
    ),
)

DIALECTS = {
    dialect.name: dialect
    for dialect in (
        EVENTBRIDGE,
        PIPES,
        LAMBDA,
        SNS,
        EVENTBRIDGE_V2_DATA,
        EVENTBRIDGE_V2_METADATA,
        EVENTBRIDGE_V2_SYSTEM_METADATA,
    )
}


def check_condition(dialect: Dialect, condition: Condition, path: str) -> None:
    """Raise `InvalidPattern` if the dialect does not take the condition."""
    refusal = dialect.refused.get(operator_of(condition) or "")
    if refusal is not None:
        raise InvalidPattern(refusal, path)
    if any(abs(number) > dialect.number_max for number in numbers_of(condition)):
        raise InvalidPattern(dialect.number_refusal, path)
