"""The JSONPath subset of AWS: `$`, `.name`, `['name']`, `[0]`, `[-1]`, `.*` and `[*]`.

A path without a wildcard finds one value or none; a path with one finds the list of all values, in order.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from rules.document import Json

_STEP = re.compile(
    r"""
    \.(?P<name>[^.\[\]'"*]+)
    | \[(?P<quote>['"])(?P<quoted>.+?)(?P=quote)\]
    | \[(?P<index>-?[0-9]+)\]
    | (?P<all>\.\*|\[\*\])
    """,
    re.VERBOSE,
)


class Mark(Enum):
    """Things that are not values."""

    MISSING = auto()
    EVERY = auto()


MISSING: Final = Mark.MISSING
Step = str | int | Mark


@dataclass(frozen=True, slots=True)
class Path:
    """A parsed path; `quoted` tells whether it names a field in brackets."""

    text: str
    steps: tuple[Step, ...]
    quoted: bool

    def find(self, document: Json) -> Json:
        """Return the value at the path, or `MISSING`; of a path with a wildcard, the list of values."""
        found = list(_walk(document, self.steps))
        if Mark.EVERY in self.steps:
            return found
        return found[0] if found else MISSING


def parse_path(text: str) -> Path:
    """Read a path.

    Raises:
        ValueError: The text is not a path of this subset.
    """
    if not text.startswith("$"):
        raise ValueError("A path begins with $")
    steps: list[Step] = []
    quoted = False
    position = 1
    while position < len(text):
        found = _STEP.match(text, position)
        if found is None:
            raise ValueError(f"Not a path at position {position}: {text}")
        position = found.end()
        if found["index"] is not None:
            steps.append(int(found["index"]))
        elif found["all"] is not None:
            steps.append(Mark.EVERY)
        else:
            quoted = quoted or found["quoted"] is not None
            steps.append(found["name"] or found["quoted"])
    return Path(text, tuple(steps), quoted)


def _walk(node: Json, steps: tuple[Step, ...]) -> Iterator[Json]:
    if not steps:
        yield node
        return
    step, rest = steps[0], steps[1:]
    if isinstance(step, Mark):
        children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        for child in children:
            yield from _walk(child, rest)
    elif isinstance(step, str):
        if isinstance(node, dict) and step in node:
            yield from _walk(node[step], rest)
    elif isinstance(node, list) and -len(node) <= step < len(node):
        yield from _walk(node[step], rest)
