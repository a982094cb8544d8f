"""Leaves: functions and classes of a set that run every frame."""

from __future__ import annotations

import functools
from typing import Any

from livegan.graph.binding import bind
from livegan.graph.graph import remember_leaf
from livegan.graph.patch import call_inside, call_patch, is_building
from livegan.graph.picture import Picture, call, inputs_of
from livegan.graph.place import SetError, here
from livegan.graph.signals.signal import Signal, lift
from livegan.graph.sound import SOUND, SoundHandle
from livegan.plugin import registry
from livegan.plugin.declare import DeclarationError, Kind, Operation, declare


class Leaf:
    """A function or class of the set that runs every frame; calling it makes a node."""

    def __init__(self, operation: Operation) -> None:
        self.livegan_operation = operation
        functools.update_wrapper(self, operation.make, updated=())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        operation = self.livegan_operation
        if operation.kind == "patch" and is_building():
            return call_inside(operation, args, kwargs)
        given = [*args, *kwargs.values()]
        graph = (Picture, SoundHandle, Signal)
        if given and not any(isinstance(a, graph) for a in given) and not all_plain(given):
            # Called from another leaf, with the frame's own arrays.
            return operation.make(*args, **kwargs)
        if operation.kind == "signal":
            return call_signal(operation, args, kwargs)
        if operation.kind == "patch":
            return call_patch(operation, args, kwargs)
        return call(operation, args, kwargs)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self


def all_plain(values: list[Any]) -> bool:
    """True if there are only numbers, words and nothing: no sound, no arrays."""
    return all(v is None or isinstance(v, (bool, int, float, str, list, tuple)) for v in values)


def call_signal(operation: Operation, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Signal:
    """A signal from a call of a ``@signal`` function."""
    names = inputs_of(operation)
    values = dict(kwargs)
    given: list[Any] = []
    rest = list(args)
    for wanted in operation.inputs:
        if wanted.many:
            given += rest
            rest = []
        elif rest:
            given.append(rest.pop(0))
        elif wanted.name in values:
            given.append(values.pop(wanted.name))
        elif wanted.kind == "sound":
            given.append(SOUND)
        elif not wanted.optional:
            raise SetError(f"{operation.name} needs {wanted.name!r}")
    for row, value in zip(operation.params, rest, strict=False):
        values.setdefault(row.name, value)
    live, fixed = bind(operation.name, operation.params, values, names)
    inputs = tuple(g if isinstance(g, SoundHandle) else lift(g) for g in given)
    return Signal("leaf", inputs, tuple({**live, **fixed}.items()), leaf=operation)


def _leaf(kind: Kind, make: Any, name: str | None, aliases: tuple[str, ...], live: bool) -> Any:
    def decorate(function: Any) -> Leaf:
        try:
            operation = declare(kind, function, name=name, aliases=aliases, live=live)
            remember_leaf(operation)
            return Leaf(operation)
        except DeclarationError as error:
            raise SetError(error.message, here()) from None

    if isinstance(make, str):  # by its full name, "package:name"
        try:
            return Leaf(registry.current().operation(kind, make))
        except registry.UnknownName as error:
            raise SetError(str(error)) from None
    return decorate if make is None else decorate(make)


def encoder(make: Any = None, *, name: str | None = None, live: bool = False) -> Any:
    """Make a function an encoder: ``def spikes(sound, *, sharp=param(4.0, 1, 16, "exponent"))``.

    ``encoder("package:name")`` is the encoder of that plugin.  ``live=True`` says that it follows
    the outside world.
    """
    return _leaf("encoder", make, name, (), live)


def mixer(
    make: Any = None,
    *,
    name: str | None = None,
    aliases: tuple[str, ...] = (),
    live: bool = False,
) -> Any:
    """Make a function a mixer: ``def glow(picture, *, amount=param(0.5, 0, 1, "how much"))``.

    ``mixer("package:name")`` is the mixer of that plugin.
    """
    return _leaf("mixer", make, name, aliases, live)


def patch(make: Any = None, *, name: str | None = None) -> Any:
    """Make a function a patch, a sound made with pyo: ``def wet(sound, *, cut=param(1200, 100))``.

    It is called once. Its sounds and parameters are pyo objects, and it returns one.
    ``patch("package:name")`` is the patch of that plugin.
    """
    return _leaf("patch", make, name, (), False)


def signal(make: Any = None, *, name: str | None = None, live: bool = False) -> Any:
    """Make a function a signal: ``def pump(sound, *, now)`` returns a number each frame.

    ``signal("package:name")`` is the signal of that plugin.
    """
    return _leaf("signal", make, name, (), live)
