"""The queue machine. Invariant: a message is in exactly one of available, in flight, delayed.

Theory of operation. The messages are rows of a table, oldest first. Here are only their order and where each is:
`available` holds ids in the order they became visible, `hidden` is a heap of (visible_at, sequence, id) for those
delayed or in flight. Time is passed in: before anything is taken or counted, what has become visible by then moves
from the heap to `available`. Entries of deleted or hidden messages are skipped when they surface, so that sending,
receiving and deleting cost the same however many messages there are.
"""

import heapq
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from emulator.core.record import replace
from emulator.core.store import Table
from emulator.services.sqs.records import Message

NewReceipt = Callable[[], str]


class Received(NamedTuple):
    """What a receive took, and what it found to be dead: received too often, already out of this queue."""

    taken: list[Message]
    dead: list[Message]


class Counts(NamedTuple):
    """How many messages are available, in flight and delayed."""

    available: int
    in_flight: int
    delayed: int


class Queue:
    """Messages of one standard queue, kept in `table`."""

    def __init__(self, table: Table[Message]) -> None:
        self._table = table
        self._available: deque[str] = deque()
        self._hidden: list[tuple[float, int, str]] = []
        self._in_flight: set[str] = set()
        self._delayed: set[str] = set()
        self._sequence = 0
        self._oldest_sent_at = 0.0
        for message in table.rows.values():
            self._admit(message)

    def _admit(self, message: Message) -> None:
        """Take a message in as one that is hidden until its `visible_at`, whenever that is."""
        self._sequence = max(self._sequence, message.sequence)
        (self._in_flight if message.receipt else self._delayed).add(message.id)
        heapq.heappush(self._hidden, (message.visible_at, message.sequence, message.id))

    def next_sequence(self) -> int:
        """Return the number of the next message."""
        self._sequence += 1
        return self._sequence

    def send(self, message: Message, now: float) -> None:
        """Add `message`, available at once or from its `visible_at` on."""
        self._table.put(message)
        self._oldest_sent_at = min(self._oldest_sent_at, message.sent_at)
        if message.visible_at > now:
            self._admit(message)
        else:
            self._available.append(message.id)

    def receive(
        self, count: int, now: float, *, visible_at: float, receives_max: int | None, new_receipt: NewReceipt
    ) -> Received:
        """Take up to `count` available messages, hidden until `visible_at`.

        A message already received `receives_max` times is removed and returned as dead instead.
        """
        self._surface(now)
        taken: list[Message] = []
        dead: list[Message] = []
        rows = self._table.rows
        while self._available and len(taken) < count:
            message = rows.get(self._available.popleft())
            if message is None or message.id in self._in_flight or message.id in self._delayed:
                continue
            if receives_max is not None and message.receive_count >= receives_max:
                self._table.delete(message.id)
                dead.append(message)
                continue
            received = replace(
                message,
                receive_count=message.receive_count + 1,
                first_received_at=message.first_received_at or now,
                receipt=new_receipt(),
                visible_at=visible_at,
            )
            taken.append(received)
        for (
            received
        ) in taken:  # after the loop: one that stays visible is not to be taken twice in one receive
            self._hide(received, now)
        return Received(taken, dead)

    def _hide(self, message: Message, now: float) -> None:
        self._table.put(message)
        if message.visible_at > now:
            self._in_flight.add(message.id)
            heapq.heappush(self._hidden, (message.visible_at, message.sequence, message.id))
        else:
            self._available.append(message.id)

    def _surface(self, now: float) -> None:
        """Make available what has become visible by `now`."""
        hidden = self._hidden
        rows = self._table.rows
        while hidden and hidden[0][0] <= now:
            visible_at, _, message_id = heapq.heappop(hidden)
            message = rows.get(message_id)
            if message is None or message.visible_at != visible_at or not self._is_hidden(message_id):
                continue  # deleted, or its visibility has been changed since
            self._unhide(message_id)
            self._available.append(message_id)

    def _is_hidden(self, message_id: str) -> bool:
        return message_id in self._in_flight or message_id in self._delayed

    def _unhide(self, message_id: str) -> None:
        self._in_flight.discard(message_id)
        self._delayed.discard(message_id)

    def find(self, message_id: str) -> Message | None:
        """Return the message with that id, or None."""
        return self._table.get(message_id)

    def is_in_flight(self, message_id: str, now: float) -> bool:
        """Whether a receiver holds the message at `now`."""
        self._surface(now)
        return message_id in self._in_flight

    def delete(self, message_id: str) -> None:
        """Remove the message, wherever it is."""
        self._table.delete(message_id)
        self._unhide(message_id)

    def change_visibility(self, message: Message, visible_at: float, now: float) -> None:
        """Let an in-flight message be visible from another instant on."""
        self._unhide(message.id)
        self._hide(replace(message, visible_at=visible_at), now)

    def purge(self) -> None:
        """Remove every message."""
        self._table.clear()
        self._available.clear()
        self._hidden.clear()
        self._in_flight.clear()
        self._delayed.clear()

    def expire(self, now: float, retention_seconds: float) -> None:
        """Remove what was sent more than `retention_seconds` ago.

        The sweep costs the queue's length, so it runs only once the oldest message known is past its time.
        """
        if now - self._oldest_sent_at < retention_seconds:
            return
        expired = [m.id for m in self._table.rows.values() if now - m.sent_at >= retention_seconds]
        for message_id in expired:
            self.delete(message_id)
        self._oldest_sent_at = min((m.sent_at for m in self._table.rows.values()), default=now)

    def next_visible_at(self) -> float | None:
        """Return when the next hidden message may become visible, or None."""
        return self._hidden[0][0] if self._hidden else None

    def counts(self, now: float) -> Counts:
        """Return how many messages are where at `now`."""
        self._surface(now)
        in_flight, delayed = len(self._in_flight), len(self._delayed)
        return Counts(len(self._table.rows) - in_flight - delayed, in_flight, delayed)

    def has_available(self, now: float) -> bool:
        """Whether a receive at `now` would find a message."""
        return self.counts(now).available > 0
