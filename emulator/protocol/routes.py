"""Which operation of a rest service a method and path mean: the URI templates of its model."""

import re
from typing import Any, NamedTuple
from urllib.parse import unquote

from emulator.protocol.models import OperationModel, ServiceModel
from emulator.protocol.wire import HttpRequest

LABEL = re.compile(r"\{([^{}+]+)(\+?)\}")

Rank = tuple[Any, ...]
"""Sorts routes: the most specific first."""


class Route(NamedTuple):
    """One operation's template.

    `labels` are the wire names of the path's parts and `query` is what the template demands. `expected` are required
    members in the query string or headers (s3 tells UploadPart from PutObject by nothing else): a request without
    them still matches, since a missing parameter is the validation's business, but one with them matches better.
    """

    path: re.Pattern[str]
    labels: tuple[str, ...]
    query: frozenset[str]
    expected: frozenset[str]
    rank: Rank
    name: str


class Found(NamedTuple):
    """A route that matches, and how well."""

    operation: OperationModel
    rank: Rank


def route_of(operation: OperationModel) -> Route:
    """Compile the operation's URI template."""
    path, _, query = operation.uri.partition("?")
    expression, end = "", 0
    labels: list[str] = []
    for label in LABEL.finditer(path):
        expression += re.escape(path[end : label.start()]) + ("(.+)" if label.group(2) else "([^/]+)")
        labels.append(label.group(1))
        end = label.end()
    expression += re.escape(path[end:].rstrip("/"))
    demanded = query.split("&") if query else []
    needed = frozenset(part for part in demanded if not part.startswith("x-id="))
    expected = expected_names(operation) | frozenset(demanded) - needed
    segments = tuple(0 if "{" not in part else 2 if "+}" in part else 1 for part in path.split("/"))
    is_deprecated = bool(operation.service.operation_traits[operation.name].get("deprecated"))
    rank = (segments, -len(needed), is_deprecated, -len(expected))
    return Route(re.compile(expression + "/?"), tuple(labels), needed, expected, rank, operation.name)


def expected_names(operation: OperationModel) -> frozenset[str]:
    """Return the wire names of required members in the query string and, lower case, in headers."""
    shape = operation.input
    members = [shape.members[name] for name in shape.required] if shape is not None else []
    in_query = {member.wire_name for member in members if member.location == "querystring"}
    return frozenset(
        in_query | {member.wire_name.lower() for member in members if member.location == "header"}
    )


class Routes:
    """All routes of a service, the more specific first."""

    def __init__(self, service: ServiceModel) -> None:
        self._service = service
        self._by_method: dict[str, list[Route]] = {}
        for name in service.operation_traits:
            operation = service.operation(name)
            self._by_method.setdefault(operation.method, []).append(route_of(operation))
        for routes in self._by_method.values():
            routes.sort(key=lambda route: route.rank)

    def find(self, request: HttpRequest) -> Found | None:
        """Return the operation that the request line means."""
        given = query_names(request.query)
        present: set[str] | None = None
        fallback: Found | None = None
        for route in self._by_method.get(request.method, ()):
            if not route.query <= given or route.path.fullmatch(request.path) is None:
                continue
            if present is None:
                present = given | {name.lower() for name in request.headers}
            found = Found(self._service.operation(route.name), route.rank)
            if route.expected <= present:
                return found
            fallback = fallback or found
        return fallback


def query_names(query: str) -> set[str]:
    """Return what a query string carries, both as `name` and as `name=value`."""
    given: set[str] = set()
    for part in query.split("&"):
        name, _, _ = part.partition("=")
        given |= {part, unquote(name)}
    return given
