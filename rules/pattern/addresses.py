"""IP addresses as event patterns see them: strings that happen to be addresses, and CIDR blocks.

AWS reads octets with leading zeros as decimal and does not know the mixed notation `::ffff:10.0.0.0`, so the standard
library's IPv4 parser, which refuses the first, is used for neither.
"""

import re
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from rules.errors import InvalidPattern

_LOOKS_LIKE_V4 = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+")
_LOOKS_LIKE_V6 = re.compile(r"[0-9a-fA-F:]*:[0-9a-fA-F:]*")
_MASK = re.compile(r"[+-]?[0-9]+")
_BITS = {4: 32, 6: 128}
_OCTETS = {str(octet): octet for octet in range(256)}


class IpAddress(NamedTuple):
    """An address: IP version and number."""

    version: int
    number: int

    @property
    def text(self) -> str:
        """The address in its usual spelling."""
        return str(IPv4Address(self.number) if self.version == 4 else IPv6Address(self.number))


def number_of_v4(text: str) -> int | None:
    """Return the number of an IPv4 address without leading zeros, and None for anything else, quickly."""
    try:
        first, second, third, fourth = text.split(".")
        return _OCTETS[first] << 24 | _OCTETS[second] << 16 | _OCTETS[third] << 8 | _OCTETS[fourth]
    except (ValueError, KeyError):
        return None


def looks_like_address(text: str) -> bool:
    """Whether the characters of `text` are those of an address."""
    return bool(_LOOKS_LIKE_V4.fullmatch(text) or _LOOKS_LIKE_V6.fullmatch(text))


def address_of(text: str) -> IpAddress | None:
    """Return the address that `text` is, or None if it is none."""
    if _LOOKS_LIKE_V4.fullmatch(text):
        octets = [int(octet[-19:]) for octet in text.split(".")]
        if max(octets) > 255:
            return None
        return IpAddress(4, int.from_bytes(bytes(octets), "big"))
    if not _LOOKS_LIKE_V6.fullmatch(text):
        return None
    try:
        parsed = IPv6Address(text)
    except ValueError:
        return None
    if parsed.ipv4_mapped is not None:
        return IpAddress(4, int(parsed.ipv4_mapped))
    return IpAddress(6, int(parsed))


def block_of(text: str, path: str) -> tuple[IpAddress, IpAddress]:
    """Return the first and last address of a CIDR block.

    Raises:
        InvalidPattern: `text` is not a block. AWS gives no location with these messages.
    """
    parts = text.rstrip("/").split("/")  # AWS: a slash at the end is not counted, as in Java's split
    if len(parts) != 2:
        raise InvalidPattern("Malformed CIDR, one '/' required", path)
    base, mask_text = parts
    if not _MASK.fullmatch(mask_text) or len(mask_text) > 10:
        raise InvalidPattern("Malformed CIDR, mask bits must be an integer", path)
    mask = int(mask_text)
    if mask < 0:
        raise InvalidPattern("Malformed CIDR, mask bits must not be negative", path)
    address = address_of(base)
    if address is None:
        kind = "Invalid" if looks_like_address(base) else "Nonstandard"
        raise InvalidPattern(f"{kind} IP address: {base}", path)
    bits = _BITS[address.version]
    if mask >= bits:
        raise InvalidPattern(f"IPv{address.version} mask bits must be < {bits}", path)
    span = 1 << (bits - mask)
    first = address.number & -span
    return IpAddress(address.version, first), IpAddress(address.version, first + span - 1)
