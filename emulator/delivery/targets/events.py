"""Event buses and API destinations as targets; both are EventBridge's own."""

from emulator.delivery.targets.table import Invocation, target
from emulator.operations.calls import Call

DESTINATION = "api-destination/"


@target("events")
def to_call(invocation: Invocation) -> Call:
    """Route the event on the bus, or send it to the endpoint.

    PutEvents will not do for a bus, for it would give the event a new id and time.
    """
    arn, parameters = invocation.arn, invocation.parameters
    if arn.resource.startswith(DESTINATION):
        params = {
            "Resource": arn.resource,
            "Payload": invocation.payload,
            "HttpParameters": parameters.get("HttpParameters", {}),
            **{name: parameters[name] for name in ("Reservation",) if name in parameters},
        }
        return Call("events", "InvokeApiDestination", params, arn.scope, invocation.trace)
    params = {
        "EventBusName": arn.resource.removeprefix("event-bus/"),
        "Event": invocation.payload,
        "Hops": parameters["Hops"],
        "Account": parameters["Account"],
    }
    return Call("events", "RouteEvent", params, arn.scope, invocation.trace)
