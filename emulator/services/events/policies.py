"""Resource policies of buses: PutPermission, RemovePermission, and who may put events on another account's bus."""

import json
from typing import Any

from emulator.core.arn import partition_of
from emulator.core.record import replace
from emulator.core.scope import Scope
from emulator.operations.resource_policy import Request, allows
from emulator.operations.table import Env, Params, Result
from emulator.services.events.buses import ops, require_bus
from emulator.services.events.errors import (
    PolicyLengthExceededException,
    ResourceNotFoundException,
    ValidationException,
)
from emulator.services.events.records import BUSES, Bus, bus_arn

PUT_EVENTS = "events:PutEvents"
VERSION = "2012-10-17"


@ops.operation("PutPermission")
def put_permission(env: Env, params: Params) -> Result:
    """Add a statement to a bus's policy, in place of one of the same id; or replace the whole policy."""
    scope, bus = require_bus(env, params.get("EventBusName"))
    if "Policy" in params:
        policy = params["Policy"]
        if not isinstance(_parsed(policy), dict):
            raise ValidationException("This policy contains invalid Json")  # AWS: unverified
    else:
        statement = _statement(params, bus_arn(scope, bus.name))
        kept = [other for other in _statements(bus) if other.get("Sid") != statement["Sid"]]
        policy = _document([*kept, statement])
    if len(policy) > env.limits.bus_policy_characters_max:
        raise PolicyLengthExceededException(
            "The policy is longer than the maximum allowed."
        )  # AWS: unverified
    _store(env, scope, bus, policy)
    return {}


@ops.operation("RemovePermission")
def remove_permission(env: Env, params: Params) -> Result:
    """Remove a statement from a bus's policy, or all of them."""
    scope, bus = require_bus(env, params.get("EventBusName"))
    if params.get("RemoveAllPermissions"):
        _store(env, scope, bus, "")
        return {}
    if not bus.policy:
        raise ResourceNotFoundException("EventBus does not have a policy.")
    statements = _statements(bus)
    kept = [statement for statement in statements if statement.get("Sid") != params.get("StatementId")]
    if len(kept) == len(statements):
        raise ResourceNotFoundException("Statement with the provided id does not exist.")
    _store(env, scope, bus, _document(kept) if kept else "")
    return {}


def may_put_events(account: str, scope: Scope, bus: Bus, context: dict[str, str]) -> bool:
    """Whether an account may put events on a bus: its own, or one whose policy allows it."""
    if account == scope.account:
        return True
    known = {"aws:PrincipalAccount": account, **context}
    return allows(bus.policy, Request(account, PUT_EVENTS, bus_arn(scope, bus.name), known))


def _statement(params: Params, resource: str) -> dict[str, Any]:
    for member in ("Action", "Principal", "StatementId"):
        if member not in params:
            raise ValidationException(f"Parameter {member} must be specified.")  # AWS: unverified
    if params["Action"] != PUT_EVENTS:
        raise ValidationException("Provided value in parameter 'action' is not supported.")
    account = params["Principal"]
    partition = partition_of(resource.split(":")[3])
    statement: dict[str, Any] = {
        "Sid": params["StatementId"],
        "Effect": "Allow",
        "Principal": "*" if account == "*" else {"AWS": f"arn:{partition}:iam::{account}:root"},
        "Action": PUT_EVENTS,
        "Resource": resource,
    }
    if "Condition" in params:
        condition = params["Condition"]
        statement["Condition"] = {condition["Type"]: {condition["Key"]: condition["Value"]}}
    return statement


def _statements(bus: Bus) -> list[dict[str, Any]]:
    document = _parsed(bus.policy)
    statements = document.get("Statement", []) if isinstance(document, dict) else []
    return statements if isinstance(statements, list) else [statements]


def _parsed(policy: str) -> Any:
    try:
        return json.loads(policy)
    except ValueError:
        return None


def _document(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": VERSION, "Statement": statements}, separators=(",", ":"))


def _store(env: Env, scope: Scope, bus: Bus, policy: str) -> None:
    env.store.table(BUSES, scope).put(replace(bus, policy=policy))
