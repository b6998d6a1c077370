"""Values as a validation message shows them: the toString() of AWS's Java services."""

from datetime import UTC, datetime
from typing import Any

from emulator.protocol.models import Shape
from emulator.protocol.timestamps import DAYS, MONTHS

HIDDEN_MEMBERS = {
    # AWS: members of the service's own model that the public one lacks appear in its messages
    "PutEventsRequestEntry": ("kmsKeyIdentifier", "internalMetadata"),
}


def lower_first(name: str) -> str:
    """Return a member's name as paths have it. AWS: the first letter alone, hence `aWSAccountId`."""
    return name[:1].lower() + name[1:]


def printed(shape: Shape, value: Any) -> str:
    """Return `value` as Java prints it."""
    if value is None:
        return "null"
    match shape.type:
        case "structure":
            return printed_structure(shape, value)
        case "list":
            return f"[{', '.join(printed(shape.member.shape, item) for item in value)}]"
        case "map":
            pairs = (f"{key}={printed(shape.value.shape, item)}" for key, item in value.items())
            return "{" + ", ".join(pairs) + "}"
        case "boolean":
            return "true" if value else "false"
        case "blob":
            return f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]"
        case "timestamp":
            moment = datetime.fromtimestamp(int(value), UTC)
            day, month = DAYS[moment.weekday()], MONTHS[moment.month - 1]
            return f"{day} {month} {moment:%d %H:%M:%S} UTC {moment.year}"
        case _:
            return str(value)


def printed_structure(shape: Shape, value: dict[str, Any]) -> str:
    """Return `Name(member=value, ...)`, absent members as null."""
    if shape.traits.get("document"):
        return str(value)
    fields = [
        f"{lower_first(name)}={printed_member(member.shape, value.get(name))}"
        for name, member in shape.members.items()
    ]
    fields += [f"{name}=null" for name in HIDDEN_MEMBERS.get(shape.name, ())]
    return f"{shape.name}({', '.join(fields)})"


def printed_member(shape: Shape, value: Any) -> str:
    """Print a member, unless it is a secret."""
    hides = value is not None and shape.traits.get("sensitive")
    return (
        "***Sensitive Data Redacted***" if hides else printed(shape, value)
    )  # AWS: the words are the SDK's; unverified
