"""An event bus as a target: the event goes on to that bus as it is, under its own id."""

from emulator.delivery.targets.table import Invocation, target
from emulator.operations.calls import Call


@target("events")
def to_call(invocation: Invocation) -> Call:
    """Route the event on the bus; PutEvents will not do, for it would give the event a new id and time."""
    params = {
        "EventBusName": invocation.arn.resource.removeprefix("event-bus/"),
        "Event": invocation.payload,
        "Hops": invocation.parameters["Hops"],
        "Account": invocation.parameters["Account"],
    }
    return Call("events", "RouteEvent", params, invocation.arn.scope, invocation.trace)
