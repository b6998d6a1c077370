"""What matches, when, and as what: event patterns, schedules and input transformation, without any I/O."""

from rules.errors import InvalidPattern, InvalidSchedule, InvalidTemplate
from rules.pattern.covers import covers
from rules.pattern.examples import NoExample, example, near_miss, sample
from rules.pattern.explain import Explanation, explain
from rules.pattern.lint import Finding, lint
from rules.pattern.match import matches
from rules.pattern.parse import Pattern, parse
from rules.pattern.ruleset import RuleSet
from rules.schedule import Schedule, parse_schedule
from rules.transform import Transform

__all__ = [
    "Explanation",
    "Finding",
    "InvalidPattern",
    "InvalidSchedule",
    "InvalidTemplate",
    "NoExample",
    "Pattern",
    "RuleSet",
    "Schedule",
    "Transform",
    "covers",
    "example",
    "explain",
    "lint",
    "matches",
    "near_miss",
    "parse",
    "parse_schedule",
    "sample",
]
