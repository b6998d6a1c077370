"""Control: what a user can ask of the emulator itself.

Every endpoint is a row of ROUTES; `docs/control.md` describes each (a test compares the two).
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import parse_qs

import msgspec
import orjson

from emulator.core.errors import AwsError
from emulator.core.scope import Scope
from emulator.core.timekeeper import Moved, TimeKeeper
from emulator.core.trace import Spans
from emulator.delivery.engine import DeliveryEngine
from emulator.delivery.faults import Fault
from emulator.operations.calls import Call, Calls
from emulator.operations.table import Kernel
from emulator.protocol.wire import HttpRequest, HttpResponse

Document = dict[str, Any]
SETTLE_SECONDS_MAX = 60.0
EMULATED_EDITION = "community"


class BadRequest(ValueError):
    """What was asked cannot be done; the message says why."""


class ControlApi:
    """Answers /_emulator requests from the parts that the composition root hands in."""

    def __init__(
        self,
        kernel: Kernel,
        timekeeper: TimeKeeper,
        engine: DeliveryEngine,
        calls: Calls,
        *,
        default_scope: Scope,
        version: str,
        services: Sequence[str],
        reset: Callable[[str | None], Awaitable[None]],
    ) -> None:
        self._kernel = kernel
        self._timekeeper = timekeeper
        self._engine = engine
        self._calls = calls
        self._default_scope = default_scope
        self._version = version
        self._services = services
        self._reset = reset

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer one request; HEAD is answered like GET, without the body."""
        method = "GET" if request.method == "HEAD" else request.method
        route = ROUTES.get((method, request.path.rstrip("/")))
        if route is None:
            known = ", ".join(sorted(f"{verb} {path}" for verb, path in ROUTES))
            return _answer(404, {"error": f"no {request.method} {request.path}; there are: {known}"})
        try:
            document = await route(self, _arguments(request))
        except BadRequest as error:
            return _answer(400, {"error": str(error)})
        response = _answer(200, document)
        if request.method == "HEAD":
            response.body = b""
        return response

    async def health(self, _arguments: Document) -> Document:
        """Tell version, clock, what runs and how many deliveries wait."""
        return {
            "status": "running",
            "version": self._version,
            "clock": await self.clock({}),
            "services": dict.fromkeys(self._services, "running"),
            "deliveries": {"waiting": self._engine.waiting(), **self._engine.ended},
            "timers": self._kernel.timers.armed(),
        }

    async def invocations(self, arguments: Document) -> Document:
        """Return what targets that are not executed would have been invoked with."""
        kept = self._engine.invocations.latest(arguments.get("target"))
        return {"invocations": [msgspec.structs.asdict(invocation) for invocation in kept]}

    async def set_endpoint_health(self, arguments: Document) -> Document:
        """Mark the primary bus of a global endpoint up or down."""
        name, is_healthy = arguments.get("name"), arguments.get("healthy")
        if not isinstance(name, str) or not isinstance(is_healthy, bool):
            raise BadRequest("name must be a string and healthy true or false")
        self._call("events", "SetEndpointHealth", {"Name": name, "Healthy": is_healthy}, arguments)
        return {"name": name, "healthy": is_healthy}

    async def firehose_records(self, arguments: Document) -> Document:
        """Return what a delivery stream has taken."""
        stream = arguments.get("stream")
        if not isinstance(stream, str):
            raise BadRequest("stream must be the name of a delivery stream")
        return self._call("firehose", "ReadRecords", {"DeliveryStreamName": stream}, arguments)

    def _call(self, service: str, operation: str, params: Document, arguments: Document) -> Document:
        """Call an operation in the scope that the arguments name; its refusal is a bad request."""
        scope = Scope(
            str(arguments.get("account", self._default_scope.account)),
            str(arguments.get("region", self._default_scope.region)),
        )
        try:
            result = self._calls.dispatch(Call(service, operation, params, scope))
        except AwsError as error:
            raise BadRequest(error.message) from None
        assert isinstance(result, dict)
        return result

    async def localstack_health(self, _arguments: Document) -> Document:
        """Answer in the form that LocalStack's tooling waits for."""
        return {
            "services": dict.fromkeys(self._services, "running"),
            "edition": EMULATED_EDITION,
            "version": self._version,
        }

    async def localstack_info(self, _arguments: Document) -> Document:
        """Answer in the form of LocalStack's info document."""
        return {
            "version": self._version,
            "edition": EMULATED_EDITION,
            "is_license_activated": False,
            "product": "busyard",
        }

    async def clock(self, _arguments: Document) -> Document:
        """Tell what time it is and whether it stands still."""
        return {
            "mode": "virtual" if self._timekeeper.is_frozen else "system",
            "now": self._kernel.world.now(),
            "next_deadline": self._kernel.timers.next_deadline(),
        }

    async def move_clock(self, arguments: Document) -> Document:
        """Freeze, advance, run or release the clock, as `action` says."""
        action = CLOCK_ACTIONS.get(arguments.get("action", ""))
        if action is None:
            raise BadRequest(f"action must be one of {', '.join(CLOCK_ACTIONS)}")
        moved = await action(self._timekeeper, arguments)
        document = await self.clock({})
        if moved is not None:
            document |= {"deadlines": moved.deadlines, "complete": moved.is_complete}
        return document

    async def settle(self, arguments: Document) -> Document:
        """Return when nothing is in flight and no timer is due, or after `timeout_seconds` of wall time."""
        timeout_seconds = _number(arguments, "timeout_seconds", SETTLE_SECONDS_MAX)
        tasks, timers = self._kernel.tasks, self._kernel.timers
        finished, fired = tasks.finished.copy(), timers.fired
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._timekeeper.settle()
            settled = True
        except TimeoutError:
            settled = False
        return {
            "settled": settled,
            "waited_for": {**(tasks.finished - finished), "timers": timers.fired - fired},
            "in_flight": tasks.in_flight(),
        }

    async def reset(self, arguments: Document) -> Document:
        """Forget all state, or one account's."""
        account = arguments.get("account")
        if account is not None and not isinstance(account, str):
            raise BadRequest("account must be a text of 12 digits")
        await self._reset(account)
        return {"reset": account or "all"}

    async def traces(self, arguments: Document) -> Document:
        """Return the latest spans, of one trace or kind where asked."""
        spans: Spans = self._kernel.spans
        found = spans.latest(trace_id=arguments.get("trace_id"), kind=arguments.get("kind"))
        return {"spans": [msgspec.to_builtins(span) for span in found]}

    async def faults(self, _arguments: Document) -> Document:
        """Return the faults in force."""
        return {"faults": [msgspec.to_builtins(fault) for fault in self._engine.faults.all()]}

    async def set_fault(self, arguments: Document) -> Document:
        """Let the next attempts at a target fail; `remaining` 0 lifts a fault."""
        try:
            fault = msgspec.convert(arguments, Fault)
        except msgspec.ValidationError as error:
            raise BadRequest(str(error)) from None
        self._engine.faults.set(fault)
        return await self.faults({})


async def _freeze(timekeeper: TimeKeeper, arguments: Document) -> None:
    at = arguments.get("at")
    timekeeper.freeze(None if at is None else _number(arguments, "at", 0.0))


async def _advance(timekeeper: TimeKeeper, arguments: Document) -> Moved:
    seconds = _number(arguments, "seconds", None)
    if seconds < 0:
        raise BadRequest("seconds must not be negative: time never runs back")
    return await timekeeper.advance(seconds)


async def _next(timekeeper: TimeKeeper, _arguments: Document) -> Moved:
    return await timekeeper.advance_to_next()


async def _run(timekeeper: TimeKeeper, arguments: Document) -> Moved:
    return await timekeeper.run_until_idle(int(_number(arguments, "deadlines_max", 0.0)) or None)


async def _system(timekeeper: TimeKeeper, _arguments: Document) -> None:
    timekeeper.release()


CLOCK_ACTIONS: dict[str, Callable[[TimeKeeper, Document], Awaitable[Moved | None]]] = {
    "freeze": _freeze,
    "advance": _advance,
    "next": _next,
    "run": _run,
    "system": _system,
}

Route = Callable[[ControlApi, Document], Awaitable[Document]]
ROUTES: dict[tuple[str, str], Route] = {
    ("GET", "/_emulator/health"): ControlApi.health,
    ("GET", "/_emulator/clock"): ControlApi.clock,
    ("POST", "/_emulator/clock"): ControlApi.move_clock,
    ("POST", "/_emulator/settle"): ControlApi.settle,
    ("POST", "/_emulator/reset"): ControlApi.reset,
    ("GET", "/_emulator/traces"): ControlApi.traces,
    ("GET", "/_emulator/faults"): ControlApi.faults,
    ("POST", "/_emulator/faults"): ControlApi.set_fault,
    ("GET", "/_emulator/invocations"): ControlApi.invocations,
    ("POST", "/_emulator/events/endpoint-health"): ControlApi.set_endpoint_health,
    ("GET", "/_emulator/firehose"): ControlApi.firehose_records,
    ("GET", "/_localstack/health"): ControlApi.localstack_health,
    ("GET", "/_localstack/info"): ControlApi.localstack_info,
    ("POST", "/_localstack/state/reset"): ControlApi.reset,
}


def _arguments(request: HttpRequest) -> Document:
    """Return the arguments of the query string, and those of a JSON body over them."""
    arguments: Document = {name: values[-1] for name, values in parse_qs(request.query).items()}
    if request.body.strip():
        try:
            document = orjson.loads(request.body)
        except orjson.JSONDecodeError as error:
            raise BadRequest(f"the body is not JSON: {error}") from None
        if not isinstance(document, dict):
            raise BadRequest("the body must be a JSON object")
        arguments |= document
    return arguments


def _number(arguments: Document, name: str, default: float | None) -> float:
    value = arguments.get(name, default)
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise BadRequest(f"{name} must be a number") from None
    if not math.isfinite(number):
        raise BadRequest(f"{name} must be a finite number")
    return number


def _answer(status: int, document: Document) -> HttpResponse:
    return HttpResponse(status, {"Content-Type": "application/json"}, orjson.dumps(document))
