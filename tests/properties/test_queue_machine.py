"""The queue machine against what a queue promises."""

import itertools

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from emulator.core.scope import Scope
from emulator.core.store import Store
from emulator.services.sqs.queue import Queue
from emulator.services.sqs.records import MESSAGES, Message

RECEIVES_MAX = 3
RETENTION_SECONDS = 500.0
SCOPE = Scope("000000000000", "us-east-1")


class QueueModel(RuleBasedStateMachine):
    """Knows of each message only until when it is hidden, how often it was received, and when it was sent."""

    def __init__(self):
        super().__init__()
        self.table = Store().table(MESSAGES, SCOPE, "q")
        self.queue = Queue(self.table)
        self.now = 1000.0
        self.hidden_until = {}
        self.receives = {}
        self.sent_at = {}
        self.delayed = set()
        self.numbers = itertools.count()

    def hidden(self):
        return {name for name, until in self.hidden_until.items() if until > self.now}

    def forget(self, name):
        for known in (self.hidden_until, self.receives, self.sent_at):
            del known[name]
        self.delayed.discard(name)

    @rule(delay=st.sampled_from([0, 0, 5, 60]))
    def send(self, delay):
        name = f"m{next(self.numbers)}"
        until = self.now + delay
        message = Message(name, "b", "d", "a", self.now, until, self.queue.next_sequence())
        self.queue.send(message, self.now)
        self.hidden_until[name] = until
        self.receives[name] = 0
        self.sent_at[name] = self.now
        self.delayed.add(name)

    @rule(count=st.integers(1, 10), timeout=st.sampled_from([0, 10, 30]), with_limit=st.booleans())
    def receive(self, count, timeout, with_limit):
        available = set(self.hidden_until) - self.hidden()
        received = self.queue.receive(
            count,
            self.now,
            visible_at=self.now + timeout,
            receives_max=RECEIVES_MAX if with_limit else None,
            new_receipt=lambda: f"r{next(self.numbers)}",
        )
        taken = [message.id for message in received.taken]
        dead = [message.id for message in received.dead]
        assert set(taken) | set(dead) <= available, "two holders at once, or one that was lost"
        assert all(with_limit and self.receives[name] >= RECEIVES_MAX for name in dead)
        assert all(not with_limit or self.receives[name] < RECEIVES_MAX for name in taken)
        assert len(set(taken)) == len(taken) <= count
        assert len(taken) == count or set(taken) | set(dead) == available
        for name in dead:
            self.forget(name)
        for name in taken:
            self.receives[name] += 1
            self.hidden_until[name] = self.now + timeout
            self.delayed.discard(name)

    @precondition(lambda self: self.hidden_until)
    @rule(data=st.data())
    def delete(self, data):
        name = data.draw(st.sampled_from(sorted(self.hidden_until)))
        self.queue.delete(name)
        self.forget(name)

    @precondition(lambda self: self.hidden() - self.delayed)
    @rule(data=st.data(), seconds=st.sampled_from([0, 5, 100]))
    def change_visibility(self, data, seconds):
        name = data.draw(st.sampled_from(sorted(self.hidden() - self.delayed)))
        assert self.queue.is_in_flight(name, self.now)
        self.queue.change_visibility(self.queue.find(name), self.now + seconds, self.now)
        self.hidden_until[name] = self.now + seconds

    @rule(seconds=st.sampled_from([1, 10, 60, 300]))
    def pass_time(self, seconds):
        self.now += seconds

    @rule()
    def expire(self):
        self.queue.expire(self.now, RETENTION_SECONDS)
        for name in [name for name, at in self.sent_at.items() if self.now - at >= RETENTION_SECONDS]:
            self.forget(name)

    @rule()
    def restart(self):
        self.queue = Queue(self.table)

    @rule()
    def purge(self):
        self.queue.purge()
        for name in list(self.hidden_until):
            self.forget(name)

    @invariant()
    def nothing_is_lost(self):
        assert set(self.hidden_until) == set(self.table.rows)

    @invariant()
    def counts_are_right(self):
        hidden = self.hidden()
        counts = self.queue.counts(self.now)
        expected = (
            len(self.hidden_until) - len(hidden),
            len(hidden - self.delayed),
            len(hidden & self.delayed),
        )
        assert expected == tuple(counts)


TestQueueModel = QueueModel.TestCase
TestQueueModel.settings = settings(max_examples=60, stateful_step_count=40)
