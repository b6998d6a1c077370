"""The table of target types."""

from collections.abc import Callable
from typing import Any

import msgspec

from emulator.core.arn import Arn
from emulator.core.trace import Trace
from emulator.operations.calls import Call


class Invocation(msgspec.Struct, frozen=True):
    """What is to reach a target: its ARN, the payload, the parameters of its type, and why."""

    arn: Arn
    payload: str
    parameters: dict[str, Any]
    trace: Trace


ToCall = Callable[[Invocation], Call]
TARGETS: dict[str, ToCall] = {}
"""From the service in the target's ARN to the pure mapping of an invocation to a call."""


def target(service: str) -> Callable[[ToCall], ToCall]:
    """Register the decorated function as the mapping for targets of `service`."""

    def register(to_call: ToCall) -> ToCall:
        assert service not in TARGETS, f"target {service} is registered twice"
        TARGETS[service] = to_call
        return to_call

    return register
