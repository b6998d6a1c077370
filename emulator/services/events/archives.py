"""Archives: events of a bus kept for a replay.

As in AWS an archive keeps its events by a managed rule on the bus, which leaves out events that are themselves replayed.
"""

import json
from typing import Any

from emulator.core.arn import Arn, arn_in
from emulator.core.record import replace
from emulator.core.scope import Scope
from emulator.operations.table import Env, Params, Result
from emulator.services.events.archive_content import ArchiveContent, content_of
from emulator.services.events.buses import ARN_OF_BUS, find_bus, ops, read_page
from emulator.services.events.errors import (
    LimitExceededException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
    ValidationException,
)
from emulator.services.events.live_bus import ARCHIVE_RULE, ARCHIVER, live_bus
from emulator.services.events.records import (
    ARCHIVED_EVENTS,
    ARCHIVES,
    RULES,
    Archive,
    Rule,
    Target,
)
from emulator.services.events.rules import check_pattern, store_rule


def archive_arn(scope: Scope, name: str) -> str:
    """Return the ARN of an archive."""
    return arn_in(scope, "events", f"archive/{name}")


def require_archive(env: Env, name: str) -> Archive:
    """Return the caller's archive of that name.

    Raises:
        ResourceNotFoundException: there is none.
    """
    archive = env.store.table(ARCHIVES, env.scope).get(name)
    if archive is None:
        raise ResourceNotFoundException(f"Archive {name} does not exist.")
    return archive


@ops.operation("CreateArchive")
def create_archive(env: Env, params: Params) -> Result:
    """Begin to keep the events of a bus, or those of them that match a pattern."""
    name, source = params["ArchiveName"], params["EventSourceArn"]
    archives = env.store.table(ARCHIVES, env.scope)
    if name in archives.rows:
        raise ResourceAlreadyExistsException(f"Archive {name} already exists.")
    if not ARN_OF_BUS.match(source):
        raise ValidationException(  # AWS: unverified
            "Parameter EventSourceArn is not valid. Reason: Must contain an event bus ARN."
        )
    bus = Arn.parse(source).resource.removeprefix("event-bus/")
    if find_bus(env, env.scope, bus) is None or Arn.parse(source).scope != env.scope:
        raise ResourceNotFoundException(f"Event bus {bus} does not exist.")
    pattern = params.get("EventPattern", "")
    if pattern:
        check_pattern(env, pattern)
    if len(archives.rows) >= env.limits.archives_per_scope_max:
        raise LimitExceededException
    archive = Archive(
        name=name,
        event_source_arn=source,
        created_at=env.world.now(),
        description=params.get("Description", ""),
        event_pattern=pattern,
        retention_days=params.get("RetentionDays", 0),
        kms_key_identifier=params.get("KmsKeyIdentifier", ""),
    )
    archives.put(archive)
    store_rule(env, env.scope, _managed_rule(env, archive))
    return _state_of(env.scope, archive)


@ops.operation("UpdateArchive")
def update_archive(env: Env, params: Params) -> Result:
    """Change an archive; members not given stay."""
    archive = require_archive(env, params["ArchiveName"])
    if "EventPattern" in params:
        check_pattern(env, params["EventPattern"])
    changed = replace(
        archive,
        description=params.get("Description", archive.description),
        event_pattern=params.get("EventPattern", archive.event_pattern),
        retention_days=params.get("RetentionDays", archive.retention_days),
        kms_key_identifier=params.get("KmsKeyIdentifier", archive.kms_key_identifier),
    )
    env.store.table(ARCHIVES, env.scope).put(changed)
    store_rule(env, env.scope, _managed_rule(env, changed))
    return _state_of(env.scope, changed)


@ops.operation("DescribeArchive")
def describe_archive(env: Env, params: Params) -> Result:
    """Return an archive with the number and size of its events."""
    archive = require_archive(env, params["ArchiveName"])
    optional = {
        "Description": archive.description,
        "EventPattern": archive.event_pattern,
        "KmsKeyIdentifier": archive.kms_key_identifier,
    }
    return {
        "ArchiveArn": archive_arn(env.scope, archive.name),
        **_summary(env, archive),
        **{member: value for member, value in optional.items() if value},
    }


@ops.operation("ListArchives")
def list_archives(env: Env, params: Params) -> Result:
    """Return the archives by name, filtered by one of name prefix, bus and state."""
    if sum(member in params for member in ("NamePrefix", "EventSourceArn", "State")) > 1:
        raise ValidationException(
            "At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix."
        )
    archives = env.store.table(ARCHIVES, env.scope).rows
    chosen = (
        archive.name
        for archive in archives.values()
        if archive.name.startswith(params.get("NamePrefix", ""))
        and params.get("EventSourceArn", archive.event_source_arn) == archive.event_source_arn
        and params.get("State", archive.state) == archive.state
    )
    page, token = read_page(chosen, params)
    return {"Archives": [_summary(env, archives[name]) for name in page], **token}


@ops.operation("DeleteArchive")
def delete_archive(env: Env, params: Params) -> Result:
    """Delete an archive with its events."""
    archive = require_archive(env, params["ArchiveName"])
    scope = env.scope
    env.store.table(ARCHIVES, scope).delete(archive.name)
    env.store.drop_table(ARCHIVED_EVENTS, scope, archive.name)
    env.store.drop_derived(ArchiveContent, scope, archive.name)
    bus, rule = _bus_of(archive), f"{ARCHIVE_RULE}{archive.name}"
    env.store.table(RULES, scope, bus).delete(rule)
    live_bus(env, scope, bus).remove(rule)
    return {}


def _bus_of(archive: Archive) -> str:
    return Arn.parse(archive.event_source_arn).resource.removeprefix("event-bus/")


def _managed_rule(env: Env, archive: Archive) -> Rule:
    """Return the rule that feeds an archive, as AWS shows it."""
    pattern: dict[str, Any] = json.loads(archive.event_pattern or "{}")
    pattern["replay-name"] = [{"exists": False}]
    rule_name = f"{ARCHIVE_RULE}{archive.name}"
    arn = archive_arn(env.scope, archive.name)
    template = (
        f'{{"archive-arn": "{arn}:{env.world.ids.uuid()}", "event": <aws.events.event.json>, '
        '"ingestion-time": <aws.events.event.ingestion-time>}'
    )
    target_arn = f"arn:{Arn.parse(arn).partition}:events:{env.scope.region}:::"
    fields = {
        "Id": rule_name,
        "Arn": target_arn,
        "InputTransformer": {"InputPathsMap": {}, "InputTemplate": template},
    }
    return Rule(
        name=rule_name,
        bus=_bus_of(archive),
        event_pattern=json.dumps(pattern, separators=(",", ":")),
        managed_by=ARCHIVER,
        targets=(Target(rule_name, target_arn, fields),),
    )


def _state_of(scope: Scope, archive: Archive) -> Result:
    return {
        "ArchiveArn": archive_arn(scope, archive.name),
        "State": archive.state,
        "CreationTime": archive.created_at,
    }


def _summary(env: Env, archive: Archive) -> Result:
    content = content_of(env, env.scope, archive)
    return {
        "ArchiveName": archive.name,
        "EventSourceArn": archive.event_source_arn,
        "State": archive.state,
        "RetentionDays": archive.retention_days,
        "SizeBytes": content.size_bytes,
        "EventCount": len(content.events.rows),
        "CreationTime": archive.created_at,
    }
