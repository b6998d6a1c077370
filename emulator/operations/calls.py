"""Calls: HTTP requests, delivery targets, task states and the UI all come through this door.

Invariant: an operation that ends in an AwsError has changed nothing; one that ends well is committed.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial

import msgspec

from emulator.core.errors import AwsError, UnknownOperationException
from emulator.core.scope import Scope
from emulator.core.trace import Span, Trace
from emulator.operations.table import Deliveries, Env, Kernel, Operation, Params, Result, Service
from emulator.protocol.models import OperationModel, ServiceModel
from emulator.protocol.validate import validate


class Call(msgspec.Struct, frozen=True):
    """One call of one operation: whose, with what, and because of what (`trace` is the cause's, if there is one)."""

    service: str
    operation: str
    params: Params
    scope: Scope
    trace: Trace | None = None
    base_url: str = ""


@dataclass(slots=True)
class Entry:
    """An operation as the door keeps it, by its service's name and its own.

    Its model is loaded when it is first called: the models of all services would take more memory than everything else. An
    operation that AWS's API lacks has no model to be validated against.
    """

    function: Operation
    name: str
    is_internal: bool
    model: OperationModel | None = None


class Calls:
    """Dispatches calls to the operations of the given services."""

    def __init__(
        self, kernel: Kernel, services: Iterable[Service], load_model: Callable[[str], ServiceModel]
    ) -> None:
        self._kernel = kernel
        self._load_model = load_model
        self.deliveries: Deliveries | None = None
        """Set by the composition root: the engine is built on this door."""
        self._entries = {
            (service.name, name): Entry(
                function, f"{service.name}.{name}", name in service.operations.internal
            )
            for service in services
            for name, function in service.operations.functions.items()
        }

    def new_trace(self) -> Trace:
        """Return the beginning of a new trace."""
        ids = self._kernel.world.ids
        return Trace(ids.hex(32), "")

    def env(self, scope: Scope, trace: Trace, base_url: str = "") -> Env:
        """Return what an operation called in `scope` would see."""
        kernel = self._kernel
        assert self.deliveries is not None
        return Env(
            scope,
            trace,
            base_url,
            kernel.world,
            kernel.store,
            kernel.timers,
            kernel.tasks,
            kernel.spans,
            kernel.limits,
            kernel.outbound,
            self,
            self.deliveries,
        )

    def dispatch(self, call: Call) -> Result | Awaitable[Result]:
        """Validate and run `call`; return its result, or an awaitable of it for an operation that waits.

        Raises:
            AwsError: the operation refuses, or does not exist here; nothing has changed.
        """
        entry = self._entries.get((call.service, call.operation))
        if entry is None:
            message = f"Busyard does not implement {call.service}.{call.operation}"
            raise UnknownOperationException(message)
        kernel = self._kernel
        cause = call.trace or self.new_trace()
        trace = Trace(cause.trace_id, kernel.world.ids.span())
        started_at = kernel.world.now()
        changes_before = kernel.store.changes_pending
        try:
            if not entry.is_internal:
                if entry.model is None:
                    entry.model = self._load_model(call.service).operation(call.operation)
                validate(entry.model, call.params)
            result = entry.function(self.env(call.scope, trace, call.base_url), call.params)
        except AwsError as error:
            self._record(entry.name, call.scope, trace, cause, started_at, error.code)
            if kernel.store.changes_pending != changes_before:
                message = f"{entry.name} changed state and then refused"
                raise AssertionError(message) from error
            raise
        if isinstance(result, dict):
            kernel.store.commit()
            self._record(entry.name, call.scope, trace, cause, started_at, "ok")
            return result
        return self._finish(result, partial(self._record, entry.name, call.scope, trace, cause, started_at))

    async def _finish(self, waiting: Awaitable[Result], record: Callable[[str], None]) -> Result:
        try:
            result = await waiting
        except AwsError as error:
            record(error.code)
            raise
        self._kernel.store.commit()
        record("ok")
        return result

    def _record(
        self, name: str, scope: Scope, trace: Trace, cause: Trace, started_at: float, status: str
    ) -> None:
        kernel = self._kernel
        kernel.spans.record(
            Span(
                trace.trace_id,
                trace.span_id,
                cause.span_id,
                "request",
                name,
                started_at,
                kernel.world.now(),
                status,
                {"account": scope.account, "region": scope.region},
            )
        )
