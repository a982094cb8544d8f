"""The process of the autopilot: it hears a ring, writes the set's file, and obeys its keys."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from livegan.ipc.picture_ring import PictureRing
from livegan.ipc.sound_ring import SoundRing
from livegan.plugin import registry
from livegan.sound import HOP
from livegan.sound.features import FEATURES, INDEX
from livegan.stage.autopilot.autopilot_guest import AutopilotGuest

TEXT = """from livegan.live import *
sound = listen()
wave = encode.waveform(sound)
levels = encode.levels(sound)  # keep
show(wave.blend(levels, 0.5))
"""
BPM = 120.0


class FakeLine:
    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.notes: list[str] = []

    def tell(self, what: str, **fields: Any) -> None:
        self.told.append({"type": what, **fields})

    def note(self, text: str) -> None:
        self.notes.append(text)

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        yield

    def of(self, what: str) -> list[dict[str, Any]]:
        return [each for each in self.told if each["type"] == what]


class Show:
    """A show without a stage: the sound goes on, and what is written goes on the air."""

    def __init__(self, folder: Path) -> None:
        self.sound, self.pictures = SoundRing.create(), PictureRing.create(64, 64)
        self.thumbs = PictureRing.create(64, 64)
        self.path = folder / "set.py"
        self.path.write_text(TEXT)
        self.line, self.hops, self.commits = FakeLine(), 0, 0
        rings: dict[str, SoundRing | PictureRing] = {
            "sound_ring": self.sound,
            "picture_ring": self.pictures,
            "thumb_ring": self.thumbs,
        }
        options = {"set": str(self.path), "folder": str(folder), "name": "livegan", "seed": 1}
        names = {name: ring.name for name, ring in rings.items()}
        self.guest = AutopilotGuest(self.line, {**options, **names})  # type: ignore[arg-type]
        self.guest.hear({"type": "veto", "count": 0})
        wish = {"bold": 0.5, "change": "4 bars", "never": []}
        numbers = {"change": 16.0, "swap": 4.0, "beats_per_bar": 4}
        self.guest.hear({"type": "settings", "wish": wish, **numbers})

    def play(self, seconds: float) -> None:
        """Music that goes on as it was, with a picture that does not stand still."""
        rng = np.random.default_rng(self.hops)
        for _ in range(round(seconds * 10)):
            rows = np.zeros((10, len(FEATURES)))
            at = np.arange(self.hops + 1, self.hops + 11)
            rows[:, INDEX["level"]] = rows[:, INDEX["low"]] = 0.5
            rows[:, INDEX["bpm"]] = BPM
            rows[:, INDEX["beats"]] = at * HOP / 48000 * BPM / 60
            self.sound.write(np.zeros((10 * HOP, 2), np.float32))
            self.sound.write_features(rows)
            self.hops += 10
            self.pictures.write(rng.integers(0, 255, (64, 64, 3), np.uint8))
            self.guest.look()

    def commit(self, status: str, **more: Any) -> None:
        self.commits += status == "proposed"
        said = {"id": self.commits, "file": str(self.path), "status": status, "reason": ""}
        source = self.path.read_text()
        self.guest.hear({"type": "commit", "source": source, "safe": False, **said, **more})

    def until_a_move(self) -> str:
        count = len(self.line.of("move"))
        for _ in range(60):
            self.play(1.0)
            if len(self.line.of("move")) > count:
                return self.path.read_text()
        raise AssertionError("no move")

    def close(self) -> None:
        self.guest.close()
        for ring in (self.sound, self.pictures, self.thumbs):
            ring.close()
            ring.unlink()


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Show]:
    before = registry.current()
    made = Show(tmp_path)
    yield made
    made.close()
    registry.use(before)


def test_it_edits_the_file_while_it_plays_and_says_why(show: Show) -> None:
    show.play(30)
    assert show.path.read_text() == TEXT, "nobody handed over"
    show.guest.hear({"type": "play", "on": True})
    after = show.until_a_move()
    assert after != TEXT and "levels = encode.levels(sound)  # keep" in after
    (move,) = show.line.of("move")
    assert ", boldness 0." in move["reason"] and move["at"] > 30
    assert show.line.of("state") == [{"type": "state", "state": "plays"}]
    for status in ("proposed", "proven", "cued", "on_air"):
        show.commit(status)
    assert show.until_a_move() != after
    show.guest.hear({"type": "play", "on": False})
    text = show.path.read_text()
    show.play(60)
    assert show.path.read_text() == text


def test_what_is_cued_is_hurried_on(show: Show) -> None:
    show.guest.hear({"type": "play", "on": True})
    show.until_a_move()
    show.commit("proposed")
    show.commit("cued")
    show.play(3)
    assert show.line.of("hurry")


def test_a_veto_takes_the_move_back(show: Show) -> None:
    show.guest.hear({"type": "play", "on": True})
    assert show.until_a_move() != TEXT
    show.guest.hear({"type": "veto", "count": 1})
    assert show.path.read_text() == TEXT
    assert "never again tonight" in show.line.notes[-1]


def test_a_refused_edit_is_taken_back(show: Show) -> None:
    show.guest.hear({"type": "play", "on": True})
    show.until_a_move()
    show.commit("proposed")
    show.commit("refused", reason="no such mixer")
    assert show.path.read_text() == TEXT
    assert "left out tonight: no such mixer" in show.line.notes[-1]


def test_it_waits_for_the_performer_and_tells(show: Show) -> None:
    show.guest.hear({"type": "play", "on": True})
    after = show.until_a_move()
    mine = after + "# mine\n"
    show.path.write_text(mine)
    show.commit("proposed")
    show.commit("on_air")
    show.play(10)
    assert show.path.read_text() == mine
    assert [s["state"] for s in show.line.of("state")] == ["plays", "waits"]
    assert show.until_a_move().endswith("# mine\n")


def test_an_undo_is_what_the_file_says(show: Show) -> None:
    show.guest.hear({"type": "play", "on": True})
    show.until_a_move()
    show.commit("proposed")
    show.commit("on_air", reason="undo", source=TEXT)
    assert show.path.read_text() == TEXT


def test_another_scene_is_its_set_from_then_on(show: Show, tmp_path: Path) -> None:
    show.guest.hear({"type": "play", "on": True})
    show.play(1)
    other = tmp_path / "other.py"
    other.write_text(TEXT)
    show.commit("proposed", file=str(other))
    show.commit("on_air", file=str(other))
    show.until_a_move()
    assert show.path.read_text() == TEXT != other.read_text()


def test_a_file_that_cannot_be_written_is_given_back(show: Show, tmp_path: Path) -> None:
    show.guest.hear({"type": "play", "on": True})
    show.play(1)

    def refuse(*_: Any, **__: Any) -> bool:
        from livegan.autopilot.set_file import Unwritable

        raise Unwritable("set.py cannot be written: no space left")

    show.guest._file.write = refuse  # type: ignore[method-assign]
    show.play(60)
    assert show.line.of("state")[-1] == {"type": "state", "state": "gives up"}
    assert "no space left; it gives the set back" in show.line.notes[-1]
