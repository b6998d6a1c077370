"""Invocations of targets that the emulator does not execute, kept so that they can be looked at."""

from collections import deque
from typing import Any

from emulator.core.record import Record
from emulator.delivery.record import Delivery


class UnexecutedInvocation(Record, frozen=True):
    """What a target would have been invoked with, and when (seconds since the epoch)."""

    target: str
    payload: str
    parameters: dict[str, Any]
    account: str
    region: str
    time: float
    trace_id: str
    is_executed: bool = False


class Invocations:
    """The latest invocations that were not executed, the oldest dropped first; a test's to look at, not stored."""

    def __init__(self, invocations_max: int) -> None:
        self._kept: deque[UnexecutedInvocation] = deque(maxlen=invocations_max)

    def record(self, delivery: Delivery, now: float) -> None:
        """Keep what a delivery would have brought to its target."""
        self._kept.append(
            UnexecutedInvocation(
                delivery.target,
                delivery.payload,
                delivery.parameters,
                delivery.scope.account,
                delivery.scope.region,
                now,
                delivery.trace.trace_id,
            )
        )

    def latest(self, target: str | None = None) -> list[UnexecutedInvocation]:
        """Return the invocations kept, oldest first, of one target if one is given."""
        return [kept for kept in self._kept if target in (None, kept.target)]

    def clear(self) -> None:
        """Forget all of them."""
        self._kept.clear()
