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
    policy: str = ""


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


class Archive(Record, frozen=True):
    """An archive of a bus's events; empty texts stand for members that were not given, no days for ever."""

    name: str
    event_source_arn: str
    created_at: float
    description: str = ""
    event_pattern: str = ""
    retention_days: int = 0
    kms_key_identifier: str = ""
    state: str = "ENABLED"


class ArchivedEvent(Record, frozen=True):
    """An event in an archive: `key` counts, `time` is the event's own, `text` the whole event."""

    key: str
    time: float
    kept_at: float
    text: str
    size_bytes: int


class Replay(Record, frozen=True):
    """A replay and how far it has come: `position` is the minute and key of the last event it has put."""

    name: str
    event_source_arn: str
    destination: dict[str, Any]
    event_start_time: float
    event_end_time: float
    started_at: float
    description: str = ""
    state: str = "STARTING"
    last_replayed: float | None = None
    ended_at: float | None = None
    position: list[str] = []


PENDING_SECONDS = 14 * 86_400  # AWS: a source for which nobody makes a bus within two weeks is deleted


class PartnerSource(Record, frozen=True):
    """An event source that a partner's account offers to another account; it lies in the scope of the latter."""

    name: str
    created_by: str
    account: str
    created_at: float
    state: str = "PENDING"

    def has_expired(self, now: float) -> bool:
        """Whether the source has waited too long for its bus."""
        return self.state == "PENDING" and self.created_at + PENDING_SECONDS <= now


class Endpoint(Record, frozen=True):
    """A global endpoint; `fields` are the members of CreateEndpoint as AWS spells them."""

    name: str
    endpoint_id: str
    created_at: float
    modified_at: float
    fields: dict[str, Any]
    is_healthy: bool = True


class Connection(Record, frozen=True):
    """A connection with its secrets: `parameters` are the AuthParameters as AWS spells them."""

    name: str
    uuid: str
    authorization_type: str
    parameters: dict[str, Any]
    created_at: float
    modified_at: float
    description: str = ""
    kms_key_identifier: str = ""
    secret_suffix: str = ""
    state: str = "AUTHORIZING"
    state_reason: str = ""
    authorized_at: float | None = None
    token: str = ""
    token_expires_at: float = 0.0


class ApiDestination(Record, frozen=True):
    """An API destination."""

    name: str
    uuid: str
    connection_arn: str
    invocation_endpoint: str
    http_method: str
    created_at: float
    modified_at: float
    description: str = ""
    rate_limit_per_second: int = 300


BUSES = TableSpec("events.buses", Bus, key=lambda bus: bus.name)
# One part per bus.
RULES = TableSpec("events.rules", Rule, key=lambda rule: rule.name)
ARCHIVES = TableSpec("events.archives", Archive, key=lambda archive: archive.name)
# One part per archive.
ARCHIVED_EVENTS = TableSpec("events.archived_events", ArchivedEvent, key=lambda event: event.key)
PARTNER_SOURCES = TableSpec("events.partner_sources", PartnerSource, key=lambda source: source.name)
CONNECTIONS = TableSpec("events.connections", Connection, key=lambda connection: connection.name)
API_DESTINATIONS = TableSpec(
    "events.api_destinations", ApiDestination, key=lambda destination: destination.name
)
ENDPOINTS = TableSpec("events.endpoints", Endpoint, key=lambda endpoint: endpoint.name)
REPLAYS = TableSpec("events.replays", Replay, key=lambda replay: replay.name)


def bus_arn(scope: Scope, name: str) -> str:
    """Return the ARN of bus `name`."""
    return arn_in(scope, "events", f"event-bus/{name}")


def rule_arn(scope: Scope, bus: str, name: str) -> str:
    """Return the ARN of a rule; one of the default bus does not name the bus."""
    return arn_in(scope, "events", f"rule/{name}" if bus == DEFAULT_BUS else f"rule/{bus}/{name}")
