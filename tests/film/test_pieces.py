"""A film in pieces is the film in one, whoever made the pieces and however often."""

from __future__ import annotations

import hashlib
import wave
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from livegan.files import location
from livegan.film import FilmError, form, form_of, pieces
from livegan.film.form import ALL, CODECS
from livegan.film.frames import linear
from livegan.film.pieces import PiecedFilm, PieceSink

FPS, COUNT = 10, 14
SHAPE = (120, 256, 3)


@pytest.fixture(autouse=True)
def half_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "SECONDS", 0.5)


def picture(index: int, deep: bool) -> Any:
    """A bar that moves over a ramp that 8 bits cannot hold."""
    ramp = np.linspace(10000, 14000, SHAPE[1]).astype(np.uint16)
    shown = np.broadcast_to(ramp[None, :, None], SHAPE).copy()
    shown[:, 8 * index : 8 * index + 8] = (60000, 12000, 4000)
    return shown if deep else (shown >> 8).astype(np.uint8)


def tone(start: int, stop: int) -> Any:
    at = np.arange(start, stop)[:, None] / 48000
    return np.repeat(0.3 * np.sin(2 * np.pi * 440 * at), 2, axis=1).astype(np.float32)


def write(path: Path, codec: str = "", only: range = range(COUNT), what: str = "a") -> PiecedFilm:
    """The pieces of a film in which some pictures are; whole if all are."""
    film = PiecedFilm(path, FPS, {"what": what}, codec)
    with PieceSink(film, film.begin()) as sink:
        for index in only:
            sink.write(index, picture(index, film.form.deep) if sink.wants(index) else None)
        if only.stop == COUNT:
            sink.end()
    if only.stop == COUNT:
        film.join(tone, COUNT)
    return film


def bits(path: Path) -> str:
    """What is in a film, not when it was written."""
    hashed = hashlib.sha256()
    with av.open(location(path)) as file:
        for packet in file.demux():
            hashed.update(bytes(packet) + repr((packet.pts, packet.dts)).encode())
    return hashed.hexdigest()


@pytest.mark.parametrize(
    ("name", "codec", "deep"),
    [
        ("a.mp4", "h264", False),
        ("a.mp4", "h265", True),
        ("a.mov", "prores", True),
        ("a.mov", "prores4444", True),
        ("a.mov", "dnxhr", True),
        ("a.mkv", "ffv1", False),
        ("a.mkv", "h265", True),
        ("a.gif", "", False),
    ],
)
def test_an_interrupted_film_is_continued_and_is_the_one_made_at_once(
    tmp_path: Path, name: str, codec: str, deep: bool
) -> None:
    write(tmp_path / "once" / name, codec)
    path = tmp_path / name
    film = write(path, codec, range(7))
    assert not path.exists() and film.begin() == [0]
    write(path, codec)
    assert sorted(p.name for p in tmp_path.iterdir()) == [name, "once"]
    assert bits(path) == bits(tmp_path / "once" / name)
    with av.open(location(path)) as file:
        frames = list(file.decode(video=0))
    assert np.allclose([float(f.time) for f in frames], np.arange(COUNT) / FPS, atol=0.011)
    shown = frames[-1].to_ndarray(format="rgb48le").astype(int)[60]
    bar = shown[8 * 13 + 2 : 8 * 13 + 6]
    assert np.abs(bar - (60000, 12000, 4000)).max() < 6000
    steps = len(np.unique(shown[:96, 1]))  # 8 bits have seven of these
    assert steps > 12 if deep else steps <= 9
    with av.open(location(path)) as file:
        if file.streams.audio:
            heard = np.concatenate([f.to_ndarray().ravel() for f in file.decode(audio=0)])
            assert heard.any()


def test_pieces_of_another_film_are_thrown_away(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", only=range(7))
    assert PiecedFilm(tmp_path / "a.mp4", FPS, {"what": "b"}).begin() == []


def test_two_processes_do_not_write_one_film(tmp_path: Path) -> None:
    film = PiecedFilm(tmp_path / "a.mp4", FPS, {})
    other = PiecedFilm(tmp_path / "a.mp4", FPS, {})
    with film.alone(), pytest.raises(FilmError, match="being written by another"), other.alone():
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "codec"), [("s.png", "png"), ("s.png", "png16"), ("s.exr", "")])
def test_a_file_for_each_picture_and_the_sound_beside_them(
    tmp_path: Path, name: str, codec: str
) -> None:
    write(tmp_path / name, codec, range(7))
    write(tmp_path / name, codec)
    suffix = Path(name).suffix
    names = [f"s.{index:06d}{suffix}" for index in range(COUNT)]
    assert sorted(p.name for p in tmp_path.iterdir()) == [*names, "s.wav"]
    with av.open(str(tmp_path / names[-1])) as file:
        (frame,) = file.decode(video=0)
    if suffix == ".exr":
        shown = frame.to_ndarray(format="gbrpf32le")[0, :3].astype(np.float32)
        wanted = linear(picture(13, True)[0, :3].astype(np.float32) / 65535)
        assert np.abs(shown - wanted).max() < 1e-4
    else:
        layout = "rgb24" if codec == "png" else "rgb48le"
        shown = frame.to_ndarray(format=layout)
        assert np.array_equal(shown, picture(13, codec == "png16"))
    with wave.open(str(tmp_path / "s.wav")) as sound:
        assert (sound.getnframes(), sound.getsampwidth()) == (COUNT * 48000 // FPS, 3)


def test_a_codec_that_cannot_be_is_refused_with_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FilmError, match=r"--codec divx: there is no such codec; choose h264, h265"):
        form_of(Path("a.mp4"), "divx")
    with pytest.raises(FilmError, match=r"\.mp4 films have no such codec.* as \.mov"):
        form_of(Path("a.mp4"), "prores")
    with pytest.raises(FilmError, match="dnxhd takes pictures of 256x120 or more, not 64x64"):
        film = PiecedFilm(tmp_path / "a.mov", FPS, {}, "dnxhr")
        film.begin()
        with PieceSink(film, []) as sink:
            sink.write(0, np.zeros((64, 64, 3), np.uint8))
    monkeypatch.setattr(form, "can_write", lambda video: video != "libx265")
    with pytest.raises(FilmError, match="cannot write libx265; with --codec it can write h264, pr"):
        form_of(Path("a.mp4"), "h265")


def test_the_help_names_every_codec() -> None:
    from livegan.cli.console.film_options import CodecOption

    (option,) = CodecOption.__metadata__
    assert all(codec in option.help for codec in CODECS if codec not in ("vp8", "wmv2"))
    assert all(name in CODECS for each in ALL.values() for name in each.codecs)
