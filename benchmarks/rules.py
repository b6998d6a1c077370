"""How fast `rules/` matches, builds and changes; nothing but the library runs."""

import statistics
import time
import tracemalloc
from collections.abc import Iterator

import msgspec

from benchmarks.measure import Figure
from benchmarks.rules_load import LARGE, SMALL, events, patterns
from rules import RuleSet, parse

# what AWS's event-ruler matches a second with warmed-up Java, parsing included; measured elsewhere, once
EVENT_RULER = {
    (SMALL, False): {1: 333_000, 10: 240_000, 100: 167_000, 1_000: 72_000, 10_000: 4_700},
    (LARGE, False): {1: 71_000, 10: 56_000, 100: 52_000, 1_000: 32_000, 10_000: 3_800},
    (SMALL, True): {1: 345_000, 10: 163_000, 100: 34_000, 1_000: 2_600},
}
EVENTS = {SMALL: 20_000, LARGE: 5_000}
MANY = 10_000
CHANGES = 50


def match_events(rounds: int, _seconds: float) -> Iterator[Figure]:
    """Match events never seen before, their parsing included."""
    for (size, hot), ruler in EVENT_RULER.items():
        for count in ruler:
            rules = _rule_set(patterns(count, hot=hot))
            rates, shares = [], []
            for number in range(rounds):
                fresh = events(EVENTS[size] // (1 + count // 1_000), count, size, hot=hot, seed=number)
                started = time.perf_counter()
                for event in fresh:
                    rules.match(event)
                rates.append(len(fresh) / (time.perf_counter() - started))
                shares.append(rates[-1] / _decoded_per_second(fresh))
            what = f"{size} events, {count:,} rules{' of one source and type' if hot else ''}"
            yield Figure(what, "events/s", rates)
            yield Figure("    of what msgspec decodes in the same round", "share", shares)
            yield Figure("    of event-ruler's figure", "times", [rate / ruler[count] for rate in rates])


def change_rules(rounds: int, _seconds: float) -> Iterator[Figure]:
    """Build a set of 10,000 rules, change some, and weigh it."""
    texts = patterns(MANY, hot=False)
    fresh = events(CHANGES, MANY, SMALL, hot=False)
    builds, changes, firsts = [], [], []
    for _ in range(rounds):
        started = time.perf_counter()
        rules = _rule_set(texts)
        builds.append(time.perf_counter() - started)
        rules.match(fresh[0])
        for number, event in enumerate(fresh):
            started = time.perf_counter()
            rules.add(str(number * 7), parse(texts[number]))
            changed = time.perf_counter()
            rules.match(event)
            changes.append((changed - started) * 1000)
            firsts.append((time.perf_counter() - changed) * 1000)
    yield Figure(f"build a set of {MANY:,} rules", "s", builds)
    yield Figure("    change one of them", "ms", changes)
    yield Figure("    match the first event after that", "ms", firsts)
    tracemalloc.start()
    rules = _rule_set(texts)
    for event in events(2_000, MANY, SMALL, hot=False):
        rules.match(event)
    held = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    yield Figure("    memory it holds after 2,000 events", "MB", [held])


def _rule_set(texts: list[str]) -> RuleSet:
    rules = RuleSet()
    for number, text in enumerate(texts):
        rules.add(str(number), parse(text))
    return rules


def _decoded_per_second(fresh: list[bytes]) -> float:
    """Return the yardstick: what it takes to decode the whole event, by the fastest decoder at hand."""
    rates = []
    for _ in range(3):
        started = time.perf_counter()
        for event in fresh:
            msgspec.json.decode(event)
        rates.append(len(fresh) / (time.perf_counter() - started))
    return statistics.median(rates)
