"""API destinations: HTTP endpoints as targets.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
"""

from emulator.core.arn import arn_in
from emulator.core.record import replace
from emulator.core.scope import Scope
from emulator.operations.table import Env, Params, Result
from emulator.services.events.buses import ops, read_page
from emulator.services.events.connections import connection_of_arn
from emulator.services.events.errors import (
    LimitExceededException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
)
from emulator.services.events.records import API_DESTINATIONS, ApiDestination, Connection

RATE_DEFAULT = 300  # AWS: invocations a second where none is given


def destination_arn(scope: Scope, destination: ApiDestination) -> str:
    """Return the ARN of an API destination, which ends in an id."""
    return arn_in(scope, "events", f"api-destination/{destination.name}/{destination.uuid}")


def _require(env: Env, name: str) -> ApiDestination:
    destination = env.store.table(API_DESTINATIONS, env.scope).get(name)
    if destination is None:
        raise ResourceNotFoundException(
            f"Failed to describe the api-destination(s). An api-destination '{name}' does not exist."
        )
    return destination


def _require_connection(env: Env, arn: str) -> Connection:
    connection = connection_of_arn(env, env.scope, arn)
    if connection is None:
        raise ResourceNotFoundException(f"Connection '{arn}' does not exist.")
    return connection


@ops.operation("CreateApiDestination")
def create_api_destination(env: Env, params: Params) -> Result:
    """Create an API destination."""
    name = params["Name"]
    destinations = env.store.table(API_DESTINATIONS, env.scope)
    if name in destinations.rows:
        raise ResourceAlreadyExistsException(f"An api-destination '{name}' already exists.")
    _require_connection(env, params["ConnectionArn"])
    if len(destinations.rows) >= env.limits.api_destinations_per_scope_max:
        raise LimitExceededException
    now = env.world.now()
    destination = ApiDestination(
        name=name,
        uuid=env.world.ids.uuid(),
        connection_arn=params["ConnectionArn"],
        invocation_endpoint=params["InvocationEndpoint"],
        http_method=params["HttpMethod"],
        created_at=now,
        modified_at=now,
        description=params.get("Description", ""),
        rate_limit_per_second=params.get("InvocationRateLimitPerSecond", RATE_DEFAULT),
    )
    destinations.put(destination)
    return _changed(env, destination)


@ops.operation("UpdateApiDestination")
def update_api_destination(env: Env, params: Params) -> Result:
    """Change an API destination; members not given stay."""
    destination = _require(env, params["Name"])
    arn = params.get("ConnectionArn", destination.connection_arn)
    _require_connection(env, arn)
    changed = replace(
        destination,
        connection_arn=arn,
        invocation_endpoint=params.get("InvocationEndpoint", destination.invocation_endpoint),
        http_method=params.get("HttpMethod", destination.http_method),
        description=params.get("Description", destination.description),
        rate_limit_per_second=params.get("InvocationRateLimitPerSecond", destination.rate_limit_per_second),
        modified_at=env.world.now(),
    )
    env.store.table(API_DESTINATIONS, env.scope).put(changed)
    return _changed(env, changed)


@ops.operation("DescribeApiDestination")
def describe_api_destination(env: Env, params: Params) -> Result:
    """Return an API destination."""
    destination = _require(env, params["Name"])
    description = {"Description": destination.description} if destination.description else {}
    return {**_summary(env, destination), **description}


@ops.operation("ListApiDestinations")
def list_api_destinations(env: Env, params: Params) -> Result:
    """Return the API destinations by name."""
    destinations = env.store.table(API_DESTINATIONS, env.scope).rows
    chosen = (
        destination.name
        for destination in destinations.values()
        if destination.name.startswith(params.get("NamePrefix", ""))
        and params.get("ConnectionArn", destination.connection_arn) == destination.connection_arn
    )
    page, token = read_page(chosen, params)
    return {"ApiDestinations": [_summary(env, destinations[name]) for name in page], **token}


@ops.operation("DeleteApiDestination")
def delete_api_destination(env: Env, params: Params) -> Result:
    """Delete an API destination."""
    destination = _require(env, params["Name"])
    env.store.table(API_DESTINATIONS, env.scope).delete(destination.name)
    return {}


def _state_of(env: Env, destination: ApiDestination) -> str:
    connection = connection_of_arn(env, env.scope, destination.connection_arn)
    is_usable = connection is not None and connection.state in ("AUTHORIZED", "AUTHORIZING")
    return "ACTIVE" if is_usable else "INACTIVE"


def _summary(env: Env, destination: ApiDestination) -> Result:
    return {
        "ApiDestinationArn": destination_arn(env.scope, destination),
        "Name": destination.name,
        "ApiDestinationState": _state_of(env, destination),
        "ConnectionArn": destination.connection_arn,
        "InvocationEndpoint": destination.invocation_endpoint,
        "HttpMethod": destination.http_method,
        "InvocationRateLimitPerSecond": destination.rate_limit_per_second,
        "CreationTime": destination.created_at,
        "LastModifiedTime": destination.modified_at,
    }


def _changed(env: Env, destination: ApiDestination) -> Result:
    summary = _summary(env, destination)
    members = ("ApiDestinationArn", "ApiDestinationState", "CreationTime", "LastModifiedTime")
    return {member: summary[member] for member in members}
