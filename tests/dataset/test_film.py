"""Films of every kind are read as a player shows them, or refused in one line."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from livegan.dataset import BadFilm, Split, build
from livegan.dataset.film import Film, FilmFrame
from livegan.dataset.fitting import fitted
from livegan.size import Size
from livegan.sound.media import decode
from tests.dataset.tiny_films import clicks, film, shade

NO_SPLIT = Split(share=0)
RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 200, 30), (30, 30, 220), (230, 230, 230)


def corners(height: int, width: int) -> np.ndarray:
    """Red above left, green above right, blue below left, white below right."""
    picture = np.zeros((height, width, 3), np.uint8)
    top, left = height // 2, width // 2
    picture[:top, :left], picture[:top, left:] = RED, GREEN
    picture[top:, :left], picture[top:, left:] = BLUE, WHITE
    return picture


def named(picture: np.ndarray) -> str:
    """The colours in the corners of a picture, row by row, as letters."""
    size = len(picture)
    near, far = size // 4, 3 * size // 4
    names = {"r": RED, "g": GREEN, "b": BLUE, "w": WHITE, "k": (0, 0, 0)}

    def name(y: int, x: int) -> str:
        pixel = picture[y, x].astype(int)
        return min(names, key=lambda n: int(np.abs(pixel - names[n]).sum()))

    return "".join(name(y, x) for y in (near, far) for x in (near, far))


def movie(
    path: Path,
    pictures: list[np.ndarray],
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv444p",
    turn: int | None = None,
    mirror: bool = False,
    aspect: Fraction | None = None,
    times: list[float] | None = None,
    audio: tuple[tuple[str, float], ...] = (("stereo", 0.4),),
    sound_codec: str = "aac",
    videos: int = 1,
    options: dict[str, str] | None = None,
    clock: int = 1000,
) -> Path:
    """A film with streams of sound (layout, loudness) and of pictures, as said."""
    with av.open(str(path), "w") as out:
        streams = []
        for number in range(videos):
            video = out.add_stream(codec, rate=25 if clock == 25 else 10, options=options or {})
            video.height, video.width = pictures[0].shape[0], pictures[0].shape[1]
            video.pix_fmt = pix_fmt
            video.codec_context.time_base = Fraction(1, clock)
            if aspect is not None:
                video.codec_context.sample_aspect_ratio = aspect
            if turn is not None:
                video.set_display_rotation(turn, hflip=mirror)
            streams.append((number, video))
        sounds = []
        for layout, loud in audio:
            sound = out.add_stream(sound_codec, rate=48000, layout=layout)
            sounds.append((sound, layout, loud))
        for sound, layout, loud in sounds:
            count = len(av.AudioLayout(layout).channels)
            seconds = np.arange(int(48000 * (len(pictures) / 10 + 0.2))) / 48000
            wave = (loud * np.sin(2 * np.pi * 300 * seconds)).astype(np.float32)
            planar = "s16p" if sound_codec == "mp2" else "fltp"
            tone = np.tile(wave, (count, 1))
            if sound_codec == "mp2":
                tone = (tone * 32767).astype(np.int16)
            block = av.AudioFrame.from_ndarray(tone, planar, layout)
            block.sample_rate, block.pts = 48000, 0
            out.mux(sound.encode(block))
            out.mux(sound.encode(None))
        for number, video in streams:
            for index, picture in enumerate(pictures):
                shown = picture if number == 0 else 255 - picture
                frame = av.VideoFrame.from_ndarray(shown, format="rgb24").reformat(format=pix_fmt)
                time = index / 10 if times is None else times[index]
                frame.pts, frame.time_base = round(time * clock), Fraction(1, clock)
                out.mux(video.encode(frame))
            out.mux(video.encode(None))
    return path


def frames(path: Path, rate: float = 10, size: int = 32, **how: object) -> list[FilmFrame]:
    """The frames of a film as a data set has them."""
    with Film(path, **{k: how.pop(k) for k in list(how) if "stream" in k}) as found:  # type: ignore[arg-type]
        return list(found.frames(size, rate, **how))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("turn", "mirror", "shown"),
    [(0, False, "rgbw"), (90, False, "gwrb"), (-90, False, "brwg"), (180, False, "wbgr")],
)
@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_a_film_of_a_turned_camera_stands_upright(
    tmp_path: Path, turn: int, mirror: bool, shown: str, fit: str
) -> None:
    path = movie(tmp_path / "turned.mp4", [corners(48, 64)] * 2, turn=turn)
    picture = frames(path, fit=fit)[0].picture
    assert picture.shape == (32, 32, 3)
    assert named(picture) == shown
    if fit == "pad":  # 64 wide, 48 high: turned, the bars are at the sides
        sides, ends = picture[:, [0, 1, -2, -1]].max(), picture[[0, 1, -2, -1]].max()
        assert (sides < 12) == (abs(turn) == 90)
        assert (ends < 12) == (abs(turn) != 90)


def test_a_mirrored_film_is_shown_as_a_player_does(tmp_path: Path) -> None:
    path = movie(tmp_path / "mirror.mp4", [corners(48, 64)] * 2, turn=0, mirror=True)
    assert named(frames(path)[0].picture) == "grwb"


def test_pixels_that_are_not_square_are_made_so(tmp_path: Path) -> None:
    picture = np.zeros((64, 32, 3), np.uint8)
    picture[16:48, 8:24] = WHITE  # shown 32 x 32, in the middle of 64 x 64
    path = movie(tmp_path / "dvd.mp4", [picture] * 2, aspect=Fraction(2, 1))
    shown = frames(path, fit="pad", size=64)[0].picture.mean(2) > 128
    assert shown.any(0).sum() == pytest.approx(32, abs=1)
    assert shown.any(1).sum() == pytest.approx(32, abs=1)


def test_ten_bit_film_looks_as_one_of_eight(tmp_path: Path) -> None:
    deep = movie(tmp_path / "ten.mkv", [corners(48, 64)] * 2, pix_fmt="yuv420p10le", codec="ffv1")
    flat = movie(tmp_path / "eight.mkv", [corners(48, 64)] * 2, pix_fmt="yuv420p", codec="ffv1")
    one, two = frames(deep)[0].picture, frames(flat)[0].picture
    assert np.abs(one.astype(int) - two).max() <= 3
    assert (
        not build([deep], ["levels"], out=tmp_path / "o", size=32, rate=10, split=NO_SPLIT)
        .films[0]
        .error
    )


def test_the_comb_of_interlaced_film_is_not_seen(tmp_path: Path) -> None:
    woven = []
    for index in range(4):
        fields = []
        for moment in (2 * index, 2 * index + 1):
            picture = np.full((96, 128, 3), 30, np.uint8)
            picture[:, 8 + 12 * moment : 24 + 12 * moment] = 220
            fields.append(picture)
        picture = fields[0].copy()
        picture[1::2] = fields[1][1::2]
        woven.append(picture)
    path = movie(
        tmp_path / "woven.mpg",
        woven,
        codec="mpeg2video",
        pix_fmt="yuv420p",
        options={"flags": "+ildct+ilme"},
        sound_codec="mp2",
        times=[n / 25 for n in range(4)],
        clock=25,
    )
    with av.open(str(path)) as container:
        assert next(container.decode(video=0)).interlaced_frame
    for frame in frames(path, size=96):
        light = frame.picture.mean(2)
        assert np.abs(light[10:-11] - light[11:-10]).max() < 60  # lines do not alternate


def test_times_of_a_variable_rate_are_those_of_presentation(tmp_path: Path) -> None:
    times = [0.0, 0.04, 0.3, 0.31, 0.9, 1.0, 1.47, 1.5, 2.01]
    pictures = [np.full((48, 64, 3), shade(n), np.uint8) for n in range(len(times))]
    path = movie(tmp_path / "vfr.mkv", pictures, times=times)
    found = frames(path, rate=2)
    assert [f.time for f in found] == pytest.approx([0.0, 0.9, 1.0, 1.5, 2.01], abs=0.002)
    for frame, index in zip(found, (0, 4, 5, 7, 8), strict=True):
        assert abs(int(frame.picture.mean()) - shade(index)) <= 3


@pytest.mark.parametrize("layout", ["mono", "stereo", "5.1"])
def test_soundtracks_of_any_layout_are_heard(tmp_path: Path, layout: str) -> None:
    pictures = [np.full((48, 64, 3), shade(n), np.uint8) for n in range(20)]
    path = movie(tmp_path / "film.mp4", pictures, audio=((layout, 0.4),))
    report = build([path], ["levels"], out=tmp_path / "o", size=32, rate=10, split=NO_SPLIT)
    assert report.films[0].count("train") > 10 and not report.films[0].note


def test_one_of_several_streams_can_be_chosen_and_the_choice_is_told(tmp_path: Path) -> None:
    pictures = [corners(48, 64) // (1 + n % 2) for n in range(10)]
    two = (("stereo", 0.0), ("mono", 0.5))
    path = movie(tmp_path / "two.mkv", pictures, audio=two, videos=2)
    silent = build([path], ["waveform"], out=tmp_path / "a", size=32, rate=5, split=NO_SPLIT)
    assert "silent" in silent.films[0].error
    how = {"size": 32, "rate": 5, "split": NO_SPLIT, "audio_stream": 1}
    first = build([path], ["waveform"], out=tmp_path / "b", **how).films[0]  # type: ignore[arg-type]
    assert first.count("train")
    assert "took video stream 0 of 0: h264 64x48; 1: h264 64x48" in first.note
    assert "audio stream" not in first.note
    second = build([path], ["waveform"], out=tmp_path / "c", video_stream=1, **how).films[0]  # type: ignore[arg-type]
    assert not second.note
    assert named(frames(path)[0].picture) == "rgbw"
    inverted = 255 - frames(path, video_stream=1)[0].picture
    assert named(inverted) == "rgbw"
    assert abs(decode(path, stream=0)).max() < 1e-3 < abs(decode(path, stream=1)).max()


@pytest.mark.parametrize("kind", ["video", "audio"])
def test_a_stream_that_is_not_there_is_refused_with_those_that_are(
    tmp_path: Path, kind: str
) -> None:
    path = movie(tmp_path / "a.mkv", [corners(48, 64)] * 2, audio=(("stereo", 0.4), ("5.1", 0.4)))
    listed = "0: h264 64x48" if kind == "video" else "0: aac stereo; 1: aac 5.1"
    with pytest.raises(BadFilm, match=f"has no {kind} stream 7; --{kind}-stream is one of"):
        Film(path, **{f"{kind}_stream": 7})  # type: ignore[arg-type]
    with pytest.raises(BadFilm, match=listed):
        Film(path, **{f"{kind}_stream": 7})  # type: ignore[arg-type]


def test_a_sound_file_is_no_film(tmp_path: Path) -> None:
    path = tmp_path / "song.mka"
    with av.open(str(path), "w") as out:
        sound = out.add_stream("pcm_s16le", rate=48000, layout="stereo")
        ints = np.rint(clicks(1) * 32767).astype(np.int16).reshape(1, -1)
        block = av.AudioFrame.from_ndarray(ints, format="s16", layout="stereo")
        block.sample_rate = 48000
        out.mux(sound.encode(block))
    with pytest.raises(BadFilm, match="has no video stream"):
        Film(path)


@pytest.mark.parametrize("suffix", ["mkv", "avi", "ts", "mp4"])
def test_a_film_cut_in_half_gives_its_half_or_is_refused(tmp_path: Path, suffix: str) -> None:
    pictures = [np.random.default_rng(n).integers(0, 255, (48, 64, 3), np.uint8) for n in range(80)]
    whole = movie(tmp_path / f"whole.{suffix}", pictures, pix_fmt="yuv420p", codec="mpeg4")
    cut = tmp_path / f"cut.{suffix}"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    report = build([cut], ["levels"], out=tmp_path / "o", size=32, rate=5, split=NO_SPLIT).films[0]
    if suffix == "mp4":  # its index is at the end
        assert "cut.mp4: not a film that can be opened" in report.error
    else:
        assert report.count("train") >= 3
        if suffix == "mkv":  # the others do not say how long they should be
            assert "its pictures end at" in report.note or "break off" in report.note


def test_damage_in_the_middle_costs_what_is_damaged(tmp_path: Path) -> None:
    pictures = [np.random.default_rng(n).integers(0, 255, (48, 64, 3), np.uint8) for n in range(80)]
    whole = movie(tmp_path / "whole.mkv", pictures, pix_fmt="yuv420p", codec="mpeg4")
    data = bytearray(whole.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 6000] = np.random.default_rng(1).bytes(6000)
    hurt = tmp_path / "hurt.mkv"
    hurt.write_bytes(data)
    report = build([hurt], ["levels"], out=tmp_path / "o", size=32, rate=5, split=NO_SPLIT).films[0]
    times = [pair["time"] for pair in report.pairs]
    assert times[0] < 1 and times[-1] > 6


CODINGS: list[tuple[str, str, dict[str, str]]] = [
    ("libx264", "mp4", {"bf": "3", "b-pyramid": "normal"}),
    ("libx264", "ts", {"bf": "3", "x264-params": "open-gop=1:keyint=12"}),
    ("libx265", "mkv", {"x265-params": "log-level=none:bframes=4"}),
    ("mpeg4", "mkv", {"bf": "2"}),
    ("mpeg2video", "mpg", {"bf": "2"}),
    ("libvpx-vp9", "webm", {"auto-alt-ref": "1", "lag-in-frames": "16", "cpu-used": "8"}),
    ("mjpeg", "avi", {}),
]


@pytest.mark.parametrize(("codec", "suffix", "options"), CODINGS)
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("rate", [1, 3.7])
def test_frames_that_are_passed_over_change_nothing(
    tmp_path: Path, codec: str, suffix: str, options: dict[str, str], threads: int, rate: float
) -> None:
    drift = np.random.default_rng(0).uniform(0, 255, (48, 200, 3)).astype(np.uint8)
    pictures = [np.roll(drift, -3 * n, 1)[:, :64] for n in range(60)]
    pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    path = movie(
        tmp_path / f"a.{suffix}",
        pictures,
        codec=codec,
        pix_fmt=pix_fmt,
        options=options,
        sound_codec={"webm": "libopus", "mpg": "mp2", "avi": "pcm_s16le"}.get(suffix, "aac"),
        times=[n / 25 for n in range(60)],
        clock=25 if codec == "mpeg2video" else 1000,
    )
    with av.open(str(path)) as container:
        start = (container.start_time or 0) / av.time_base
        every = [(float(f.pts * f.time_base) - start, f) for f in container.decode(video=0)]
        due = 0
        taken = []
        for time, frame in every:
            if time + 1e-6 >= due / rate:
                due = int((time + 1e-6) * rate) + 1
                taken.append(FilmFrame(time, fitted(frame, Size.square(32), "crop", 1.0)))
    with Film(path, threads=threads) as film_:
        found = list(film_.frames(32, rate))
    assert [f.time for f in found] == [f.time for f in taken] and len(found) >= 3
    for one, two in zip(found, taken, strict=True):
        np.testing.assert_array_equal(one.picture, two.picture)


def test_a_film_whose_first_frame_is_late_waits_for_it(tmp_path: Path) -> None:
    found = frames(film(tmp_path / "late.mkv", seconds=1, fps=10, late=2.5), rate=1)
    assert [frame.time for frame in found] == pytest.approx([2.5, 3.0], abs=0.002)
