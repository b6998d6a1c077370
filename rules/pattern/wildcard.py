r"""Wildcard expressions: `*` stands for any run of characters, `\*` and `\\` for themselves."""

import re
from collections.abc import Iterable

from rules.errors import InvalidPattern

# AWS does not publish its measure. This one is the worst case event-ruler's complexity evaluator looks for: how many
# beginnings of wildcard expressions one value can have matched at the same moment. Ten agrees with the rules reported
# as accepted (three times `*:stack/name/*` on one field) and refused (four times; also four times `*/dir/*.ext`).
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
COMPLEXITY_MAX = 10
STATES_MAX = 20_000  # beyond this the measure stops looking and accepts
TOO_COMPLEX = (
    "Rule is too complex - try using fewer wildcard characters "
    "or fewer repeating character sequences after a wildcard character"
)

_PIECE = re.compile(r"\*+|\\.?|[^\\*]+", re.DOTALL)
_Position = tuple[int, int]  # which expression, how many of its tokens


def segments_of(text: str) -> tuple[str, ...]:
    """Split an expression at its wildcards into the literal texts between them.

    Raises:
        InvalidPattern: Two wildcards meet, or a backslash stands before anything but `*` or a backslash.
    """
    segments = [""]
    for piece in _PIECE.finditer(text):
        found = piece[0]
        position = piece.start() + 1  # AWS counts from the quote that opens the string
        if found[0] == "*":
            if len(found) > 1:
                raise InvalidPattern(f"Consecutive wildcard characters at pos {position}")
            segments.append("")
        elif found[0] != "\\":
            segments[-1] += found
        elif found in {"\\*", "\\\\"}:
            segments[-1] += found[1]
        else:
            raise InvalidPattern(f"Invalid escape character at pos {position}")
    return tuple(segments)


def complexity(expressions: Iterable[tuple[str, ...]], stop_above: int = COMPLEXITY_MAX) -> int:
    """Return how many beginnings of these expressions one value can match at once, or some number above the limit."""
    tokens = [_tokens(segments) for segments in dict.fromkeys(expressions) if len(segments) > 1]
    alphabet = {token for expression in tokens for token in expression if token is not None} | {""}
    start = _with_empty_runs({(which, 0) for which in range(len(tokens))}, tokens)
    seen = {start}
    pending = [start]
    worst = 0
    while pending and worst <= stop_above and len(seen) < STATES_MAX:
        active = pending.pop()
        for char in alphabet:
            following = _step(active, char, tokens)
            worst = max(worst, len(following))
            if following not in seen:
                seen.add(following)
                pending.append(following)
    return worst


def _tokens(segments: tuple[str, ...]) -> list[str | None]:
    """Spell out an expression, None for a wildcard."""
    tokens: list[str | None] = []
    for segment in segments:
        tokens += [*segment, None]
    return tokens[:-1]


def _step(active: frozenset[_Position], char: str, tokens: list[list[str | None]]) -> frozenset[_Position]:
    """Return the beginnings matched after one more character."""
    following: set[_Position] = set()
    for which, position in active:
        expression = tokens[which]
        if position and expression[position - 1] is None:
            following.add((which, position))
        if position < len(expression) and expression[position] == char:
            following.add((which, position + 1))
    return _with_empty_runs(following, tokens)


def _with_empty_runs(active: set[_Position], tokens: list[list[str | None]]) -> frozenset[_Position]:
    """Add the beginnings that a wildcard standing for nothing leads on to."""
    return frozenset(active) | {
        (which, position + 1)
        for which, position in active
        if position < len(tokens[which]) and tokens[which][position] is None
    }
