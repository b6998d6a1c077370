"""Operations on queues."""

import re

from emulator.core.arn import arn_in
from emulator.core.record import replace
from emulator.core.scope import Scope
from emulator.operations.paging import page_of
from emulator.operations.table import Env, OperationTable, Params, Result
from emulator.services.sqs.attributes import (
    COMPUTED,
    DEFAULTS,
    SETTABLE,
    check_attributes,
    set_attributes,
)
from emulator.services.sqs.errors import InvalidAttributeName, InvalidParameterValue, QueueNameExists
from emulator.services.sqs.live_queue import LiveQueue, live_queue, require_queue
from emulator.services.sqs.records import MESSAGES, QUEUES, QueueRecord
from emulator.services.sqs.urls import queue_url

ops = OperationTable("sqs")

NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
LIST_PAGE_MAX = 1000


@ops.operation("CreateQueue")
def create_queue(env: Env, params: Params) -> Result:
    """Create a queue, or return the one that exists with the same attributes."""
    name = params["QueueName"]
    attributes = params.get("Attributes", {})
    check_attributes(attributes)
    if not NAME.fullmatch(name):
        raise InvalidParameterValue(
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
        )
    queues = env.store.table(QUEUES, env.scope)
    existing = queues.get(name)
    if existing is None:
        now = env.world.now()
        record = QueueRecord(name, now, now, set_attributes({}, attributes), params.get("tags", {}))
        queues.put(record)
    else:
        known = {**DEFAULTS, **existing.attributes}
        for attribute, value in attributes.items():
            if known.get(attribute, "") != value:
                raise QueueNameExists(
                    f"A queue already exists with the same name and a different value for attribute {attribute}"
                )
    return {"QueueUrl": queue_url(env.base_url, env.scope, name)}


@ops.operation("GetQueueUrl")
def get_queue_url(env: Env, params: Params) -> Result:
    """Return the URL of a queue by its name, of another account where one is named."""
    scope = Scope(params.get("QueueOwnerAWSAccountId", env.scope.account), env.scope.region)
    queue = live_queue(env, scope, params["QueueName"])
    return {"QueueUrl": queue_url(env.base_url, scope, queue.name)}


@ops.operation("ListQueues")
def list_queues(env: Env, params: Params) -> Result:
    """Return the URLs of the queues whose names begin with a prefix, by name: up to 1,000, in pages only where asked."""
    prefix = params.get("QueueNamePrefix", "")
    page = params.get("MaxResults")
    if page is not None and not 1 <= page <= LIST_PAGE_MAX:
        raise InvalidParameterValue(
            f"Value {page} for parameter MaxResults is invalid. Reason: Must be between 1 and 1000, if provided."
        )
    found = (name for name in env.store.table(QUEUES, env.scope).rows if name.startswith(prefix))
    try:
        names, token = page_of(found, page or LIST_PAGE_MAX, params.get("NextToken"))
    except ValueError:
        raise InvalidParameterValue("Invalid or expired next token.") from None
    result: Result = {}
    if names:  # AWS: the member is absent, not empty, when no queue is found
        result["QueueUrls"] = [queue_url(env.base_url, env.scope, name) for name in names]
    if token and page is not None:
        result["NextToken"] = token
    return result


@ops.operation("DeleteQueue")
def delete_queue(env: Env, params: Params) -> Result:
    """Delete a queue and its messages."""
    queue = require_queue(env, params["QueueUrl"])
    env.store.table(QUEUES, queue.scope).delete(queue.name)
    env.store.drop_table(MESSAGES, queue.scope, queue.name)
    env.store.drop_derived(LiveQueue, queue.scope, queue.name)
    return {}


@ops.operation("PurgeQueue")
def purge_queue(env: Env, params: Params) -> Result:
    """Delete all messages of a queue, at once."""
    require_queue(env, params["QueueUrl"]).messages.purge()
    return {}


@ops.operation("SetQueueAttributes")
def set_queue_attributes(env: Env, params: Params) -> Result:
    """Change attributes; those not named stay."""
    queue = require_queue(env, params["QueueUrl"])
    check_attributes(params["Attributes"])
    changed = replace(
        queue.record,
        attributes=set_attributes(queue.record.attributes, params["Attributes"]),
        modified_at=env.world.now(),
    )
    env.store.table(QUEUES, queue.scope).put(changed)
    queue.update(changed)
    return {}


@ops.operation("GetQueueAttributes")
def get_queue_attributes(env: Env, params: Params) -> Result:
    """Return the attributes asked for; without names none, with `All` every one."""
    queue = require_queue(env, params["QueueUrl"])
    names = params.get("AttributeNames", [])
    for name in names:
        if name != "All" and name not in SETTABLE and name not in COMPUTED:
            raise InvalidAttributeName(f"Unknown Attribute {name}.")
    everything = _attributes_of(env, queue)
    if "All" in names:
        return {"Attributes": everything}
    chosen = {name: everything[name] for name in names if name in everything}
    return {"Attributes": chosen} if chosen else {}


def _attributes_of(env: Env, queue: LiveQueue) -> dict[str, str]:
    record = queue.record
    now = env.world.now()
    queue.messages.expire(now, queue.settings.retention_seconds)
    counts = queue.messages.counts(now)
    return {
        "QueueArn": arn_in(queue.scope, "sqs", record.name),
        "ApproximateNumberOfMessages": str(counts.available),
        "ApproximateNumberOfMessagesNotVisible": str(counts.in_flight),
        "ApproximateNumberOfMessagesDelayed": str(counts.delayed),
        "CreatedTimestamp": str(int(record.created_at)),
        "LastModifiedTimestamp": str(int(record.modified_at)),
        **DEFAULTS,
        **record.attributes,
    }


@ops.operation("TagQueue")
def tag_queue(env: Env, params: Params) -> Result:
    """Add tags, replacing those of the same keys."""
    queue = require_queue(env, params["QueueUrl"])
    tags = {**queue.record.tags, **params["Tags"]}
    if len(tags) > env.limits.tags_per_resource_max:
        raise InvalidParameterValue(f"Too many tags added for queue {queue.name}.")
    _put_tags(env, queue, tags)
    return {}


@ops.operation("UntagQueue")
def untag_queue(env: Env, params: Params) -> Result:
    """Remove tags by key; absent keys change nothing."""
    queue = require_queue(env, params["QueueUrl"])
    _put_tags(
        env, queue, {key: value for key, value in queue.record.tags.items() if key not in params["TagKeys"]}
    )
    return {}


def _put_tags(env: Env, queue: LiveQueue, tags: dict[str, str]) -> None:
    changed = replace(queue.record, tags=tags)
    env.store.table(QUEUES, queue.scope).put(changed)
    queue.update(changed)


@ops.operation("ListQueueTags")
def list_queue_tags(env: Env, params: Params) -> Result:
    """Return a queue's tags; nothing at all where it has none."""
    tags = require_queue(env, params["QueueUrl"]).record.tags
    return {"Tags": tags} if tags else {}
