"""The sound beside an NDI sender's pictures is as late as they are, without gaps."""

from __future__ import annotations

import numpy as np
import pytest

from livegan.builtin.outputs.ndi_sound import BLOCK, FADE, LONGEST, SoundBeside
from livegan.sound import RATE

FRAME = RATE // 30


class Ramp:
    """A sound whose samples say where they stand."""

    position = 0

    def samples(self, start: int, stop: int) -> np.ndarray:
        return np.repeat(np.arange(start, stop, dtype=np.float32)[:, None] / 1e7, 2, 1)


def played(sound: Ramp, beside: SoundBeside, late: int, frames: int) -> list[int]:
    """Where each sample that was sent stands, in the show's sound."""
    sent: list[int] = []
    for _ in range(frames):
        sound.position += FRAME
        beside.picture(sound.position - late)
        for block in beside.blocks():
            assert block.shape == (2, BLOCK) and block.dtype == np.float32
            sent += [round(float(x)) for x in block[0] * 1e7]
    return sent


@pytest.mark.parametrize("late", [0, 2400, 9600])
def test_the_sound_is_as_late_as_the_pictures_and_whole(late: int) -> None:
    sound = Ramp()
    sound.position = 10 * RATE
    sent = played(sound, SoundBeside(sound), late, 60)
    assert np.diff(sent).tolist() == [1] * (len(sent) - 1)
    assert 0 <= sound.position - late - sent[-1] - 1 < BLOCK


@pytest.mark.parametrize(("before", "after"), [(0, 7200), (7200, 0)])
def test_when_pictures_get_later_the_sound_follows_with_one_soft_step(
    before: int, after: int
) -> None:
    sound = Ramp()
    sound.position = 10 * RATE
    beside = SoundBeside(sound)
    played(sound, beside, before, 60)
    sent = played(sound, beside, after, 90)
    steps = np.diff(sent)
    assert np.count_nonzero(steps != 1) <= FADE
    assert np.abs(steps - 1).max() <= 7200 // FADE + 2
    assert 0 <= sound.position - after - sent[-1] - 1 < BLOCK


def test_a_held_picture_does_not_hold_the_sound() -> None:
    sound = Ramp()
    sound.position = 10 * RATE
    beside = SoundBeside(sound)
    played(sound, beside, 2400, 60)
    held = sound.position - 2400
    for _ in range(60):
        sound.position += FRAME
        beside.picture(held)
        last = beside.blocks()
    assert len(last) > 0 and 2 * RATE > LONGEST
    assert round(float(last[-1][0, -1]) * 1e7) > held + RATE


def test_after_a_long_sleep_the_sound_begins_anew() -> None:
    sound = Ramp()
    sound.position = 10 * RATE
    beside = SoundBeside(sound)
    played(sound, beside, 2400, 10)
    sound.position += 60 * RATE
    assert beside.blocks() == []
    sent = played(sound, beside, 2400, 10)
    assert sent[0] >= 69 * RATE
