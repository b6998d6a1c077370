"""Resource policies: whether the policy on a resource lets another account act on it.

Only the resource's side is judged; there is no IAM here, so that a caller's own account always permits it.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

POLICIES_REMEMBERED = 256

Statement = Mapping[str, Any]


class Request(NamedTuple):
    """What is asked: by which account, which action on which resource, and the condition keys that are known."""

    account: str
    action: str
    resource: str
    context: Mapping[str, str]


def allows(policy: str, request: Request) -> bool:
    """Whether a policy document allows a request: some statement allows it and none denies it."""
    applying = [statement for statement in _statements(policy) if _applies(statement, request)]
    effects = {statement.get("Effect") for statement in applying}
    return "Allow" in effects and "Deny" not in effects


@lru_cache(POLICIES_REMEMBERED)
def _statements(policy: str) -> tuple[Statement, ...]:
    """Return the statements of a policy; a document that is none has none, and so allows nothing."""
    try:
        document = json.loads(policy) if policy else {}
    except ValueError:
        return ()
    statements = document.get("Statement", []) if isinstance(document, dict) else []
    return tuple(statement for statement in _list(statements) if isinstance(statement, dict))


def _applies(statement: Statement, request: Request) -> bool:
    return (
        _names_principal(statement, request.account)
        and _names(statement, "Action", request.action, fold=True)
        and _names(statement, "Resource", request.resource, fold=False)
        and all(
            _holds(operator, keys, request.context)
            for operator, keys in statement.get("Condition", {}).items()
        )
    )


def _names_principal(statement: Statement, account: str) -> bool:
    if "NotPrincipal" in statement:
        return not _is_among(statement["NotPrincipal"], account)
    return _is_among(statement.get("Principal", []), account)


def _is_among(principal: Any, account: str) -> bool:
    named = principal.get("AWS", []) if isinstance(principal, dict) else principal
    return any(
        name in ("*", account) or (isinstance(name, str) and name.split(":")[4:5] == [account])
        for name in _list(named)
    )


def _names(statement: Statement, member: str, value: str, *, fold: bool) -> bool:
    if f"Not{member}" in statement:
        return not any(_is_like(value, name, fold=fold) for name in _list(statement[f"Not{member}"]))
    return any(_is_like(value, name, fold=fold) for name in _list(statement.get(member, [])))


def _is_like(value: str, expression: Any, *, fold: bool = False) -> bool:
    """Whether a value fits an expression in which `*` stands for any run of characters and `?` for one."""
    pieces = (
        {"*": ".*", "?": "."}.get(piece) or re.escape(piece) for piece in re.split(r"([*?])", str(expression))
    )
    return re.fullmatch("".join(pieces), value, re.DOTALL | (re.IGNORECASE if fold else 0)) is not None


def _holds(operator: str, keys: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    """Whether a condition holds; of a key that is not known only a negated or an IfExists operator does."""
    name = operator.removeprefix("ForAllValues:").removeprefix("ForAnyValue:")
    test = _OPERATORS.get(name.removesuffix("IfExists"))
    if test is None:
        return False
    known = {key.lower(): value for key, value in context.items()}
    for key, wanted in keys.items():
        value = known.get(key.lower())
        if value is None:
            if not (name.endswith("IfExists") or "Not" in name or operator.startswith("ForAllValues:")):
                return False
            continue
        found = any(test(value, str(text)) for text in _list(wanted))
        if found == ("Not" in name):
            return False
    return True


def _same(value: str, wanted: str) -> bool:
    return value == wanted


def _same_in_any_case(value: str, wanted: str) -> bool:
    return value.lower() == wanted.lower()


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": _same,
    "StringNotEquals": _same,
    "StringEqualsIgnoreCase": _same_in_any_case,
    "StringNotEqualsIgnoreCase": _same_in_any_case,
    "StringLike": _is_like,
    "StringNotLike": _is_like,
    "ArnEquals": _is_like,
    "ArnNotEquals": _is_like,
    "ArnLike": _is_like,
    "ArnNotLike": _is_like,
    "Bool": _same_in_any_case,
}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
