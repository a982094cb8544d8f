"""Pictures and sound stay together where the timestamps of a film start over."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from livegan.dataset.film import Film
from livegan.dataset.timeline import Timeline
from livegan.sound.media import GAP, decode

RATE, FPS = 48000, 5


def part(path: Path, seconds: int, first: int, offset: float = 0.0) -> bytes:
    """A recording whose picture and sound both tell the second, from ``first`` on."""
    with av.open(str(path), "w", format="mpegts") as out:
        video = out.add_stream("mpeg2video", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        video.bit_rate = 400_000
        video.codec_context.gop_size = 5
        sound = out.add_stream("mp2", rate=RATE, layout="mono")
        time = first + np.arange(seconds * RATE) / RATE
        wave = 0.5 * np.sin(2 * np.pi * np.cumsum(pitch(np.floor(time))) / RATE)
        for second in range(seconds):
            for index in range(25):
                grey = np.full((48, 64, 3), 40 + 4 * (first + second), np.uint8)
                frame = av.VideoFrame.from_ndarray(grey, "rgb24").reformat(format="yuv420p")
                frame.pts = round((offset + second) * 25) + index
                frame.time_base = Fraction(1, 25)
                out.mux(video.encode(frame))
            ints = (wave[second * RATE : (second + 1) * RATE] * 32767).astype(np.int16)
            block = av.AudioFrame.from_ndarray(ints.reshape(1, -1), "s16", "mono")
            block.sample_rate, block.pts = RATE, round((offset + second) * RATE)
            block.time_base = Fraction(1, RATE)
            out.mux(sound.encode(block))
        out.mux(video.encode(None))
        out.mux(sound.encode(None))
    return path.read_bytes()


def pitch(second: np.ndarray) -> np.ndarray:
    return 200 + 20 * second


def joined(path: Path, *parts: tuple[int, int, float]) -> Path:
    """Recordings behind each other in one file, as ``cat`` makes it."""
    found = [part(path.with_suffix(f".{n}.ts"), *how) for n, how in enumerate(parts)]
    path.write_bytes(b"".join(found))
    return path


@pytest.mark.parametrize(
    ("parts", "starts"),
    [
        ([(34, 0, 0.0), (6, 40, 0.0)], 1),
        ([(4, 0, 0.0), (6, 10, 100.0)], 1),
        ([(34, 0, 0.0), (6, 40, 0.0), (5, 47, 200.0)], 2),
    ],
)
def test_pictures_go_with_the_sound_of_their_part(
    tmp_path: Path, parts: list[tuple[int, int, float]], starts: int
) -> None:
    path = joined(tmp_path / "jump.ts", *parts)
    sound = decode(path, on_note=lambda _: None)[:, 0]
    with Film(path) as film:
        frames = list(film.frames(16, FPS))
    total = sum(seconds for seconds, _, _ in parts)
    assert len(frames) == pytest.approx(total * FPS, abs=3 * len(parts))
    shown = np.array([(frame.picture.mean() - 40) / 4 for frame in frames])
    heard = []
    for frame in frames:
        some = sound[round(frame.time * RATE) :][: RATE // 20]
        crossings = np.flatnonzero(np.diff(np.signbit(some)))
        if len(crossings) < 4:
            heard.append(np.nan)
            continue
        hertz = (len(crossings) - 1) / 2 / ((crossings[-1] - crossings[0]) / RATE)
        heard.append((hertz - 200) / 20)
    apart = np.abs(shown - np.array(heard))
    # Within 0.1 s of a change of second, picture and tone may still tell the one before.
    assert np.mean(apart[np.isfinite(apart)] < 0.6) > 0.85
    assert np.nanquantile(apart, 0.97) < 1.6
    told = {round(float(s)) for s in shown}
    assert told >= {first + n for seconds, first, _ in parts for n in range(seconds)}
    assert len([note for note in film.notes if "timestamps start over at" in note]) == starts


def test_parts_that_the_sound_cuts_as_an_overlap_are_cut_alike_and_told(tmp_path: Path) -> None:
    path = joined(tmp_path / "short.ts", (5, 0, 0.0), (8, 20, 0.0))
    with Film(path) as film:
        frames = list(film.frames(16, FPS))
    assert frames[-1].time == pytest.approx(8, abs=0.5)
    assert [note for note in film.notes if "jump back from 5" in note]


def test_a_film_whose_sound_ends_early_keeps_its_times() -> None:
    notes: list[str] = []
    timeline = Timeline(0.0, notes.append)
    assert timeline.shift(3.0) == 0.0 and not timeline.knows(3.0)
    for n in range(10):
        timeline.hear(n / 10, 0.1)
    assert timeline.shift(500.0) == 0.0


def test_a_picture_that_follows_late_belongs_to_the_part_before() -> None:
    notes: list[str] = []
    timeline = Timeline(0.0, notes.append)
    for n in range(400):
        timeline.hear(n / 10, 0.1)
    timeline.hear(0.0, 0.1)
    assert timeline.knows(1.0) and not timeline.knows(39.9)
    assert timeline.shift(39.9) == 0.0
    assert timeline.shift(0.4) == pytest.approx(40.0)
    for n in range(1, 500):
        timeline.hear(n / 10, 0.1)
    assert timeline.shift(39.9) == pytest.approx(40.0)  # that is in the second part by now


def test_small_jumps_are_believed_as_the_sound_believes_them() -> None:
    notes: list[str] = []
    timeline = Timeline(0.0, notes.append)
    timeline.hear(0.0, 1.0)
    timeline.hear(GAP, 1.0)
    assert timeline.shift(GAP) == 0.0
    timeline.hear(2.0, 1.0)
    assert timeline.shift(2.0) == 0.0
