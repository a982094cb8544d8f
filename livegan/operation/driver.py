"""The driver of operations: how encoders, mixers and signals are made, fed, seeded and called.

Everyone who calls an operation does so here.  So a data set draws the condition that a show drew at
that moment, bit for bit, and what the checks of a plugin saw is what a show does with it.
"""

from __future__ import annotations

import contextlib
import copy
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from livegan.operation.chance import generator
from livegan.operation.moment import Heard
from livegan.plugin.declare import CALLED, Operation
from livegan.plugin.notes import noted
from livegan.plugin.now import Now

REPLAY_S = 20.0
"""How much of the past an encoder that is fed is handed when it is built: it may remember as much,
and no more."""

T = TypeVar("T")


class Holder(Protocol):
    """What has an object of an operation's class, and knows where it may be used."""

    object: Any
    last: float
    """Of a signal: its newest value."""

    def run(self, job: Callable[[], T]) -> T:
        """What a job returns that uses the object, wherever that may be used."""


class Made:
    """An object that is used by whoever calls."""

    def __init__(self, made: Any, run: Callable[[Callable[[], Any]], Any] | None = None) -> None:
        self.object = made
        self.last = 0.0
        self._run = run

    def run(self, job: Callable[[], T]) -> T:
        """What the job returns."""
        return job() if self._run is None else self._run(job)


def make(operation: Operation, fixed: Mapping[str, Any]) -> Made:
    """An object of an operation's class, from its static parameters."""
    return Made(operation.make(**fixed))


def apart(held: Holder) -> Holder:
    """The same with a copy of the object: what is proven with it leaves no trace in the object.

    What cannot be copied is proven itself: what is closed or ends in a way of its own, such as a
    device, and what refuses, such as a thread or a file.
    """
    found = held.run(lambda: _copied(held.object))
    return held if found is None else Made(found, held.run)


def _copied(made: Any) -> Any:
    kind = type(made)
    if hasattr(kind, "close") or hasattr(kind, "__del__"):
        return None
    shared: dict[int, Any] = {}
    if torch := sys.modules.get("torch"):
        # Networks do not change when they are used, and may fill the memory of a GPU.
        parts = getattr(made, "__dict__", {}).values()
        shared = {id(part): part for part in parts if isinstance(part, torch.nn.Module)}
    with contextlib.suppress(Exception):  # whatever its parts say to being copied
        return copy.deepcopy(made, shared)
    return None


def call(
    operation: Operation,
    held: Holder | None,
    inputs: Sequence[Any],
    values: Mapping[str, Any],
    now: Now,
    *,
    name: str = "",
    size: tuple[int, int] | None = None,
) -> Any:
    """What an operation returns for one frame.

    Parameters
    ----------
    held : its object, of a class; None of a function.
    inputs : the sound, of an encoder; pictures, of a mixer.
    values : its live parameters; of a function all of them.
    name : of the node, so that two mixers of one kind are given different chance.  That of an
        encoder depends on its own name alone: it draws the same wherever it stands.
    size : (height, width) in pixels that is drawn at.
    """
    given = dict(values)
    if "now" in operation.context:
        given["now"] = now
    if "size" in operation.context:
        given["size"] = size
    if "rng" in operation.context:
        node = operation.name if operation.kind == "encoder" else name
        given["rng"] = generator(now.seed, node, now.time)
    if "note" in operation.context:
        given["note"] = noted(name or operation.name)
    if held is None:
        return operation.make(*inputs, **given)
    method = getattr(held.object, CALLED[operation.kind])
    return held.run(lambda: method(*inputs, **given))


class Driver:
    """An encoder or mixer with its static parameters, called frame by frame.

    Parameters
    ----------
    operation : what is called.
    fixed : values of its static parameters.
    name : of its node.
    held : its object, if whoever calls has made it; else it is made here.
    """

    def __init__(
        self,
        operation: Operation,
        fixed: Mapping[str, Any],
        name: str = "",
        *,
        held: Holder | None = None,
    ) -> None:
        self.operation = operation
        self.fixed = fixed
        self.name = name
        self.held = held
        if held is None and operation.stateful:
            self.held = make(operation, fixed)
        self.fed: int | None = None
        """Hops that were handed to an encoder that is fed, counted from the start of the show."""

    def feed(self, sound: Heard) -> None:
        """Hand an encoder that is fed every hop since it was last asked, each once.

        At first, when the sound began anew, and after a pause that is longer than the replay, these
        are the last 20 s.  Other operations are left alone.
        """
        held = self.held
        if held is None or not self.operation.feeds:
            return
        newest = sound.position // sound.hop
        replay = max(0, newest - round(REPLAY_S * sound.rate) // sound.hop)
        if self.fed is None or newest < self.fed or self.fed < replay:
            self.fed = replay
        late = newest - self.fed
        if not late:
            return
        samples = sound.last(late * sound.hop / sound.rate)
        first = self.fed

        def hand() -> None:
            for index in range(late):
                self.fed = first + index + 1  # before it may fail: no hop is handed twice
                held.object.feed(samples[index * sound.hop : (index + 1) * sound.hop])

        held.run(hand)

    def call(
        self,
        inputs: Sequence[Any],
        live: Mapping[str, Any],
        now: Now,
        *,
        size: tuple[int, int] | None = None,
    ) -> Any:
        """What the operation returns for one frame; an encoder is fed before."""
        if self.operation.feeds:
            self.feed(inputs[0])
        values = live if self.held is not None else {**self.fixed, **live}
        return call(self.operation, self.held, inputs, values, now, name=self.name, size=size)

    def asked(self, size: tuple[int, int]) -> tuple[int, int] | None:
        """``size`` if the operation is given it: then what it draws should have it."""
        return size if "size" in self.operation.context else None

    def apart(self, sound: Heard) -> Driver:
        """One that draws the next frame as this would, and leaves no trace in this: see `apart`."""
        self.feed(sound)
        if self.held is None:
            return self
        other = Driver(self.operation, self.fixed, self.name, held=apart(self.held))
        other.fed = self.fed
        return other
