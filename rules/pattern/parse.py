"""Event pattern text to `Pattern`: validated, immutable, and already spread out over its `$or`s.

A pattern is true for an event if one of its branches is; a branch, if all of its fields are. Names of nested fields are
joined with dots, as AWS does: `{"a.b": ...}` and `{"a": {"b": ...}}` are the same field (recorded: dot_joining_pattern).
"""

from dataclasses import dataclass
from itertools import chain

from rules.errors import InvalidPattern
from rules.pattern.conditions import AnythingBut, Condition, ExactWord, Wildcard
from rules.pattern.operators import OPERATORS, parse_number, parse_operator, parse_string
from rules.pattern.sound_tokens import SoundTokens
from rules.pattern.tokens import Kind, Tokens
from rules.pattern.wildcard import COMPLEXITY_MAX, TOO_COMPLEX, complexity

# Two dozen `$or`s in 2,048 characters have millions of combinations; AWS's own bound is not known.
BRANCHES_MAX = 1_000

_RESERVED_INSIDE_OR = frozenset(OPERATORS) | {
    *("=", "<", "<=", ">", ">="),
    *("regex", "not-wildcard", "not-equals-ignore-case"),
    *("date-after", "date-on-or-after", "date-before", "date-on-or-before", "in-date-range"),
    *("ip-address-in-range", "ip-address-not-in-range"),
}
_WORDS = {Kind.TRUE: True, Kind.FALSE: False, Kind.NULL: None}


@dataclass(frozen=True, slots=True)
class Field:
    """What is asked of one field: one of `tests` must accept it."""

    path: str
    tests: tuple[Condition, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        """The names of the path."""
        return tuple(self.path.split("."))


Branch = tuple[Field, ...]
_Draft = dict[str, Field]


@dataclass(frozen=True, slots=True)
class Pattern:
    """An event pattern, as its text and as the alternatives it stands for; fields of a branch are sorted by path."""

    text: str
    branches: tuple[Branch, ...]


def parse(text: str | bytes, *, complexity_max: int = COMPLEXITY_MAX) -> Pattern:
    """Read and check an event pattern; `complexity_max` bounds its wildcards as `wildcard.complexity` measures them.

    Raises:
        InvalidPattern: AWS would refuse the pattern; `message` is what it puts behind
            `Event pattern is not valid. Reason: `.
    """
    if isinstance(text, bytes):
        text = text.decode(errors="replace")
    try:
        branches = _read(SoundTokens(text), complexity_max)
    except (ValueError, RecursionError):
        branches = _read(Tokens(text), complexity_max)
    return Pattern(text, branches)


def _read(tokens: Tokens, complexity_max: int) -> tuple[Branch, ...]:
    if tokens.next() is not Kind.OBJECT:
        tokens.fail("Filter is not an object")
    drafts: list[_Draft] = [{}]
    _read_object(tokens, drafts, prefix="", inside_or=False)
    branches = tuple(tuple(draft[path] for path in sorted(draft)) for draft in drafts)
    _check_complexity(branches, complexity_max)
    return branches


def _read_object(tokens: Tokens, drafts: list[_Draft], *, prefix: str, inside_or: bool) -> None:
    """Add the fields of an object, whose opening brace is the current token, to every draft."""
    empty = True
    while tokens.next() is not Kind.OBJECT_END:
        empty = False
        name = tokens.name
        if name == "$or":
            _read_or(tokens, drafts, prefix)
            continue
        if inside_or and name in _RESERVED_INSIDE_OR:
            tokens.fail(f"{name} is Ruler reserved fieldName which cannot be used inside $or.")
        path = prefix + name
        match tokens.next():
            case Kind.OBJECT:
                _read_object(tokens, drafts, prefix=f"{path}.", inside_or=inside_or)
            case Kind.ARRAY:
                field = Field(path, _read_tests(tokens))
                for draft in drafts:
                    # AWS: of two fields with one path the last one counts, also where `$or` gives the second
                    draft[path] = field
            case _:
                tokens.fail(f'"{name}" must be an object or an array')
    if empty:
        tokens.fail("Empty objects are not allowed")


def _read_or(tokens: Tokens, drafts: list[_Draft], prefix: str) -> None:
    """Replace the drafts by what each of them becomes with each alternative."""
    before = drafts.copy()
    drafts.clear()
    if tokens.next() is not Kind.ARRAY:
        tokens.fail("It must be an Array followed with $or.")
    alternatives = 0
    while (kind := tokens.next()) is not Kind.ARRAY_END:
        if kind is not Kind.OBJECT:
            tokens.fail("Only JSON object is allowed in array of $or relationship.")
        alternatives += 1
        alternative = [draft.copy() for draft in before]
        _read_object(tokens, alternative, prefix=prefix, inside_or=True)
        drafts += alternative
        if len(drafts) > BRANCHES_MAX:
            raise InvalidPattern(TOO_COMPLEX, tokens.path)
    if alternatives < 2:
        tokens.fail("There must have at least 2 Objects in $or relationship.")


def _read_tests(tokens: Tokens) -> tuple[Condition, ...]:
    tests: list[Condition] = []
    while (kind := tokens.next()) is not Kind.ARRAY_END:
        if kind is Kind.STRING:
            tests.append(parse_string(tokens.text()))
        elif kind is Kind.OBJECT:
            tests.append(parse_operator(tokens))
        elif kind is Kind.NUMBER:
            tests.append(parse_number(tokens.text()))
        elif kind in _WORDS:
            tests.append(ExactWord(_WORDS[kind]))
        else:
            tokens.fail("Match value must be String, number, true, false, or null")
    if not tests:
        tokens.fail("Empty arrays are not allowed")
    return tuple(tests)


def _check_complexity(branches: tuple[Branch, ...], complexity_max: int) -> None:
    fields = {id(field): field for field in chain.from_iterable(branches)}
    for field in fields.values():
        wildcards = [
            test.segments
            for outer in field.tests
            for test in (outer.excluded if isinstance(outer, AnythingBut) else (outer,))
            if isinstance(test, Wildcard)
        ]
        if wildcards and complexity(wildcards, complexity_max) > complexity_max:
            raise InvalidPattern(TOO_COMPLEX, field.path)
