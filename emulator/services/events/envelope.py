"""The envelope that every event arrives in.

AWS: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from emulator.core.scope import Scope

TIMES_REMEMBERED = 64


@lru_cache(TIMES_REMEMBERED)
def _iso_seconds(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_time(instant: float) -> str:
    """Return `instant` as events carry it: UTC, whole seconds."""
    return _iso_seconds(int(instant))


def instant_of(time: Any, default: float) -> float:
    """Return the instant that an event carries as its time; the default where it carries no time."""
    try:
        return datetime.fromisoformat(str(time)).timestamp()
    except ValueError:
        return default


def envelope(
    scope: Scope,
    *,
    event_id: str,
    source: str,
    detail_type: str,
    time: float,
    resources: list[str],
    detail: dict[str, Any],
) -> dict[str, Any]:
    """Return the event document, its members in AWS's order."""
    return {
        "version": "0",
        "id": event_id,
        "detail-type": detail_type,
        "source": source,
        "account": scope.account,
        "time": iso_time(time),
        "region": scope.region,
        "resources": resources,
        "detail": detail,
    }
