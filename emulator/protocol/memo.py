"""Compile once, call often: what a codec makes of each shape, made on first use.

A recursive shape meets itself while it is being compiled; there it gets a stand-in that looks the result up when called.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from emulator.protocol.models import Shape

F = TypeVar("F", bound=Callable[..., Any])


class Memo(Generic[F]):
    """A function of shapes to functions, remembered by shape."""

    __slots__ = ("_compile", "_done", "_in_progress")

    def __init__(self, compile_shape: Callable[[Shape], F]) -> None:
        self._compile = compile_shape
        self._done: dict[Shape, F] = {}
        self._in_progress: set[Shape] = set()

    def __call__(self, shape: Shape) -> F:
        """Return what `shape` compiles to."""
        done = self._done
        found = done.get(shape)
        if found is not None:
            return found
        if shape in self._in_progress:
            return cast("F", self._stand_in(shape))
        self._in_progress.add(shape)
        found = done[shape] = self._compile(shape)
        self._in_progress.discard(shape)
        return found

    def _stand_in(self, shape: Shape) -> Callable[..., Any]:
        done = self._done

        def later(*args: Any) -> Any:
            return done[shape](*args)

        return later
