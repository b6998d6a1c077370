"""What SQS stores: queues and messages."""

from typing import Any

from emulator.core.record import Record
from emulator.core.store import TableSpec


class QueueRecord(Record, frozen=True):
    """A queue: its attributes as they were set (AWS names and texts), tags, and instants of creation and change."""

    name: str
    created_at: float
    modified_at: float
    attributes: dict[str, str] = {}
    tags: dict[str, str] = {}


class Message(Record, frozen=True):
    """A message; `visible_at` is when it can be received (again).

    `sequence` numbers the messages of a queue in the order they came; `receipt` belongs to the latest receive.
    """

    id: str
    body: str
    body_md5: str
    sender: str
    sent_at: float
    visible_at: float
    sequence: int
    attributes: dict[str, dict[str, Any]] = {}
    system_attributes: dict[str, dict[str, Any]] = {}
    group: str = ""
    receive_count: int = 0
    first_received_at: float = 0.0
    receipt: str = ""
    dead_letter_source: str = ""


QUEUES = TableSpec("sqs.queues", QueueRecord, key=lambda queue: queue.name)
# One part per queue.
MESSAGES = TableSpec("sqs.messages", Message, key=lambda message: message.id)
