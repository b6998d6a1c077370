"""Generated documents; a new feature joins here."""

import json

from hypothesis import strategies as st

NAMES = st.sampled_from(["a", "b", "c", "d", "a.b", "source", "account", "detail", "detail-type"])
TEXTS = st.sampled_from(["", "a", "ab", "abc", "ABC", "b", "10.0.0.1", "010.0.0.1", "::1", "ü", "Ü", "1"])
NUMBERS = st.sampled_from([0, 1, -1, 1.0, 1.5, 10, 1e3, -0.0])
LEAVES = st.one_of(TEXTS, NUMBERS, st.booleans(), st.none())


def _one_or_many(values: st.SearchStrategy) -> st.SearchStrategy:
    return values | st.lists(values, min_size=1, max_size=3)


def _numeric(bounds: list) -> dict:
    low, high = sorted(bounds)
    return {"numeric": [">=", low, "<", high]} if low < high else {"numeric": ["=", low]}


WILDCARDS = st.lists(st.sampled_from(["a", "b", "c", "\\*"]), min_size=1, max_size=3).map("*".join)
OPERATORS = st.one_of(
    st.builds(lambda text: {"prefix": text}, TEXTS),
    st.builds(lambda text: {"suffix": text}, TEXTS),
    st.builds(lambda text: {"prefix": {"equals-ignore-case": text}}, TEXTS),
    st.builds(lambda text: {"suffix": {"equals-ignore-case": text}}, TEXTS),
    st.builds(lambda text: {"equals-ignore-case": text}, TEXTS),
    st.builds(lambda text: {"wildcard": text}, WILDCARDS),
    st.builds(lambda present: {"exists": present}, st.booleans()),
    st.sampled_from([{"cidr": "10.0.0.0/8"}, {"cidr": "::/16"}]),
    st.lists(NUMBERS, min_size=2, max_size=2).map(_numeric),
    st.builds(lambda values: {"anything-but": values}, _one_or_many(TEXTS) | _one_or_many(NUMBERS)),
    st.builds(
        lambda name, texts: {"anything-but": {name: texts}},
        st.sampled_from(["prefix", "suffix"]),
        _one_or_many(TEXTS.filter(bool)),
    ),
    st.builds(lambda texts: {"anything-but": {"equals-ignore-case": texts}}, _one_or_many(TEXTS)),
    st.builds(lambda texts: {"anything-but": {"wildcard": texts}}, _one_or_many(WILDCARDS)),
)
TESTS = st.lists(LEAVES | OPERATORS, min_size=1, max_size=3) | st.lists(TEXTS, min_size=1, max_size=2)


def _fields(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.dictionaries(NAMES, values, min_size=1, max_size=2)


def _with_or(fields: st.SearchStrategy) -> st.SearchStrategy:
    return st.builds(
        lambda own, either: {**own, "$or": either}, fields, st.lists(fields, min_size=2, max_size=2)
    )


# small enough that the combinations of its `$or`s stay far below the limit
_INNER = _fields(TESTS) | _with_or(_fields(TESTS))
PATTERN_DOCUMENTS = _fields(TESTS | _INNER) | _with_or(_fields(TESTS | _fields(TESTS)))
PATTERNS = PATTERN_DOCUMENTS.map(json.dumps)

EVENTS = st.dictionaries(
    NAMES,
    st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=5,
)

# what EventBridge puts around whatever detail
BUS_EVENTS = st.fixed_dictionaries(
    {
        "version": st.just("0"),
        "id": st.uuids().map(str),
        "detail-type": TEXTS.filter(bool),
        "source": TEXTS.filter(bool),
        "account": st.just("123456789012"),
        "time": st.just("2026-11-23T10:00:00Z"),
        "region": st.just("eu-west-1"),
        "resources": st.lists(TEXTS, max_size=2),
        "detail": EVENTS,
    }
)

_CRON_MINUTES = st.sampled_from(["0", "*", "*/7", "0/15", "5,35", "10-20", "59"])
_CRON_HOURS = st.sampled_from(["0", "*", "8-17", "0/6", "23"])
_CRON_DAYS = st.sampled_from(
    [
        "1 {} ?",
        "* {} ?",
        "L {} ?",
        "31W {} ?",
        "15W {} ?",
        "29-31 {} ?",
        "? {} L",
        "? {} 6L",
        "? {} SAT#5",
        "? {} MON-FRI",
    ]
)
_CRON_MONTHS = st.sampled_from(["*", "2", "JAN,JUL", "1/3", "4"])
_CRON_YEARS = st.sampled_from(["*", "2027", "2028-2030", "1970-2199/4", "2199"])
CRONS = st.builds(
    lambda minutes, hours, days, months, years: f"cron({minutes} {hours} {days.format(months)} {years})",
    _CRON_MINUTES,
    _CRON_HOURS,
    _CRON_DAYS,
    _CRON_MONTHS,
    _CRON_YEARS,
)
RATES = st.builds(
    lambda value, unit: f"rate({value} {unit}{'s' if value > 1 else ''})",
    st.integers(1, 1_000),
    st.sampled_from(["minute", "hour", "day"]),
)
INSTANTS = st.floats(0, 7_000_000_000, allow_nan=False)
