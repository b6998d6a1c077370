"""What matches, when, and as what: event patterns, schedules and input transformation, without any I/O."""

from rules.errors import InvalidPattern, InvalidSchedule, InvalidTemplate
from rules.pattern.explain import Explanation, explain
from rules.pattern.match import matches
from rules.pattern.parse import Pattern, parse
from rules.pattern.ruleset import RuleSet
from rules.schedule import Schedule, parse_schedule
from rules.transform import Transform

__all__ = [
    "Explanation",
    "InvalidPattern",
    "InvalidSchedule",
    "InvalidTemplate",
    "Pattern",
    "RuleSet",
    "Schedule",
    "Transform",
    "explain",
    "matches",
    "parse",
    "parse_schedule",
]
