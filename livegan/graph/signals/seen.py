"""Pictures as signals: ``a.brightness``, ``a.motion``, ``a.hue_of``, measured in the last frame.

They are those of the frame before, so a picture may depend on its own: the loop closes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from livegan.graph.place import SetError
from livegan.graph.signals.signal import Signal

SEEN = {
    "brightness": "mean brightness of the last picture, 0..1",
    "motion": "how much it changed since the picture before, 0..1",
    "hue_of": "its hue as a turn of the colour wheel, 0..1; 0 is red",
}
"""What can be seen in a picture: a signal each."""


class Seeable(Protocol):
    """What is needed of a picture: see `livegan.graph.picture.Picture`."""

    kind: str
    title: str
    name: str
    ordinal: int


class SeenPicture:
    """A picture as the argument of a signal. Two of a set are never called alike."""

    def __init__(self, node: Seeable) -> None:
        self.node = node

    def __repr__(self) -> str:
        return f"{self.node.kind} {self.node.title} {self.node.ordinal}"


class SeenSignal(Signal):
    """A number that is seen in a picture. Called, it is the mixer of that name: ``brightness`` is
    both, ``a.brightness`` and ``a.brightness(0.2)``."""

    __slots__ = ("mixer",)

    def __init__(self, what: str, node: Seeable, mixer: Callable[..., Any] | None) -> None:
        super().__init__("seen", what, SeenPicture(node))
        self.mixer = mixer

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.mixer is None:
            raise SetError(f"{self.args[0]} is a signal and takes nothing: leave out the ( )")
        return self.mixer(*args, **kwargs)


def seen_name(node: Seeable, what: str) -> str:
    """What the number is called in the frame that was drawn."""
    return f"{node.name}.{what}"


def seen_in(values: Iterable[Any]) -> Iterator[tuple[Any, str]]:
    """The pictures that values look at, anywhere in them, and what they see there."""
    waiting, done = list(values), set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, tuple):
            waiting += value
        elif isinstance(value, Signal) and id(value) not in done:
            done.add(id(value))
            if value.op == "seen":
                yield value.args[1].node, value.args[0]
            waiting += value.args
