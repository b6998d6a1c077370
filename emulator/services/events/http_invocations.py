"""Invoking an API destination: one HTTP request, with what target, destination and connection add to it.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
"""

from typing import Any
from urllib.parse import quote, urlencode

import orjson

from emulator.core.errors import AwsError
from emulator.core.scope import Scope
from emulator.operations.outbound import OutboundAnswer, OutboundRequest
from emulator.operations.postponed import Postponed
from emulator.operations.table import Env, Params, Result
from emulator.services.events.authorisation import fetch_token, headers_for, pairs
from emulator.services.events.buses import ops
from emulator.services.events.connections import connection_of_arn
from emulator.services.events.errors import (
    DestinationFailed,
    DestinationRefused,
    ResourceNotFoundException,
)
from emulator.services.events.records import API_DESTINATIONS, CONNECTIONS, ApiDestination, Connection

# AWS: sent with every request, and not to be changed by anyone
FIXED_HEADERS = {
    "User-Agent": "Amazon/EventBridge/ApiDestinations",
    "Range": "bytes=0-1048575",
}
CONTENT_TYPE = "application/json; charset=utf-8"
# AWS: taken out of what a user adds
REMOVED_HEADERS = frozenset(
    {
        *("a-im", "accept-charset", "accept-datetime", "accept-encoding", "cache-control", "connection"),
        *("content-encoding", "content-length", "content-md5", "date", "expect", "forwarded", "from", "host"),
        *("http2-settings", "if-match", "if-modified-since", "if-none-match", "if-range"),
        *(
            "if-unmodified-since",
            "max-forwards",
            "origin",
            "pragma",
            "proxy-authorization",
            "range",
            "referer",
        ),
        *("te", "trailer", "transfer-encoding", "user-agent", "upgrade", "via", "warning"),
    }
)
BODYLESS = ("GET", "HEAD", "OPTIONS")
RETRIED = frozenset({401, 407, 409, 429})


class RateLimit:
    """How many invocations have a place in a second and those after it; forgotten on a restart."""

    def __init__(self) -> None:
        self._second = 0
        self._taken = 0

    def take_place(self, now: float, per_second: int) -> float:
        """Take the next place and return its instant, which is `now` unless this second is full."""
        second = int(now)
        if second > self._second:
            self._taken = max(0, self._taken - (second - self._second) * per_second)
            self._second = second
        due = self._second + self._taken // per_second
        self._taken += 1
        return max(now, due)

    def close(self) -> None:
        """Nothing to let go of."""


@ops.operation("InvokeApiDestination", waits=True, internal=True)
async def invoke_api_destination(env: Env, params: Params) -> Result:
    """Send one request to an API destination.

    Raises:
        Postponed: the destination's rate limit is reached.
        AwsError: there is no such destination, or it does not take the request.
    """
    scope = env.scope
    _, name, uuid = params["Resource"].split("/")
    destination = env.store.table(API_DESTINATIONS, scope).get(name)
    if destination is None or destination.uuid != uuid:
        raise ResourceNotFoundException(f"An api-destination '{name}' does not exist.")
    connection = connection_of_arn(env, scope, destination.connection_arn)
    if connection is None or connection.state == "DEAUTHORIZED":
        raise DestinationRefused(f"The connection of api-destination '{name}' is not authorized.")
    if "Reservation" not in params:
        _take_place(env, scope, destination)
    answer = await _sent(env, scope, destination, connection, params)
    if answer.status in (401, 407) and connection.authorization_type == "OAUTH_CLIENT_CREDENTIALS":
        # AWS: a token that is not taken is fetched anew
        await fetch_token(env, scope, connection)
        renewed = env.store.table(CONNECTIONS, scope).get(connection.name) or connection
        answer = await _sent(env, scope, destination, renewed, params)
    if answer.status >= 400:
        raise _failure(destination, answer)
    return {"StatusCode": answer.status}


def _take_place(env: Env, scope: Scope, destination: ApiDestination) -> None:
    """Take the next place in the row of invocations, which may be now."""
    limit = env.store.derived(RateLimit, scope, destination.uuid, RateLimit)
    now = env.world.now()
    due = limit.take_place(now, destination.rate_limit_per_second)
    if due > now:
        raise Postponed(due)


async def _sent(
    env: Env, scope: Scope, destination: ApiDestination, connection: Connection, params: Params
) -> OutboundAnswer:
    authorization = await headers_for(env, scope, connection)
    request = request_for(destination, connection, params["Payload"], params["HttpParameters"], authorization)
    return await env.outbound.send(request, seconds_max=env.limits.outbound_seconds_max)


def request_for(
    destination: ApiDestination,
    connection: Connection,
    payload: str,
    parameters: dict[str, Any],
    authorization: dict[str, str],
) -> OutboundRequest:
    """Return the request for a payload; what the connection adds goes over what the target adds."""
    added = connection.parameters.get("InvocationHttpParameters", {})
    query = {**parameters.get("QueryStringParameters", {}), **pairs(added.get("QueryStringParameters", []))}
    headers = {**parameters.get("HeaderParameters", {}), **pairs(added.get("HeaderParameters", []))}
    kept = {name: value for name, value in headers.items() if name.lower() not in REMOVED_HEADERS}
    if not any(name.lower() == "content-type" for name in kept):
        kept["Content-Type"] = CONTENT_TYPE
    body = b"" if destination.http_method in BODYLESS else _body(payload, added.get("BodyParameters", []))
    return OutboundRequest(
        destination.http_method,
        _url(destination.invocation_endpoint, parameters.get("PathParameterValues", []), query),
        {**kept, **FIXED_HEADERS, **authorization},
        body,
    )


def _body(payload: str, added: list[dict[str, Any]]) -> bytes:
    """Return the body; parameters of the connection become members of a body that is a JSON object."""
    if added:
        try:
            document = orjson.loads(payload)
        except orjson.JSONDecodeError:
            document = None
        if isinstance(document, dict):
            return orjson.dumps({**document, **pairs(added)})
    return payload.encode()


def _url(endpoint: str, path_values: list[str], query: dict[str, str]) -> str:
    """Return the endpoint with a value in place of each `*`, and the query behind it."""
    pieces = endpoint.split("*")
    url = pieces[0]
    values = iter(path_values)
    for piece in pieces[1:]:
        url += quote(next(values, "*"), safe="") + piece
    if query:
        url += ("&" if "?" in url else "?") + urlencode(query, quote_via=quote)
    return url


def _failure(destination: ApiDestination, answer: OutboundAnswer) -> AwsError:
    """Return what an error status means: some are worth another attempt, and the endpoint may say when."""
    text = answer.body.decode(errors="replace")
    message = f"{destination.invocation_endpoint} answered with status {answer.status}. {text}"[:1024]
    if answer.status not in RETRIED and answer.status < 500:
        return DestinationRefused(message)
    wait = answer.headers.get("retry-after", "")
    return DestinationFailed(message, retry_after=float(wait) if wait.isdigit() else 0.0)
