"""Delivery: one payload on its way to one target, and the machine of its attempts.

Invariant: a delivery ends in exactly one of delivered, dead-lettered, dropped, after at most `policy.attempts_max`
attempts.
"""

from enum import StrEnum
from typing import Any

from emulator.core.record import Record, replace
from emulator.core.scope import Scope
from emulator.core.store import TableSpec
from emulator.core.trace import Trace
from emulator.delivery.outcome import Failure
from emulator.delivery.policy import RetryPolicy


class State(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD_LETTERED = "dead_lettered"
    DROPPED = "dropped"


class Exhausted(StrEnum):
    """Which bound of the retry policy ended a delivery; the values are those of EXHAUSTED_RETRY_CONDITION."""

    ATTEMPTS = "MaximumRetryAttempts"
    AGE = "MaximumEventAgeInSeconds"


class DeadLetter(Record, frozen=True):
    """Where a delivery goes that cannot be made: a queue's ARN, the message body and fixed string attributes."""

    arn: str
    body: str
    attributes: dict[str, str] = {}


class Delivery(Record, frozen=True):
    """A payload for a target; all times are domain instants.

    `target` is the target's ARN and `parameters` what the target's type needs beside it. Deliveries of one non-empty
    `lane` go one at a time, in order of submission.
    """

    id: str
    scope: Scope
    target: str
    payload: str
    policy: RetryPolicy
    trace: Trace
    submitted_at: float
    parameters: dict[str, Any] = {}
    dead_letter: DeadLetter | None = None
    lane: str = ""
    attempts: int = 0
    next_attempt_at: float = 0.0
    state: State = State.PENDING
    exhausted: Exhausted | None = None


DELIVERIES = TableSpec("delivery.deliveries", Delivery, key=lambda delivery: delivery.id)


def after_attempt(delivery: Delivery, failure: Failure | None, now: float, jitter: float) -> Delivery:
    """Return `delivery` as it stands after an attempt that ended at `now`; `jitter` in [0, 1) shortens the wait."""
    attempts = delivery.attempts + 1
    if failure is None:
        return replace(delivery, attempts=attempts, state=State.DELIVERED)
    policy = delivery.policy
    next_at = now + max(policy.delay_seconds(attempts, jitter), failure.retry_after_seconds)
    exhausted = None
    if failure.is_retryable:
        if attempts >= policy.attempts_max:
            exhausted = Exhausted.ATTEMPTS
        elif next_at > delivery.submitted_at + policy.age_seconds_max:
            exhausted = Exhausted.AGE
        else:
            return replace(delivery, attempts=attempts, next_attempt_at=next_at)
    ended = State.DEAD_LETTERED if delivery.dead_letter else State.DROPPED
    return replace(delivery, attempts=attempts, state=ended, exhausted=exhausted)


def dead_letter_attributes(delivery: Delivery, failure: Failure) -> dict[str, str]:
    """Return the string attributes of the dead letter of a delivery that ended with `failure`.

    AWS: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """
    assert delivery.dead_letter is not None
    attributes = {
        **delivery.dead_letter.attributes,
        "ERROR_CODE": failure.code,
        "ERROR_MESSAGE": failure.message,
    }
    if failure.is_retryable:
        attributes["RETRY_ATTEMPTS"] = str(delivery.attempts - 1)
    if delivery.exhausted is not None:
        attributes["EXHAUSTED_RETRY_CONDITION"] = delivery.exhausted
    return attributes
