"""What archives hold.

Invariant: the events of an archive lie in its part of the table in the order in which they came.
"""

from emulator.core.scope import Scope
from emulator.core.store import Table
from emulator.operations.table import Env
from emulator.services.events.records import ARCHIVED_EVENTS, ARCHIVES, Archive, ArchivedEvent

DAY_SECONDS = 86_400


class ArchiveContent:
    """What an archive holds in all, so that describing one need not count; derived from its events."""

    def __init__(self, events: Table[ArchivedEvent]) -> None:
        self.events = events
        self.size_bytes = sum(event.size_bytes for event in events.rows.values())
        self._next = int(next(reversed(events.rows), "0")) + 1

    def add(self, text: str, time: float, now: float) -> None:
        """Keep an event."""
        event = ArchivedEvent(f"{self._next:012}", time, now, text, len(text.encode()))
        self._next += 1
        self.size_bytes += event.size_bytes
        self.events.put(event)

    def drop_older(self, instant: float) -> None:
        """Drop the events that came before an instant."""
        while self.events.rows:
            oldest = next(iter(self.events.rows.values()))
            if oldest.kept_at >= instant:
                return
            self.size_bytes -= oldest.size_bytes
            self.events.delete(oldest.key)

    def close(self) -> None:
        """Nothing to let go of."""


def content_of(env: Env, scope: Scope, archive: Archive) -> ArchiveContent:
    """Return what an archive holds now; what has outlived its retention is dropped first."""
    events = env.store.table(ARCHIVED_EVENTS, scope, archive.name)
    content = env.store.derived(ArchiveContent, scope, archive.name, lambda: ArchiveContent(events))
    if archive.retention_days:
        content.drop_older(env.world.now() - archive.retention_days * DAY_SECONDS)
    return content


def keep_event(env: Env, scope: Scope, name: str, text: str, time: float) -> None:
    """Keep an event that the managed rule of an archive has matched."""
    archive = env.store.table(ARCHIVES, scope).rows[name]
    content_of(env, scope, archive).add(text, time, env.world.now())
