"""The films livegan's own models learn from: functions of the sound, in sync with it."""

from __future__ import annotations

import sys
from pathlib import Path

import av
import numpy as np
import pytest
from typer.testing import CliRunner

from livegan.sound.features import FEATURES
from livegan.sound.history import Hearing, RecordedHistory

FOLDER = Path(__file__).parents[2] / "models" / "films"
sys.path.insert(0, str(FOLDER))
import render  # noqa: E402
import typer  # noqa: E402
from worlds import WORLDS  # noqa: E402

SIZE = 64
RATE = 48000


def heard(seconds: float = 12.0, *, loud: float = 0.4, kick: float = 0.0) -> Hearing:
    """Noise and a low note, with levels that rise, and a kick at the end."""
    rng = np.random.default_rng(2)
    t = np.arange(int(seconds * RATE)) / RATE
    wave = np.sin(2 * np.pi * 90 * t) + 0.3 * rng.standard_normal(len(t))
    samples = (loud * wave * (0.3 + 0.7 * t / seconds))[:, None].repeat(2, axis=1)
    features = np.zeros((len(samples) // 480, len(FEATURES)), np.float32)
    rows = {"low": 0.8, "mid": 0.5, "high": 0.4, "level": 0.6}
    for name, value in rows.items():
        features[:, FEATURES.index(name)] = value * loud / 0.4
    features[-8:, FEATURES.index("kick")] = kick
    return Hearing(RecordedHistory(samples.astype(np.float32), features))


@pytest.mark.parametrize("name", WORLDS)
def test_a_picture_is_the_same_for_the_same_sound_whatever_was_drawn_before(name: str) -> None:
    world = WORLDS[name]()
    hearing = heard()
    first = world.draw(hearing.at(11 * RATE), SIZE)
    world.draw(hearing.at(3 * RATE), SIZE)
    again = WORLDS[name]().draw(heard().at(11 * RATE), SIZE)
    assert first.shape == (SIZE, SIZE, 3)
    assert first.dtype == np.float32
    assert first.min() >= 0
    assert first.max() <= 1
    assert np.array_equal(first, again)


@pytest.mark.parametrize("name", WORLDS)
def test_a_picture_does_not_know_the_sound_to_come(name: str) -> None:
    before = WORLDS[name]().draw(heard(8.0).at(int(4 * RATE)), SIZE)
    long = heard(8.0)
    samples = long.history.samples(0, 8 * RATE)
    samples[4 * RATE :] = 0
    features = long.history.features(0, 800)
    features[400:] = 0
    after = WORLDS[name]().draw(Hearing(RecordedHistory(samples, features)).at(4 * RATE), SIZE)
    assert np.array_equal(before, after)


@pytest.mark.parametrize("name", WORLDS)
def test_loud_and_silent_look_different_and_silence_is_not_black(name: str) -> None:
    world = WORLDS[name]()
    loud = world.draw(heard().at(), SIZE)
    silent = world.draw(heard(loud=0.0).at(), SIZE)
    assert np.abs(loud - silent).mean() > 0.02
    assert silent.mean() > 0.01
    assert loud.mean() > silent.mean()


@pytest.mark.parametrize("name", ["city", "ocean"])
def test_a_kick_lights_the_picture(name: str) -> None:
    world = WORLDS[name]()
    assert world.draw(heard(kick=1.0).at(), SIZE).mean() > world.draw(heard().at(), SIZE).mean()


@pytest.mark.parametrize("name", WORLDS)
def test_a_larger_picture_is_the_same_view(name: str) -> None:
    world = WORLDS[name]()
    small, large = world.draw(heard().at(), 96), world.draw(heard().at(), 192)
    shrunk = large.reshape(96, 2, 96, 2, 3).mean(axis=(1, 3))
    assert np.corrcoef(small.mean(axis=2).ravel(), shrunk.mean(axis=2).ravel())[0, 1] > 0.8


def test_a_film_has_its_frames_and_its_sound_from_the_first_moment(tmp_path: Path) -> None:
    samples = np.zeros((RATE * 2, 2), np.float32)
    samples[RATE : RATE + 4800] = 0.5 * np.sin(np.arange(4800) / 8)[:, None]

    out = tmp_path / "film.mp4"
    with render.writer(out, samples, fps=10) as written:
        for number in range(20):
            written.write(np.full((64, 64, 3), 255 if number >= 10 else 0, np.uint8))
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]
    with av.open(str(out)) as film:
        video = [(float(f.time), f.to_ndarray(format="gray").mean()) for f in film.decode(video=0)]
    with av.open(str(out)) as film:
        blocks = list(film.decode(audio=0))
    heard_ = np.concatenate([b.to_ndarray()[0] for b in blocks])
    start = float(blocks[0].time)
    assert len(video) == 20
    flash = next(time for time, level in video if level > 128)
    burst = start + np.flatnonzero(np.abs(heard_) > 0.2)[0] / RATE
    assert flash == pytest.approx(1.0, abs=1e-6)
    assert burst == pytest.approx(1.0, abs=0.005)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lake"], "no world 'lake'"),
        (["city", "--style", "polka"], "no style 'polka'"),
        (["city", "--size", "65"], "even number"),
    ],
)
def test_what_cannot_be_rendered_is_refused(
    arguments: list[str], message: str, tmp_path: Path
) -> None:
    app = typer.Typer()
    app.command()(render.main)
    result = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "film.mp4")])
    assert result.exit_code == 2
    assert message in result.output
