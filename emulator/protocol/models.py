"""Service models: botocore's data files read directly, as light, lazy objects.

Invariant: botocore's Python code is never imported (85 ms and 15 MB); only its data folder is located.
Shapes are interned per service, so a codec may memoise what it compiles by the identity of a Shape.
"""

import importlib.util
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import orjson

Json = dict[str, Any]

GZIP_WINDOW = zlib.MAX_WBITS | 16
"""Tells zlib to expect a gzip header."""

VALUE_TRAITS = ("timestampFormat", "jsonvalue")
"""Traits of a reference that change how the value itself is written, not only where."""


class Shape:
    """A shape of the model, as one kind of reference sees it (`traits` = the shape's own and the reference's)."""

    __slots__ = ("_key", "_member", "_members", "_value", "name", "required", "service", "traits", "type")

    def __init__(self, service: "ServiceModel", name: str, traits: Json) -> None:
        self.service = service
        self._members: dict[str, Member] | None = None
        self._key: Member | None = None
        self._value: Member | None = None
        self._member: Member | None = None
        self.name = name
        self.traits = traits
        self.type: str = traits["type"]
        self.required: tuple[str, ...] = tuple(traits.get("required", ()))

    @property
    def members(self) -> dict[str, "Member"]:
        """The members of a structure, in the model's order."""
        if self._members is None:
            items = self.traits.get("members", {}).items()
            self._members = {name: self.service.member(name, reference) for name, reference in items}
        return self._members

    @property
    def member(self) -> "Member":
        """The element of a list."""
        if self._member is None:
            self._member = self.service.member("member", self.traits["member"])
        return self._member

    @property
    def key(self) -> "Member":
        """The key of a map."""
        if self._key is None:
            self._key = self.service.member("key", self.traits["key"])
        return self._key

    @property
    def value(self) -> "Member":
        """The value of a map."""
        if self._value is None:
            self._value = self.service.member("value", self.traits["value"])
        return self._value

    def __repr__(self) -> str:
        return f"Shape({self.name}: {self.type})"


class Member:
    """A reference to a shape: the name it has in params, the name it has on the wire, where it travels."""

    __slots__ = ("location", "name", "shape", "traits", "wire_name")

    def __init__(self, name: str, shape: Shape, traits: Json) -> None:
        self.name = name
        self.shape = shape
        self.traits = traits
        self.wire_name: str = traits.get("locationName", name)
        self.location: str | None = traits.get("location")

    @property
    def is_flattened(self) -> bool:
        """Whether a list or map is written without an element of its own around it."""
        return bool(self.traits.get("flattened") or self.shape.traits.get("flattened"))

    def __repr__(self) -> str:
        return f"Member({self.name}: {self.shape.name})"


class OperationModel:
    """One operation of a service: its shapes, and where rest protocols find it."""

    __slots__ = ("input", "input_traits", "method", "name", "output", "output_traits", "service", "uri")

    def __init__(self, service: "ServiceModel", name: str, traits: Json) -> None:
        self.service = service
        self.name = name
        self.method: str = traits["http"]["method"]
        self.uri: str = traits["http"]["requestUri"]
        self.input_traits: Json = traits.get("input", {})
        self.output_traits: Json = traits.get("output", {})
        self.input = service.shape(self.input_traits["shape"]) if self.input_traits else None
        self.output = service.shape(self.output_traits["shape"]) if self.output_traits else None

    def __repr__(self) -> str:
        return f"OperationModel({self.service.name}.{self.name})"


class ServiceModel:
    """One service: metadata, operations and shapes by name. `name` is botocore's (`stepfunctions`)."""

    __slots__ = ("_operations", "_shapes", "errors", "metadata", "name", "operation_traits", "shape_traits")

    def __init__(self, name: str, document: Json) -> None:
        self.name = name
        self.metadata: Json = document["metadata"]
        self.operation_traits: Json = document["operations"]
        self.shape_traits: Json = document["shapes"]
        self.errors = {name for name, shape in self.shape_traits.items() if shape.get("exception")}
        self._operations: dict[str, OperationModel] = {}
        self._shapes: dict[tuple[Any, ...], Shape] = {}

    @property
    def protocols(self) -> tuple[str, ...]:
        """The protocols the service speaks, the one the model prefers first."""
        return tuple(self.metadata.get("protocols") or (self.metadata["protocol"],))

    @property
    def signing_name(self) -> str:
        """The service's name in a SigV4 credential scope."""
        return str(self.metadata.get("signingName") or self.metadata["endpointPrefix"])

    def operation(self, name: str) -> OperationModel:
        """Return the operation called `name`; KeyError if the model has none."""
        model = self._operations.get(name)
        if model is None:
            model = self._operations[name] = OperationModel(self, name, self.operation_traits[name])
        return model

    def shape(self, name: str) -> Shape:
        """Return the shape called `name`; KeyError if the model has none."""
        return self._intern(name, {})

    def member(self, name: str, reference: Json) -> Member:
        """Return the member `name` that refers to a shape as `reference` says."""
        return Member(name, self._intern(reference["shape"], reference), reference)

    def _intern(self, name: str, reference: Json) -> Shape:
        key = (name, *(reference.get(trait) for trait in VALUE_TRAITS))
        shape = self._shapes.get(key)
        if shape is None:
            extra = {trait: reference[trait] for trait in VALUE_TRAITS if trait in reference}
            shape = self._shapes[key] = Shape(self, name, {**self.shape_traits[name], **extra})
        return shape

    def __repr__(self) -> str:
        return f"ServiceModel({self.name})"


@cache
def load_service(name: str) -> ServiceModel:
    """Return the newest model of the service botocore calls `name`.

    Raises:
        LookupError: botocore has no such service.
    """
    folder = data_folder() / name
    if not folder.is_dir():
        message = f"botocore has no service called {name}"
        raise LookupError(message)
    version = max(
        entry
        for entry in folder.iterdir()
        if (entry / "service-2.json.gz").exists() or (entry / "service-2.json").exists()
    )
    document = read_document(version / "service-2.json")
    extras = version / "service-2.sdk-extras.json"
    if extras.exists():
        merge(document, orjson.loads(extras.read_bytes()).get("merge", {}))
    drop_documentation(document)
    return ServiceModel(name, document)


@cache
def data_folder() -> Path:
    """Return the folder of botocore's data files."""
    found = importlib.util.find_spec("botocore")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "data"


def read_document(path: Path) -> Json:
    """Read a JSON file that may be there compressed, under its name with `.gz`."""
    packed = path.with_name(path.name + ".gz")
    text = zlib.decompress(packed.read_bytes(), GZIP_WINDOW) if packed.exists() else path.read_bytes()
    document: Json = orjson.loads(text)
    return document


def merge(document: Json, extra: Json) -> None:
    """Put `extra` into `document`: objects member by member, anything else replaces."""
    for key, value in extra.items():
        if isinstance(value, dict) and isinstance(document.get(key), dict):
            merge(document[key], value)
        else:
            document[key] = value


def drop_documentation(document: Json) -> None:
    """Forget the prose, four fifths of a model's memory."""
    for operation in document["operations"].values():
        operation.pop("documentation", None)
    for shape in document["shapes"].values():
        shape.pop("documentation", None)
        for member in shape.get("members", {}).values():
            member.pop("documentation", None)
