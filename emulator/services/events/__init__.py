"""Amazon EventBridge: buses, rules, targets, events, schedules on rules."""

from emulator.operations.table import Env, Service
from emulator.services.events import (
    archives,
    buses,
    endpoints,
    partners,
    patterns,
    policies,
    put_events,
    replays,
    routing,
    rules,
    schedules,
    tags,
    targets,
)
from emulator.services.events.records import (
    ARCHIVED_EVENTS,
    ARCHIVES,
    BUSES,
    ENDPOINTS,
    PARTNER_SOURCES,
    REPLAYS,
    RULES,
)

__all__ = [
    "SERVICE",
    "archives",
    "buses",
    "endpoints",
    "partners",
    "patterns",
    "policies",
    "put_events",
    "replays",
    "routing",
    "rules",
    "schedules",
    "tags",
    "targets",
]


def _restore(env: Env) -> None:
    schedules.restore(env)
    replays.resume_replays(env)


TABLES = (BUSES, RULES, ARCHIVES, ARCHIVED_EVENTS, REPLAYS, PARTNER_SOURCES, ENDPOINTS)
SERVICE = Service("events", buses.ops, TABLES, _restore)
