"""Retry policies as data."""

from emulator.core.record import Record


class RetryPolicy(Record, frozen=True):
    """How often and how long a delivery is tried.

    `attempts_max` counts the first attempt too; `age_seconds_max` is measured from the submission to the start of an
    attempt. The wait before retry n is `base_seconds` doubled n - 1 times, at most `cap_seconds`, of which up to half
    is taken away by jitter.
    """

    attempts_max: int
    age_seconds_max: float
    base_seconds: float = 1.0
    cap_seconds: float = 512.0

    def delay_seconds(self, attempts: int, jitter: float) -> float:
        """Return the wait after the `attempts`-th failed attempt; `jitter` is in [0, 1)."""
        doublings = min(attempts - 1, 32)
        return min(self.base_seconds * 2.0**doublings, self.cap_seconds) * (1 - jitter / 2)


# AWS: 185 retries over 24 hours with exponential back-off and jitter
# (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html).
# AWS: unverified - base and cap of the back-off are not documented; these spread 185 retries over most of a day.
EVENTBRIDGE = RetryPolicy(attempts_max=186, age_seconds_max=86_400.0)
