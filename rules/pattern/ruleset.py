"""Many patterns, one event: which of them match, at a cost that hardly grows with their number.

Theory of operation. Every branch of every pattern has a number, its bit; a set of branches is an integer. Each field that
some branch asks about has an index (`field_index.py`) from a value to the set of the branches that have nothing against
it. An event is read at these fields only (`extraction.py`), and the branches that match are the AND of what its values
are answered with. The fields that are cheap to answer for come first, source and detail-type among them; as soon as few
branches are left, these are asked one by one (`checks.py`) about the rest.

That is exact as long as every field holds one value or a list of them. Where fields lie in arrays of objects, the AND of
"some element would do" finds all branches that match and perhaps more: those that ask about two such fields, or for
the absence of one, are put to the reference matcher, whose answers these are by definition.

A change enters or withdraws the conditions of one pattern and no more. What must be made anew, answers and, for a field
nobody asked about before, the reader, waits for the next event.
"""

from itertools import compress
from typing import Any

import msgspec

from rules.document import Json
from rules.pattern.bits import changed, members
from rules.pattern.checks import Checks, check_of
from rules.pattern.extraction import OFF_THE_WAY, Extraction
from rules.pattern.field_index import FieldIndex
from rules.pattern.match import branch_matches, decode_event
from rules.pattern.parse import Branch, Pattern
from rules.pattern.stages import Stage, plan

FLAGS_FROM = 16  # from one match in so many branches on, matches are picked all at once
_AS_FLAGS = bytes.maketrans(b"01", b"\x00\x01")


class RuleSet:
    """A set of named patterns that answers which of them match an event, in the order they were added."""

    def __init__(self) -> None:
        self._bits: dict[str, tuple[int, ...]] = {}  # of each rule
        self._order: dict[str, int] = {}
        self._added = 0
        self._ids: list[str] = []  # of the rule of each bit
        self._branches: list[Branch] = []  # of each bit
        self._unused: list[int] = []
        self._live = 0
        self._is_plain = True  # each rule has one bit, and bits are in the order of the rules
        self._fields: dict[str, FieldIndex] = {}
        self._is_stale = False
        # made anew by `_refresh`
        self._extraction = Extraction(())
        self._decode = self._extraction.decode
        self._stages: list[Stage] = []

    def __len__(self) -> int:
        return len(self._bits)

    def __contains__(self, rule_id: str) -> bool:
        return rule_id in self._bits

    def add(self, rule_id: str, pattern: Pattern) -> None:
        """Add a pattern under an id; if the id has one already, put the new one in its place."""
        before = self._bits.get(rule_id)
        order = self._added if before is None else self._order[rule_id]
        if before is None:
            self._added += 1
        else:
            self.remove(rule_id)
        used = len(self._ids)
        bits = tuple(self._bit_for(rule_id, branch) for branch in pattern.branches)
        self._bits[rule_id] = bits
        self._order[rule_id] = order
        is_in_order = bits[0] >= used if before is None else bits == before
        self._is_plain = self._is_plain and is_in_order and len(bits) == 1

    def remove(self, rule_id: str) -> None:
        """Remove a pattern.

        Raises:
            KeyError: No pattern has this id.
        """
        for bit in self._bits.pop(rule_id):
            self._mark(bit, present=False)
            self._branches[bit] = ()
            self._unused.append(bit)
        del self._order[rule_id]

    def match(self, event: bytes | str | dict[str, Json]) -> list[str]:
        """Return the ids of the patterns that match an event, in the order they were added.

        The text of an event is the quicker form: only what the patterns ask for is read.

        Raises:
            ValueError: The text is not JSON, or not an object.
        """
        if self._is_stale:
            self._refresh()
        try:
            decoded = self._decode(event)
            hits = self._live
            for answers, few, settled, checks in self._stages:
                for answer in answers:
                    hits &= answer(decoded)
                if hits.bit_count() <= few:
                    if hits:
                        hits = self._asked(hits, decoded, settled, checks)
                    break
        except OFF_THE_WAY:
            hits = self._hits_walking(event)
        if not hits:
            return []
        if not hits & (hits - 1):
            return [self._ids[hits.bit_length() - 1]]
        return self._named(hits)

    def _asked(self, hits: int, decoded: Any, settled: frozenset[str], known: dict[int, Checks]) -> int:
        """Return those of a few branches that accept the values at the paths not yet settled."""
        rest = hits
        while rest:
            this = rest & -rest
            rest ^= this
            checks = known.get(this)
            if checks is None:
                checks = known[this] = self._checks_of(this.bit_length() - 1, settled)
            for get, test in checks:
                if not test(get(decoded)):
                    hits ^= this
                    break
        return hits

    def _checks_of(self, bit: int, settled: frozenset[str]) -> Checks:
        checks = [
            (check_of(field), self._extraction.getter(field.path))
            for field in self._branches[bit]
            if field.path not in settled
        ]
        checks.sort(key=lambda pair: pair[0].cost)
        return tuple((get, check.test) for check, get in checks)

    def _bit_for(self, rule_id: str, branch: Branch) -> int:
        if self._unused:
            bit = self._unused.pop()
            self._ids[bit], self._branches[bit] = rule_id, branch
        else:
            bit = len(self._ids)
            self._ids.append(rule_id)
            self._branches.append(branch)
        self._mark(bit, present=True)
        return bit

    def _mark(self, bit: int, *, present: bool) -> None:
        self._live = changed(self._live, bit, present=present)
        for field in self._branches[bit]:
            index = self._fields.get(field.path)
            if index is None:
                index = self._fields[field.path] = FieldIndex(self._plan)
            index.mark(field, bit, present=present)
            if not index.asking:
                del self._fields[field.path]
        self._is_stale = True

    def _refresh(self) -> None:
        if list(self._fields) != self._extraction.paths:
            self._extraction = Extraction(self._fields)
            self._decode = self._extraction.decode
        for index in self._fields.values():
            index.refresh(self._live)
        self._plan()
        self._is_stale = False

    def _plan(self) -> None:
        self._stages = plan(self._fields, self._extraction, len(self._bits))

    def _hits_walking(self, event: bytes | str | dict[str, Json]) -> int:
        document = event if isinstance(event, dict) else _decoded(event)
        found = self._extraction.walk(document)
        hits = self._live
        once = doubtful = 0
        for position, (index, leaves) in enumerate(zip(self._fields.values(), found.values, strict=True)):
            accepting = index.of_leaves(leaves)
            if position in found.through_arrays:
                # the reference matcher judges absence among the elements that other fields have fixed
                accepting |= index.absent
                doubtful |= once & index.asking | index.absent
                once |= index.asking
            hits &= accepting
        for bit in members(hits & doubtful):
            if not branch_matches(self._branches[bit], document):
                hits ^= 1 << bit
        return hits

    def _named(self, hits: int) -> list[str]:
        if hits.bit_count() * FLAGS_FROM < len(self._ids):
            ids = [self._ids[bit] for bit in members(hits)]
        else:
            flags = f"{hits:b}".encode().translate(_AS_FLAGS)
            ids = list(compress(self._ids, reversed(flags)))
        return ids if self._is_plain else sorted(set(ids), key=self._order.__getitem__)


def _decoded(text: bytes | str) -> dict[str, Json]:
    """Return an event as `decode_event` would, quicker where there is nothing odd in it."""
    try:
        event = msgspec.json.decode(text)
    except msgspec.MsgspecError:
        return decode_event(text)
    if not isinstance(event, dict):
        raise ValueError("Event is not a JSON object")  # noqa: TRY004 - bad data, not a bad call
    return event
