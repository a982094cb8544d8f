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
from livegan.operation.feeding import REPLAY_S as REPLAY_S
from livegan.operation.feeding import HandedSound, HopValues, hand
from livegan.operation.moment import Heard
from livegan.plugin.declare import CALLED, Operation
from livegan.plugin.notes import noted
from livegan.plugin.now import Now

T = TypeVar("T")


class Holder(Protocol):
    """What has an object of an operation's class, and knows where it may be used."""

    object: Any
    last: float
    """Of a signal: its newest value."""
    feed: HandedSound
    """What it was handed of the sound, if it is fed."""

    def run(self, job: Callable[[], T]) -> T:
        """What a job returns that uses the object, wherever that may be used."""


class Made:
    """An object that is used by whoever calls."""

    def __init__(self, made: Any, run: Callable[[Callable[[], Any]], Any] | None = None) -> None:
        self.object = made
        self.last = 0.0
        self.feed = HandedSound()
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
    if found is None:
        return held
    other = Made(found, held.run)
    other.feed = held.feed.copy()
    return other


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
    """What an operation returns for one frame; one that is fed has been handed its hops before.

    Parameters
    ----------
    held : its object, of a class; None of a function.
    inputs : the sound and pictures, in the order of its signature.
    values : its live parameters; of a function all of them.
    name : of the node, so that two mixers of one kind are given different chance.  That of an
        encoder depends on its own name alone: it draws the same wherever it stands.
    size : (height, width) in pixels that is drawn at.
    """
    given = {key: value for key, value in values.items() if key not in operation.fed}
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

    def feed(self, sound: Heard, values: HopValues | None = None) -> None:
        """Hand one that is fed every hop since it was last asked: see `livegan.operation.feeding`.

        Other operations are left alone.
        """
        if self.held is not None and self.operation.feeds:
            hand(self.operation, self.held, sound, values)

    def call(
        self,
        inputs: Sequence[Any],
        live: Mapping[str, Any],
        now: Now,
        *,
        size: tuple[int, int] | None = None,
        hops: HopValues | None = None,
    ) -> Any:
        """What the operation returns for one frame; one that is fed is handed its hops before."""
        if self.operation.feeds:
            kinds = [each.kind for each in self.operation.inputs]
            self.feed(inputs[kinds.index("sound")], hops)
        values = live if self.held is not None else {**self.fixed, **live}
        return call(self.operation, self.held, inputs, values, now, name=self.name, size=size)

    def asked(self, size: tuple[int, int]) -> tuple[int, int] | None:
        """``size`` if the operation is given it: then what it draws should have it."""
        return size if "size" in self.operation.context else None

    def apart(self, sound: Heard, hops: HopValues | None = None) -> Driver:
        """One that draws the next frame as this would, and leaves no trace in this: see `apart`."""
        self.feed(sound, hops)
        if self.held is None:
            return self
        return Driver(self.operation, self.fixed, self.name, held=apart(self.held))
