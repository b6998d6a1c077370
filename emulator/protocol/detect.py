"""Which service, operation and protocol a request means. Models are loaded as far as a request needs them.

The questions, in order: the X-Amz-Target header; Smithy's CBOR path; an Action in the form or query string; the path
and method of the rest services. Where several services could answer, the SigV4 credential scope decides.
"""

from collections.abc import Callable, Iterable, Iterator

from emulator.core.errors import UnknownOperationException
from emulator.protocol.codecs import CODECS
from emulator.protocol.credentials import credential_scope
from emulator.protocol.forms import form_fields
from emulator.protocol.models import OperationModel, ServiceModel, load_service
from emulator.protocol.routes import Found, Routes
from emulator.protocol.wire import Codec, Detected, HttpRequest

FORM = "application/x-www-form-urlencoded"

EXTRA_PROTOCOLS = {"sqs": ("query",)}
"""Protocols a service still speaks though its model has dropped them. AWS: SDKs of 2023 and before send SQS queries."""

REST_PROTOCOLS = ("rest-json", "rest-xml")


class Router:
    """Recognises requests to the named services."""

    def __init__(
        self, service_names: Iterable[str], load: Callable[[str], ServiceModel] = load_service
    ) -> None:
        self._pending = list(service_names)
        self._load = load
        self._loaded: list[ServiceModel] = []
        self._routes: dict[str, Routes] = {}
        self._targets: dict[str, Detected] = {}

    def detect(self, request: HttpRequest) -> Detected:
        """Return what `request` asks for.

        Raises:
            UnknownOperationException: no service here, or not one that is recognised.
        """
        target = request.headers.get("X-Amz-Target")
        if target is not None:
            return self._targets.get(target) or self._by_target(target)
        if request.headers.get("Smithy-Protocol") == "rpc-v2-cbor":
            return self._by_cbor_path(request.path)
        action, version = action_and_version(request)
        if action:
            return self._by_action(request, action, version)
        return self._by_path(request)

    def _services(self) -> Iterator[ServiceModel]:
        """Yield the services, those already loaded first; asking for more loads them."""
        yield from self._loaded
        while self._pending:
            service = self._load(self._pending.pop(0))
            self._loaded.append(service)
            yield service

    def _by_target(self, target: str) -> Detected:
        prefix, _, name = target.rpartition(".")
        for service in self._services():
            if service.metadata.get("targetPrefix") == prefix and "json" in protocols_of(service):
                detected = self._targets[target] = Detected(operation_of(service, name), CODECS["json"])
                return detected
        raise UnknownOperationException(f"Busyard does not implement the service of X-Amz-Target {target!r}")

    def _by_cbor_path(self, path: str) -> Detected:
        match path.split("/"):
            case [*_, "service", prefix, "operation", name]:
                for service in self._services():
                    names = (service.metadata.get("targetPrefix"), service.name)
                    if prefix in names and "smithy-rpc-v2-cbor" in protocols_of(service):
                        return Detected(operation_of(service, name), CODECS["smithy-rpc-v2-cbor"])
        raise UnknownOperationException(f"Busyard does not implement rpc-v2-cbor at {path}")

    def _by_action(self, request: HttpRequest, action: str, version: str) -> Detected:
        speakers = [service for service in self._services() if "query" in protocols_of(service)]
        signed = credential_scope(request)
        for service in speakers:
            if signed is not None and signed.service == service.signing_name:
                return Detected(operation_of(service, action), CODECS["query"])
        for service in speakers:
            if action in service.operation_traits and version in ("", service.metadata["apiVersion"]):
                return Detected(service.operation(action), CODECS["query"])
        asked = signed.service if signed is not None else f"version {version or 'unknown'}"
        raise UnknownOperationException(f"Busyard does not implement the action {action} ({asked})")

    def _by_path(self, request: HttpRequest) -> Detected:
        speakers = [service for service in self._services() if rest_protocol(service)]
        signed = credential_scope(request)
        if signed is not None:
            speakers = [service for service in speakers if signed.service == service.signing_name]
        found = [found for service in speakers if (found := self._route(service, request)) is not None]
        if found:
            operation = min(found, key=lambda one: one.rank).operation
            return Detected(operation, self._rest_codec(operation.service))
        scope = f", signed for {signed.service}" if signed is not None else ", not signed"
        raise UnknownOperationException(
            f"Busyard does not implement {request.method} {request.path}{scope}: "
            "no X-Amz-Target, no rpc-v2-cbor, no Action, and no path of a rest service"
        )

    def _route(self, service: ServiceModel, request: HttpRequest) -> Found | None:
        routes = self._routes.get(service.name)
        if routes is None:
            routes = self._routes[service.name] = Routes(service)
        return routes.find(request)

    def _rest_codec(self, service: ServiceModel) -> Codec:
        return CODECS[rest_protocol(service)]


def protocols_of(service: ServiceModel) -> tuple[str, ...]:
    """Return the protocols we answer `service` in."""
    return service.protocols + EXTRA_PROTOCOLS.get(service.name, ())


def rest_protocol(service: ServiceModel) -> str:
    """Return the rest protocol the service speaks and we have a codec for, or nothing."""
    return next((name for name in REST_PROTOCOLS if name in service.protocols and name in CODECS), "")


def operation_of(service: ServiceModel, name: str) -> OperationModel:
    """Return the operation `name`; raises UnknownOperationException if the model has none."""
    if name not in service.operation_traits:
        raise UnknownOperationException(
            f"Busyard does not implement {service.name}.{name}: AWS has no such operation"
        )
    return service.operation(name)


def action_and_version(request: HttpRequest) -> tuple[str, str]:
    """Return the query protocol's Action and Version, empty if the request has none."""
    is_form = request.body and request.headers.get("Content-Type", "").startswith(FORM)
    if not is_form and "Action=" not in request.query:
        return "", ""
    fields = form_fields(request)
    return fields.get("Action", ""), fields.get("Version", "")
