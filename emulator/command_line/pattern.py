"""`busyard pattern test|explain|lint|example`: event patterns at the command line and in CI.

Exit status: 0 every event matches, nothing is odd; 1 some event matches no rule, or there are findings; 2 bad input.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from rules import (
    InvalidPattern,
    NoExample,
    Pattern,
    RuleSet,
    example,
    explain,
    lint,
    near_miss,
    parse,
    sample,
)

GOOD, NOT_SO, BAD_INPUT = 0, 1, 2
PROGRESS_FROM = 200  # events
BAR_CHARACTERS = 30
_COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "note": "\x1b[2m"}

Rules = dict[str, Pattern]
Event = dict[str, Any]


class BadInput(Exception):
    """A file cannot be used; the message is one line for the person who named it."""


def main(arguments: list[str]) -> int:
    """Run one of the tools; return the exit status."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    files = [*(chosen.pattern or [chosen.rules]), getattr(chosen, "event", None)]
    if files.count("-") > 1:
        parser.error("only one file can be read from standard input")
    try:
        rules = _rules(chosen)
        if chosen.tool == "lint":
            return _lint(rules, chosen)
        if chosen.tool == "example":
            return _example(rules, chosen)
        events = _events(chosen.event)
        return _test(rules, events, chosen) if chosen.tool == "test" else _explain(rules, events, chosen)
    except BadInput as error:
        print(f"busyard pattern: {error}", file=sys.stderr)
        return BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="busyard pattern", description=__doc__)
    tools = parser.add_subparsers(dest="tool", required=True, metavar="test|explain|lint|example")
    for name, meaning in {
        "test": "tell whether events match",
        "explain": "tell why events do or do not match",
        "lint": "tell what is odd about patterns",
        "example": "make events that match",
    }.items():
        tool = tools.add_parser(name, help=meaning, description=meaning)
        source = tool.add_mutually_exclusive_group(required=True)
        source.add_argument(
            "--pattern", action="append", metavar="FILE|-", help="a file with a pattern; may be repeated"
        )
        source.add_argument("--rules", metavar="FILE|-", help="a file with a JSON object of patterns by name")
        tool.add_argument("--json", action="store_true", help="print JSON")
        if name in {"test", "explain"}:
            tool.add_argument(
                "--event",
                required=True,
                metavar="FILE|-",
                help="a JSON object, an array of them, or JSON lines",
            )
        if name == "example":
            tool.add_argument("--count", type=int, default=1, help="how many events (default: 1)")
            tool.add_argument(
                "--near-miss", action="store_true", help="an event that only just does not match"
            )
    return parser


# input


def _text(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot read {name}: {error}") from error


def _rules(chosen: argparse.Namespace) -> Rules:
    if chosen.pattern:
        return {name: _pattern(name, _text(name)) for name in chosen.pattern}
    try:
        documents = json.loads(_text(chosen.rules))
    except ValueError as error:
        raise BadInput(f"{chosen.rules} is not JSON: {error}") from error
    if not isinstance(documents, dict) or not documents:
        raise BadInput(f"{chosen.rules} is not a JSON object of patterns by name")
    return {name: _pattern(name, json.dumps(document)) for name, document in documents.items()}


def _pattern(name: str, text: str) -> Pattern:
    try:
        return parse(text)
    except InvalidPattern as error:
        raise BadInput(f"{name}: Event pattern is not valid. Reason: {error.message}") from error


def _events(name: str) -> list[Event]:
    text = _text(name)
    try:
        document = json.loads(text)
    except ValueError:
        documents = list(_lines(name, text))
    else:
        documents = document if isinstance(document, list) else [document]
    for number, event in enumerate(documents, start=1):
        if not isinstance(event, dict):
            raise BadInput(f"{name}: event {number} is not a JSON object")
    if not documents:
        raise BadInput(f"{name}: there are no events")
    return documents


def _lines(name: str, text: str) -> Iterator[Any]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError as error:
                raise BadInput(f"{name}, line {number}: {error}") from error


# the tools


def _test(rules: Rules, events: list[Event], chosen: argparse.Namespace) -> int:
    rule_set = RuleSet()
    for name, pattern in rules.items():
        rule_set.add(name, pattern)
    matched = [rule_set.match(event) for event in _with_progress(events)]
    if chosen.json:
        _print_json({"events": [{"matched": names} for names in matched], "rules": _counts(rules, matched)})
    elif len(events) == 1:
        print(f"match: {', '.join(matched[0])}" if matched[0] else "no match")
    else:
        for number, names in enumerate(matched, start=1):
            print(f"event {number}: {', '.join(names) or 'no match'}")
        _print_summary(rules, matched)
    return GOOD if all(matched) else NOT_SO


def _explain(rules: Rules, events: list[Event], chosen: argparse.Namespace) -> int:
    explanations = [
        {name: explain(pattern, event) for name, pattern in rules.items()} for event in _with_progress(events)
    ]
    matched = [
        [name for name, explanation in of_event.items() if explanation.matched] for of_event in explanations
    ]
    if chosen.json:
        documents = [{name: found.to_json() for name, found in of_event.items()} for of_event in explanations]
        _print_json({"events": documents, "rules": _counts(rules, matched)})
    else:
        colour = _is_colourful(sys.stdout)
        for number, of_event in enumerate(explanations, start=1):
            for name, explanation in of_event.items():
                if len(events) > 1 or len(rules) > 1:
                    print(f"event {number}, {name}:")
                print(explanation.to_text(colour=colour))
        if len(events) > 1:
            _print_summary(rules, matched)
    return GOOD if all(matched) else NOT_SO


def _lint(rules: Rules, chosen: argparse.Namespace) -> int:
    findings = {name: lint(pattern) for name, pattern in rules.items()}
    if chosen.json:
        _print_json({name: [finding.to_json() for finding in found] for name, found in findings.items()})
    else:
        colour = _is_colourful(sys.stdout)
        for name, found in findings.items():
            for finding in found:
                severity = finding.severity.value
                shown = f"{_COLOURS[severity]}{severity}\x1b[0m" if colour else severity
                where = f"{name}: " if len(rules) > 1 else ""
                at = f"{finding.path}: " if finding.path else ""
                print(f"{where}{shown} {at}{finding.message} ({finding.code})")
    return NOT_SO if any(findings.values()) else GOOD


def _example(rules: Rules, chosen: argparse.Namespace) -> int:
    events: dict[str, list[Event]] = {}
    for name, pattern in rules.items():
        try:
            if chosen.near_miss:
                events[name] = [near_miss(pattern)]
            else:
                events[name] = sample(pattern, chosen.count) if chosen.count > 1 else [example(pattern)]
        except NoExample as error:
            print(f"{name}: {error}", file=sys.stderr)
            return NOT_SO
    if chosen.json and len(rules) > 1:
        _print_json(events)
        return GOOD
    for of_rule in events.values():
        for event in of_rule:
            print(json.dumps(event, ensure_ascii=False))
    return GOOD


# output


def _counts(rules: Rules, matched: list[list[str]]) -> dict[str, int]:
    return {name: sum(name in names for names in matched) for name in rules}


def _print_summary(rules: Rules, matched: list[list[str]]) -> None:
    print(f"{sum(map(bool, matched))} of {len(matched)} events match")
    for name, count in _counts(rules, matched).items():
        print(f"  {name}: {count}")


def _print_json(document: Any) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False))


def _is_colourful(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR")


def _with_progress(events: list[Event]) -> Iterator[Event]:
    """Yield the events, showing on a terminal how many of many are done."""
    is_shown = len(events) >= PROGRESS_FROM and sys.stderr.isatty()
    for number, event in enumerate(events, start=1):
        yield event
        if is_shown and (number % (len(events) // 100 or 1) == 0 or number == len(events)):
            done = BAR_CHARACTERS * number // len(events)
            print(f"\r[{'#' * done:<{BAR_CHARACTERS}}] {number}/{len(events)}", end="", file=sys.stderr)
    if is_shown:
        print(file=sys.stderr)
