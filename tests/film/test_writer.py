"""Films are written in every container that is offered, and refused in a line in all others."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from livegan.files import location
from livegan.film import FORMS, FilmError, FilmWriter, form_of
from livegan.saving import partial, write_bytes

TIME = np.arange(48000) / 48000
TONE = np.repeat(0.3 * np.sin(2 * np.pi * 440 * TIME).astype(np.float32)[:, None], 2, axis=1)


def write(path: Path, fps: float, sound: object = TONE) -> int:
    """One second: a bar that moves."""
    count = round(fps)
    with FilmWriter(path, fps, sound) as film:  # type: ignore[arg-type]
        for index in range(count):
            pixels = np.full((65, 97, 3), (20, 40, 90), np.uint8)
            pixels[:, 4 * index % 90 :][:, :8] = (230, 60, 20)
            film.write(pixels)
    return count


@pytest.mark.parametrize("fps", [24.0, 5.0])
@pytest.mark.parametrize("suffix", FORMS)
def test_every_container_has_all_pictures_at_their_times_and_the_sound(
    tmp_path: Path, suffix: str, fps: float
) -> None:
    path = tmp_path / f"12:30 [a] %d{suffix}"
    count = write(path, fps)
    assert sorted(tmp_path.iterdir()) == [path]
    if suffix == ".webp":  # FFmpeg writes moving ones and cannot read them
        with Image.open(path) as image:
            assert getattr(image, "n_frames", 0) == count
        return
    with av.open(location(path)) as container:
        frames = list(container.decode(video=0))
    start = float(frames[0].time)
    times = [float(frame.time) - start for frame in frames]
    assert np.allclose(times, np.arange(count) / fps, atol=0.011)
    assert (frames[0].height, frames[0].width) == (64, 96)
    colours = frames[-1].to_ndarray(format="rgb24")
    assert np.abs(colours[:, -4:].mean((0, 1)) - (20, 40, 90)).max() < 24
    with av.open(location(path)) as container:
        assert bool(container.streams.audio) == bool(FORMS[suffix].audio)
        if FORMS[suffix].audio:
            sound = np.concatenate([f.to_ndarray().ravel() for f in container.decode(audio=0)])
            assert len(sound) > 40_000
            assert np.abs(sound).max() > 0


@pytest.mark.parametrize("name", ["film.txt", "film.wav", "film.tiff", "12.30 film", "film.mp"])
def test_other_suffixes_are_refused_with_what_there_is(name: str) -> None:
    with pytest.raises(FilmError, match=r"no film can be written as .*; choose one of .mp4"):
        form_of(Path(name))


def test_a_folder_is_no_film_and_a_name_without_a_suffix_is_an_mp4(tmp_path: Path) -> None:
    with pytest.raises(FilmError, match=r"is a folder; name a film in it, such as .*film\.mp4"):
        form_of(tmp_path)
    write(tmp_path / "film", 5.0)
    with av.open(location(tmp_path / "film")) as container:
        assert "mp4" in container.format.name


def test_a_name_may_be_as_long_as_the_system_allows(tmp_path: Path) -> None:
    for stem in ("n" * 251, "é" * 125):
        path = tmp_path / f"{stem}.mp4"
        write(path, 5.0)
        write_bytes(path.with_suffix(".png"), b"x")
        assert path.is_file() and path.with_suffix(".png").is_file()
    assert partial(Path("a" * 300)).name.startswith(".aaa")


def test_sound_may_be_asked_for_as_it_is_needed(tmp_path: Path) -> None:
    asked: list[tuple[int, int]] = []

    def sound(start: int, stop: int) -> np.ndarray:
        asked.append((start, stop))
        return TONE[start:stop]

    write(tmp_path / "asked.mkv", 5.0, sound)
    write(tmp_path / "given.mkv", 5.0)
    assert asked[0] == (0, 1024) and asked[-1][1] == 48000
    contents = []
    for name in ("asked", "given"):
        with av.open(location(tmp_path / f"{name}.mkv")) as container:
            contents.append(np.concatenate([f.to_ndarray() for f in container.decode(audio=0)], 1))
    np.testing.assert_array_equal(*contents)
