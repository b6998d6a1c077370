"""Timestamps: float seconds since the epoch inside, any of AWS's three formats on the wire."""

import math
import re
from datetime import UTC, datetime
from typing import Any

EARLIEST = -62_135_596_800.0
LATEST = 253_402_300_799.999
"""The years 1 to 9999, what a calendar date can express."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

RFC_822 = re.compile(
    r"(?:\w{3}, )?(\d{1,2}) (\w{3}) (\d{4}) (\d\d:\d\d:\d\d(?:\.\d+)?) (?:GMT|UTC|Z|[+-]0000)"
)


def timestamp_from_wire(value: Any) -> float:
    """Return the instant that an epoch number, an ISO 8601 or an RFC 822 text names.

    Raises:
        ValueError: it is none of these, or lies outside the years 1 to 9999.
    """
    try:
        is_plain = type(value) in (int, float, str)
        instant = float(value) if is_plain else math.nan
    except OverflowError:
        instant = math.nan
    except ValueError:
        instant = instant_from_text(str(value))
    if not EARLIEST <= instant <= LATEST:
        raise ValueError(value)
    return instant


def instant_from_text(text: str) -> float:
    """Read ISO 8601 (UTC where it names no zone) or RFC 822."""
    found = RFC_822.fullmatch(text)
    if found is not None:
        day, month, year, time = found.groups()
        if month not in MONTHS:
            raise ValueError(text)
        text = f"{year}-{MONTHS.index(month) + 1:02}-{int(day):02}T{time}"
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def epoch_number(instant: float) -> int | float:
    """Return the number JSON carries: to the millisecond, whole seconds as an integer."""
    rounded = round(instant, 3)
    return int(rounded) if rounded.is_integer() else rounded


def iso_8601(instant: float) -> str:
    """Return for example `2026-01-31T12:00:00Z`, with milliseconds where there are any."""
    milliseconds = round(instant * 1000)
    whole = datetime.fromtimestamp(milliseconds // 1000, UTC).replace(tzinfo=None).isoformat()
    fraction = milliseconds % 1000
    return f"{whole}.{fraction:03}Z" if fraction else f"{whole}Z"


def rfc_822(instant: float) -> str:
    """Return for example `Sat, 31 Jan 2026 12:00:00 GMT`; the format has whole seconds only."""
    moment = datetime.fromtimestamp(int(instant), UTC)
    day, month = DAYS[moment.weekday()], MONTHS[moment.month - 1]
    return f"{day}, {moment.day:02} {month} {moment.year:04} {moment:%H:%M:%S} GMT"


FORMATS = {"unixTimestamp": epoch_number, "iso8601": iso_8601, "rfc822": rfc_822}
"""Writers by the name the models use."""
