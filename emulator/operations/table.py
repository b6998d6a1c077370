"""What a service is made of: operations, tables, and what it does when the state has been loaded."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from emulator.core.limits import Limits
from emulator.core.record import Record
from emulator.core.scope import Scope
from emulator.core.store import Store, TableSpec
from emulator.core.tasks import Tasks
from emulator.core.timers import Timers
from emulator.core.trace import Spans, Trace
from emulator.core.world import World
from emulator.operations.outbound import Outbound

if TYPE_CHECKING:
    from emulator.operations.calls import Calls

Params = dict[str, Any]
Result = dict[str, Any]
Operation = Callable[["Env", Params], Result | Awaitable[Result]]
F = TypeVar("F", bound=Operation)


class Deliveries(Protocol):
    """Takes what is to be delivered asynchronously; the delivery engine, seen from below."""

    def submit(self, delivery: Record) -> None:
        """Deliver, retry and dead-letter as the record says."""
        ...


@dataclass(slots=True)
class Kernel:
    """The parts every operation works with, built once by the composition root."""

    world: World
    store: Store
    timers: Timers
    tasks: Tasks
    spans: Spans
    limits: Limits
    outbound: Outbound


@dataclass(slots=True)
class Env:
    """What one call of an operation sees: whose it is, where in the trace, and the way to everything else.

    `base_url` is the address under which the caller reached us, for URLs in answers (a queue's).
    """

    scope: Scope
    trace: Trace
    base_url: str
    world: World
    store: Store
    timers: Timers
    tasks: Tasks
    spans: Spans
    limits: Limits
    outbound: Outbound
    calls: "Calls"
    deliveries: Deliveries

    def within(self, scope: Scope) -> "Env":
        """Return this environment as seen from another account or region."""
        return Env(
            scope,
            self.trace,
            self.base_url,
            self.world,
            self.store,
            self.timers,
            self.tasks,
            self.spans,
            self.limits,
            self.outbound,
            self.calls,
            self.deliveries,
        )


class OperationTable:
    """The operations of one service by their AWS name.

    `waiting` names those that hold the caller's socket (they return an awaitable), `internal` those that the
    emulator has and AWS's API does not; the gateway never routes to the latter.
    """

    def __init__(self, service: str) -> None:
        self.service = service
        self.functions: dict[str, Operation] = {}
        self.waiting: set[str] = set()
        self.internal: set[str] = set()

    def operation(self, name: str, *, waits: bool = False, internal: bool = False) -> Callable[[F], F]:
        """Register the decorated function as operation `name`."""

        def register(function: F) -> F:
            assert name not in self.functions, f"{self.service}.{name} is registered twice"
            self.functions[name] = function
            if waits:
                self.waiting.add(name)
            if internal:
                self.internal.add(name)
            return function

        return register


@dataclass(frozen=True, slots=True)
class Service:
    """One AWS service: botocore's name for it, its operations, its tables.

    `restore` runs once after the tables were loaded, and again after a reset: it arms timers from records.
    """

    name: str
    operations: OperationTable
    tables: tuple[TableSpec[Any], ...] = ()
    restore: Callable[[Env], None] | None = None
