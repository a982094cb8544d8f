"""Sound out of files of any kind."""

from __future__ import annotations

import sys
import types
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from livegan.sound.downmix import to_stereo
from livegan.sound.media import MediaError, decode, duration, open_media

RATE = 48000


def tone(seconds: float, rate: int = RATE, hz: float = 441.0, channels: int = 2) -> np.ndarray:
    t = np.arange(round(seconds * rate)) / rate
    wave = 0.5 * np.sin(2 * np.pi * hz * t)
    return np.stack([wave / (1 + c) for c in range(channels)], axis=1).astype(np.float32)


def write_wav(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).round().astype("<i2").tobytes())
    return path


def write_av(
    path: Path,
    samples: np.ndarray,
    codec: str,
    *,
    rate: int = RATE,
    layout: str = "stereo",
    late: float = 0.0,
    picture: bool = False,
) -> Path:
    """A file made with PyAV: a film if ``picture``, its sound beginning ``late`` seconds."""
    with av.open(str(path), "w") as container:
        sound = container.add_stream(codec, rate=rate, layout=layout)
        if picture:
            video = container.add_stream("mpeg4", rate=10, width=64, height=64, pix_fmt="yuv420p")
            for i in range(round((late + len(samples) / rate) * 10)):
                still = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")
                still.pts, still.time_base = i, Fraction(1, 10)
                container.mux(video.encode(still))
            container.mux(video.encode(None))
        step = 1024
        for begin in range(0, len(samples), step):
            part = np.ascontiguousarray(samples[begin : begin + step].T)
            frame = av.AudioFrame.from_ndarray(part, "fltp", layout)
            frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
            frame.pts = begin + round(late * rate)
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    return path


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000, 96000])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_rate_becomes_48_khz_stereo(tmp_path: Path, rate: int, channels: int) -> None:
    path = write_wav(tmp_path / "a.wav", tone(1.5, rate, channels=channels), rate)
    sound = decode(path)
    assert sound.dtype == np.float32
    assert sound.shape == (72000, 2)
    left = tone(1.5)[:, 0]
    middle = slice(2400, -2400)
    np.testing.assert_allclose(sound[middle, 0], left[middle], atol=2e-3)
    np.testing.assert_allclose(sound[middle, 1], left[middle] / channels, atol=2e-3)
    assert duration(path) == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.flac", "flac"), ("a.mka", "pcm_f32le"), ("a.m4a", "aac"), ("a.mp2", "mp2")],
)
def test_formats_agree_on_what_and_when(tmp_path: Path, name: str, codec: str) -> None:
    sound = tone(2.0)
    path = write_av(tmp_path / name, sound, codec)
    out = decode(path)
    assert abs(len(out) - len(sound)) < 3000
    delay = {"mp2": 481}.get(codec, 0)  # the codec's own delay, which mp2 cannot record
    middle = slice(9600, 80000)
    error = out[delay:][middle] - sound[middle]
    assert (error**2).mean() < 0.01 * (sound[middle] ** 2).mean()


@pytest.mark.parametrize(("name", "codec"), [("film.mkv", "flac"), ("film.mp4", "aac")])
@pytest.mark.parametrize("late", [0.0, 1.25])
def test_sound_that_begins_late_in_a_film_stays_in_sync(
    tmp_path: Path, name: str, codec: str, late: float
) -> None:
    path = write_av(tmp_path / name, tone(2.0), codec, late=late, picture=True)
    out = decode(path)
    loud = np.flatnonzero(np.abs(out[:, 0]) > 0.05)
    assert abs(loud[0] / RATE - late) < 0.003
    assert len(out) == pytest.approx((late + 2.0) * RATE, abs=3000)


def test_a_gap_inside_is_filled_and_an_overlap_cut(tmp_path: Path) -> None:
    path = tmp_path / "gap.mka"
    with av.open(str(path), "w") as container:
        sound = container.add_stream("pcm_f32le", rate=RATE, layout="stereo")
        for start, value in [(0, 0.25), (96000, 0.5), (120000, 0.75)]:
            part = np.full((1, 96000), value, np.float32)
            frame = av.AudioFrame.from_ndarray(part, "flt", "stereo")
            frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), start
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    out = decode(path)[:, 0]
    assert out[24000] == 0.25 and out[72000] == 0.0 and out[100000] == 0.5
    assert out[143000] == 0.5 and out[145000] == 0.75
    assert abs(len(out) - 168000) < 100


def test_tags_in_an_old_coding_do_not_keep_a_file_from_opening(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(1.0))
    text = b"\xa9 1993 Stra\xdfe\0"  # Latin-1, as old editors wrote it
    comment = b"INFOICMT" + len(text).to_bytes(4, "little") + text
    data = path.read_bytes() + b"LIST" + len(comment).to_bytes(4, "little") + comment
    path.write_bytes(data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:])
    with pytest.raises(UnicodeDecodeError):
        av.open(str(path)).close()
    assert len(decode(path)) == RATE
    assert duration(path) == pytest.approx(1.0)


def test_surround_is_mixed_by_where_its_channels_stand(tmp_path: Path) -> None:
    names = ("FL", "FR", "FC", "LFE", "BL", "BR")
    six = np.eye(6, dtype=np.float32)
    half = 2**-0.5
    scale = 1 / (1 + 2 * half)
    expected = np.array([[1, 0], [0, 1], [half, half], [0, 0], [half, 0], [0, half]]) * scale
    np.testing.assert_allclose(to_stereo(six, names), expected, atol=1e-6)
    np.testing.assert_allclose(to_stereo(six), expected, atol=1e-6)
    swapped = ("FR", "FL", "FC", "LFE", "SL", "SR")
    np.testing.assert_allclose(to_stereo(six, swapped)[0], [0, scale], atol=1e-6)
    path = write_av(tmp_path / "a.flac", tone(1, channels=6), "flac", layout="5.1")
    np.testing.assert_allclose(
        decode(path)[2400:-2400], to_stereo(tone(1, channels=6))[2400:-2400], atol=1e-3
    )


@pytest.mark.parametrize("count", [3, 4, 5, 7, 8, 9, 16])
def test_a_mix_of_any_channels_cannot_clip_and_hears_both_sides(count: int) -> None:
    out = to_stereo(np.ones((4, count), np.float32))
    assert out.shape == (4, 2)
    assert (out > 0.5).all() and (out <= 1.0 + 1e-6).all()


def test_streaming_gives_what_decoding_gives(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(3, 44100), 44100)
    blocks = list(open_media(path))
    assert max(map(len, blocks)) <= 12000
    np.testing.assert_array_equal(np.concatenate(blocks), decode(path))


@pytest.mark.parametrize("start", [0.5, 1.7071, 61.0])
def test_a_start_is_reached_to_the_sample(tmp_path: Path, start: float) -> None:
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (RATE * 63, 2)).astype(np.float32)
    path = write_wav(tmp_path / "a.wav", noise)
    out = np.concatenate(list(open_media(path, start=start)))
    np.testing.assert_allclose(out, noise[round(start * RATE) :], atol=1e-4)


def test_a_start_past_the_end_gives_nothing(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(0.5))
    assert list(open_media(path, start=9)) == []


def test_a_loop_has_no_gap(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(1.0, hz=440))
    loop = open_media(path, start=0.25, loop=True)
    out = np.zeros((0, 2), np.float32)
    while len(out) < 3.0 * RATE:
        out = np.concatenate([out, next(loop)])
    expected = tone(5.0, hz=440)[RATE // 4 :][: len(out)]
    np.testing.assert_allclose(out, expected, atol=1e-3)


def test_silence_without_end_is_not_made_of_an_empty_file(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", np.zeros((0, 2), np.float32))
    try:
        assert list(open_media(path, loop=True)) == []
    except MediaError as error:
        assert "a.wav" in str(error)


def test_a_missing_file_is_answered_with_the_closest_names(tmp_path: Path) -> None:
    (tmp_path / "gig one.wav").touch()
    with pytest.raises(MediaError, match=r"gig one\.wav"):
        decode(tmp_path / "gig_one.wav")
    with pytest.raises(MediaError, match=r"no such file; .+ has gig one\.wav$"):
        decode(tmp_path / "zzzzzzzzzzzzz")
    (tmp_path / "gig one.wav").rename(tmp_path / "notes.txt")
    with pytest.raises(MediaError, match="there is no sound file in"):
        decode(tmp_path / "zzzzzzzzzzzzz")
    with pytest.raises(MediaError, match="there is no folder"):
        open_media(tmp_path / "nowhere" / "a.wav")
    with pytest.raises(MediaError, match="is a folder"):
        duration(tmp_path)


def test_what_is_no_media_file_is_refused_by_both_libraries(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_text("not sound at all\n" * 10)
    with pytest.raises(MediaError) as caught:
        decode(path)
    text = str(caught.value)
    assert "a.wav" in text and "PyAV: " in text and "libsndfile: " in text
    assert "\n" not in text
    with pytest.raises(MediaError, match="PyAV: "):
        duration(path)


def test_a_film_without_sound_says_so(tmp_path: Path) -> None:
    path = tmp_path / "mute.mkv"
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=10, width=64, height=64, pix_fmt="yuv420p")
        still = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")
        container.mux(video.encode(still))
        container.mux(video.encode(None))
    with pytest.raises(MediaError, match="no audio stream, only video"):
        decode(path)


def test_a_file_that_only_libsndfile_opens_is_read_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = tone(1.0, 24000)

    class SoundFile:
        samplerate = 24000
        frames = len(sound)

        def __init__(self, path: str) -> None:
            self.at = 0

        def __enter__(self) -> SoundFile:
            return self

        def __exit__(self, *error: object) -> None:
            pass

        def seek(self, at: int) -> None:
            self.at = at

        def read(self, count: int, dtype: str, always_2d: bool) -> np.ndarray:
            assert (dtype, always_2d) == ("float32", True)
            self.at += count
            return sound[self.at - count : self.at]

    fake = types.ModuleType("soundfile")
    fake.SoundFile = SoundFile  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "soundfile", fake)
    path = tmp_path / "odd.sd2"
    path.write_bytes(b"nothing that PyAV knows")
    out = decode(path)
    assert out.shape == (48000, 2)
    np.testing.assert_allclose(out[2400:-2400], tone(1.0)[2400:-2400], atol=1e-3)
    assert duration(path) == 1.0


@pytest.mark.parametrize("kind", ["wav", "flac"])
def test_a_file_that_was_cut_off_plays_what_there_is_and_says_so_once(
    tmp_path: Path, kind: str
) -> None:
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (RATE * 10, 2)).astype(np.float32)
    if kind == "wav":
        whole = write_wav(tmp_path / "whole.wav", noise)
    else:
        whole = write_av(tmp_path / "whole.flac", noise, "flac")
    data = whole.read_bytes()
    path = tmp_path / f"cut.{kind}"
    path.write_bytes(data[: len(data) // 2])
    notes: list[str] = []
    out = decode(path, on_note=notes.append)
    assert 4.5 * RATE < len(out) < 5.5 * RATE
    assert len(notes) == 1 and "cut off" in notes[0]
    notes.clear()
    loop = open_media(path, loop=True, on_note=notes.append)
    assert sum(len(next(loop)) for _ in range(300)) > 12 * RATE
    assert len(notes) == 1


def test_sound_that_is_not_a_number_becomes_silence(tmp_path: Path) -> None:
    bad = tone(0.5)
    bad[1000:2000] = np.nan
    bad[3000] = np.inf
    out = decode(write_av(tmp_path / "a.mka", bad, "pcm_f32le"))
    assert np.isfinite(out).all() and not out[1000:2000].any()


def test_a_format_that_only_libsndfile_knows_is_read(tmp_path: Path) -> None:
    import soundfile

    path = tmp_path / "odd.mat"
    soundfile.write(path, np.stack([tone(1.0)[:, 0]] * 2, axis=1), RATE, format="MAT5")
    np.testing.assert_allclose(decode(path)[:, 0], tone(1.0)[:, 0], atol=1e-3)


def test_one_of_several_audio_streams_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "two.mka"
    with av.open(str(path), "w") as container:
        sounds = [container.add_stream("pcm_f32le", rate=RATE, layout="stereo") for _ in range(2)]
        for sound, loud in zip(sounds, (0.2, 0.8), strict=True):
            samples = np.full((1, RATE), loud, np.float32)
            block = av.AudioFrame.from_ndarray(samples, "flt", "stereo")
            block.sample_rate = RATE
            container.mux(sound.encode(block))
    assert decode(path, stream=0).max() == pytest.approx(0.2)
    assert decode(path, stream=1).max() == pytest.approx(0.8)
    looped = open_media(path, loop=True, stream=1)
    assert min(next(looped).max() for _ in range(9)) == pytest.approx(0.8)
    with pytest.raises(MediaError, match="no audio stream 2; it has 2, counted from 0"):
        decode(path, stream=2)
