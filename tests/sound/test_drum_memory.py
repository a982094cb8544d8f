"""The drum network: a frame at a time it says what it says of a whole recording."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np

from livegan.sound.hearing.bands import KIT_BANDS
from livegan.sound.hearing.drum_memory import (
    CLASSES,
    FRAMES,
    HIGHEST,
    LOWEST,
    SECOND,
    THIRD,
    MemoryNetwork,
    shipped,
    sigmoid,
)

FOLDER = files("livegan.sound.hearing")


def frames(count: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.uniform(LOWEST, HIGHEST, (count, KIT_BANDS)).astype(np.float32)


def whole(x: np.ndarray) -> np.ndarray:
    """The network over all frames at once, written plainly; as if silence had come before."""
    w = {name: value.astype(np.float64) for name, value in shipped().items()}

    def side_by_side(rows: np.ndarray, ago: tuple[int, ...], before: float) -> np.ndarray:
        padded = np.concatenate([np.full((max(ago), rows.shape[1]), before), rows])
        return np.concatenate([padded[max(ago) - a : len(padded) - a] for a in ago], axis=1)

    def layer(name: str, rows: np.ndarray) -> np.ndarray:
        return rows @ w[f"{name}_w"].T + w[f"{name}_b"]

    first = np.maximum(layer("first", side_by_side(x, tuple(range(FRAMES))[::-1], LOWEST)), 0)
    second = np.maximum(layer("second", side_by_side(first, SECOND, 0.0)), 0)
    shape = np.maximum(layer("third", side_by_side(second, THIRD, 0.0)), 0) + second
    memory, kept = np.zeros(len(w["kept_b"]) // 3), []
    for row in shape:
        new, old = layer("new", row), layer("kept", memory)
        n = len(memory)
        reset, update = (1 / (1 + np.exp(-(new[i : i + n] + old[i : i + n]))) for i in (0, n))
        memory = (1 - update) * np.tanh(new[2 * n :] + reset * old[2 * n :]) + update * memory
        kept.append(memory)
    both = np.concatenate([shape, np.array(kept)], axis=1)
    return 1 / (1 + np.exp(-layer("last", np.maximum(layer("fourth", both), 0))))


def test_a_frame_at_a_time_is_the_whole_network() -> None:
    x = frames(120)
    network = MemoryNetwork()
    stepped = np.array([network.step(frame) for frame in x])
    assert stepped.shape == (120, len(CLASSES))
    np.testing.assert_allclose(stepped, whole(x), atol=2e-4)


def test_hours_of_noise_leave_its_memory_in_bounds() -> None:
    network = MemoryNetwork()
    for frame in np.tile(frames(50), (10, 1)):
        said = network.step(frame)
    assert np.isfinite(said).all() and (said >= 0).all() and (said <= 1).all()
    assert np.abs(network._memory).max() <= 1.0


def test_sigmoid_is_between_0_and_1_for_any_number() -> None:
    x = np.array([-1e9, -1.0, 0.0, 1.0, 1e9], np.float32)
    assert sigmoid(x)[2] == 0.5
    assert (np.diff(sigmoid(x)) > 0).all() and sigmoid(x).dtype == np.float32


def test_the_weights_are_small_and_have_a_card() -> None:
    assert len(FOLDER.joinpath("drum_memory.npz").read_bytes()) < 500_000
    card = json.loads(FOLDER.joinpath("drum_memory.json").read_text())
    assert {"data", "licence", "held_out", "scores", "recipe"} <= set(card)
