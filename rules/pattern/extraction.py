"""From an event to the values at the paths that a rule set asks for, and to nothing else.

Theory of operation. The paths form a tree of names. Of the tree a msgspec type is made whose decoder builds only what
the paths lead to and skips the rest of the text unread, and an `attrgetter` then takes values at once. They
know only the plain way, objects down to the value. Whatever lies off that way raises one of `OFF_THE_WAY`: an array or
a scalar where the tree has an object, a name with a dot that could stand for two steps. Then `walk` follows the same
tree through the fully decoded event.
"""

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Annotated, Any

import msgspec

from rules.document import Json

OFF_THE_WAY = (msgspec.MsgspecError, AttributeError, TypeError)
MISSING = msgspec.UNSET

# msgspec refuses these in names; an event that is asked for such a name is always walked
_UNUSABLE = frozenset('"\\') | {chr(code) for code in range(32)}
# no value is of this type
_NEVER = Annotated[int, msgspec.Meta(gt=0, lt=0)]


class Node:
    """A place in the tree: the positions of the paths that end or pass here, and the names that lead on."""

    __slots__ = ("below", "children", "jumps", "position")

    def __init__(self) -> None:
        self.position: int | None = None  # of the path that ends here
        self.below: list[int] = []  # of the paths that end here or further down
        self.children: dict[str, Node] = {}
        self.jumps: dict[str, Node] = {}  # names with dots that stand for several steps


class Found:
    """What a walk finds: the values at each path, and which paths lead through an array of objects."""

    __slots__ = ("through_arrays", "values")

    def __init__(self, paths: int) -> None:
        self.values: list[list[Json]] = [[] for _ in range(paths)]
        self.through_arrays: set[int] = set()


class Extraction:
    """Reads the values at a fixed list of paths."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = list(paths)
        self._root = _tree(self.paths)
        self._names = {self.paths[position]: name for position, name in _attributes(self._root)}
        self.decode: Callable[[Any], Any] = _decoder(self._root, self.paths)
        """From the text of an event to an object, as far as the paths ask; raises one of `OFF_THE_WAY`."""

    def getter(self, *paths: str) -> Callable[[Any], Any]:
        """Return the function from what `decode` gives to the value at a path, or of several to their tuple.

        A value is a leaf, `MISSING`, an object or an array. The function raises one of `OFF_THE_WAY`.
        """
        return attrgetter(*(self._names[path] for path in paths))

    def walk(self, event: dict[str, Json]) -> Found:
        """Find the values at each path of a decoded event, in arrays and under names with dots as well."""
        found = Found(len(self.paths))
        _walk(event, self._root, found)
        return found


def _decoder(root: Node, paths: list[str]) -> Callable[[Any], Any]:
    if all(_UNUSABLE.isdisjoint(path) for path in paths):
        return msgspec.json.Decoder(_type_of(root)).decode

    def refuse(_text: Any) -> Any:
        raise msgspec.ValidationError("There are names that msgspec cannot look for")

    return refuse


def _tree(paths: list[str]) -> Node:
    root = Node()
    for position, path in enumerate(paths):
        node = root
        way = [root]
        for step in path.split("."):
            node = node.children.setdefault(step, Node())
            way.append(node)
        node.position = position
        for start, node in enumerate(way):
            node.below.append(position)
            for end in range(start + 2, len(way)):
                node.jumps[".".join(path.split(".")[start:end])] = way[end]
    return root


def _type_of(node: Node) -> type[msgspec.Struct]:
    """Return a type with a field for each name that leads on from here, in order."""
    fields: list[tuple[str, Any, Any]] = []
    for number, (name, child) in enumerate(node.children.items()):
        if child.children:
            inner = _type_of(child)
            # a value that is asked for and also looked into may be anything; what is no object is off the way
            fields.append((f"f{number}", inner, msgspec.field(name=name, default=inner())))
        else:
            fields.append((f"f{number}", Any, msgspec.field(name=name, default=MISSING)))
    fields += [
        (f"j{number}", _NEVER, msgspec.field(name=name, default=0)) for number, name in enumerate(node.jumps)
    ]
    # without a hash, so that no set takes for a value what only leads on to values
    return msgspec.defstruct("Place", fields, frozen=True, gc=False, namespace={"__hash__": None})


def _attributes(node: Node, before: str = "") -> Iterator[tuple[int, str]]:
    """Yield the position of each path and the attribute that holds its value."""
    for number, child in enumerate(node.children.values()):
        name = f"{before}f{number}"
        if child.position is not None:
            yield child.position, name
        yield from _attributes(child, f"{name}.")


def _walk(value: Json, node: Node, found: Found) -> None:
    if isinstance(value, dict):
        for names in (node.children, node.jumps):
            for name, child in names.items():
                if name in value:
                    _walk(value[name], child, found)
    elif isinstance(value, list):
        for element in value:
            if isinstance(element, (dict, list)):
                found.through_arrays.update(node.below)
            _walk(element, node, found)
    elif node.position is not None:
        found.values[node.position].append(value)
