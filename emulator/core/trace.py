"""Spans: what happened, to what, because of what. A bounded ring that a UI, a log or a test may follow."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import msgspec

Subscriber = Callable[["Span"], None]


class Trace(NamedTuple):
    """Where in whose life something happens; stored in records, so that it outlives retries and restarts."""

    trace_id: str
    span_id: str


class Span(msgspec.Struct, frozen=True, gc=False):
    """One step: its place in the trace, kind and name, domain instants, outcome and facts worth showing.

    `kind` is one of request, match, delivery, attempt, dead_letter; `status` is ok or says what went wrong.
    """

    trace_id: str
    span_id: str
    parent_id: str
    kind: str
    name: str
    started_at: float
    ended_at: float
    status: str
    attributes: dict[str, Any]


class Spans:
    """The latest spans, oldest dropped first."""

    def __init__(self, spans_max: int) -> None:
        self._ring: deque[Span] = deque(maxlen=spans_max)
        self._subscribers: list[Subscriber] = []
        self.record: Subscriber = self._ring.append
        """Keep a span and show it to every subscriber; with none of these it is the ring's own append."""

    def _record_and_show(self, span: Span) -> None:
        self._ring.append(span)
        for subscriber in self._subscribers:
            subscriber(span)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber` with each new span until the returned function is called."""
        self._subscribers.append(subscriber)
        self.record = self._record_and_show

        def unsubscribe() -> None:
            self._subscribers.remove(subscriber)
            if not self._subscribers:
                self.record = self._ring.append

        return unsubscribe

    def latest(self, *, trace_id: str | None = None, kind: str | None = None) -> Iterable[Span]:
        """Return the spans kept, oldest first, of one trace and of one kind where asked."""
        return [
            span
            for span in self._ring
            if (trace_id is None or span.trace_id == trace_id) and (kind is None or span.kind == kind)
        ]

    def clear(self) -> None:
        """Forget all spans; subscribers stay."""
        self._ring.clear()
