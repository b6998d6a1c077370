"""Connections: how an API destination authorises itself, and what it adds to every request.

The secret parts stay here; what is shown has none of them.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection.html
"""

from typing import Any

from emulator.core.arn import arn_in
from emulator.core.record import replace
from emulator.core.scope import Scope
from emulator.operations.table import Env, Params, Result
from emulator.services.events.authorisation import authorise
from emulator.services.events.buses import ops, read_page
from emulator.services.events.errors import (
    LimitExceededException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
    ValidationException,
)
from emulator.services.events.records import CONNECTIONS, Connection

_SECRETS = ("Password", "ClientSecret", "ApiKeyValue")
_PARAMETERS_OF = {
    "BASIC": "BasicAuthParameters",
    "API_KEY": "ApiKeyAuthParameters",
    "OAUTH_CLIENT_CREDENTIALS": "OAuthParameters",
}
_ALWAYS = ("ConnectionArn", "ConnectionState", "CreationTime", "LastModifiedTime")


def connection_arn(scope: Scope, connection: Connection) -> str:
    """Return the ARN of a connection, which ends in an id."""
    return arn_in(scope, "events", f"connection/{connection.name}/{connection.uuid}")


def connection_of_arn(env: Env, scope: Scope, arn: str) -> Connection | None:
    """Return the connection that has an ARN."""
    name = arn.split("/")[1] if arn.count("/") == 2 else ""
    connection = env.store.table(CONNECTIONS, scope).get(name)
    return connection if connection is not None and connection_arn(scope, connection) == arn else None


def _require(env: Env, name: str) -> Connection:
    connection = env.store.table(CONNECTIONS, env.scope).get(name)
    if connection is None:
        raise ResourceNotFoundException(
            f"Failed to describe the connection(s). Connection '{name}' does not exist."
        )
    return connection


@ops.operation("CreateConnection")
def create_connection(env: Env, params: Params) -> Result:
    """Create a connection; one with OAuth fetches its token at once, in the background."""
    name = params["Name"]
    connections = env.store.table(CONNECTIONS, env.scope)
    if name in connections.rows:
        raise ResourceAlreadyExistsException(f"Connection {name} already exists.")
    _check_parameters(params["AuthorizationType"], params["AuthParameters"])
    if len(connections.rows) >= env.limits.connections_per_scope_max:
        raise LimitExceededException
    now = env.world.now()
    connection = Connection(
        name=name,
        uuid=env.world.ids.uuid(),
        authorization_type=params["AuthorizationType"],
        parameters=params["AuthParameters"],
        created_at=now,
        modified_at=now,
        description=params.get("Description", ""),
        kms_key_identifier=params.get("KmsKeyIdentifier", ""),
        secret_suffix=env.world.ids.hex(6),
    )
    return _chosen(env, authorise(env, connection), _ALWAYS)


@ops.operation("UpdateConnection")
def update_connection(env: Env, params: Params) -> Result:
    """Change a connection; parameters not given stay. It authorises itself anew."""
    connection = _require(env, params["Name"])
    kind = params.get("AuthorizationType", connection.authorization_type)
    given = params.get("AuthParameters", {})
    parameters = _merged(connection.parameters, given) if kind == connection.authorization_type else given
    _check_parameters(kind, parameters)
    changed = replace(
        connection,
        authorization_type=kind,
        parameters=parameters,
        description=params.get("Description", connection.description),
        kms_key_identifier=params.get("KmsKeyIdentifier", connection.kms_key_identifier),
        modified_at=env.world.now(),
        token="",
    )
    return _chosen(env, authorise(env, changed), (*_ALWAYS, "LastAuthorizedTime"))


@ops.operation("DeauthorizeConnection")
def deauthorize_connection(env: Env, params: Params) -> Result:
    """Forget a connection's secrets; its API destinations stop working until it is updated."""
    connection = _require(env, params["Name"])
    changed = replace(connection, state="DEAUTHORIZED", token="", modified_at=env.world.now())
    env.store.table(CONNECTIONS, env.scope).put(changed)
    shown = _chosen(env, changed, (*_ALWAYS, "LastAuthorizedTime"))
    return {**shown, "ConnectionState": "DEAUTHORIZING"}


@ops.operation("DescribeConnection")
def describe_connection(env: Env, params: Params) -> Result:
    """Return a connection without its secrets."""
    connection = _require(env, params["Name"])
    secret = f"events!connection/{connection.name}/{connection.uuid}-{connection.secret_suffix}"
    optional = {
        "Description": connection.description,
        "KmsKeyIdentifier": connection.kms_key_identifier,
    }
    return {
        **_summary(env, connection),
        "SecretArn": arn_in(env.scope, "secretsmanager", f"secret:{secret}"),
        "AuthParameters": _without_secrets(connection.parameters),
        **{member: value for member, value in optional.items() if value},
    }


@ops.operation("ListConnections")
def list_connections(env: Env, params: Params) -> Result:
    """Return the connections by name."""
    connections = env.store.table(CONNECTIONS, env.scope).rows
    chosen = (
        connection.name
        for connection in connections.values()
        if connection.name.startswith(params.get("NamePrefix", ""))
        and params.get("ConnectionState", connection.state) == connection.state
    )
    page, token = read_page(chosen, params)
    return {"Connections": [_summary(env, connections[name]) for name in page], **token}


@ops.operation("DeleteConnection")
def delete_connection(env: Env, params: Params) -> Result:
    """Delete a connection; API destinations that use it stop working."""
    connection = _require(env, params["Name"])
    env.store.table(CONNECTIONS, env.scope).delete(connection.name)
    shown = _chosen(env, connection, (*_ALWAYS, "LastAuthorizedTime"))
    return {**shown, "ConnectionState": "DELETING"}


def resume_authorisations(env: Env) -> None:
    """Let connections that were authorising themselves do so."""
    for scope, _, table in env.store.tables_of(CONNECTIONS):
        for connection in list(table.rows.values()):
            if connection.state == "AUTHORIZING":
                authorise(env.within(scope), connection)


def _check_parameters(kind: str, parameters: Params) -> None:
    wanted = _PARAMETERS_OF[kind]
    if wanted not in parameters:
        # AWS: unverified wording
        raise ValidationException(
            f"Parameter AuthParameters.{wanted} must be specified for {kind} authorization."
        )


def _merged(old: Any, new: Any) -> Any:
    """Return parameters with the new ones over the old ones; lists are replaced as a whole."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{name: _merged(old.get(name), value) for name, value in new.items()}}
    return new


def _without_secrets(parameters: Any) -> Any:
    """Return parameters without secret members, and without the values that are said to be secret."""
    if isinstance(parameters, list):
        return [_without_secrets(parameter) for parameter in parameters]
    if not isinstance(parameters, dict):
        return parameters
    hidden = (*_SECRETS, "Value") if parameters.get("IsValueSecret") else _SECRETS
    return {name: _without_secrets(value) for name, value in parameters.items() if name not in hidden}


def _summary(env: Env, connection: Connection) -> Result:
    summary: Result = {
        "ConnectionArn": connection_arn(env.scope, connection),
        "Name": connection.name,
        "ConnectionState": connection.state,
        "AuthorizationType": connection.authorization_type,
        "CreationTime": connection.created_at,
        "LastModifiedTime": connection.modified_at,
    }
    if connection.state_reason:
        summary["StateReason"] = connection.state_reason
    if connection.authorized_at is not None:
        summary["LastAuthorizedTime"] = connection.authorized_at
    return summary


def _chosen(env: Env, connection: Connection, members: tuple[str, ...]) -> Result:
    return {member: value for member, value in _summary(env, connection).items() if member in members}
