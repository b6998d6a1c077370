"""Operations on the targets of a rule."""

from emulator.core.arn import Arn
from emulator.core.record import replace
from emulator.operations.table import Env, Params, Result
from emulator.services.events.buses import ops, read_page
from emulator.services.events.errors import LimitExceededException, ValidationException
from emulator.services.events.live_bus import transform_of
from emulator.services.events.records import Target
from emulator.services.events.rules import check_not_managed, require_rule, store_rule
from rules import InvalidTemplate

INPUTS = ("Input", "InputPath", "InputTransformer")


@ops.operation("PutTargets")
def put_targets(env: Env, params: Params) -> Result:
    """Add targets to a rule, replacing those of the same id.

    A target whose service is not executed here is accepted, as AWS would; its deliveries end visibly.
    """
    scope, rule = require_rule(env, params, "Rule")
    check_not_managed(rule, params)
    for fields in params["Targets"]:
        _check(fields)
    new = {fields["Id"]: Target(fields["Id"], fields["Arn"], fields) for fields in params["Targets"]}
    targets = {target.id: target for target in rule.targets} | new
    if len(targets) > env.limits.targets_per_rule_max:
        raise LimitExceededException
    store_rule(env, scope, replace(rule, targets=tuple(targets.values())))
    return {"FailedEntryCount": 0, "FailedEntries": []}


def _check(fields: Params) -> None:
    target_id, text = fields["Id"], fields["Arn"]
    try:
        arn = Arn.parse(text)
    except ValueError:
        raise ValidationException(
            f"Parameter {text} is not valid. Reason: Provided Arn is not in correct format."
        ) from None
    if arn.service == "sqs" and arn.resource.endswith(".fifo") and "SqsParameters" not in fields:
        raise ValidationException(f"Parameter(s) SqsParameters must be specified for target: {target_id}.")
    if sum(name in fields for name in INPUTS) > 1:
        raise ValidationException(  # AWS: unverified
            f"Only one of Input, InputPath, or InputTransformer must be provided for target {target_id}."
        )
    try:
        transform_of(fields)
    except InvalidTemplate as error:
        raise ValidationException(error.message) from None


@ops.operation("ListTargetsByRule")
def list_targets_by_rule(env: Env, params: Params) -> Result:
    """Return a rule's targets by id."""
    _, rule = require_rule(env, params, "Rule")
    targets = {target.id: target.fields for target in rule.targets}
    page, token = read_page(targets, params)
    return {"Targets": [targets[target_id] for target_id in page], **token}


@ops.operation("RemoveTargets")
def remove_targets(env: Env, params: Params) -> Result:
    """Remove targets by id; absent ids are as good as removed."""
    scope, rule = require_rule(env, params, "Rule")
    check_not_managed(rule, params)
    kept = tuple(target for target in rule.targets if target.id not in params["Ids"])
    store_rule(env, scope, replace(rule, targets=kept))
    return {"FailedEntryCount": 0, "FailedEntries": []}
