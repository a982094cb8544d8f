"""Several sounds in a program: which one a node draws, over edits, and what is silent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from livegan.engine.program.hearings import OneClock, RingSounds
from livegan.ipc.sound_ring import SoundRing, ring_of
from livegan.sound import HOP, RATE
from livegan.sound.features import FEATURES
from livegan.sound.history import RecordedHistory
from tests.engine.playing import Show, sound

SET = """
from livegan.live import *
settings(swap="now", dissolve=0)
wave = encode.waveform({heard})
show(wave.brightness({heard}.level - 1))
"""


def test_an_input_draws_the_same_bits_as_the_sound_that_it_is(tmp_path: Path) -> None:
    own, named = Show(tmp_path / "own", ""), Show(tmp_path / "named", "")
    named.sounds["drums"] = named.history.recording
    own.save(SET.format(heard="listen()"))
    named.save(SET.format(heard='listen("drums")'))
    for a, b in zip(own.play(0.4), named.play(0.4), strict=True):
        assert torch.equal(a.picture, b.picture)
    assert float(a.picture.std()) > 0.01


def test_an_input_that_nobody_makes_is_silent_and_is_heard_once_it_is_there(tmp_path: Path) -> None:
    silent = Show(tmp_path, SET.format(heard='listen("drums")'))
    commit = silent.save()
    assert commit is not None and commit.status != "refused"
    before = silent.play()[-1].picture
    silent.sounds["drums"] = silent.history.recording
    assert not torch.equal(silent.play()[-1].picture, before)


def test_another_sound_keeps_the_node_and_its_hearing_goes_with_the_name(tmp_path: Path) -> None:
    show = Show(tmp_path, SET.format(heard="listen()"))
    show.sounds["drums"] = RecordedHistory.of(0.2 * sound()[0][:, ::-1])
    show.save()
    show.play(0.2)
    commit = show.save(SET.format(heard='listen("drums")'))
    assert commit is not None and "wave" in commit.kept
    show.play(0.2)
    hearing = show.player.hearings._of("drums")
    show.save(SET.format(heard='listen("drums")').replace("- 1", "- 0.9"))
    show.play(0.2)
    assert show.player.hearings._of("drums") is hearing


def test_an_object_that_is_fed_is_fed_by_the_sound_that_it_is_given(tmp_path: Path) -> None:
    text = """
from livegan.live import *
settings(swap="now", dissolve=0)

@encoder
class Peak:
    def __init__(self):
        self.peak = 0.0

    def feed(self, block):
        self.peak = max(self.peak, float(abs(block).max()))

    def draw(self, sound, *, size):
        import numpy as np
        return np.full(size, self.peak)

show(Peak(listen("quiet")))
"""
    show = Show(tmp_path, text)
    show.sounds["quiet"] = RecordedHistory.of(0.25 * sound()[0])
    show.save()
    loudest = 0.25 * float(np.abs(sound()[0][: 3 * RATE]).max())
    assert abs(float(show.play(1.0)[-1].picture.max()) - loudest) < 0.01


def test_all_sounds_have_the_tempo_of_the_show() -> None:
    samples, features = sound()
    show = RecordedHistory(samples, features)
    other = RecordedHistory(0 * samples, 0 * features)
    for own in (other, None):
        rows = OneClock(show, own).features(90, 100)
        assert (rows[:, 8:10] == features[90:100, 8:10]).all() and not rows[:, :8].any()


def test_an_engine_finds_the_ring_of_an_input_by_its_name() -> None:
    with SoundRing.create(1) as main:
        sounds = RingSounds(main)
        assert sounds.history("drums") is None
        name = ring_of(main.name, "drums")
        assert len(name) < 31
        with SoundRing.create(1, name=name, hops_before=3) as ring:
            ring.write(np.ones((HOP, 2), np.float32))
            ring.write_features(np.ones((1, len(FEATURES))))
            assert sounds.history("drums") is None  # it is looked for once a second
            main.write(np.zeros((RATE, 2), np.float32))
            found = sounds.history("drums")
            assert found is not None and (found.hops, found.position) == (4, 4 * HOP)
            assert found.samples(0, 4 * HOP).sum() == 2 * HOP
            assert found.features(0, 5)[:, 0].tolist() == [0, 0, 0, 1, 0]
            sounds.close()
