"""Whose request is this: account and region from the SigV4 credential. Signatures are never checked."""

from emulator.core.scope import Scope, account_from_access_key
from emulator.protocol.credentials import credential_scope
from emulator.protocol.wire import HttpRequest


def scope_of(request: HttpRequest, default: Scope) -> Scope:
    """Return the scope that the request is signed for; what it does not say is taken from `default`."""
    signed = credential_scope(request)
    if signed is None:
        return default
    account = account_from_access_key(signed.access_key, default.account)
    return Scope(account, signed.region or default.region)
