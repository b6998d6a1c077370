"""LiveBus: a bus at work: its rules indexed, its targets compiled.

It is derived from the rule records, built on first use; operations that change a rule tell it so.
"""

from typing import Any

import orjson

from emulator.core.scope import Scope
from emulator.delivery.policy import EVENTBRIDGE, RetryPolicy
from emulator.operations.table import Env
from emulator.services.events.records import RULES, Rule, Target, rule_arn
from rules import RuleSet, Transform, parse

# AWS: an archive is fed by a rule of this name and of this service
ARCHIVE_RULE = "Events-Archive-"
ARCHIVER = "prod.vhs.events.aws.internal"


class LiveTarget:
    """A target ready to be invoked: its transform, retry policy, dead-letter queue and parameters."""

    __slots__ = ("arn", "dead_letter_arn", "has_paths", "id", "parameters", "policy", "transform")

    def __init__(self, target: Target) -> None:
        fields = target.fields
        self.id = target.id
        self.arn = target.arn
        self.transform = transform_of(fields)
        self.policy = policy_of(fields.get("RetryPolicy", {}))
        self.dead_letter_arn: str | None = fields.get("DeadLetterConfig", {}).get("Arn")
        self.parameters: dict[str, Any] = dict(fields.get("SqsParameters", {}))
        if "HttpParameters" in fields:
            self.parameters["HttpParameters"] = fields["HttpParameters"]
        if ":kinesis:" in target.arn:
            # AWS: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_KinesisParameters.html
            path = fields.get("KinesisParameters", {}).get("PartitionKeyPath", "$.id")
            self.parameters["PartitionKey"] = path
        self.has_paths = '"$.' in orjson.dumps(self.parameters).decode()


class LiveRule:
    """A rule ready to fire."""

    __slots__ = ("archive", "arn", "name", "targets")

    def __init__(self, scope: Scope, rule: Rule) -> None:
        self.name = rule.name
        self.archive = rule.name.removeprefix(ARCHIVE_RULE) if rule.managed_by == ARCHIVER else None
        self.arn = rule_arn(scope, rule.bus, rule.name)
        self.targets = [LiveTarget(target) for target in rule.targets if self.archive is None]


class LiveBus:
    """The enabled rules of one bus."""

    def __init__(self, scope: Scope, rules: list[Rule]) -> None:
        self._scope = scope
        self._rules: dict[str, LiveRule] = {}
        self._patterns = RuleSet()
        self._pattern_texts: dict[str, str] = {}
        for rule in rules:
            self.update(rule)

    def update(self, rule: Rule) -> None:
        """Take over a new or changed rule."""
        self._rules[rule.name] = LiveRule(self._scope, rule)
        text = rule.event_pattern if rule.is_enabled else ""
        if text != self._pattern_texts.get(rule.name, ""):
            self._forget_pattern(rule.name)
            if text:
                self._patterns.add(rule.name, parse(text))
                self._pattern_texts[rule.name] = text

    def remove(self, name: str) -> None:
        """Forget a rule."""
        self._rules.pop(name, None)
        self._forget_pattern(name)

    def _forget_pattern(self, name: str) -> None:
        if self._pattern_texts.pop(name, None):
            self._patterns.remove(name)

    def matching(self, event: bytes) -> list[LiveRule]:
        """Return the rules whose pattern matches the text of an event."""
        rules = self._rules
        return [rules[name] for name in self._patterns.match(event)]

    def close(self) -> None:
        """Nothing to let go of."""

    def rule(self, name: str) -> LiveRule:
        """Return the rule of that name; it must exist."""
        return self._rules[name]


def live_bus(env: Env, scope: Scope, name: str) -> LiveBus:
    """Return the bus `name` of `scope` at work; the bus must exist."""
    return env.store.find_derived(LiveBus, scope, name) or env.store.derived(
        LiveBus, scope, name, lambda: LiveBus(scope, list(env.store.table(RULES, scope, name).rows.values()))
    )


def transform_of(fields: dict[str, Any]) -> Transform | None:
    """Return how a target changes the event, or None where it gets the event as it is.

    Raises:
        InvalidTemplate: the template or a path of it cannot be used.
    """
    if "Input" in fields:
        return Transform.from_input(fields["Input"], fields["Id"])
    if "InputPath" in fields:
        return Transform.from_path(fields["InputPath"], fields["Id"])
    if "InputTransformer" in fields:
        transformer = fields["InputTransformer"]
        return Transform.from_template(
            transformer["InputTemplate"], transformer.get("InputPathsMap", {}), fields["Id"]
        )
    return None


def policy_of(fields: dict[str, Any]) -> RetryPolicy:
    """Return the retry policy of a target; members not given keep EventBridge's defaults."""
    if not fields:
        return EVENTBRIDGE
    return RetryPolicy(
        attempts_max=fields.get("MaximumRetryAttempts", EVENTBRIDGE.attempts_max - 1) + 1,
        age_seconds_max=float(fields.get("MaximumEventAgeInSeconds", EVENTBRIDGE.age_seconds_max)),
    )
