"""Amazon EventBridge: buses, rules, targets, events, schedules on rules."""

from emulator.operations.table import Env, Service
from emulator.services.events import (
    api_destinations,
    archives,
    buses,
    connections,
    endpoints,
    http_invocations,
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
    API_DESTINATIONS,
    ARCHIVED_EVENTS,
    ARCHIVES,
    BUSES,
    CONNECTIONS,
    ENDPOINTS,
    PARTNER_SOURCES,
    REPLAYS,
    RULES,
)

__all__ = [
    "SERVICE",
    "api_destinations",
    "archives",
    "buses",
    "connections",
    "endpoints",
    "http_invocations",
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
    connections.resume_authorisations(env)


TABLES = (
    *(BUSES, RULES, ARCHIVES, ARCHIVED_EVENTS, REPLAYS, PARTNER_SOURCES, ENDPOINTS),
    *(CONNECTIONS, API_DESTINATIONS),
)
SERVICE = Service("events", buses.ops, TABLES, _restore)
