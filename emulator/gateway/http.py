"""The HTTP handler: request -> service and operation -> params -> the one door -> bytes.

It is one readable function of six steps; what cuts across them is a span in `Calls` and the headers added at the end.
"""

import asyncio
import logging
from typing import Protocol

from aiohttp import web

from emulator.core.errors import AwsError, InternalFailure, RequestEntityTooLarge
from emulator.core.scope import Scope
from emulator.core.world import World
from emulator.gateway.scopes import scope_of
from emulator.operations.calls import Call, Calls
from emulator.protocol.codecs import CODECS
from emulator.protocol.detect import Router
from emulator.protocol.wire import Codec, Detected, HttpRequest, HttpResponse

logger = logging.getLogger(__name__)

CONTROL_PREFIX = "/_"
ALLOWED_METHODS = "HEAD,GET,PUT,POST,DELETE,OPTIONS,PATCH"
EXPOSED_HEADERS = "etag,x-amz-version-id,x-amzn-requestid,x-amzn-query-error,x-amzn-errortype"


class Control(Protocol):
    """Answers what is asked of the emulator itself, under /_emulator and its aliases."""

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Return the answer; never raises for bad input."""
        ...


class Gateway:
    """Answers every request on the one port."""

    def __init__(
        self,
        router: Router,
        calls: Calls,
        control: Control,
        *,
        world: World,
        default_scope: Scope,
        body_bytes_max: int,
        cors: bool,
    ) -> None:
        self._router = router
        self._calls = calls
        self._control = control
        self._world = world
        self._default_scope = default_scope
        self._body_bytes_max = body_bytes_max
        self._cors = cors

    def server(self) -> web.Server:
        """Return the aiohttp server; a client that goes away cancels the operation that waits for it."""
        loop = asyncio.get_running_loop()
        body_bytes_max = self._body_bytes_max

        def make_request(message, payload, protocol, writer, task):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - aiohttp's own types
            return web.BaseRequest(
                message, payload, protocol, writer, task, loop, client_max_size=body_bytes_max
            )

        return web.Server(
            self.handle, request_factory=make_request, handler_cancellation=True, access_log=None
        )

    async def handle(self, web_request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        origin = web_request.headers.get("Origin") if self._cors else None
        if origin and web_request.method == "OPTIONS":
            return web.Response(status=204, headers=_cors_headers(web_request, origin))
        response = await self._respond(web_request)
        if origin:
            response.headers.update(_cors_headers(web_request, origin))
        return web.Response(status=response.status, headers=response.headers, body=response.body)

    async def _respond(self, web_request: web.BaseRequest) -> HttpResponse:
        path, _, query = web_request.raw_path.partition("?")
        request = HttpRequest(web_request.method, path, query, web_request.headers, b"")
        too_large = None
        try:
            request.body = await web_request.read()
        except web.HTTPRequestEntityTooLarge:
            too_large = RequestEntityTooLarge(
                f"Busyard reads request bodies of at most {self._body_bytes_max} bytes."
            )
        if path.startswith(CONTROL_PREFIX):
            return await self._control.handle(request)
        request_id = self._world.ids.uuid()
        detected = None
        try:
            detected = self._router.detect(request)
            if too_large is not None:
                raise too_large  # noqa: TRY301 - refused in the protocol that the request speaks
            result = await self._run(detected, request)
            return detected.codec.render_result(detected.operation, result, request_id, request)
        except AwsError as error:
            return self._refuse(detected, error, request_id, request)
        except Exception:
            logger.exception("%s %s failed", request.method, request.path)
            failure = InternalFailure("The emulator failed on this request; its log says how.")
            return self._refuse(detected, failure, request_id, request)

    async def _run(self, detected: Detected, request: HttpRequest) -> dict[str, object]:
        operation = detected.operation
        call = Call(
            operation.service.name,
            operation.name,
            detected.codec.parse_request(operation, request),
            scope_of(request, self._default_scope),
            None,
            f"http://{request.headers.get('Host', 'localhost')}",
        )
        result = self._calls.dispatch(call)
        return result if isinstance(result, dict) else await result

    def _refuse(
        self, detected: Detected | None, error: AwsError, request_id: str, request: HttpRequest
    ) -> HttpResponse:
        if detected is not None:
            return detected.codec.render_error(detected.operation, error, request_id, request)
        return _likely_codec(request).render_error(None, error, request_id, request)


def _likely_codec(request: HttpRequest) -> Codec:
    """Return the codec whose errors the sender of an unrecognised request will most likely understand."""
    content_type = request.headers.get("Content-Type", "")
    if "X-Amz-Target" in request.headers:
        return CODECS["json"]
    if "cbor" in content_type:
        return CODECS["smithy-rpc-v2-cbor"]
    return CODECS["query" if "form-urlencoded" in content_type or "Action=" in request.query else "json"]


def _cors_headers(request: web.BaseRequest, origin: str) -> dict[str, str]:
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": ALLOWED_METHODS,
        "Access-Control-Allow-Headers": request.headers.get("Access-Control-Request-Headers", "*"),
        "Access-Control-Expose-Headers": EXPOSED_HEADERS,
        "Vary": "Origin",
    }
