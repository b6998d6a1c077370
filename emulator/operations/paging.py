"""NextToken pages over sorted names: the token is the last name given out, so a page survives changes between calls."""

import base64
import binascii
from collections.abc import Iterable


def page_of(names: Iterable[str], limit: int, token: str | None) -> tuple[list[str], str | None]:
    """Return up to `limit` names in order after the token's, and the next token if more follow.

    Raises:
        ValueError: the token was not made here.
    """
    after = _name_from(token) if token else ""
    later = sorted(name for name in names if name > after)
    page = later[:limit]
    more = len(later) > limit
    return page, base64.urlsafe_b64encode(page[-1].encode()).decode() if more else None


def _name_from(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        message = "not a token of ours"
        raise ValueError(message) from error
