"""A flash and its click stay together in every container: under half a frame apart."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from livegan.dataset.film import Film
from livegan.sound.media import decode

RATE, FPS, SECONDS = 48000, 25, 3
FLASH = 1.6
"""Seconds at which there is light, and a click."""

H264 = ("libx264", {"bf": "3", "preset": "ultrafast", "x264-params": "b-adapt=0:scenecut=0"})
MPEG2 = ("mpeg2video", {"bf": "2"})
VP9 = ("libvpx-vp9", {"cpu-used": "8", "lag-in-frames": "16", "auto-alt-ref": "1"})
CONTAINERS = {
    "a.mp4": (H264, "aac"),
    "a.mov": (H264, "pcm_s16le"),
    "mp3.mp4": (H264, "libmp3lame"),
    "aac.mkv": (H264, "aac"),
    "opus.mkv": (H264, "libopus"),
    "a.ts": (H264, "aac"),
    "a.flv": (H264, "aac"),
    "a.mpg": (MPEG2, "mp2"),
    "a.webm": (VP9, "libopus"),
    "a.wmv": (("wmv2", {}), "wmav2"),
    "mjpeg.avi": (("mjpeg", {}), "pcm_s16le"),
    "mpeg4.avi": (("mpeg4", {"bf": "2"}), "pcm_s16le"),
    "h264.avi": (H264, "pcm_s16le"),
    "mp3.avi": (H264, "libmp3lame"),
    "aac.avi": (H264, "aac"),
}


def flash_and_click(
    path: Path,
    codings: tuple[tuple[str, dict[str, str]], str],
    late: float,
    *,
    shown: Iterable[int] = range(SECONDS * FPS),
) -> None:
    """A film; its sound begins ``late`` seconds after time 0, and has the frames of ``shown``."""
    (video_codec, options), audio_codec = codings
    with av.open(str(path), "w") as out:
        video = out.add_stream(video_codec, rate=FPS, options=options)
        video.width, video.height = 64, 48
        video.pix_fmt = "yuvj420p" if video_codec == "mjpeg" else "yuv420p"
        audio = out.add_stream(audio_codec, rate=RATE, layout="stereo")
        audio.bit_rate = 128_000
        packets = []
        noise = np.random.default_rng(0).integers(30, 60, (SECONDS * FPS, 48, 8, 3), np.uint8)
        for index in shown:
            pixels = np.full((48, 64, 3), 40, np.uint8)
            pixels[:, :8] = noise[index]
            if FLASH <= index / FPS + 1e-6 < FLASH + 0.12:
                pixels[:] = 250
            frame = av.VideoFrame.from_ndarray(pixels, "rgb24").reformat(format=video.pix_fmt)
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            packets += video.encode(frame)
        packets += video.encode(None)
        samples = np.zeros((2, SECONDS * RATE), np.float32)
        click = round(FLASH * RATE)
        tone = np.sin(np.arange(2400) * 2 * np.pi * 1000 / RATE)
        samples[:, click : click + 2400] = 0.8 * tone
        start = round(late * RATE)
        size = audio.codec_context.frame_size or 1024
        form = audio.codec_context.format.name
        for begin in range(start, samples.shape[1], size):
            block = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples[:, begin : begin + size]), "fltp", "stereo"
            )
            block.sample_rate, block.pts, block.time_base = RATE, begin, Fraction(1, RATE)
            (block,) = av.AudioResampler(form, "stereo", RATE).resample(block)
            packets += audio.encode(block)
        packets += audio.encode(None)
        for packet in sorted(packets, key=lambda p: float(p.dts * p.time_base)):
            out.mux(packet)


@pytest.mark.parametrize("late", [0.0, 0.3])
@pytest.mark.parametrize("name", CONTAINERS)
def test_flash_and_click_are_under_half_a_frame_apart(
    tmp_path: Path, name: str, late: float
) -> None:
    if late and name.endswith(".avi"):
        pytest.skip("AVI cannot say that its sound begins late")
    flash_and_click(tmp_path / name, CONTAINERS[name], late)
    with Film(tmp_path / name) as film:
        frames = list(film.frames(32, 1000.0))
    # A program stream may give two small frames of one pack the same time.
    assert SECONDS * FPS - 3 <= len(frames) <= SECONDS * FPS
    flash = next(frame.time for frame in frames if frame.picture.mean() > 150)
    loud = np.abs(decode(tmp_path / name)).max(axis=1)
    click = np.flatnonzero(loud > 0.3)[0] / RATE
    assert abs(flash - click) < 0.5 / FPS


LATE_PICTURES = range(15, SECONDS * FPS)
UNEVEN = [i for i in range(SECONDS * FPS) if i % 7 == 0 or i % 11 < 2 or 39 <= i <= 44]
"""Frames that come after 40 ms, 80 ms, 120 ms..."""


@pytest.mark.parametrize("name", ["a.mp4", "aac.mkv", "a.ts", "a.webm"])
@pytest.mark.parametrize("shown", [LATE_PICTURES, UNEVEN], ids=["late pictures", "variable rate"])
def test_pictures_that_begin_late_or_come_unevenly_stay_with_their_sound(
    tmp_path: Path, name: str, shown: Iterable[int]
) -> None:
    flash_and_click(tmp_path / name, CONTAINERS[name], 0.0, shown=shown)
    with Film(tmp_path / name) as film:
        frames = list(film.frames(32, 1000.0))
    assert len(frames) == len(list(shown))
    flash = next(frame.time for frame in frames if frame.picture.mean() > 150)
    click = np.flatnonzero(np.abs(decode(tmp_path / name)).max(axis=1) > 0.3)[0] / RATE
    assert abs(flash - click) < 0.5 / FPS


def cut_within_a_frame(film: Path, path: Path, start: float) -> None:
    """A QuickTime file without what comes before ``start``, not encoded anew (``ffmpeg -ss``): its
    packets from the key frame on, and an edit list that says where it begins."""
    with av.open(str(film)) as given, av.open(str(path), "w") as out:
        streams = {s.index: out.add_stream_from_template(s) for s in given.streams}
        for packet in given.demux():
            if packet.dts is not None:
                shift = round(start / packet.time_base)
                packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
                packet.stream = streams[packet.stream.index]
                out.mux(packet)


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_an_edit_list_that_begins_within_a_frame_moves_nothing(tmp_path: Path, suffix: str) -> None:
    flash_and_click(tmp_path / "whole.mp4", CONTAINERS["a.mp4"], 0.0)
    cut_within_a_frame(tmp_path / "whole.mp4", tmp_path / f"a{suffix}", 0.77)
    with Film(tmp_path / f"a{suffix}") as film:
        frames = list(film.frames(32, 1000.0))
    flash = next(frame.time for frame in frames if frame.picture.mean() > 150)
    click = np.flatnonzero(np.abs(decode(tmp_path / f"a{suffix}")).max(axis=1) > 0.3)[0] / RATE
    assert flash == pytest.approx(FLASH - 0.77, abs=0.001)
    assert abs(flash - click) < 0.25 / FPS


def test_without_presentation_times_every_frame_is_shown_once_in_order(tmp_path: Path) -> None:
    flash_and_click(tmp_path / "a.avi", CONTAINERS["h264.avi"], 0.0)
    with Film(tmp_path / "a.avi") as film:
        times = [frame.time for frame in film.frames(32, 1000.0)]
    assert times == pytest.approx([index / FPS for index in range(SECONDS * FPS)], abs=0.001)


def test_frames_find_their_time_again_after_damage(tmp_path: Path) -> None:
    flash_and_click(
        tmp_path / "a.avi",
        (("libx264", {"bf": "3", "x264-params": "b-adapt=0:keyint=10:scenecut=0"}), "pcm_s16le"),
        0.0,
    )
    data = bytearray((tmp_path / "a.avi").read_bytes())
    place = data.index(b"00dc", len(data) // 10)
    data[place + 8 : place + 400] = bytes(392)
    (tmp_path / "hurt.avi").write_bytes(data)
    with Film(tmp_path / "hurt.avi") as film:
        frames = list(film.frames(32, 1000.0))
    flash = next(frame.time for frame in frames if frame.picture.mean() > 150)
    assert flash == pytest.approx(FLASH, abs=0.5 / FPS)


def test_a_still_picture_that_is_flagged_default_is_not_the_film(tmp_path: Path) -> None:
    path = tmp_path / "cover.mkv"
    with av.open(str(path), "w") as out:
        cover = out.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 640, 640, "yuvj420p"
        cover.disposition = av.stream.Disposition.default
        video = out.add_stream("libx264", rate=FPS)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        video.disposition = av.stream.Disposition(0)
        audio = out.add_stream("pcm_s16le", rate=RATE, layout="stereo")
        still = av.VideoFrame.from_ndarray(np.full((640, 640, 3), 250, np.uint8), "rgb24")
        still.pts, still.time_base = 0, Fraction(1, 1)
        packets = [*cover.encode(still.reformat(format="yuvj420p")), *cover.encode(None)]
        for index in range(20):
            dark = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 5 * index, np.uint8), "rgb24")
            dark.pts, dark.time_base = index, Fraction(1, FPS)
            packets += video.encode(dark.reformat(format="yuv420p"))
        packets += video.encode(None)
        block = av.AudioFrame.from_ndarray(np.ones((1, 2 * RATE), np.int16), "s16", "stereo")
        block.sample_rate, block.pts = RATE, 0
        packets += [*audio.encode(block), *audio.encode(None)]
        for packet in sorted(packets, key=lambda p: float(p.dts * p.time_base)):
            out.mux(packet)
    with Film(path) as film:
        frames = list(film.frames(32, 100.0))
        assert film.notes == []
    assert len(frames) == 20 and all(frame.picture.mean() < 150 for frame in frames)
