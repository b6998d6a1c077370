"""Partner event sources: a partner's account offers events to a customer's, who makes a bus of the same name for them.

The two accounts see one source: the partner by the operations with Partner in their names, the customer by the others. A source
is PENDING until the customer has created its bus.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-saas.html
"""

from emulator.core.arn import partition_of
from emulator.core.record import replace
from emulator.core.scope import Scope
from emulator.operations.table import Env, Params, Result
from emulator.services.events.buses import ops, read_page
from emulator.services.events.errors import (
    InvalidStateException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
)
from emulator.services.events.records import BUSES, PARTNER_SOURCES, PENDING_SECONDS, PartnerSource


def event_source_arn(region: str, name: str) -> str:
    """Return the ARN of an event source, which names no account."""
    return f"arn:{partition_of(region)}:events:{region}::event-source/{name}"


def offered(env: Env, name: str) -> PartnerSource | None:
    """Return the source of that name that is offered to the caller; one that has expired is none."""
    source = env.store.table(PARTNER_SOURCES, env.scope).get(name)
    return None if source is None or source.has_expired(env.world.now()) else source


def is_offered_by(env: Env, name: str) -> bool:
    """Whether the caller offers a source of that name to anyone."""
    return bool(_of_partner(env, name))


def takers(env: Env, name: str) -> list[Scope]:
    """Return the scopes whose buses take the events of a source that the caller offers."""
    return [
        Scope(source.account, env.scope.region)
        for source in _of_partner(env, name)
        if source.state == "ACTIVE"
    ]


# what the partner does


@ops.operation("CreatePartnerEventSource")
def create_partner_event_source(env: Env, params: Params) -> Result:
    """Offer a source to an account."""
    name, account = params["Name"], params["Account"]
    sources = env.store.table(PARTNER_SOURCES, Scope(account, env.scope.region))
    if name in sources.rows:
        raise ResourceAlreadyExistsException(f"Event source {name} already exists.")  # AWS: unverified
    sources.put(PartnerSource(name, env.scope.account, account, env.world.now()))
    return {"EventSourceArn": event_source_arn(env.scope.region, name)}


@ops.operation("DeletePartnerEventSource")
def delete_partner_event_source(env: Env, params: Params) -> Result:
    """Take a source back; the customer keeps the bus and sees the source as deleted."""
    sources = env.store.table(PARTNER_SOURCES, Scope(params["Account"], env.scope.region))
    source = sources.get(params["Name"])
    if source is not None and source.created_by == env.scope.account:
        if source.state == "PENDING":
            sources.delete(source.name)
        else:
            sources.put(replace(source, state="DELETED"))
    return {}


@ops.operation("DescribePartnerEventSource")
def describe_partner_event_source(env: Env, params: Params) -> Result:
    """Return a source that the caller offers."""
    if not _of_partner(env, params["Name"]):
        raise ResourceNotFoundException(f"Event source {params['Name']} does not exist.")
    return {"Arn": event_source_arn(env.scope.region, params["Name"]), "Name": params["Name"]}


@ops.operation("ListPartnerEventSources")
def list_partner_event_sources(env: Env, params: Params) -> Result:
    """Return the sources that the caller offers, by name."""
    names = {source.name for source in _of_partner(env) if source.name.startswith(params["NamePrefix"])}
    page, token = read_page(names, params)
    sources = [{"Arn": event_source_arn(env.scope.region, name), "Name": name} for name in page]
    return {"PartnerEventSources": sources, **token}


@ops.operation("ListPartnerEventSourceAccounts")
def list_partner_event_source_accounts(env: Env, params: Params) -> Result:
    """Return the accounts to which the caller offers a source."""
    accounts = {source.account: source for source in _of_partner(env, params["EventSourceName"])}
    if not accounts:
        raise ResourceNotFoundException(f"Event source {params['EventSourceName']} does not exist.")
    page, token = read_page(accounts, params)
    shown = [{"Account": account, **_state_of(accounts[account])} for account in page]
    return {"PartnerEventSourceAccounts": shown, **token}


# what the customer does


@ops.operation("DescribeEventSource")
def describe_event_source(env: Env, params: Params) -> Result:
    """Return a source that is offered to the caller."""
    return _summary(env, _require(env, params["Name"]))


@ops.operation("ListEventSources")
def list_event_sources(env: Env, params: Params) -> Result:
    """Return the sources that are offered to the caller, by name."""
    prefix = params.get("NamePrefix", "")
    names = [name for name in env.store.table(PARTNER_SOURCES, env.scope).rows if name.startswith(prefix)]
    page, token = read_page(names, params)
    sources = [source for name in page if (source := offered(env, name)) is not None]
    return {"EventSources": [_summary(env, source) for source in sources], **token}


@ops.operation("ActivateEventSource")
def activate_event_source(env: Env, params: Params) -> Result:
    """Let a deactivated source's events in again."""
    return _set_state(env, params["Name"], "ACTIVE")


@ops.operation("DeactivateEventSource")
def deactivate_event_source(env: Env, params: Params) -> Result:
    """Let no more of a source's events in."""
    return _set_state(env, params["Name"], "PENDING")


def _set_state(env: Env, name: str, state: str) -> Result:
    source = _require(env, name)
    if source.state == "DELETED" or name not in env.store.table(BUSES, env.scope).rows:
        # AWS: unverified wording
        raise InvalidStateException(f"Event source {name} is not in a valid state for this operation.")
    env.store.table(PARTNER_SOURCES, env.scope).put(replace(source, state=state))
    return {}


def _require(env: Env, name: str) -> PartnerSource:
    source = offered(env, name)
    if source is None:
        raise ResourceNotFoundException(f"Event source {name} does not exist.")
    return source


def _of_partner(env: Env, name: str | None = None) -> list[PartnerSource]:
    """Return the sources that the caller offers in this region, all or those of one name, to whatever account."""
    return [
        source
        for scope, _, table in env.store.tables_of(PARTNER_SOURCES)
        for source in table.rows.values()
        if scope.region == env.scope.region
        and source.created_by == env.scope.account
        and name in (None, source.name)
        and not source.has_expired(env.world.now())
    ]


def _state_of(source: PartnerSource) -> Result:
    state: Result = {"CreationTime": source.created_at, "State": source.state}
    if source.state == "PENDING":
        state["ExpirationTime"] = source.created_at + PENDING_SECONDS
    return state


def _summary(env: Env, source: PartnerSource) -> Result:
    return {
        "Arn": event_source_arn(env.scope.region, source.name),
        "CreatedBy": source.created_by,
        "Name": source.name,
        **_state_of(source),
    }
