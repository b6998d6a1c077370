"""Many patterns, one event: which of them match, faster than asking each.

Theory of operation. Every branch of every pattern is one entry. An entry is filed under one of its fields that asks for
exact strings, its anchor: `_anchors[path][text]` lists the entries that wait for `text` at `path`. The anchor is chosen
when the pattern is added, as the field under which the fewest entries wait already. Entries without such a field are in
`_unanchored` and are asked each time. An event looks up its value at each anchored path and asks only who waits there.

Asking an entry means running its closures over the event as long as every field lies on a way of plain objects; an
array or a name with a dot on the way sends the question to the reference matcher, whose answers these are by definition.
"""

from collections.abc import Callable, Iterable
from functools import partial
from operator import eq
from typing import Any, NamedTuple

from rules.document import Json
from rules.pattern.conditions import Condition, Exact, Exists, Leaf
from rules.pattern.match import branch_matches, leaves
from rules.pattern.parse import Branch, Field, Pattern

# What a look-up at one more path costs every match, in entries asked
PATH_COST = 1

_Event = dict[str, Json]
_Reader = Callable[[_Event], Any]
_Test = Callable[[Leaf], bool]


class _Sentinel:
    """A value no event holds."""


_MISSING: Any = _Sentinel()
_WINDING: Any = _Sentinel()  # arrays or dotted names on the way: only the reference matcher knows


class _Check(NamedTuple):
    read: _Reader
    test: _Test
    accepts_missing: bool


class _Entry(NamedTuple):
    order: int
    rule_id: str
    branch: Branch
    checks: tuple[_Check, ...]  # of the fields that the anchor does not settle


class _Anchor:
    """The entries that wait for a string at one path."""

    __slots__ = ("entries", "read", "steps")

    def __init__(self, field: Field) -> None:
        self.steps = field.steps
        self.read = _reader(field.steps)
        self.entries: dict[str, list[_Entry]] = {}


class _Filed(NamedTuple):
    """Where the entries of a rule are: its place in the order, and the anchored path and texts of each entry."""

    order: int
    places: tuple[tuple[str | None, frozenset[str]], ...]


class RuleSet:
    """A set of named patterns that answers which of them match an event, in the order they were added."""

    def __init__(self) -> None:
        self._filed: dict[str, _Filed] = {}
        self._anchors: dict[str, _Anchor] = {}
        self._unanchored: list[_Entry] = []
        self._added = 0

    def __len__(self) -> int:
        return len(self._filed)

    def __contains__(self, rule_id: str) -> bool:
        return rule_id in self._filed

    def add(self, rule_id: str, pattern: Pattern) -> None:
        """Add a pattern under an id; if the id has one already, put the new one in its place."""
        if rule_id in self._filed:
            order = self._filed[rule_id].order
            self.remove(rule_id)
        else:
            self._added += 1
            order = self._added
        self._filed[rule_id] = _Filed(
            order, tuple(self._file(rule_id, order, branch) for branch in pattern.branches)
        )

    def remove(self, rule_id: str) -> None:
        """Remove a pattern.

        Raises:
            KeyError: No pattern has this id.
        """
        for path, texts in self._filed.pop(rule_id).places:
            if path is None:
                self._unanchored = [entry for entry in self._unanchored if entry.rule_id != rule_id]
                continue
            anchor = self._anchors.get(path)
            if anchor is None:
                continue
            for text in texts & anchor.entries.keys():
                kept = [entry for entry in anchor.entries[text] if entry.rule_id != rule_id]
                if kept:
                    anchor.entries[text] = kept
                else:
                    del anchor.entries[text]
            if not anchor.entries:
                del self._anchors[path]

    def match(self, event: _Event) -> list[str]:
        """Return the ids of the patterns that match an event, in the order they were added."""
        found: dict[int, str] = {}
        for anchor in self._anchors.values():
            value = anchor.read(event)
            if type(value) is str:
                entries = anchor.entries.get(value)
                if entries is not None:
                    _ask(entries, event, found)
            elif value is _WINDING or type(value) is list:
                for text in {leaf for leaf, _ in leaves(event, anchor.steps) if isinstance(leaf, str)}:
                    _ask_reference(anchor.entries.get(text, ()), event, found)
        if self._unanchored:
            _ask(self._unanchored, event, found)
        if len(found) < 2:
            return list(found.values())
        return [found[order] for order in sorted(found)]

    def _file(self, rule_id: str, order: int, branch: Branch) -> tuple[str | None, frozenset[str]]:
        """Enter one branch where its anchor says, and return that place."""
        anchor = self._anchor_for(branch)
        checks = tuple(
            _Check(_reader(field.steps), _test(field.tests), _accepts_missing(field))
            for field in branch
            if field is not anchor
        )
        entry = _Entry(order, rule_id, branch, checks)
        if anchor is None:
            self._unanchored.append(entry)
            return None, frozenset()
        if anchor.path not in self._anchors:
            self._anchors[anchor.path] = _Anchor(anchor)
        waiting = self._anchors[anchor.path].entries
        texts = _texts(anchor)
        for text in texts:
            waiting.setdefault(text, []).append(entry)
        return anchor.path, texts

    def _anchor_for(self, branch: Branch) -> Field | None:
        fields = [field for field in branch if all(type(test) is Exact for test in field.tests)]
        return min(fields, key=self._cost, default=None)

    def _cost(self, field: Field) -> tuple[int, int, int]:
        """Rate a field as an anchor: by how many wait there already, then by how selective and how near it is."""
        texts = _texts(field)
        anchor = self._anchors.get(field.path)
        waiting = PATH_COST if anchor is None else max(len(anchor.entries.get(text, ())) for text in texts)
        return waiting, len(texts), len(field.steps)


def _texts(field: Field) -> frozenset[str]:
    return frozenset(test.text for test in field.tests if isinstance(test, Exact))


def _ask(entries: list[_Entry], event: _Event, found: dict[int, str]) -> None:
    """Note which entries match an event that satisfies their anchor without an array on the way."""
    for order, rule_id, branch, checks in entries:
        for read, test, accepts_missing in checks:
            value = read(event)
            if value is _MISSING or type(value) is dict:
                accepted = accepts_missing
            elif value is _WINDING or type(value) is list:
                if branch_matches(branch, event):
                    found[order] = rule_id
                break
            else:
                accepted = test(value)
            if not accepted:
                break
        else:
            found[order] = rule_id


def _ask_reference(entries: Iterable[_Entry], event: _Event, found: dict[int, str]) -> None:
    for entry in entries:
        if entry.order not in found and branch_matches(entry.branch, event):
            found[entry.order] = entry.rule_id


def _reader(steps: tuple[str, ...]) -> _Reader:
    """Return a function from an event to its value at a path, or to the reason why there is no single one."""
    if len(steps) == 1:
        (only,) = steps
        return lambda event: event.get(only, _MISSING)
    way = tuple(
        (step, tuple(".".join(steps[at:end]) for end in range(at + 2, len(steps) + 1)))
        for at, step in enumerate(steps)
    )

    def follow(event: _Event) -> Any:
        node: Any = event
        for step, dotted in way:
            if type(node) is not dict:
                return _WINDING if type(node) is list else _MISSING
            for name in dotted:
                if name in node:
                    return _WINDING
            node = node.get(step, _MISSING)
        return node

    return _short_reader(*steps) if len(steps) == 2 else follow


def _short_reader(outer: str, inner: str) -> _Reader:
    """Return the reader of a path of two steps, which most fields of `detail` have, without its loops."""
    dotted = f"{outer}.{inner}"

    def follow(event: _Event) -> Any:
        node = event.get(outer, _MISSING)
        if dotted in event or type(node) is list:
            return _WINDING
        return node.get(inner, _MISSING) if type(node) is dict else _MISSING

    return follow


def _accepts_missing(field: Field) -> bool:
    return any(isinstance(test, Exists) and not test.present for test in field.tests)


def _test(tests: tuple[Condition, ...]) -> _Test:
    """Compile the alternatives of a field into one function of a leaf."""
    texts = frozenset(test.text for test in tests if isinstance(test, Exact))
    others = tuple(test.matches for test in tests if not isinstance(test, Exact))
    if not others:
        if len(texts) == 1:
            (text,) = texts
            return partial(eq, text)
        return texts.__contains__
    if not texts and len(others) == 1:
        return others[0]
    return lambda value: value in texts or any(matches(value) for matches in others)
