"""What the room hears: 50 ms between all and nothing, whoever asks."""

from __future__ import annotations

import numpy as np

from livegan.patches.room import RoomMix
from livegan.sound import HOP


def ones(key: str, start: int, stop: int) -> np.ndarray:
    return np.full((stop - start, 2), 0.25 if key == "a" else 0.5, np.float32)


def test_patches_come_and_go_within_five_hops() -> None:
    room = RoomMix()
    room.hear(["a"], 10)
    room.hear([], 20)
    heard = room.mix(ones, 0, 40 * HOP)[:, 0]
    assert not heard[: 10 * HOP].any() and not heard[25 * HOP :].any()
    assert np.all(heard[15 * HOP : 20 * HOP] == 0.25)
    assert np.abs(np.diff(heard)).max() < 0.001


def test_several_are_added_and_a_part_is_that_of_the_whole() -> None:
    room = RoomMix()
    room.hear(["a", "b"], 2)
    whole = room.mix(ones, 0, 20 * HOP)
    assert whole[-1, 0] == 0.75
    assert np.allclose(room.mix(ones, 1234, 5678), whole[1234:5678], atol=1e-6)
    assert room.keys == {"a", "b"} and not room.silent
