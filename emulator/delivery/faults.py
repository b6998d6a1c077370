"""Faults that a user asks for, so that retries and dead letters can be seen without breaking anything.

Faults live in memory and end with a reset: they are a test's, not the state's.
"""

from emulator.core.errors import AwsError
from emulator.core.record import Record, replace


class Fault(Record, frozen=True):
    """The next `remaining` attempts at `target` (an ARN) fail with this error instead of being made."""

    target: str
    remaining: int
    code: str = "InternalFailure"
    message: str = "injected fault"
    status: int = 500


class InjectedFault(AwsError):
    """The error of an injected fault; it carries the code and status that the user asked for."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.code = fault.code  # type: ignore[misc]  # one exception type stands for any error
        self.status = fault.status  # type: ignore[misc]


class Faults:
    """The faults in force, by target."""

    def __init__(self) -> None:
        self._by_target: dict[str, Fault] = {}

    def set(self, fault: Fault) -> None:
        """Put `fault` in force, in place of another on the same target; none remaining lifts it."""
        if fault.remaining > 0:
            self._by_target[fault.target] = fault
        else:
            self._by_target.pop(fault.target, None)

    def raise_for(self, target: str) -> None:
        """Count one attempt at `target`.

        Raises:
            InjectedFault: a fault is in force there.
        """
        fault = self._by_target.get(target)
        if fault is not None:
            self.set(replace(fault, remaining=fault.remaining - 1))
            raise InjectedFault(fault)

    def all(self) -> list[Fault]:
        """Return the faults in force."""
        return list(self._by_target.values())

    def clear(self) -> None:
        """Lift every fault."""
        self._by_target.clear()
