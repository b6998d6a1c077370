"""Amazon CloudWatch Logs, as far as targets and state machines write there: groups, streams, events."""

from emulator.operations.table import Service
from emulator.services.logs import groups, log_events, streams
from emulator.services.logs.records import EVENTS, GROUPS, STREAMS

__all__ = ["SERVICE", "groups", "log_events", "streams"]

SERVICE = Service("logs", groups.ops, (GROUPS, STREAMS, EVENTS))
