"""Scope: the account and region that own a piece of state. Always passed, never ambient."""

from typing import NamedTuple

ACCOUNT_DIGITS = 12


class Scope(NamedTuple):
    """A 12-digit account id and a region name; equal scopes share state, different ones never do."""

    account: str
    region: str


def account_from_access_key(access_key: str, default: str) -> str:
    """Return the account an access key id stands for: itself when it is 12 digits, else `default`."""
    is_account = len(access_key) == ACCOUNT_DIGITS and access_key.isascii() and access_key.isdigit()
    return access_key if is_account else default
