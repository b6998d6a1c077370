"""How a connection comes by what a request must carry: OAuth tokens are fetched from the user's own endpoint.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection-auth.html
"""

import base64
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from emulator.core.errors import AwsError
from emulator.core.record import replace
from emulator.core.scope import Scope
from emulator.operations.outbound import OutboundRequest
from emulator.operations.table import Env
from emulator.services.events.errors import AuthorizationFailed
from emulator.services.events.records import CONNECTIONS, Connection

TOKEN_SECONDS = 3_600.0  # a token that does not say how long it lives
AUTHORIZED_AT_ONCE = ("BASIC", "API_KEY")


def authorise(env: Env, connection: Connection) -> Connection:
    """Store a new or changed connection and let it authorise itself; return it as it stands now."""
    is_done = connection.authorization_type in AUTHORIZED_AT_ONCE
    now = env.world.now()
    stored = replace(
        connection,
        state="AUTHORIZED" if is_done else "AUTHORIZING",
        state_reason="",
        authorized_at=now if is_done else connection.authorized_at,
    )
    env.store.table(CONNECTIONS, env.scope).put(stored)
    if not is_done:
        env.tasks.spawn("authorisation", _authorise_in_background(env, stored))
    return stored


async def _authorise_in_background(env: Env, connection: Connection) -> None:
    try:
        await fetch_token(env, env.scope, connection)
    except AwsError as error:
        connections = env.store.table(CONNECTIONS, env.scope)
        current = connections.get(connection.name)
        if current is not None and current.uuid == connection.uuid:
            connections.put(replace(current, state="DEAUTHORIZED", state_reason=error.message))
    env.store.commit()


async def headers_for(env: Env, scope: Scope, connection: Connection) -> dict[str, str]:
    """Return the headers that authorise a request, fetching a token where there is none that is still good.

    Raises:
        AwsError: there is no token to be had.
    """
    parameters = connection.parameters
    match connection.authorization_type:
        case "BASIC":
            basic = parameters["BasicAuthParameters"]
            credentials = f"{basic['Username']}:{basic['Password']}".encode()
            return {"Authorization": f"Basic {base64.b64encode(credentials).decode()}"}
        case "API_KEY":
            key = parameters["ApiKeyAuthParameters"]
            return {key["ApiKeyName"]: key["ApiKeyValue"]}
        case _:
            token = connection.token
            if not token or env.world.now() >= connection.token_expires_at:
                token = await fetch_token(env, scope, connection)
            return {"Authorization": f"Bearer {token}"}


async def fetch_token(env: Env, scope: Scope, connection: Connection) -> str:
    """Fetch a token for a connection with OAuth, store it and return it.

    Raises:
        AwsError: the authorisation endpoint gives none.
    """
    answer = await env.outbound.send(
        _token_request(connection.parameters["OAuthParameters"]),
        seconds_max=env.limits.outbound_seconds_max,
    )
    token = ""
    try:
        document = orjson.loads(answer.body)
        token = str(document["access_token"])
        lifetime = float(document.get("expires_in", TOKEN_SECONDS))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        token = ""
    if not token or answer.status >= 400:
        raise AuthorizationFailed(
            f"The authorization endpoint answered with status {answer.status} and without an access token."
        )
    connections = env.store.table(CONNECTIONS, scope)
    current = connections.get(connection.name)
    if current is not None and current.uuid == connection.uuid:
        now = env.world.now()
        connections.put(
            replace(
                current,
                state="AUTHORIZED",
                state_reason="",
                authorized_at=now,
                token=token,
                token_expires_at=now + lifetime,
            )
        )
    return token


def _token_request(oauth: dict[str, Any]) -> OutboundRequest:
    client = oauth["ClientParameters"]
    extra = oauth.get("OAuthHttpParameters", {})
    body = {
        "grant_type": "client_credentials",
        "client_id": client["ClientID"],
        "client_secret": client["ClientSecret"],
        **pairs(extra.get("BodyParameters", [])),
    }
    query = urlencode(pairs(extra.get("QueryStringParameters", [])), quote_via=quote)
    url = oauth["AuthorizationEndpoint"]
    if query:
        url += ("&" if "?" in url else "?") + query
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        **pairs(extra.get("HeaderParameters", [])),
    }
    return OutboundRequest(oauth["HttpMethod"], url, headers, urlencode(body).encode())


def pairs(parameters: list[dict[str, Any]]) -> dict[str, str]:
    """Return parameters of a connection as a dictionary."""
    return {parameter["Key"]: parameter.get("Value", "") for parameter in parameters}
