"""A patch is played hop by hop: reproducible, over edits, and whatever its filters do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from livegan.patches.built_patch import BadPatch, BuiltPatch
from livegan.patches.player import FADE_HOPS, LOUDEST, PatchPlayer, held
from livegan.plugin import param, static
from livegan.plugin.declare import DeclarationError, Operation, declare
from livegan.sound import HOP


@dataclass
class Node:
    """What is played."""

    make: Callable[..., Any]
    build: str = "1"
    name: str = "test"
    fixed: dict[str, Any] = field(default_factory=dict)

    @property
    def operation(self) -> Operation:
        return declare("patch", self.make)


def hiss(*, loud: Any = param(0.5, 0.0, 1.0)) -> Any:
    import pyo

    return pyo.Noise(loud)


def level(*, at: Any = param(0.0, -1.0, 1.0)) -> Any:
    import pyo

    return pyo.Sig(at)


def through(sound: Any) -> Any:
    return sound


def played(player: PatchPlayer, hops: int, sounds: Any = (), **values: float) -> Any:
    return np.concatenate([player.play(sounds, values) for _ in range(hops)])


def test_the_same_seed_and_name_play_the_same_whatever_plays_beside() -> None:
    alone, beside, other = PatchPlayer(3), PatchPlayer(3), PatchPlayer(3)
    alone.use(Node(hiss), {"loud": 0.5}, 0)
    wanted = played(alone, 8, loud=0.5)
    beside.use(Node(hiss), {"loud": 0.5}, 0)
    other.use(Node(hiss, name="other"), {"loud": 0.5}, 0)
    mixed = []
    for _ in range(8):
        mixed.append(beside.play((), {"loud": 0.5}))
        assert not np.array_equal(other.play((), {"loud": 0.5}), mixed[-1])
    assert np.array_equal(np.concatenate(mixed), wanted)
    assert np.abs(wanted).max() > 0.3


def test_a_value_is_reached_within_a_hop_in_a_straight_line() -> None:
    player = PatchPlayer(0)
    player.use(Node(level), {"at": 0.0}, 0)
    played(player, FADE_HOPS + 1, at=0.0)
    risen = player.play((), {"at": 1.0})[:, 0]
    assert np.allclose(np.diff(risen[:-3]), 1 / HOP, atol=1e-4)
    assert risen[-1] == pytest.approx(1.0, abs=1e-3)


def test_an_edit_fades_in_within_50_ms_without_a_jump() -> None:
    player = PatchPlayer(0)
    player.use(Node(level), {"at": 0.5}, 0)
    played(player, FADE_HOPS + 1, at=0.5)

    def upside_down(*, at: Any = param(0.0, -1.0, 1.0)) -> Any:
        return level(at=at) * -1

    assert player.use(Node(upside_down, "2"), {"at": 0.5}, 0)
    edited = played(player, FADE_HOPS, at=0.5)[:, 0]
    assert edited[0] == pytest.approx(0.5, abs=0.01)
    assert edited[-1] == pytest.approx(-0.5, abs=0.01)
    assert np.abs(np.diff(edited)).max() < 0.01


def test_what_is_built_alike_plays_on() -> None:
    player = PatchPlayer(0)
    assert player.use(Node(hiss), {"loud": 0.5}, 0)
    assert not player.use(Node(hiss), {"loud": 0.2}, 0)


def test_one_that_bursts_fades_out_is_told_and_built_anew() -> None:
    faults: list[str] = []
    player = PatchPlayer(0, lambda what, error: faults.append(what))

    def burst(sound: Any) -> Any:
        import pyo

        return pyo.Biquad(sound * 1e30, freq=20, q=1) * 1e30

    player.use(Node(burst), {}, 1)
    out = played(player, 120, [np.full((HOP, 2), 1.0, np.float32)])
    assert np.isfinite(out).all() and np.abs(out).max() <= LOUDEST
    assert len(faults) == 1 and "built anew" in faults[0]


def test_not_a_number_that_comes_in_is_forgotten() -> None:
    player = PatchPlayer(0)
    player.use(Node(through), {}, 1)
    broken = np.full((HOP, 2), np.nan, np.float32)
    assert not played(player, 2, [broken]).any()
    assert played(player, 3, [np.full((HOP, 2), 0.5, np.float32)]).any()


def test_an_error_in_a_function_that_pyo_calls_is_told_once() -> None:
    faults: list[Any] = []

    def calls(*, x: Any = param(0.0)) -> Any:
        import pyo

        pyo.Pattern(lambda: 1 / 0, time=0.01).play()
        return pyo.Sig(0)

    player = PatchPlayer(0, lambda what, error: faults.append(error))
    player.use(Node(calls), {"x": 0.0}, 0)
    played(player, 10, x=0.0)
    assert [type(error) for error in faults] == [ZeroDivisionError]


def test_a_patch_without_a_sound_is_told_what_to_write() -> None:
    with pytest.raises(BadPatch, match="returned nothing; end it with return"):
        BuiltPatch(declare("patch", lambda sound: None, name="empty"), {}, {}, 1)


def test_values_are_finite_and_within_their_range() -> None:
    def tuned(*, note: Any = param(60, 24, 72), free: Any = param(1.0), pan: Any = param((0, 0))):
        return None

    wanted = {"note": 72.0, "free": 1e5, "pan": (0.0, 1.0)}
    assert held(declare("patch", tuned), {"note": 1e9, "free": 1e30, "pan": (0, 1)}) == wanted
    nan = float("nan")
    assert held(declare("patch", tuned), {"note": nan, "free": nan})["note"] == 60.0


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda sound, *, shape=param("sine", choices=("sine", "saw")): None, "write static"),
        (lambda sound, *, heard=param(0.0): None, "heard=True sends a patch to the room"),
        (lambda sound, *, now: None, "a patch is built once and has no 'now'"),
    ],
)
def test_what_a_patch_cannot_have_is_refused(make: Any, said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        declare("patch", make, name="wrong")


def test_words_are_fixed_when_it_is_built() -> None:
    def wave(*, shape: str = static("sine", choices=("sine", "saw"))) -> Any:
        return None

    assert [row.live for row in declare("patch", wave).params] == [False]
