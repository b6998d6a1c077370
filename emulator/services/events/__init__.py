"""Amazon EventBridge: buses, rules, targets, events, schedules on rules."""

from emulator.operations.table import Service
from emulator.services.events import (
    buses,
    patterns,
    put_events,
    routing,
    rules,
    schedules,
    tags,
    targets,
)
from emulator.services.events.records import BUSES, RULES

__all__ = ["SERVICE", "buses", "patterns", "put_events", "routing", "rules", "schedules", "tags", "targets"]

SERVICE = Service("events", buses.ops, (BUSES, RULES), schedules.restore)
