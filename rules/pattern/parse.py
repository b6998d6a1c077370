"""Event pattern text to `Pattern`: validated, immutable, and already spread out over its `$or`s.

A pattern is true for an event if one of its branches is; a branch, if all of its fields are. Names of nested fields are
joined with dots, as AWS does: `{"a.b": ...}` and `{"a": {"b": ...}}` are the same field (recorded: dot_joining_pattern).
"""

from dataclasses import dataclass
from itertools import chain

from rules.errors import InvalidPattern
from rules.pattern.conditions import AnythingBut, Condition, ExactWord, Wildcard
from rules.pattern.dialects import EVENTBRIDGE, Dialect, check_condition
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


def parse(
    text: str | bytes, *, dialect: Dialect = EVENTBRIDGE, complexity_max: int = COMPLEXITY_MAX
) -> Pattern:
    """Read and check an event pattern.

    Args:
        text: JSON.
        dialect: Whose pattern it is.
        complexity_max: What its wildcards may come to, as `wildcard.complexity` measures them.

    Raises:
        InvalidPattern: AWS would refuse the pattern; `message` is what EventBridge puts behind
            `Event pattern is not valid. Reason: `.
    """
    if isinstance(text, bytes):
        text = text.decode(errors="replace")
    try:
        branches = _read(text, dialect, is_or_known=True)
    except InvalidPattern:
        if not dialect.is_or_lenient:
            raise
        branches = _read(text, dialect, is_or_known=False)
    _check_complexity(branches, complexity_max)
    return Pattern(text, branches)


def _read(text: str, dialect: Dialect, *, is_or_known: bool) -> tuple[Branch, ...]:
    try:
        return _Reader(SoundTokens(text), dialect, is_or_known=is_or_known).read()
    except (ValueError, RecursionError):
        return _Reader(Tokens(text), dialect, is_or_known=is_or_known).read()


class _Reader:
    """Turns the tokens of one pattern into branches."""

    def __init__(self, tokens: Tokens, dialect: Dialect, *, is_or_known: bool) -> None:
        self._tokens = tokens
        self._dialect = dialect
        self._is_or_known = is_or_known

    def read(self) -> tuple[Branch, ...]:
        if self._tokens.next() is not Kind.OBJECT:
            self._tokens.fail("Filter is not an object")
        drafts: list[_Draft] = [{}]
        self._read_object(drafts, prefix="", inside_or=False)
        return tuple(tuple(draft[path] for path in sorted(draft)) for draft in drafts)

    def _read_object(self, drafts: list[_Draft], *, prefix: str, inside_or: bool) -> None:
        """Add the fields of an object, whose opening brace is the current token, to every draft."""
        tokens = self._tokens
        empty = True
        while tokens.next() is not Kind.OBJECT_END:
            empty = False
            name = tokens.name
            if name == "$or" and self._is_or_known:
                self._read_or(drafts, prefix)
                continue
            if inside_or and name in _RESERVED_INSIDE_OR:
                tokens.fail(f"{name} is Ruler reserved fieldName which cannot be used inside $or.")
            path = prefix + name
            match tokens.next():
                case Kind.OBJECT:
                    self._read_object(drafts, prefix=f"{path}.", inside_or=inside_or)
                case Kind.ARRAY:
                    field = Field(path, self._read_tests(path))
                    for draft in drafts:
                        # AWS: of two fields with one path the last one counts, also where `$or` gives the second
                        draft[path] = field
                case _:
                    tokens.fail(f'"{name}" must be an object or an array')
        if empty:
            tokens.fail("Empty objects are not allowed")

    def _read_or(self, drafts: list[_Draft], prefix: str) -> None:
        """Replace the drafts by what each of them becomes with each alternative."""
        tokens = self._tokens
        if "$or" in self._dialect.refused:
            raise InvalidPattern(self._dialect.refused["$or"], prefix)
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
            self._read_object(alternative, prefix=prefix, inside_or=True)
            drafts += alternative
            if len(drafts) > BRANCHES_MAX:
                raise InvalidPattern(TOO_COMPLEX, tokens.path)
        if alternatives < 2:
            tokens.fail("There must have at least 2 Objects in $or relationship.")

    def _read_tests(self, path: str) -> tuple[Condition, ...]:
        tokens = self._tokens
        tests: list[Condition] = []
        while (kind := tokens.next()) is not Kind.ARRAY_END:
            if kind is Kind.STRING:
                test = parse_string(tokens.text())
            elif kind is Kind.OBJECT:
                test = parse_operator(tokens)
            elif kind is Kind.NUMBER:
                test = parse_number(tokens.text())
            elif kind in _WORDS:
                test = ExactWord(_WORDS[kind])
            else:
                tokens.fail("Match value must be String, number, true, false, or null")
            if self._dialect is not EVENTBRIDGE:
                check_condition(self._dialect, test, path)
            tests.append(test)
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
