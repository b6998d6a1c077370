"""What CloudWatch Logs stores. Its times are whole milliseconds since the epoch, as on the wire."""

from emulator.core.record import Record
from emulator.core.store import TableSpec


class LogGroup(Record, frozen=True):
    """A log group."""

    name: str
    created_at: int
    retention_days: int | None = None
    kms_key_id: str = ""
    group_class: str = "STANDARD"
    tags: dict[str, str] = {}


class LogStream(Record, frozen=True):
    """A stream of a group; `events` counts all events it has had, the times are of those."""

    name: str
    created_at: int
    first_event: int | None = None
    last_event: int | None = None
    last_ingestion: int | None = None
    events: int = 0


class LogEvent(Record, frozen=True):
    """An event of a stream; `key` counts within its group, in the order of ingestion."""

    key: str
    stream: str
    timestamp: int
    message: str
    ingested_at: int


GROUPS = TableSpec("logs.groups", LogGroup, key=lambda group: group.name)
# One part per group.
STREAMS = TableSpec("logs.streams", LogStream, key=lambda stream: stream.name)
EVENTS = TableSpec("logs.events", LogEvent, key=lambda event: event.key)
