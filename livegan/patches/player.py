"""The player of a patch: hop by hop, over edits and bursts, never a jump and never a NaN."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from livegan.patches.built_patch import Array, BuiltPatch, Values
from livegan.plugin.declare import Operation
from livegan.sound import HOP

FADE_HOPS = 5
"""An edit fades in over 50 ms."""
LOUDEST = 8.0
"""Samples beyond this are cut: the analysis hears no more either."""
BURST = 1000.0
"""A sample beyond this is a filter or a feedback that has burst, and no sound."""
AGAIN_HOPS = 50
"""A patch that bursts is built anew, twice a second at most."""


class PatchNode(Protocol):
    """What is played of a node: see `livegan.graph.patch.PatchSound`."""

    @property
    def name(self) -> str:
        """What its chance depends on, and what messages call it."""

    @property
    def operation(self) -> Operation:
        """As declared."""

    @property
    def fixed(self) -> Mapping[str, Any]:
        """Values of its static parameters."""

    @property
    def build(self) -> str:
        """Of what it is built: code and fixed values."""


class PatchPlayer:
    """Plays one patch of a set, whatever becomes of it.

    Parameters
    ----------
    seed : of the show.
    fault : receives what went wrong while it played: a line, and the error if a function of the
        patch raised one.
    """

    def __init__(
        self, seed: int, fault: Callable[[str, BaseException | None], None] = lambda *said: None
    ) -> None:
        self._seed, self._fault = seed, fault
        self._node: PatchNode | None = None
        self._built: BuiltPatch | None = None
        self._before: BuiltPatch | None = None
        """Fades out."""
        self._faded = 0
        """Hops of the fade that are played."""
        self._sounds = 0
        self._last = np.zeros(2, np.float32)
        """The last sample that was heard."""
        self._since_burst = AGAIN_HOPS
        self._told: set[str] = set()

    def use(self, node: PatchNode, values: Values, sounds: int) -> bool:
        """Play this node from the next hop on; whether anything was built for it.

        What is built alike plays on. Anything else is built beside it and takes its place in a
        fade.

        Raises
        ------
        Exception
            What the patch raises, or `BadPatch`; what played plays on.
        """
        known = self._node
        if known is not None and known.build == node.build and sounds == self._sounds:
            self._node = node
            if self._built is not None:
                return False
        built = self._make(node, values, sounds)
        self._node, self._sounds = node, sounds
        self._told = set()
        self._replace(built)
        return True

    def play(self, sounds: Sequence[Array], values: Values) -> Array:
        """The next hop, (480, 2) float32: finite and within ±8."""
        self._since_burst += 1
        silent = self._built is None and self._node is not None
        if silent and self._since_burst >= AGAIN_HOPS:
            self._revive(values)
        heard = self._sound_of("_built", sounds, values)
        if self._faded < FADE_HOPS:
            before = self._sound_of("_before", sounds, values)
            rise = fade_in(self._faded)
            heard = heard * rise + before * (1 - rise)
            self._faded += 1
            if self._faded == FADE_HOPS and self._before is not None:
                self._before.close()
                self._before = None
        heard = np.clip(heard, -LOUDEST, LOUDEST).astype(np.float32, copy=False)
        self._last = heard[-1].copy()
        return heard

    def pause(self) -> Array:
        """A hop that fades out, where hops are left out; what comes next fades in."""
        if self._before is not None:
            self._before.close()
            self._before = None
        self._faded = 0
        out: Array = self._last * fade_in(0, 1)[::-1]
        self._last = np.zeros(2, np.float32)
        return out

    def close(self) -> None:
        """Let go of everything."""
        for each in (self._built, self._before):
            if each is not None:
                each.close()
        self._built = self._before = None

    def _make(self, node: PatchNode, values: Values, sounds: int) -> BuiltPatch:
        seed, name = self._seed, node.name
        return BuiltPatch(node.operation, node.fixed, values, sounds, seed=seed, name=name)

    def _replace(self, built: BuiltPatch) -> None:
        if self._before is not None:
            self._before.close()
        self._before, self._built = self._built, built
        self._faded = 0

    def _revive(self, values: Values) -> None:
        assert self._node is not None
        try:
            self._replace(self._make(self._node, values, self._sounds))
        except Exception as error:
            self._tell("it cannot be built again", error)
            self._since_burst = 0

    def _sound_of(self, which: str, sounds: Sequence[Array], values: Values) -> Array:
        built: BuiltPatch | None = getattr(self, which)
        if built is None:
            return np.zeros((HOP, 2), np.float32)
        known = {key: value for key, value in values.items() if key in built.params}
        given = [finite(each) for each in sounds][: built.sounds]
        given += [np.zeros((HOP, 2), np.float32)] * (built.sounds - len(given))
        heard = built.play(given, known)
        error = built.failure()
        if error is not None:
            self._tell("a function of it that pyo calls failed", error)
        # One comparison finds infinity and NaN as well: neither is less than anything.
        if np.abs(heard).max() < BURST:
            return heard
        self._tell("it burst: not-a-number, or louder than anything; it is built anew", None)
        built.close()
        setattr(self, which, None)
        self._since_burst = 0
        return self._last * fade_in(0, 1)[::-1]

    def _tell(self, text: str, error: BaseException | None) -> None:
        key = f"{text}{error!r}"
        if key not in self._told and len(self._told) < 5:
            self._told.add(key)
            self._fault(text, error)


def finite(block: Array) -> Array:
    """A block with 0 where it was not-a-number or infinity: pyo's filters would never forget it."""
    return block if np.isfinite(block.sum()) else np.nan_to_num(block, posinf=0.0, neginf=0.0)


def fade_in(hop: int, hops: int = FADE_HOPS) -> Array:
    """How much of the new is heard in a hop of a fade, (480, 1), 0..1: half a cosine."""
    at = (np.arange(HOP, dtype=np.float32) + np.float32(1 + hop * HOP)) / np.float32(hops * HOP)
    rise: Array = (0.5 - 0.5 * np.cos(np.pi * at)).astype(np.float32)[:, None]
    return rise


def held(operation: Operation, values: Mapping[str, Any]) -> dict[str, float | tuple[float, ...]]:
    """The values of a patch's parameters as pyo is sent them: numbers, finite, within their range
    or, where there is none, within ±`WIDEST`."""
    found: dict[str, float | tuple[float, ...]] = {}
    for name, value in values.items():
        row = operation.param(name)
        if row is None:
            continue
        if isinstance(value, tuple):
            found[name] = tuple(_within(row.limit(float(part)), 0.0) for part in value)
        else:
            found[name] = _within(row.limit(float(value)), float(row.default))
    return found


WIDEST = 1e5
"""pyo's oscillators read beyond their tables at frequencies of millions."""


def _within(value: float, otherwise: float) -> float:
    return min(max(value, -WIDEST), WIDEST) if np.isfinite(value) else otherwise
