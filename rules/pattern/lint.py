"""What is odd about a pattern, before any event has been seen.

EventBridge's own fields are known: every event on a bus has the same names outside `detail`, and nearly all of them hold
strings. A condition that no such event can satisfy is an error here; what merely does nothing is a warning.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import combinations

from rules.document import Json
from rules.pattern.conditions import (
    AnythingBut,
    Condition,
    Exact,
    ExactNumber,
    ExactWord,
    Exists,
    Numeric,
    Prefix,
    Wildcard,
    numbers_of,
)
from rules.pattern.covers import branch_covers, condition_covers
from rules.pattern.examples import ENVELOPE
from rules.pattern.parse import Field, Pattern, parse
from rules.pattern.wording import shown, to_document

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-numeric-matching
NUMBER_MAX = 5e9

_FORMS = {
    "version": re.compile("0"),
    "account": re.compile(r"\d{12}", re.ASCII),
    "time": re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII),
}
_OPTIONAL = {"replay-name"}
_STRINGS = {name for name, value in ENVELOPE.items() if isinstance(value, str)}


class Severity(Enum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd: a code to look it up by, where it is, and a sentence about it."""

    code: str
    severity: Severity
    path: str
    message: str

    def to_json(self) -> dict[str, Json]:
        """Return the finding as a JSON document."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "path": self.path,
            "message": self.message,
        }


def lint(pattern: Pattern | str | bytes) -> tuple[Finding, ...]:
    """Return what is odd about a pattern for events on a bus, the worst first.

    A finding with the code `never-matches` says that no event on a bus satisfies the field; one of `matches-everything`, that
    every event does.

    Raises:
        InvalidPattern: The pattern is not valid.
    """
    parsed = pattern if isinstance(pattern, Pattern) else parse(pattern)
    findings = [finding for branch in parsed.branches for field in branch for finding in _of_field(field)]
    findings += _of_branches(parsed)
    order = list(Severity)
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: order.index(finding.severity)))


def _of_branches(pattern: Pattern) -> Iterator[Finding]:
    for first, second in combinations(range(len(pattern.branches)), 2):
        for narrow, wide in ((first, second), (second, first)):
            if branch_covers(pattern.branches[narrow], pattern.branches[wide]):
                message = f"alternative {narrow + 1} matches nothing that alternative {wide + 1} does not"
                yield Finding("shadowed-alternative", Severity.WARNING, "$or", message)
                break
    if any(all(map(_takes_every_event, branch)) for branch in pattern.branches):
        yield Finding("matches-everything", Severity.WARNING, "", "every event on a bus matches")


def _of_field(field: Field) -> Iterator[Finding]:
    reason = _impossible(field)
    if reason:
        yield Finding("never-matches", Severity.ERROR, field.path, reason)
    for first, second in combinations(field.tests, 2):
        yield from _redundant(field.path, first, second)
    for test in field.tests:
        yield from _oddities(field.path, test)
    present = {test.present for test in field.tests if isinstance(test, Exists)}
    if len(present) == 2:
        yield Finding(
            "always-true", Severity.WARNING, field.path, "present or absent: the field asks nothing"
        )


def _redundant(path: str, first: Condition, second: Condition) -> Iterator[Finding]:
    one, other = (shown(to_document(test)) for test in (first, second))
    if first == second:
        yield Finding("duplicate", Severity.WARNING, path, f"{one} is there twice")
    elif condition_covers(first, second):
        yield Finding("redundant", Severity.WARNING, path, f"{one} accepts nothing that {other} does not")
    elif condition_covers(second, first):
        yield Finding("redundant", Severity.WARNING, path, f"{other} accepts nothing that {one} does not")


def _oddities(path: str, test: Condition) -> Iterator[Finding]:
    if any(abs(number) > NUMBER_MAX for number in numbers_of(test)) and isinstance(
        test, (Numeric, AnythingBut)
    ):
        message = f"{shown(to_document(test))}: EventBridge documents numbers from -5.0e9 to 5.0e9"
        yield Finding("number-out-of-range", Severity.WARNING, path, message)
    if isinstance(test, Prefix) and not test.text:
        yield Finding("any-string", Severity.NOTE, path, "an empty prefix is that of every string")
    if isinstance(test, Wildcard) and test.segments == ("", ""):
        yield Finding("any-string", Severity.NOTE, path, "a lone * fits every string")
    if path == "source" and isinstance(test, Exact) and test.text.startswith("aws."):
        message = (
            f"{shown(test.text)}: AWS services put events on the default bus; nobody else may use the name"
        )
        yield Finding("aws-source", Severity.NOTE, path, message)


def _impossible(field: Field) -> str:
    """Return why no event on a bus satisfies a field, or nothing."""
    name, _, inside = field.path.partition(".")
    if any(_can_hold(field, test) for test in field.tests):
        return ""
    if name not in ENVELOPE:
        return f"events on a bus have no {name}; their fields are {', '.join(ENVELOPE)}"
    if inside:
        return f"{name} holds no objects"
    if name in _FORMS and all(isinstance(test, Exact) for test in field.tests):
        return f"{name} never looks like {' or '.join(shown(to_document(test)) for test in field.tests)}"
    return f"{name} is {_kind(name)} in every event on a bus"


def _kind(name: str) -> str:
    if name == "detail":
        return "an object"
    return "an array of strings" if name == "resources" else "a string"


def _can_hold(field: Field, test: Condition) -> bool:
    """Whether an event on a bus can satisfy a test of a field."""
    name, _, inside = field.path.partition(".")
    is_absence = isinstance(test, Exists) and not test.present
    if name == "detail" and inside:
        return True
    if name in _OPTIONAL:
        return not inside
    if field.path not in ENVELOPE or name == "detail":
        return is_absence
    if name in _STRINGS and is_absence:
        return False
    if isinstance(test, (ExactNumber, ExactWord, Numeric)):
        return False
    form = _FORMS.get(name)
    return not (form and isinstance(test, Exact) and not form.fullmatch(test.text))


def _takes_every_event(field: Field) -> bool:
    """Whether every event on a bus satisfies a field."""
    present = {test.present for test in field.tests if isinstance(test, Exists)}
    if len(present) == 2:
        return "." not in field.path
    if field.path not in _STRINGS:
        return False
    return any(
        present == {True}
        or (isinstance(test, Prefix) and not test.text)
        or (isinstance(test, Wildcard) and test.segments == ("", ""))
        for test in field.tests
    )
