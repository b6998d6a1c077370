"""What EventBridge stores: buses, and rules with their targets."""

from typing import Any

from emulator.core.arn import arn_in
from emulator.core.record import Record
from emulator.core.scope import Scope
from emulator.core.store import TableSpec

DEFAULT_BUS = "default"


class Bus(Record, frozen=True):
    """An event bus; `settings` are the further members of CreateEventBus, echoed by DescribeEventBus."""

    name: str
    created_at: float
    modified_at: float
    settings: dict[str, Any] = {}
    tags: dict[str, str] = {}


class Target(Record, frozen=True):
    """A rule's target: `id`, `arn`, and `fields`, the whole Target structure as AWS spells it."""

    id: str
    arn: str
    fields: dict[str, Any]


class Rule(Record, frozen=True):
    """A rule; empty texts stand for members that were not given. `scheduled_from` anchors a rate."""

    name: str
    bus: str
    event_pattern: str = ""
    schedule_expression: str = ""
    state: str = "ENABLED"
    description: str = ""
    role_arn: str = ""
    managed_by: str = ""
    scheduled_from: float = 0.0
    targets: tuple[Target, ...] = ()
    tags: dict[str, str] = {}

    @property
    def is_enabled(self) -> bool:
        """Whether the rule matches events and keeps its schedule."""
        return self.state != "DISABLED"


BUSES = TableSpec("events.buses", Bus, key=lambda bus: bus.name)
# One part per bus.
RULES = TableSpec("events.rules", Rule, key=lambda rule: rule.name)


def bus_arn(scope: Scope, name: str) -> str:
    """Return the ARN of bus `name`."""
    return arn_in(scope, "events", f"event-bus/{name}")


def rule_arn(scope: Scope, bus: str, name: str) -> str:
    """Return the ARN of a rule; one of the default bus does not name the bus."""
    return arn_in(scope, "events", f"rule/{name}" if bus == DEFAULT_BUS else f"rule/{bus}/{name}")
