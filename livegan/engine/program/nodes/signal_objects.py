"""Objects of ``@signal`` classes: made while a save is built, kept by saves that leave them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from livegan.engine.commit.script import Refusal
from livegan.engine.isolation.activity import activity
from livegan.engine.isolation.deadline import pressed
from livegan.engine.isolation.object_lifetime import OwnedObject
from livegan.engine.program.program import foreign
from livegan.graph.place import Place
from livegan.graph.signals.reading import Reading, feed_leaf
from livegan.graph.signals.signal import Signal
from livegan.operation.driver import Holder, apart
from livegan.plugin.guard import said

MAKING_S = 10.0
"""How long a class of a set or plugin may take to be set up."""


def objects_of(
    values: Iterable[Any],
    playing: Mapping[str, OwnedObject],
    busy: Callable[[str, Place | None], None],
) -> dict[str, OwnedObject]:
    """An object for each different expression of a ``@signal`` class, by its fingerprint.

    Those that ``playing`` has are kept.

    Raises
    ------
    Refusal
        If one cannot be made, with the line of the set.
    """
    found: dict[str, OwnedObject] = {}
    for signal in leaves_of(values):
        if signal.leaf is None or not signal.leaf.stateful or signal.print in found:
            continue
        known = playing.get(signal.print)
        if known is None:
            busy(f"building {signal.leaf.name}", signal.place)
            known = _make(signal)
        found[signal.print] = known
    return found


def leaves_of(values: Iterable[Any]) -> Iterator[Signal]:
    """Every ``@signal`` in values and in the expressions that they are."""
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, tuple):
            waiting += value
        if isinstance(value, Signal):
            waiting += value.args
            if value.leaf is not None:
                yield value


def feed_new(
    values: Iterable[Any],
    objects: Mapping[str, OwnedObject],
    playing: Mapping[str, OwnedObject],
    reading: Reading,
) -> None:
    """Hand new objects that are fed the past of the sound, so that no frame waits for it."""
    for signal in leaves_of(values):
        held = objects.get(signal.print)
        if held is None or signal.print in playing or signal.leaf is None:
            continue
        limit_s = MAKING_S if foreign(signal.leaf) else 0.0
        try:
            with activity.at(f"feeding {signal.leaf.name}", signal.place, limit_s):
                feed_leaf(replace(reading, memory={}, values={}, objects=objects), signal, held)
        except BaseException as error:
            if pressed(error):
                raise
            raise refusal_of_signal(signal, "cannot be fed", error) from None


@contextmanager
def proving_objects(
    objects: Mapping[str, OwnedObject], playing: Mapping[str, OwnedObject]
) -> Iterator[dict[str, Holder]]:
    """What a program is proven with: copies of the new objects, so that each is as it was made when
    it goes on the air; of those that play, their newest value is asked for alone."""
    new = {name: held for name, held in objects.items() if name not in playing}
    with activity.at("copying signals", None, MAKING_S):
        copies = {name: apart(held) for name, held in new.items()}
    yield {**objects, **copies}
    for name, held in new.items():
        held.last = copies[name].last


def _make(signal: Signal) -> OwnedObject:
    leaf = signal.leaf
    assert leaf is not None
    fixed = {p.name for p in leaf.params if not p.live}
    values = {name: value for name, value in signal.args[1] if name in fixed}
    try:
        with activity.at(leaf.name, signal.place, MAKING_S if foreign(leaf) else 0.0):
            return OwnedObject(leaf.make, values, f"signal {leaf.name}")
    except BaseException as error:
        if pressed(error):
            raise
        raise refusal_of_signal(signal, "cannot be built", error) from None


def refusal_of_signal(signal: Signal, what: str, error: BaseException) -> Refusal:
    """Why a signal cannot be played, at its line."""
    assert signal.leaf is not None
    reason = f"the signal {signal.leaf.name!r} {what}: {said(error) or type(error).__name__}"
    return Refusal(" ".join(reason.split()), signal.place)
