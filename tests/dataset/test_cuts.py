"""Cuts are found where two shots meet, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from livegan.dataset import Split, build
from livegan.dataset.cuts import ACROSS, DOWN, Cuts, glance
from tests.dataset.tiny_films import film

FPS = 25


def scene(seed: int, frames: int, pan: float = 0.3) -> np.ndarray:
    """(frames, 3, DOWN, ACROSS): a place of its own colours, across which the camera moves."""
    chance = np.random.default_rng(seed)
    coarse = chance.uniform(0, 1, (3, 7, 24))
    coarse[0] = coarse[0] * chance.uniform(60, 150) + chance.uniform(10, 90)
    coarse[1:] = (coarse[1:] - 0.5) * 50 + chance.uniform(90, 166, (2, 1, 1))
    wide = np.kron(coarse, np.ones((1, -(-DOWN // 7), 8)))
    soft = sum(np.roll(wide, shift, 2) for shift in range(-3, 4)) / 7
    shots = [
        np.roll(soft, -round(pan * index), 2)[:, :DOWN, :ACROSS]
        + chance.normal(0, 2, (3, DOWN, ACROSS))
        for index in range(frames)
    ]
    return np.array(shots)


def found(frames: np.ndarray, fps: float = FPS) -> list[int]:
    """Numbers of the frames at which there is a cut."""
    cuts = Cuts()
    for index, points in enumerate(frames):
        cuts.see(glance(index / fps, np.clip(points, 0, 255).astype(np.uint8)))
    return [round(time * fps) for time in cuts.finish()]


@pytest.mark.parametrize("seed", range(6))
def test_shots_that_are_cut_together_are_cut_there(seed: int) -> None:
    lengths = [40, 25, 60, 18, 33]
    shots = [scene(10 * seed + n, length) for n, length in enumerate(lengths)]
    assert found(np.concatenate(shots)) == [40, 65, 125, 143]


def test_a_pan_is_no_cut() -> None:
    assert found(scene(1, 80, pan=3.0)) == []


@pytest.mark.parametrize("length", [12, 25, 50])
def test_a_dissolve_is_no_cut(length: int) -> None:
    one, two = scene(1, 40 + length), scene(2, 40 + length)
    mix = np.linspace(0, 1, length)[:, None, None, None]
    between = one[40:] * (1 - mix) + two[:length] * mix
    assert found(np.concatenate([one[:40], between, two[length:]])) == []


def test_a_fade_through_black_is_no_cut() -> None:
    shot = scene(3, 100)
    light = np.abs(np.linspace(-1, 1, 100)).clip(0.02)[:, None, None]
    shot[:, 0] *= light
    shot[:, 1:] = 128 + (shot[:, 1:] - 128) * light[:, None]
    assert found(shot) == []


@pytest.mark.parametrize("last", [1, 3, 8])
def test_a_flash_is_no_cut(last: int) -> None:
    shot = scene(4, 90)
    for index in range(last):
        part = 1 - index / last
        shot[40 + index, 0] += (250 - shot[40 + index, 0]) * part
        shot[40 + index, 1:] += (128 - shot[40 + index, 1:]) * part
    assert found(shot) == []


def test_strobe_light_is_no_cut() -> None:
    shot = scene(5, 90)
    shot[::6, 0] *= 0.35
    assert found(shot) == []


def test_a_flash_beside_a_cut_does_not_hide_it() -> None:
    one, two = scene(6, 50), scene(7, 50)
    one[30] = 235
    assert found(np.concatenate([one, two])) == [50]


def test_cuts_of_a_film_are_in_its_manifest_by_presentation_time(tmp_path: Path) -> None:
    path = tmp_path / "cut.mp4"
    shots = np.concatenate([scene(1, 30), scene(2, 30), scene(3, 30)])
    rate = 24
    tone = 0.3 * np.sin(np.arange(48000 * 5) / 20).astype(np.float32)
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=rate)
        video.width, video.height, video.pix_fmt = 4 * ACROSS, 4 * DOWN, "yuv444p"
        audio = out.add_stream("aac", rate=48000, layout="mono")
        block = av.AudioFrame.from_ndarray(tone[None], format="fltp", layout="mono")
        block.sample_rate = 48000
        out.mux(audio.encode(block))
        out.mux(audio.encode(None))
        for index, points in enumerate(shots):
            pixels = np.kron(np.clip(points, 0, 255), np.ones((1, 4, 4))).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="yuv444p")
            frame.pts = index + 12
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    report = build([path], ["levels"], out=tmp_path / "o", size=32, split=Split(share=0)).films[0]
    assert list(report.cuts) == pytest.approx([42 / rate, 72 / rate], abs=0.003)
    assert '"cuts": [' in (tmp_path / "o" / "manifest.json").read_text()


def test_a_film_of_one_frame_has_no_cuts(tmp_path: Path) -> None:
    path = film(tmp_path / "one.mkv", seconds=1, fps=1)
    cuts = Cuts()
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            cuts.feed(0.0, frame)
    assert cuts.finish() == []
