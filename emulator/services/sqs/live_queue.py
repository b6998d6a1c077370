"""LiveQueue: a queue at work: its record, its settings as numbers, its machine and the receivers that wait.

It is derived state: built from the tables on first use, dropped when the queue is deleted or the state reset.
"""

import asyncio
from collections import deque

from emulator.core.scope import Scope
from emulator.core.timers import Timer, Timers
from emulator.operations.table import Env
from emulator.services.sqs.attributes import Settings
from emulator.services.sqs.errors import QueueDoesNotExist
from emulator.services.sqs.queue import Queue
from emulator.services.sqs.records import MESSAGES, QUEUES, QueueRecord
from emulator.services.sqs.urls import parse_queue_url


class LiveQueue:
    """One queue and everything that happens around it."""

    def __init__(self, record: QueueRecord, scope: Scope, messages: Queue, timers: Timers) -> None:
        self.scope = scope
        self.messages = messages
        self._timers = timers
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._timer: Timer | None = None
        self.update(record)

    def update(self, record: QueueRecord) -> None:
        """Take over changed attributes."""
        self.record = record
        self.settings = Settings(record)

    @property
    def name(self) -> str:
        """The queue's name."""
        return self.record.name

    def wake(self, count: int = 1) -> None:
        """Wake up to `count` waiting receivers, longest waiting first."""
        waiters = self._waiters
        while waiters and count:
            waiter = waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                count -= 1

    async def wait(self) -> None:
        """Return when a message may have become available; a wake-up that is cancelled goes to the next receiver."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        self._arm()
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self.wake()
            raise
        finally:
            if waiter in self._waiters:
                self._waiters.remove(waiter)

    def rearm(self) -> None:
        """Look again when the next hidden message becomes visible, if somebody waits for it."""
        if self._waiters:
            self._arm()

    def close(self) -> None:
        """Wake everybody: the queue is gone, and the waiting receivers shall see it."""
        if self._timer is not None:
            self._timer.cancel()
        self.wake(len(self._waiters))

    def _arm(self) -> None:
        deadline = self.messages.next_visible_at()
        if deadline is None:
            return
        if self._timer is not None:
            if not self._timer.is_cancelled and self._timer.instant <= deadline:
                return
            self._timer.cancel()
        self._timer = self._timers.at(deadline, self._surfaced)

    def _surfaced(self) -> None:
        self.wake()
        self.rearm()


def live_queue(env: Env, scope: Scope, name: str) -> LiveQueue:
    """Return the queue `name` of `scope`.

    Raises:
        QueueDoesNotExist: there is none.
    """
    return env.store.find_derived(LiveQueue, scope, name) or _bring_to_life(env, scope, name)


def _bring_to_life(env: Env, scope: Scope, name: str) -> LiveQueue:
    record = env.store.table(QUEUES, scope).rows.get(name)
    if record is None:
        raise QueueDoesNotExist
    messages = env.store.table(MESSAGES, scope, name)
    return env.store.derived(
        LiveQueue, scope, name, lambda: LiveQueue(record, scope, Queue(messages), env.timers)
    )


def require_queue(env: Env, url: str) -> LiveQueue:
    """Return the queue that `url` names, in any usual form of a queue URL.

    Raises:
        QueueDoesNotExist: there is none.
    """
    account, region, name = parse_queue_url(url)
    scope = env.scope
    if account is not None or region is not None:
        scope = Scope(account or scope.account, region or scope.region)
    return live_queue(env, scope, name)
