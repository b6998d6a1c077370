"""Who signed a request, for where: the SigV4 credential scope. Signatures themselves are not checked here."""

import re
from typing import NamedTuple

from emulator.protocol.wire import HttpRequest

AUTHORIZATION = re.compile(r"Credential=([^\s,]+)")
PRESIGNED = re.compile(r"(?:^|&)X-Amz-Credential=([^&]+)")


class CredentialScope(NamedTuple):
    """The parts of a credential that matter to us; `region` is empty under SigV4A, which names none."""

    access_key: str
    region: str
    service: str


def credential_scope(request: HttpRequest) -> CredentialScope | None:
    """Return what the request is signed for: by its Authorization header, else by its presigned query string."""
    authorization = request.headers.get("Authorization")
    if authorization:
        found = AUTHORIZATION.search(authorization)
        return None if found is None else scope_from_text(found.group(1))
    found = PRESIGNED.search(request.query) if request.query else None
    return None if found is None else scope_from_text(found.group(1).replace("%2F", "/").replace("%2f", "/"))


def scope_from_text(text: str) -> CredentialScope | None:
    """Read `key/date/region/service/aws4_request`, or SigV4A's form without the region."""
    parts = text.split("/")
    match parts:
        case [*key, _, region, service, "aws4_request"] if len(parts) > 4:
            return CredentialScope("/".join(key), region, service)
        case [key, _, service, "aws4_request"]:
            return CredentialScope(key, "", service)
        case _:
            return None
