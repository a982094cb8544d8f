"""A show is recorded: pictures with the sound, in a file that can be read at any moment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from livegan.film import FilmError
from livegan.ipc.sound_ring import SoundRing
from livegan.sound import RATE
from livegan.stage.record.recording import ShowRecording, can_be_recorded
from livegan.stage.streams.stream import StreamPicture

FPS = 30


@pytest.fixture
def sound() -> Iterator[SoundRing]:
    ring = SoundRing.create(seconds=10)
    yield ring
    ring.close()
    ring.unlink()


def picture(pixels: np.ndarray, live: int) -> StreamPicture:
    return StreamPicture(pixels, live, live, 0.0, 0, 1, live, "live", 0.0)


def played(recording: ShowRecording, sound: SoundRing, seconds: float, first: int = 1) -> int:
    """A flash and a click in each second, after half of it."""
    for count in range(round(seconds * FPS)):
        at = np.arange(count * RATE // FPS, (count + 1) * RATE // FPS)
        click = ((at % RATE) // (RATE // FPS) == FPS // 2).astype(np.float32) * 0.5
        sound.write(np.stack([click, click], 1))
        bright = 255 if count % FPS == FPS // 2 else 10
        pixels = np.full((48, 64, 3), bright, np.uint8)
        recording.show(picture(pixels, first + count), pixels)
    return first + round(seconds * FPS)


def flashes_and_clicks(path: Path) -> tuple[list[float], list[float]]:
    """When pictures are bright, and when the sound begins to be loud."""
    bright, loud = [], []
    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            if frame.to_ndarray(format="gray").mean() > 128:
                bright.append(float(frame.pts * frame.time_base))
    with av.open(str(path)) as film:
        for frame in film.decode(audio=0):
            if np.abs(frame.to_ndarray()).max() > 0.2:
                loud.append(float(frame.pts * frame.time_base))
    starts = [t for t, before in zip(loud, [-9.0, *loud], strict=False) if t - before > 0.2]
    return bright, starts


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_pictures_and_sound_are_in_step(tmp_path: Path, sound: SoundRing, suffix: str) -> None:
    notes: list[str] = []
    path = tmp_path / f"12:30 take{suffix}"
    recording = ShowRecording(path, sound, notes.append)
    played(recording, sound, 3)
    recording.close()
    bright, clicks = flashes_and_clicks(path)
    assert len(bright) == len(clicks) == 3
    assert np.abs(np.subtract(bright, clicks)).max() < 2 / FPS
    assert np.diff(bright) == pytest.approx([1.0, 1.0], abs=0.01)
    assert notes == [f"recorded {path.name}: 0:02"] or notes == [f"recorded {path.name}: 0:03"]


def test_a_recording_that_is_cut_off_plays_what_was_written(
    tmp_path: Path, sound: SoundRing
) -> None:
    recording = ShowRecording(tmp_path / "a.mp4", sound, lambda text: None)
    played(recording, sound, 8)
    cut = tmp_path / "cut.mp4"
    cut.write_bytes((tmp_path / "a.mp4").read_bytes())  # as after a power cut: never closed
    recording.close()
    assert len(flashes_and_clicks(cut)[0]) >= 4


def test_pictures_that_were_left_out_are_counted(tmp_path: Path, sound: SoundRing) -> None:
    notes: list[str] = []
    recording = ShowRecording(tmp_path / "a.mp4", sound, notes.append)
    live = played(recording, sound, 1)
    played(recording, sound, 1, first=live + 5)
    recording.close()
    assert recording.left_out == 5
    assert notes[0].endswith("; 5 pictures were left out")


def test_nothing_is_overwritten_and_a_wrong_suffix_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"mine")
    for name, says in (("a.mp4", "exists already"), ("a.gif", ".mp4, .mov, .mkv")):
        with pytest.raises(FilmError, match=says.replace(".", r"\.")):
            can_be_recorded(tmp_path / name)
    assert (tmp_path / "a.mp4").read_bytes() == b"mine"


def test_a_folder_that_nobody_may_write_to_is_refused_before_the_show(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (Path("/proc"), tmp_path / "file"):
        if folder.exists():
            with pytest.raises(FilmError, match=r"a\.mp4: cannot be written: "):
                can_be_recorded(folder / "a.mp4")
    can_be_recorded(tmp_path / "new" / "nächte" / "a.mp4")
    assert list((tmp_path / "new" / "nächte").iterdir()) == []


def test_a_recording_of_no_picture_says_so(tmp_path: Path, sound: SoundRing) -> None:
    said: list[str] = []
    ShowRecording(tmp_path / "a.mp4", sound, said.append).close()
    assert said == ["a.mp4 was not recorded: the set showed no picture"]
