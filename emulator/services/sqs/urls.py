"""Queue URLs: made from the caller's own address, read in every usual form."""

from functools import lru_cache
from urllib.parse import unquote, urlsplit

from emulator.core.scope import ACCOUNT_DIGITS, Scope
from emulator.services.sqs.errors import QueueDoesNotExist

URLS_REMEMBERED = 4096
REGION_DASHES = 2


def queue_url(base_url: str, scope: Scope, name: str) -> str:
    """Return `http://HOST:PORT/<account>/<name>`, on the address under which the caller reached us.

    Terraform splits this path and wants exactly account and name, so no other form is ever given out.
    """
    return f"{base_url}/{scope.account}/{name}"


@lru_cache(URLS_REMEMBERED)
def parse_queue_url(url: str) -> tuple[str | None, str | None, str]:
    """Return the account and the region, where the URL names them, and the queue's name.

    Read are `/<account>/<name>`, `/queue/<region>/<account>/<name>`, `/<name>` and a bare name, on any host; of hosts,
    `sqs.<region>.…`, `<region>.queue.…` and `queue.…` tell a region or none.

    Raises:
        QueueDoesNotExist: the URL has no form of a queue's.
    """
    parts = urlsplit(url)
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    region = _region_of(parts.hostname or "")
    match segments:
        case ["queue", path_region, account, name] if _is_account(account):
            return account, path_region, name
        case [account, name] if _is_account(account):
            return account, region, name
        case [name]:
            return None, region, name
        case _:
            raise QueueDoesNotExist


def _is_account(text: str) -> bool:
    return len(text) == ACCOUNT_DIGITS and text.isdigit()


def _region_of(host: str) -> str | None:
    labels = host.split(".")
    if labels[0] == "sqs" and len(labels) > 1 and labels[1].count("-") >= REGION_DASHES:
        return labels[1]
    if len(labels) > 1 and labels[1] == "queue" and labels[0].count("-") >= REGION_DASHES:
        return labels[0]
    return None
