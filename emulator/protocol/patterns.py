r"""The models' regular expressions are Java's; this makes them Python's.

Differences handled: `\p{L}` and its like, which `re` lacks, and a hyphen after a class escape (`[\w-_]`). A pattern
that still does not compile is given up: None, and the constraint is not checked (tests list every such pattern).
"""

import re
import unicodedata
from functools import cache
from typing import Protocol

# One private-use character stands for every non-ASCII character of a Unicode category, in pattern and value alike:
# spelling the categories out as ranges would make classes of thousands of ranges.
STAND_INS = {"L": "\ue001", "M": "\ue002", "N": "\ue003", "P": "\ue004", "S": "\ue005", "Z": "\ue006"}
ASCII_MEMBERS = {
    "L": "a-zA-Z",
    "M": "",
    "N": "0-9",
    "P": r"!-#%-*,-/:;?@\[-\]_{}",
    "S": r"$+<->^`|~",
    "Z": " ",
}
CATEGORIES = {f"\\p{{{name}}}": ASCII_MEMBERS[name] + STAND_INS[name] for name in STAND_INS}
CATEGORIES |= {
    r"\p{Zs}": CATEGORIES[r"\p{Z}"],
    r"\p{ASCII}": r"\x00-\x7f",
    r"\p{Print}": r"\x20-\x7e",
}

PROPERTY = re.compile(r"\\p\{\w+\}")
HYPHEN_AFTER_ESCAPE = re.compile(r"(\\[wWdDsS])-(?!\])")


class Matcher(Protocol):
    """Tells whether the whole of a value matches."""

    def __call__(self, value: str, /) -> object:
        """Return something true if it does."""
        ...


@cache
def compile_pattern(pattern: str) -> Matcher | None:
    """Return the test for a model's `pattern`, None if Python cannot express it."""
    text = HYPHEN_AFTER_ESCAPE.sub(r"\1\\-", pattern)
    has_properties = PROPERTY.search(text) is not None
    try:
        if has_properties:
            text = with_properties(text)
        # AWS: Java's \w and \d are ASCII; the whole value must match, anchors or not
        matches = re.compile(text, re.ASCII).fullmatch
    except (re.error, KeyError):
        return None
    return (lambda value: matches(by_category(value))) if has_properties else matches


def with_properties(text: str) -> str:
    """Spell out the properties, with brackets where they stand outside a class."""
    parts: list[str] = []
    end = 0
    for found in PROPERTY.finditer(text):
        parts.append(text[end : found.start()])
        before = "".join(parts)
        inside = before.count("[") - before.count("\\[") > before.count("]") - before.count("\\]")
        members = CATEGORIES[found.group()]
        parts.append(members if inside else f"[{members}]")
        end = found.end()
    return "".join(parts) + text[end:]


def by_category(value: str) -> str:
    """Replace every non-ASCII character by its category's stand-in."""
    if value.isascii():
        return value
    return "".join(
        char if char.isascii() else STAND_INS.get(unicodedata.category(char)[0], "\ue000") for char in value
    )
