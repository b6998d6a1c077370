"""Schedule expressions, `rate(...)`, `cron(...)` and `at(...)`, and the instants they mean.

Instants are seconds since the epoch; cron fields and dates are read in a time zone, for rules always UTC. `next_after`
gives an instant later than the one it is given, or None when the schedule has no more.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import calendar
import math
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from rules.errors import InvalidSchedule

FIRST_YEAR, LAST_YEAR = 1970, 2199
_END = datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC).timestamp()

_RATE = re.compile(r"rate\(([0-9]{1,9}) (minute|hour|day)(s?)\)", re.ASCII)
_CRON = re.compile(r"cron\((.+)\)")
_AT = re.compile(r"at\(([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})\)", re.ASCII)
_UNIT_SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400}

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = {
    name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)
}
_NO_NAMES: dict[str, int] = {}
SATURDAY = 7

DaysOf = Callable[[int, int], set[int]]  # (year, month) -> days of the month


@dataclass(frozen=True, slots=True)
class ScheduleDialect:
    """What a service takes for a schedule, and what it says to the rest."""

    refusal: str
    has_at: bool


EVENTS = ScheduleDialect("Parameter ScheduleExpression is not valid.", has_at=False)
SCHEDULER = ScheduleDialect("Invalid Schedule Expression {expression}.", has_at=True)


class _Invalid(ValueError):
    """An expression is not valid."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Every so many seconds, counted from an anchor: the moment the rule was made."""

    seconds: int

    def next_after(self, instant: float, anchor: float = 0.0) -> float | None:
        """Return the first instant after `instant` that is a whole number of periods, at least one, after `anchor`."""
        periods = max(1, math.floor((instant - anchor) / self.seconds) + 1)
        following = anchor + periods * self.seconds
        # the division may have been rounded down over a whole number
        return following if following > instant else following + self.seconds


@dataclass(frozen=True, slots=True)
class At:
    """One moment on the clocks of a zone, once."""

    moment: datetime

    def next_after(self, instant: float, anchor: float = 0.0) -> float | None:  # noqa: ARG002 - the moment is fixed
        """Return the moment, if it is later than `instant`."""
        # AWS: unverified: a moment that the clocks of the zone skip means as long after the last one before the gap
        due = self.moment.timestamp()
        return due if due > instant else None


@dataclass(frozen=True, slots=True)
class Cron:
    """The minutes that agree with all fields; days are given as functions, since they depend on the month.

    AWS: a minute that the clocks of the zone skip in spring is skipped; of the minutes that they show twice in autumn,
    only the first counts. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[DaysOf, ...]
    months: tuple[int, ...]
    years: tuple[int, ...]
    zone: tzinfo

    def next_after(self, instant: float, anchor: float = 0.0) -> float | None:  # noqa: ARG002 - the calendar is anchor
        """Return the first minute after `instant` that agrees with the expression."""
        if instant >= _END:
            return None
        start = datetime.fromtimestamp(max(instant, 0), self.zone).replace(
            second=0, microsecond=0, tzinfo=None
        )
        for moment in self._moments_from(start):
            due = moment.replace(tzinfo=self.zone).timestamp()
            if due > instant and (
                self.zone is UTC or datetime.fromtimestamp(due, self.zone).replace(tzinfo=None) == moment
            ):
                return due
        return None

    def _moments_from(self, start: datetime) -> Iterator[datetime]:
        """Yield what clocks show when the expression is due, from `start` on."""
        for year in self.years[bisect_left(self.years, start.year) :]:
            for month in self.months:
                if (year, month) >= (start.year, start.month):
                    yield from self._moments_in(year, month, start)

    def _moments_in(self, year: int, month: int, start: datetime) -> Iterator[datetime]:
        for day in sorted(set().union(*(days(year, month) for days in self.days))):
            midnight = datetime(year, month, day)  # noqa: DTZ001 - what clocks show, in whatever zone
            if midnight + timedelta(days=1) <= start:
                continue
            for hour in self.hours:
                for minute in self.minutes:
                    moment = midnight.replace(hour=hour, minute=minute)
                    if moment >= start:
                        yield moment


Schedule = Rate | Cron | At


def parse_schedule(expression: str, *, dialect: ScheduleDialect = EVENTS, zone: tzinfo = UTC) -> Schedule:
    """Read a schedule expression.

    Args:
        expression: The text.
        dialect: Whose expression it is, `EVENTS` or `SCHEDULER`.
        zone: The time zone of its dates and times.

    Raises:
        InvalidSchedule: It is not one; the message is the service's.
    """
    try:
        return _schedule(expression, dialect, zone)
    except _Invalid:
        raise InvalidSchedule(dialect.refusal.format(expression=expression)) from None


def _schedule(expression: str, dialect: ScheduleDialect, zone: tzinfo) -> Schedule:
    rate = _RATE.fullmatch(expression)
    if rate is not None:
        value = int(rate[1])
        if value == 0 or (value == 1) == bool(rate[3]):
            raise _Invalid
        return Rate(value * _UNIT_SECONDS[rate[2]])
    at = _AT.fullmatch(expression) if dialect.has_at else None
    if at is not None:
        try:
            return At(datetime.fromisoformat(at[1]).replace(tzinfo=zone))
        except ValueError:
            raise _Invalid from None
    cron = _CRON.fullmatch(expression)
    if cron is None:
        raise _Invalid
    return _cron(cron[1].upper().split(), zone)


def _cron(fields: list[str], zone: tzinfo) -> Cron:
    if len(fields) != 6:
        raise _Invalid
    minutes, hours, month_days, months, week_days, years = fields
    if (month_days == "?") == (week_days == "?"):
        raise _Invalid
    if month_days == "?":
        days = tuple(_week_days(item) for item in week_days.split(","))
    else:
        days = tuple(_month_days(item) for item in month_days.split(","))
    return Cron(
        minutes=_numbers(minutes, 0, 59),
        hours=_numbers(hours, 0, 23),
        days=days,
        months=_numbers(months, 1, 12, _MONTHS),
        years=_numbers(years, FIRST_YEAR, LAST_YEAR),
        zone=zone,
    )


def _numbers(field: str, low: int, high: int, names: dict[str, int] = _NO_NAMES) -> tuple[int, ...]:
    found: set[int] = set()
    for item in field.split(","):
        found.update(_range(item, low, high, names))
    return tuple(sorted(found))


def _range(item: str, low: int, high: int, names: dict[str, int] = _NO_NAMES) -> range:
    """Read `*`, `n`, `n-m`, each also with `/step`; a single number with a step runs to the end."""
    span, slash, step_text = item.partition("/")
    step = _number(step_text, 1, high, _NO_NAMES) if slash else 1
    if span == "*":
        return range(low, high + 1, step)
    first_text, dash, last_text = span.partition("-")
    first = _number(first_text, low, high, names)
    default = high if slash else first
    last = _number(last_text, low, high, names) if dash else default
    if last < first:
        raise _Invalid
    return range(first, last + 1, step)


def _number(text: str, low: int, high: int, names: dict[str, int]) -> int:
    number = names.get(text)
    if number is None and text.isascii() and text.isdigit() and len(text) <= 4:
        number = int(text)
    if number is None or not low <= number <= high:
        raise _Invalid
    return number


def _days_in(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _week_day(year: int, month: int, day: int) -> int:
    """Return 1 for Sunday to 7 for Saturday."""
    return (calendar.weekday(year, month, day) + 1) % 7 + 1


def _month_days(item: str) -> DaysOf:
    if item == "L":
        return lambda year, month: {_days_in(year, month)}
    if item.endswith("W"):
        day = _number(item[:-1], 1, 31, _NO_NAMES)
        return lambda year, month: _working_day_near(year, month, day)
    days = set(_range(item, 1, 31))
    return lambda year, month: {day for day in days if day <= _days_in(year, month)}


def _working_day_near(year: int, month: int, day: int) -> set[int]:
    """Return the Monday to Friday nearest to a day, within its month."""
    last = _days_in(year, month)
    if day > last:
        return set()
    match _week_day(year, month, day):
        case 7:
            return {day - 1 if day > 1 else day + 2}
        case 1:
            return {day + 1 if day < last else day - 2}
        case _:
            return {day}


def _week_days(item: str) -> DaysOf:
    if item == "L":
        return _every({SATURDAY})
    if item.endswith("L"):
        week_day = _number(item[:-1], 1, 7, _WEEKDAYS)
        return lambda year, month: {max(_every({week_day})(year, month))}
    name, hash_sign, ordinal_text = item.partition("#")
    if hash_sign:
        week_day = _number(name, 1, 7, _WEEKDAYS)
        ordinal = _number(ordinal_text, 1, 5, _NO_NAMES)
        return lambda year, month: set(sorted(_every({week_day})(year, month))[ordinal - 1 : ordinal])
    if "/" in item:
        raise _Invalid  # the documentation gives this field no steps
    return _every(set(_range(item, 1, 7, _WEEKDAYS)))


def _every(week_days: set[int]) -> DaysOf:
    return lambda year, month: {
        day for day in range(1, _days_in(year, month) + 1) if _week_day(year, month, day) in week_days
    }
