"""TestEventPattern."""

import orjson

from emulator.operations.table import Env, Params, Result
from emulator.services.events.buses import ops
from emulator.services.events.errors import ValidationException
from emulator.services.events.routing import ENVELOPE
from emulator.services.events.rules import check_pattern
from rules import matches, parse

# AWS: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html
MANDATORY = tuple(sorted(ENVELOPE - {"detail", "resources"}))


@ops.operation("TestEventPattern")
def test_event_pattern(env: Env, params: Params) -> Result:
    """Tell whether an event would match a pattern; the event must carry the envelope's mandatory fields."""
    check_pattern(env, params["EventPattern"])
    try:
        event = orjson.loads(params["Event"])
    except orjson.JSONDecodeError:
        raise ValidationException("Parameter Event is not valid.") from None  # AWS: unverified
    if not isinstance(event, dict) or any(field not in event for field in MANDATORY):
        missing = [field for field in MANDATORY if not isinstance(event, dict) or field not in event]
        raise ValidationException(  # AWS: unverified
            f"Parameter Event is not valid. Reason: missing {', '.join(missing)}."
        )
    return {"Result": matches(parse(params["EventPattern"]), event)}
