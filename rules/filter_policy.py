"""SNS filter policies: event patterns for the attributes or the body of a message.

https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from rules.document import Json
from rules.errors import InvalidPattern
from rules.pattern.dialects import SNS
from rules.pattern.match import matches
from rules.pattern.parse import Pattern, parse

# https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
KEYS_MAX = 5
COMBINATIONS_MAX = 150
SIZE_BYTES_MAX = 256 * 1024


class FilterPolicyScope(Enum):
    """What of a message a policy looks at."""

    MESSAGE_ATTRIBUTES = "MessageAttributes"
    MESSAGE_BODY = "MessageBody"


class MessageAttribute(NamedTuple):
    """An attribute of a message: its data type, such as `String`, `Number.float` or `String.Array`, and its text."""

    data_type: str
    text: str


@dataclass(frozen=True, slots=True)
class FilterPolicy:
    """A filter policy of one scope."""

    pattern: Pattern
    scope: FilterPolicyScope

    def event_of(self, message: str, attributes: Mapping[str, MessageAttribute]) -> dict[str, Json] | None:
        """Return the document that the policy is matched against; None if the message has none."""
        if self.scope is FilterPolicyScope.MESSAGE_ATTRIBUTES:
            return dict(_comparable(attributes))
        try:
            body = json.loads(message)
        except ValueError:
            return None
        return body if isinstance(body, dict) else None

    def accepts(self, message: str, attributes: Mapping[str, MessageAttribute]) -> bool:
        """Whether a message passes."""
        event = self.event_of(message, attributes)
        return event is not None and matches(self.pattern, event)


def parse_filter_policy(text: str, scope: FilterPolicyScope) -> FilterPolicy:
    """Read and check a filter policy.

    Raises:
        InvalidPattern: SNS would refuse the policy; `message` is what it puts behind `FilterPolicy: `.
    """
    if len(text.encode(errors="replace")) > SIZE_BYTES_MAX:
        raise InvalidPattern("Filter policy is too large")  # AWS: unverified wording; the limit is documented
    pattern = parse(text, dialect=SNS)
    is_nested = scope is FilterPolicyScope.MESSAGE_BODY
    if not is_nested and any(map(_has_objects, _objects(json.loads(text)))):
        raise InvalidPattern("Filter policy scope MessageAttributes does not support nested filter policy")
    # AWS: of nested fields only the innermost count, so that the paths are the keys
    if len({field.path for branch in pattern.branches for field in branch}) > KEYS_MAX:
        raise InvalidPattern("Filter policy can not have more than 5 keys")
    if _combinations(pattern, is_nested=is_nested) > COMBINATIONS_MAX:
        raise InvalidPattern("Filter policy is too complex")
    return FilterPolicy(pattern, scope)


def _combinations(pattern: Pattern, *, is_nested: bool) -> int:
    """Multiply the numbers of values, each times its depth in a policy for bodies, and add up alternatives."""
    return sum(
        math.prod(len(field.tests) * (len(field.steps) if is_nested else 1) for field in branch)
        for branch in pattern.branches
    )


def _objects(policy: dict[str, Json]) -> Iterator[dict[str, Json]]:
    """Yield the policy and the alternatives of its `$or`, whose fields stand beside those of the policy."""
    yield policy
    alternatives = policy.get("$or")
    if isinstance(alternatives, list):
        for alternative in alternatives:
            if isinstance(alternative, dict):
                yield from _objects(alternative)


def _has_objects(policy: dict[str, Json]) -> bool:
    return any(isinstance(value, dict) for value in policy.values())


def _comparable(attributes: Mapping[str, MessageAttribute]) -> Iterator[tuple[str, Json]]:
    """Yield the attributes a policy can see; those of type Binary it cannot."""
    for name, (data_type, text) in attributes.items():
        if data_type == "String.Array" or data_type.startswith("Number"):
            yield name, _parsed(text)
        elif data_type.startswith("String"):
            yield name, text


def _parsed(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        return text
