"""Global endpoints: two buses of one name in two regions, of which the one that is healthy gets the events.

Whether the primary region's health check passes is said by a control call; there is no Route 53 here.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-global-endpoints.html
"""

from emulator.core.arn import Arn, arn_in
from emulator.core.record import replace
from emulator.core.scope import Scope
from emulator.operations.paging import page_of
from emulator.operations.table import Env, Params, Result
from emulator.services.events.buses import ARN_OF_BUS, find_bus, ops
from emulator.services.events.errors import (
    LimitExceededException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
    ValidationException,
)
from emulator.services.events.records import ENDPOINTS, Endpoint

LIST_PAGE = 100
_FIELDS = ("Description", "RoutingConfig", "ReplicationConfig", "EventBuses", "RoleArn")


@ops.operation("CreateEndpoint")
def create_endpoint(env: Env, params: Params) -> Result:
    """Create a global endpoint for two buses."""
    name = params["Name"]
    endpoints = env.store.table(ENDPOINTS, env.scope)
    if name in endpoints.rows:
        raise ResourceAlreadyExistsException(f"Endpoint {name} already exists.")  # AWS: unverified
    _check_buses(env, params["EventBuses"])
    if len(endpoints.rows) >= env.limits.endpoints_per_scope_max:
        raise LimitExceededException
    now = env.world.now()
    endpoint = Endpoint(
        name=name,
        endpoint_id=f"{env.world.ids.hex(10)}.{env.world.ids.hex(3)}",
        created_at=now,
        modified_at=now,
        fields={field: params[field] for field in _FIELDS if field in params},
    )
    endpoints.put(endpoint)
    fields = {**endpoint.fields, "ReplicationConfig": _replication(endpoint)}
    fields.pop("Description", None)
    return {"Name": name, "Arn": _arn(env.scope, name), **fields, "State": "CREATING"}


@ops.operation("DescribeEndpoint")
def describe_endpoint(env: Env, params: Params) -> Result:
    """Return an endpoint with its id, by which PutEvents names it."""
    return _summary(env.scope, _require(env, params["Name"]))


@ops.operation("ListEndpoints")
def list_endpoints(env: Env, params: Params) -> Result:
    """Return the endpoints by name."""
    endpoints = env.store.table(ENDPOINTS, env.scope).rows
    prefix = params.get("NamePrefix", "")
    names = (name for name in endpoints if name.startswith(prefix))
    try:
        page, token = page_of(names, params.get("MaxResults", LIST_PAGE), params.get("NextToken"))
    except ValueError:
        raise ValidationException("Parameter NextToken is not valid.") from None  # AWS: unverified
    shown = [_summary(env.scope, endpoints[name]) for name in page]
    return {"Endpoints": shown, **({"NextToken": token} if token else {})}


@ops.operation("UpdateEndpoint")
def update_endpoint(env: Env, params: Params) -> Result:
    """Change an endpoint; members not given stay."""
    endpoint = _require(env, params["Name"])
    if "EventBuses" in params:
        _check_buses(env, params["EventBuses"])
    fields = {**endpoint.fields, **{field: params[field] for field in _FIELDS if field in params}}
    changed = replace(endpoint, fields=fields, modified_at=env.world.now())
    env.store.table(ENDPOINTS, env.scope).put(changed)
    shown = _summary(env.scope, changed)
    for member in ("Description", "CreationTime", "LastModifiedTime"):
        shown.pop(member, None)
    return {**shown, "State": "UPDATING"}


@ops.operation("DeleteEndpoint")
def delete_endpoint(env: Env, params: Params) -> Result:
    """Delete an endpoint; its buses stay."""
    endpoint = _require(env, params["Name"])
    env.store.table(ENDPOINTS, env.scope).delete(endpoint.name)
    return {}


def buses_of_endpoint(env: Env, endpoint_id: str) -> list[tuple[Scope, str]]:
    """Return the buses that get what is put to an endpoint of the caller, the one in charge first.

    With replication, which is on unless it is turned off, the other one gets the events too. No endpoint, no buses.
    """
    for scope, _, table in env.store.tables_of(ENDPOINTS):
        for endpoint in table.rows.values() if scope.account == env.scope.account else ():
            if endpoint.endpoint_id == endpoint_id:
                arns = [Arn.parse(bus["EventBusArn"]) for bus in endpoint.fields["EventBuses"]]
                buses = [(arn.scope, arn.resource.removeprefix("event-bus/")) for arn in arns]
                if not endpoint.is_healthy:
                    buses.reverse()
                return buses if _replication(endpoint)["State"] == "ENABLED" else buses[:1]
    return []


@ops.operation("SetEndpointHealth", internal=True)
def set_endpoint_health(env: Env, params: Params) -> Result:
    """Mark the primary of an endpoint up or down; a control call comes here."""
    endpoint = _require(env, params["Name"])
    env.store.table(ENDPOINTS, env.scope).put(replace(endpoint, is_healthy=params["Healthy"]))
    return {}


def _require(env: Env, name: str) -> Endpoint:
    endpoint = env.store.table(ENDPOINTS, env.scope).get(name)
    if endpoint is None:
        raise ResourceNotFoundException(f"Endpoint {name} does not exist.")  # AWS: unverified
    return endpoint


def _check_buses(env: Env, buses: list[dict[str, str]]) -> None:
    """Refuse buses that are not two of one name in two regions of the caller."""
    arns = [bus["EventBusArn"] for bus in buses]
    if not all(ARN_OF_BUS.match(arn) for arn in arns):
        raise ValidationException("Parameter EventBuses is not valid. Reason: Must contain event bus ARNs.")
    parsed = [Arn.parse(arn) for arn in arns]
    if len({arn.resource for arn in parsed}) != 1 or len({arn.region for arn in parsed}) != len(parsed):
        # AWS: unverified wording; the rule is documented
        raise ValidationException(
            "Parameter EventBuses is not valid. Reason: Event buses must have the same name in different regions."
        )
    for arn in parsed:
        name = arn.resource.removeprefix("event-bus/")
        if arn.account != env.scope.account or find_bus(env, arn.scope, name) is None:
            raise ResourceNotFoundException(f"Event bus {name} does not exist.")


def _arn(scope: Scope, name: str) -> str:
    return arn_in(scope, "events", f"endpoint/{name}")


def _replication(endpoint: Endpoint) -> Result:
    replication: Result = endpoint.fields.get("ReplicationConfig", {"State": "ENABLED"})  # AWS: on by default
    return replication


def _summary(scope: Scope, endpoint: Endpoint) -> Result:
    return {
        "Name": endpoint.name,
        "Arn": _arn(scope, endpoint.name),
        **endpoint.fields,
        "ReplicationConfig": _replication(endpoint),
        "EndpointId": endpoint.endpoint_id,
        "EndpointUrl": f"https://{endpoint.endpoint_id}.endpoint.events.amazonaws.com",
        "State": "ACTIVE",
        "CreationTime": endpoint.created_at,
        "LastModifiedTime": endpoint.modified_at,
    }
