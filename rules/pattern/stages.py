"""The order in which the fields of an event are asked about: what most rules name, then what repeats, then the rest.

After each stage the branches that are left may be few enough to be asked one by one (`checks.py`).
"""

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from operator import and_, getitem
from typing import Any, NamedTuple

from rules.document import Json
from rules.pattern.checks import Checks
from rules.pattern.extraction import Extraction
from rules.pattern.field_index import FieldIndex

FEW = 3  # branches are asked one by one as soon as so many are left
FEW_FOR_FIELD = 2  # or so many for each field whose values vary, where an index has to search
COMBINATIONS_MAX = 4_096  # answers remembered for combinations of the first stage's values

# From what the decoder gives to the bits that have nothing against it
Answer = Callable[[Any], int]
Getter = Callable[[Any], Any]


class Stage(NamedTuple):
    """Fields whose indexes are asked together, and what follows when few branches are left then."""

    answers: tuple[Answer, ...]
    few: int
    settled: frozenset[str]  # the paths that need not be asked about any more
    checks: dict[int, Checks]  # by branch, a set of one bit: what it asks about the other paths


def plan(fields: Mapping[str, FieldIndex], extraction: Extraction, rules: int) -> list[Stage]:
    """Return the stages for these fields of a set of so many rules."""
    first, steady, varied = [], [], []
    for path, index in fields.items():
        if index.is_exact and index.asking.bit_count() > rules // 2:
            first.append(path)
        elif not index.is_varied:
            steady.append(path)
        else:
            varied.append(path)
    few = max(FEW, FEW_FOR_FIELD * len(varied))
    stages: list[Stage] = []
    settled: list[str] = []
    for number, paths in enumerate((first, steady, *([path] for path in varied))):
        if paths:
            settled += paths
            answers = tuple(_answers(paths, fields, extraction, is_first=not number))
            stages.append(Stage(answers, few if number else FEW, frozenset(settled), {}))
    return stages


def _answers(
    paths: list[str], fields: Mapping[str, FieldIndex], extraction: Extraction, *, is_first: bool
) -> Iterator[Answer]:
    if is_first and len(paths) > 1:
        get = extraction.getter(*paths)
        combined = _Combined([fields[path] for path in paths])
        yield lambda decoded: combined[get(decoded)]
        return
    for start in range(0, len(paths), len(_UNROLLED)):
        group = paths[start : start + len(_UNROLLED)]
        unrolled = _UNROLLED[len(group) - 1]
        yield unrolled(extraction.getter(*group), *(fields[path] for path in group))


class _Combined(dict[tuple[Json, ...], int]):
    """The answers for combinations of values, such as source and detail-type, of fields that only ask for strings."""

    def __init__(self, indexes: list[FieldIndex]) -> None:
        self._indexes = indexes

    def __missing__(self, values: tuple[Json, ...]) -> int:
        bits = reduce(and_, map(getitem, self._indexes, values))
        if len(self) > COMBINATIONS_MAX:
            self.clear()
        self[values] = bits
        return bits


# Written out, because a loop over the fields costs as much again as their look-ups.


def _of_one(get: Getter, only: FieldIndex) -> Answer:
    return lambda decoded: only[get(decoded)]


def _of_two(get: Getter, first: FieldIndex, second: FieldIndex) -> Answer:
    def answer(decoded: Any) -> int:
        a, b = get(decoded)
        return first[a] & second[b]

    return answer


def _of_three(get: Getter, first: FieldIndex, second: FieldIndex, third: FieldIndex) -> Answer:
    def answer(decoded: Any) -> int:
        a, b, c = get(decoded)
        return first[a] & second[b] & third[c]

    return answer


def _of_four(
    get: Getter, first: FieldIndex, second: FieldIndex, third: FieldIndex, fourth: FieldIndex
) -> Answer:
    def answer(decoded: Any) -> int:
        a, b, c, d = get(decoded)
        return first[a] & second[b] & third[c] & fourth[d]

    return answer


_UNROLLED: tuple[Callable[..., Answer], ...] = (_of_one, _of_two, _of_three, _of_four)
