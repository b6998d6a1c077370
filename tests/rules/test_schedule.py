"""Schedule expressions; the refused ones are those AWS refuses (recorded by LocalStack), and what the docs rule out."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from rules import InvalidSchedule, parse_schedule
from rules.schedule import SCHEDULER


def instant(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def shown(seconds):
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def upcoming(expression, start, count):
    schedule = parse_schedule(expression)
    found, at = [], instant(start)
    for _ in range(count):
        following = schedule.next_after(at)
        found.append(shown(following))
        if following is None:
            break
        at = following
    return found


@pytest.mark.parametrize(
    ("expression", "start", "expected"),
    [
        ("cron(0 2 ? * SAT *)", "2026-11-23", ["2026-11-28 02:00", "2026-12-05 02:00"]),
        ("cron(5,35 14 * * ? *)", "2026-11-23T14:05", ["2026-11-23 14:35", "2026-11-24 14:05"]),
        ("cron(15 10 ? * 6L 2026)", "2026-11-01", ["2026-11-27 10:15", "2026-12-25 10:15", None]),
        ("cron(0 2 ? * SAT#3 *)", "2026-11-23", ["2026-12-19 02:00", "2027-01-16 02:00"]),
        ("cron(0 2 ? * 1#5 *)", "2026-11-23", ["2026-11-29 02:00", "2027-01-31 02:00"]),
        ("cron(0/20 8-9 ? * MON-FRI *)", "2026-11-27T08:59", ["2026-11-27 09:00", "2026-11-27 09:20"]),
        ("cron(*/30 23 ? JAN 1-5 2027)", "2026-11-23", ["2027-01-03 23:00", "2027-01-03 23:30"]),
        ("cron(0 8 L * ? *)", "2027-02-01", ["2027-02-28 08:00", "2027-03-31 08:00"]),
        ("cron(0 8 1W * ? *)", "2027-04-30", ["2027-05-03 08:00", "2027-06-01 08:00"]),
        ("cron(0 8 15W * ? *)", "2026-11-01", ["2026-11-16 08:00", "2026-12-15 08:00"]),
        ("cron(0 8 31W * ? *)", "2027-01-01", ["2027-01-29 08:00", "2027-03-31 08:00"]),
        ("cron(0 8 31W 10 ? *)", "2027-01-01", ["2027-10-29 08:00"]),
        ("cron(0 0 ? * L *)", "2026-11-23", ["2026-11-28 00:00"]),
        ("cron(0 0 29 2 ? *)", "2026-11-23", ["2028-02-29 00:00", "2032-02-29 00:00"]),
        ("cron(0 0 30 2 ? *)", "2026-11-23", [None]),
        ("cron(15 10 ? * 6L 2002-2005)", "2026-11-23", [None]),
        (
            "cron(0 10 1/10 feb ? *)",
            "2027-01-01",
            ["2027-02-01 10:00", "2027-02-11 10:00", "2027-02-21 10:00"],
        ),
        ("cron(59 23 31 12 ? 2199)", "2199-12-31T23:58", ["2199-12-31 23:59", None]),
    ],
)
def test_cron_names_the_next_instants(expression, start, expected):
    assert expected == upcoming(expression, start, len(expected))


def test_cron_knows_nothing_outside_its_years():
    always = parse_schedule("cron(* * * * ? *)")
    assert 0.0 == always.next_after(-1e15)
    assert always.next_after(1e15) is None


@pytest.mark.parametrize(
    ("expression", "period"),
    [("rate(1 minute)", 60), ("rate(5 minutes)", 300), ("rate(1 hour)", 3_600), ("rate(2 days)", 172_800)],
)
def test_rate_counts_whole_periods_from_its_anchor(expression, period):
    schedule = parse_schedule(expression)
    assert 1_000.5 + period == schedule.next_after(1_000.5, 1_000.5)
    assert 1_000.5 + period == schedule.next_after(0, 1_000.5)
    assert 1_000.5 + 3 * period == schedule.next_after(1_000.5 + 2 * period, 1_000.5)


@pytest.mark.parametrize(
    "expression",
    [
        *("rate(10 seconds)", "rate(10 years)", "rate(1 minutes)", "rate(1 hours)", "rate(1 days)"),
        *("rate(10 minute)", "rate(10 hour)", "rate(10 day)", "rate()", "rate(10)", "rate(10 minutess)"),
        *("rate(foo minutes)", "rate(0 minutes)", "rate(-10 minutes)", "rate(10 MINUTES)"),
        *("rate( 10 minutes )", " rate(10 minutes)", "", "at(2026-11-23T00:00:00)"),
        *("cron(0 1 * * * *)", "cron(7 20 * * NOT *)", "cron(INVALID)", "cron(0 dummy ? * MON-FRI *)"),
        *("cron(71 8 1 * ? *)", "cron(0 24 * * ? *)", "cron(0 0 0 * ? *)", "cron(0 0 ? * ? *)"),
        *("cron(0 0 ? * 8 *)", "cron(0 0 ? * 2#6 *)", "cron(0 0 ? * 2/2 *)", "cron(0 0 * 13 ? *)"),
        *("cron(0 0 * * ? 1969)", "cron(0 0 * * ? 2200)", "cron(0/0 0 * * ? *)", "cron(20-10 0 * * ? *)"),
        *("cron(0 0 32W * ? *)", "cron(0 0 * * ?)", "cron(0 0 * * ? * *)", "cron(0,,1 0 * * ? *)"),
    ],
)
def test_what_is_no_schedule_is_refused(expression):
    with pytest.raises(InvalidSchedule, match=r"^Parameter ScheduleExpression is not valid\.$"):
        parse_schedule(expression)


BERLIN = ZoneInfo("Europe/Berlin")  # on 2027-03-28 02:00 becomes 03:00, on 2027-10-31 03:00 becomes 02:00


@pytest.mark.parametrize(
    ("expression", "start", "expected"),
    [
        # half an hour that does not exist is skipped
        ("cron(30 2 * * ? *)", "2027-03-27T12:00", ["2027-03-29 00:30", "2027-03-30 00:30"]),
        # and one that comes twice counts once
        (
            "cron(30 2 * * ? *)",
            "2027-10-30T12:00",
            ["2027-10-31 00:30", "2027-11-01 01:30"],
        ),
        ("cron(0/30 2 * * ? *)", "2027-10-31T00:10", ["2027-10-31 00:30", "2027-11-01 01:00"]),
        ("cron(0 9 * * ? *)", "2027-03-26T12:00", ["2027-03-27 08:00", "2027-03-28 07:00"]),
        ("cron(0 9 * * ? *)", "2027-10-30T12:00", ["2027-10-31 08:00", "2027-11-01 08:00"]),
        ("at(2027-07-01T12:00:00)", "2027-01-01", ["2027-07-01 10:00", None]),
    ],
)
def test_a_zone_and_its_changes_of_clocks_are_followed(expression, start, expected):
    schedule = parse_schedule(expression, dialect=SCHEDULER, zone=BERLIN)
    found, at = [], instant(start)
    for _ in expected:
        at = schedule.next_after(at)
        found.append(shown(at))
    assert expected == found


@pytest.mark.parametrize(
    "expression", ["at(2027-13-01T00:00:00)", "at(2027-01-01)", "at(2027-1-1T00:00:00)", "rate(5)"]
)
def test_the_scheduler_words_its_refusal_with_the_expression(expression):
    with pytest.raises(InvalidSchedule) as refusal:
        parse_schedule(expression, dialect=SCHEDULER)
    assert f"Invalid Schedule Expression {expression}." == refusal.value.message
