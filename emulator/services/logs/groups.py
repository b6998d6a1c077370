"""Log groups: their retention and tags."""

from emulator.core.arn import Arn, arn_in
from emulator.core.record import replace
from emulator.core.scope import Scope
from emulator.operations.paging import page_of
from emulator.operations.table import Env, OperationTable, Params, Result
from emulator.services.logs.errors import (
    InvalidParameterException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
)
from emulator.services.logs.records import EVENTS, GROUPS, STREAMS, LogGroup

ops = OperationTable("logs")

LIST_PAGE = 50
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RETENTIONS = frozenset(
    {
        *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922),
        *(3288, 3653),
    }
)


def milliseconds(env: Env) -> int:
    """Return the time in whole milliseconds."""
    return int(env.world.now() * 1000)


def group_arn(scope: Scope, name: str) -> str:
    """Return the ARN of a group as other services name it, without the `:*` for its streams."""
    return arn_in(scope, "logs", f"log-group:{name}")


def name_in(identifier: str) -> str:
    """Return the name of the group that an identifier, its name or ARN, means."""
    if not identifier.startswith("arn:"):
        return identifier
    return Arn.parse(identifier).resource.removeprefix("log-group:").removesuffix(":*")


def require_group(env: Env, params: Params) -> LogGroup:
    """Return the group that a request names by `logGroupName` or `logGroupIdentifier`.

    Raises:
        ResourceNotFoundException: there is none.
    """
    identifier = params.get("logGroupName") or params.get("logGroupIdentifier")
    if identifier is None:
        raise InvalidParameterException("Either logGroupName or logGroupIdentifier must be specified.")
    group = env.store.table(GROUPS, env.scope).get(name_in(identifier))
    if group is None:
        raise ResourceNotFoundException("The specified log group does not exist.")
    return group


def page(names: list[str], params: Params) -> tuple[list[str], Result]:
    """Return the page of names that limit and nextToken ask for, and the nextToken member if more follow."""
    try:
        chosen, token = page_of(names, params.get("limit", LIST_PAGE), params.get("nextToken"))
    except ValueError:
        raise InvalidParameterException("The specified nextToken is invalid.") from None
    return chosen, {"nextToken": token} if token else {}


@ops.operation("CreateLogGroup")
def create_log_group(env: Env, params: Params) -> Result:
    """Create a log group."""
    groups = env.store.table(GROUPS, env.scope)
    if params["logGroupName"] in groups.rows:
        raise ResourceAlreadyExistsException("The specified log group already exists")
    groups.put(
        LogGroup(
            params["logGroupName"],
            milliseconds(env),
            kms_key_id=params.get("kmsKeyId", ""),
            group_class=params.get("logGroupClass", "STANDARD"),
            tags=params.get("tags", {}),
        )
    )
    return {}


@ops.operation("DeleteLogGroup")
def delete_log_group(env: Env, params: Params) -> Result:
    """Delete a group with its streams and events."""
    group = require_group(env, params)
    env.store.drop_table(STREAMS, env.scope, group.name)
    env.store.drop_table(EVENTS, env.scope, group.name)
    env.store.table(GROUPS, env.scope).delete(group.name)
    return {}


@ops.operation("DescribeLogGroups")
def describe_log_groups(env: Env, params: Params) -> Result:
    """Return the groups by name, of a prefix or with a pattern in their name."""
    prefix = params.get("logGroupNamePrefix", "")
    pattern = params.get("logGroupNamePattern", "").lower()
    if prefix and pattern:
        raise InvalidParameterException(
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."
        )
    wanted = set(map(name_in, params.get("logGroupIdentifiers", [])))
    groups = env.store.table(GROUPS, env.scope).rows
    names = [
        name
        for name in groups
        if name.startswith(prefix) and pattern in name.lower() and (not wanted or name in wanted)
    ]
    chosen, token = page(names, params)
    return {"logGroups": [_summary(env.scope, groups[name]) for name in chosen], **token}


@ops.operation("PutRetentionPolicy")
def put_retention_policy(env: Env, params: Params) -> Result:
    """Let the events of a group end after some days."""
    group = require_group(env, params)
    days = params["retentionInDays"]
    if days not in RETENTIONS:
        valid = ", ".join(map(str, sorted(RETENTIONS)))
        raise InvalidParameterException(
            f"Invalid retention value. Valid values: [{valid}]"
        )  # AWS: unverified
    env.store.table(GROUPS, env.scope).put(replace(group, retention_days=days))
    return {}


@ops.operation("DeleteRetentionPolicy")
def delete_retention_policy(env: Env, params: Params) -> Result:
    """Let the events of a group stay for ever."""
    group = require_group(env, params)
    env.store.table(GROUPS, env.scope).put(replace(group, retention_days=None))
    return {}


@ops.operation("TagResource")
def tag_resource(env: Env, params: Params) -> Result:
    """Add tags to a group."""
    group = require_group(env, {"logGroupIdentifier": params["resourceArn"]})
    env.store.table(GROUPS, env.scope).put(replace(group, tags=group.tags | params["tags"]))
    return {}


@ops.operation("UntagResource")
def untag_resource(env: Env, params: Params) -> Result:
    """Remove tags of a group."""
    group = require_group(env, {"logGroupIdentifier": params["resourceArn"]})
    tags = {key: value for key, value in group.tags.items() if key not in params["tagKeys"]}
    env.store.table(GROUPS, env.scope).put(replace(group, tags=tags))
    return {}


@ops.operation("ListTagsForResource")
def list_tags_for_resource(env: Env, params: Params) -> Result:
    """Return the tags of a group."""
    return {"tags": require_group(env, {"logGroupIdentifier": params["resourceArn"]}).tags}


def _summary(scope: Scope, group: LogGroup) -> Result:
    summary: Result = {
        "logGroupName": group.name,
        "creationTime": group.created_at,
        "metricFilterCount": 0,
        "arn": f"{group_arn(scope, group.name)}:*",
        "storedBytes": 0,  # AWS: brought up to date hours later, so that a fresh group shows none
        "logGroupClass": group.group_class,
        "logGroupArn": group_arn(scope, group.name),
    }
    if group.retention_days is not None:
        summary["retentionInDays"] = group.retention_days
    if group.kms_key_id:
        summary["kmsKeyId"] = group.kms_key_id
    return summary
