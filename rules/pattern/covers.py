"""Whether one pattern is a special case of another.

The answer True is proved; the answer False may only mean that there was no proof.
"""

from rules.pattern.conditions import (
    AnythingBut,
    Cidr,
    Condition,
    Exact,
    ExactAddress,
    ExactNumber,
    ExactWord,
    Exists,
    Numeric,
    Prefix,
    Suffix,
)
from rules.pattern.parse import Branch, Field, Pattern


def covers(narrow: Pattern, wide: Pattern) -> bool:
    """Whether every event that `narrow` matches is one that `wide` matches, as far as that can be proved."""
    return all(any(branch_covers(inner, outer) for outer in wide.branches) for inner in narrow.branches)


def branch_covers(narrow: Branch, wide: Branch) -> bool:
    """Whether every event that satisfies one branch satisfies the other, as far as that can be proved."""
    fields = {field.path: field for field in narrow}
    for field in wide:
        inner = fields.get(field.path)
        if inner is None or not all(
            any(condition_covers(test, other) for other in field.tests) for test in inner.tests
        ):
            return False
        # AWS: absence in arrays is judged among the elements that fields with earlier paths have fixed
        if _accepts_absence(inner) and _before(inner, narrow) != _before(field, wide):
            return False
    return True


def condition_covers(narrow: Condition, wide: Condition) -> bool:
    """Whether every value that one condition accepts is one that the other accepts, as far as that can be proved."""
    if narrow == wide:
        return True
    if isinstance(narrow, Exists) or isinstance(wide, Exists):
        return isinstance(wide, Exists) and wide.present and not isinstance(narrow, Exists)
    match narrow, wide:
        case (Exact(value) | ExactNumber(value) | ExactWord(value), _):
            return wide.matches(value)
        case (ExactAddress(address), Cidr(first, last)):
            return first <= address <= last
        case (Prefix(text), Prefix(start)):
            return text.startswith(start)
        case (Suffix(text), Suffix(end)):
            return text.endswith(end)
        case (Cidr(), Cidr()):
            return wide.first <= narrow.first and narrow.last <= wide.last
        case (Numeric(), Numeric()):
            return _lies_within(narrow, wide)
        case (AnythingBut(more), AnythingBut(fewer)):
            return all(any(condition_covers(inner, outer) for outer in more) for inner in fewer)
    return False


def _lies_within(narrow: Numeric, wide: Numeric) -> bool:
    bottom = wide.bottom < narrow.bottom or (
        wide.bottom == narrow.bottom and (wide.bottom_included or not narrow.bottom_included)
    )
    top = narrow.top < wide.top or (narrow.top == wide.top and (wide.top_included or not narrow.top_included))
    return bottom and top


def _accepts_absence(field: Field) -> bool:
    return any(isinstance(test, Exists) and not test.present for test in field.tests)


def _before(field: Field, branch: Branch) -> list[str]:
    return [other.path for other in branch if other.path < field.path]
