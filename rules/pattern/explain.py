"""Why an event does or does not match a pattern, field by field, the nearest miss first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rules.document import Json
from rules.pattern.conditions import Condition, Exact, ExactNumber, ExactWord, Exists, IgnoringCase, Leaf
from rules.pattern.match import Place, branch_matches, decode_event, leaves
from rules.pattern.parse import Branch, Field, Pattern, parse
from rules.pattern.wording import sentence, shown, shown_place, to_document

CLOSE = 0.75  # how alike, of 1, a path or value must be to be hinted at
ALIKE = 0.6  # and a name beside the one that is missing
VALUES_SHOWN = 3
_COLOURS = {True: "\x1b[32m", False: "\x1b[31m"}
_FAINT, _PLAIN = "\x1b[2m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class FieldExplanation:
    """What became of one field of a pattern.

    Attributes:
        path: The names of the field, joined with dots.
        tests: The alternatives, as the pattern says them in JSON.
        found: The values in the event, each with its place.
        matched: Whether the event satisfies the field, or the field and the others together.
        reason: The same in a sentence.
        hints: What may have been meant.
    """

    path: str
    tests: tuple[Json, ...]
    found: tuple[tuple[str, Leaf], ...]
    matched: bool
    reason: str
    hints: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """Return the explanation as a JSON document."""
        return {
            "path": self.path,
            "tests": list(self.tests),
            "found": [{"path": path, "value": value} for path, value in self.found],
            "matched": self.matched,
            "reason": self.reason,
            "hints": list(self.hints),
        }


@dataclass(frozen=True, slots=True)
class BranchExplanation:
    """What became of one alternative of a pattern; a pattern without `$or` has one. Failed fields come first."""

    matched: bool
    fields: tuple[FieldExplanation, ...]
    note: str = ""

    def to_json(self) -> dict[str, Json]:
        """Return the explanation as a JSON document."""
        return {
            "matched": self.matched,
            "note": self.note,
            "fields": [field.to_json() for field in self.fields],
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether an event matches, and what became of each alternative: first those that match, then by failed fields."""

    matched: bool
    branches: tuple[BranchExplanation, ...]

    def to_json(self) -> dict[str, Json]:
        """Return the explanation as a JSON document."""
        return {"matched": self.matched, "branches": [branch.to_json() for branch in self.branches]}

    def to_text(self, *, colour: bool = False) -> str:
        """Return the explanation as lines for a person."""
        lines = [_coloured("match" if self.matched else "no match", colour=colour, matched=self.matched)]
        for number, branch in enumerate(self.branches, start=1):
            indent = "  "
            if len(self.branches) > 1:
                lines.append(f"  alternative {number}: {'match' if branch.matched else 'no match'}")
                indent = "    "
            for field in branch.fields:
                mark = _coloured("+" if field.matched else "-", colour=colour, matched=field.matched)
                lines.append(f"{indent}{mark} {field.reason}")
                lines += [f"{indent}    {_faint(hint, colour=colour)}" for hint in field.hints]
            if branch.note:
                lines.append(f"{indent}! {branch.note}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.to_text()


def explain(pattern: Pattern | str | bytes, event: dict[str, Json] | str | bytes) -> Explanation:
    """Tell why an event does or does not match a pattern.

    Raises:
        InvalidPattern: The pattern is not valid.
        ValueError: The event is not a JSON object.
    """
    parsed = pattern if isinstance(pattern, Pattern) else parse(pattern)
    document = event if isinstance(event, dict) else decode_event(event)
    branches = [_branch(branch, document) for branch in parsed.branches]
    branches.sort(key=lambda branch: (not branch.matched, sum(not field.matched for field in branch.fields)))
    return Explanation(any(branch.matched for branch in branches), tuple(branches))


def _branch(branch: Branch, event: dict[str, Json]) -> BranchExplanation:
    matched = branch_matches(branch, event)
    names = _names_of(event)
    fields = [_field(field, event, names, in_match=matched) for field in branch]
    note = ""
    if not matched and all(field.matched for field in fields):
        note = _note_on_arrays(branch, event)
    fields.sort(key=lambda field: field.matched)
    return BranchExplanation(matched, tuple(fields), note)


def _field(field: Field, event: dict[str, Json], names: list[str], *, in_match: bool) -> FieldExplanation:
    """Explain a field; `in_match` tells that the branch as a whole matches."""
    found = [(place, value) for value, place in leaves(event, field.steps)]
    accepting = [
        (place, value, test) for place, value in found for test in field.tests if test.matches(value)
    ]
    hints: tuple[str, ...] = ()
    matched = in_match or bool(accepting)
    if accepting:
        place, value, test = accepting[0]
        reason = f"{shown_place(place)}: {shown(value)} {sentence(test, holds=True)}"
    elif any(isinstance(test, Exists) and not test.present for test in field.tests) and (
        in_match or not found
    ):
        matched = True
        where = ", in the element that the other fields are matched in" if found else ""
        reason = f"{field.path}: absent{where}, as it must be"
    elif found:
        reason = "; ".join(_mismatch(place, value, field.tests) for place, value in found[:VALUES_SHOWN])
        if len(found) > VALUES_SHOWN:
            reason += f"; and {len(found) - VALUES_SHOWN} more"
        hints = tuple(dict.fromkeys(hint for _, value in found for hint in _value_hints(value, field.tests)))
    else:
        reason = f"{field.path}: {_absence(field, event, names)}"
    return FieldExplanation(
        field.path,
        tuple(map(to_document, field.tests)),
        tuple((shown_place(place), value) for place, value in found),
        matched,
        reason,
        hints,
    )


def _mismatch(place: Place, value: Leaf, tests: tuple[Condition, ...]) -> str:
    where = f"{shown_place(place)}: {shown(value)}"
    values = [test for test in tests if isinstance(test, (Exact, ExactNumber, ExactWord))]
    if len(values) > 1 and len(values) == len(tests):
        return f"{where} is none of {', '.join(shown(to_document(test)) for test in tests)}"
    return f"{where} {' and '.join(sentence(test, holds=False) for test in tests)}"


def _absence(field: Field, event: dict[str, Json], names: list[str]) -> str:
    held = _held(event, field.steps)
    if isinstance(held, dict):
        return (
            "an object, and only values inside it can match"
            if held
            else "an empty object, which holds no value"
        )
    if isinstance(held, list):
        return "an empty array, which holds no value"
    close = _close_names(field.path, names)
    return f"missing; the event has {' and '.join(close)}" if close else "missing"


def _held(event: dict[str, Json], steps: tuple[str, ...]) -> Json:
    node: Json = event
    for step in steps:
        node = node.get(step) if isinstance(node, dict) else None
    return node


def _names_of(node: Json, before: str = "") -> list[str]:
    """Return the paths of all leaves, each once, in order."""
    if isinstance(node, list):
        return list(dict.fromkeys(name for element in node for name in _names_of(element, before)))
    if isinstance(node, dict):
        return [
            name
            for step, child in node.items()
            for name in _names_of(child, f"{before}.{step}" if before else step)
        ]
    return [before] if before else []


def _close_names(path: str, names: list[str]) -> list[str]:
    """Return up to two paths of the event that may have been meant: of a like name, or of the same name elsewhere."""
    parent, _, last = path.rpartition(".")
    siblings = {name.rpartition(".")[2].lower(): name for name in names if name.rpartition(".")[0] == parent}
    close = [siblings[name] for name in _alike(last.lower(), siblings, 1, ALIKE)]
    elsewhere = [name for name in names if name.rpartition(".")[2].lower() == last.lower()]
    likely = elsewhere + close or _alike(path, names, 1, CLOSE)
    return list(dict.fromkeys(name for name in likely if name != path))[:2]


def _value_hints(value: Leaf, tests: tuple[Condition, ...]) -> Iterator[str]:
    texts = [test.text for test in tests if isinstance(test, (Exact, IgnoringCase))]
    numbers = [test.number for test in tests if isinstance(test, ExactNumber)]
    if isinstance(value, str):
        for text in texts:
            if value.lower() == text.lower():
                yield f'{shown(value)} and {shown(text)} differ only in case: {{"equals-ignore-case": …}} takes both'
            elif value.strip() == text.strip():
                yield f"{shown(value)} and {shown(text)} differ only in white space"
        if value in map(str, numbers):
            yield f"{shown(value)} is a string, {value} in the pattern is a number"
        elif value.strip().lower() not in (text.strip().lower() for text in texts):
            yield from (f"did you mean {shown(text)}?" for text in _alike(value, texts, 1, CLOSE))
    elif value is not None and shown(value) in texts:
        yield f'{shown(value)} is no string, "{shown(value)}" in the pattern is one'


def _note_on_arrays(branch: Branch, event: dict[str, Json]) -> str:
    """Say which fields match in different elements of one array."""
    places = [
        [
            place
            for value, place in leaves(event, field.steps)
            if any(test.matches(value) for test in field.tests)
        ]
        for field in branch
    ]
    in_arrays = [
        shown_place(found[0])
        for found in places
        if found and all(any(isinstance(step, int) for step in place[:-1]) for place in found)
    ]
    if len(in_arrays) < 2:
        return "each field matches by itself, but not in the same array elements"
    return f"{', '.join(in_arrays[:-1])} and {in_arrays[-1]} match, but in different array elements"


def _alike(text: str, candidates: Iterable[str], count: int, closeness: float) -> list[str]:
    from difflib import get_close_matches  # noqa: PLC0415 - wanted only when something is explained

    return get_close_matches(text, list(candidates), count, closeness)


def _coloured(text: str, *, colour: bool, matched: bool) -> str:
    return f"{_COLOURS[matched]}{text}{_PLAIN}" if colour else text


def _faint(text: str, *, colour: bool) -> str:
    return f"{_FAINT}{text}{_PLAIN}" if colour else text
