"""A show that was kept is played again with the same bits."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from livegan.engine.commit import lineup
from livegan.engine.journaling import PlayerJournal
from livegan.engine.program.player import as_bytes
from livegan.ipc.recorded_controls import RecordedControls
from livegan.journal.appending import Appender
from livegan.journal.folder import SHOW, Journal
from livegan.journal.lines import JournalError
from livegan.journal.sound_writer import Track
from livegan.rehearsal.replaying import Replay, replay
from livegan.sound.grid import on_grid
from livegan.sound.history import RecordedHistory
from tests.engine.playing import Show, sound

SET = """
from livegan.live import *
from shapes import turned
settings(bpm=240, swap="beat", dissolve=0.2, seed=3)

@encoder
class Trail:
    def __init__(self):
        self.seen = 0.0

    def draw(self, sound, *, size, rng):
        self.seen = 0.9 * self.seen + sound.level
        return np.clip(rng.random(size) * 0.2 + self.seen, 0, 1)

heard = listen()
a = model("stone", encode.levels(heard))
b = Trail(heard).hue(knob("hue", 0.2, 0, 1))
show(grid(a, turned(b), encode.waveform(heard), prev().scale(0.97).mix(b, 0.4)))
""".replace("from shapes", "import numpy as np\nfrom shapes")
HELPER = "def turned(x):\n    return x.{}()\n"


class ShowOnDisk:
    """A show whose engine keeps a journal, as that of a stage is."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.journal = folder, folder / "shows" / "one"
        self.journal.mkdir(parents=True)
        self.prints: list[str] = []
        self.hop = 0
        self._features = Appender(self.journal, self.note)
        self.notes: list[str] = []
        (folder / "sets").mkdir()
        (folder / "sets" / "shapes.py").write_text(HELPER.format("invert"))
        self.begin(0)
        self.track = Track(self.journal, "", self, self._features, False)
        self.track._position = 2 * 48000 - 48000
        self.track._hop = 100
        show = {"set": str(self.show.path), "folder": str(folder), "size": 64, "seed": 0}
        (self.journal / SHOW).write_text(json.dumps(show))

    def note(self, text: str) -> None:
        """Keep a line."""
        self.notes.append(text)

    # The ring of its stage: engines come and go.

    @property
    def position(self) -> int:
        """Samples heard so far."""
        return self.show.history.position

    @property
    def hops(self) -> int:
        """Hops analysed so far."""
        return self.show.history.hops

    def samples(self, start: int, stop: int) -> Any:
        """Of the sound."""
        return self.show.history.samples(start, stop)

    def features(self, start: int, stop: int) -> Any:
        """Of the sound."""
        return self.show.history.features(start, stop)

    def begin(self, position: int, shown: Any = None) -> None:
        """An engine starts, with what hangs on the wall."""
        self.show = Show(self.folder, SET)
        samples, features = sound()
        self.show.history.recording = RecordedHistory(on_grid(samples), features)
        self.show.history.position = position or 2 * 48000
        show = self.show
        show.player.controls = RecordedControls(
            {"knob/hue": [(0, 0.2), (3.0, 0.7), (4.1, 0.4)], "other": [(2.5, 1.0)]}
        )
        self.kept = PlayerJournal(self.journal, show.player, show.pipeline, self.note)
        if shown is not None:
            show.player.shown = show.player.as_picture(shown)
        self.kept.enters(shown is not None)
        show.player.again()

    def play(self, frames: int, step: int = 1920) -> Any:
        """Draw so many frames; the last one's pixels."""
        pixels = None
        for _ in range(frames):
            self.show.history.position += step
            frame = self.show.player.frame(self.show.history.position)
            assert frame is not None
            self.show._follow(self.show.player.program)
            pixels = as_bytes(frame.picture)
            self.kept.drew(frame, pixels)
            self.prints.append(hashlib.sha256(pixels.tobytes()).hexdigest())
        self.track.look()
        return pixels

    def end(self) -> None:
        """End the show."""
        self.track.close()
        self.kept.close()
        self._features.close()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShowOnDisk]:
    show = ShowOnDisk(tmp_path_factory.mktemp("kept"))
    show.show.save()
    show.play(20)
    show.show.save(SET.replace("0.97", "0.9"))
    show.play(15, step=3360)
    show.show.save("show(")
    show.play(3)
    (show.folder / "sets" / "shapes.py").write_text(HELPER.format("mirror"))
    show.show.save()
    show.play(3)
    show.show.save(SET.replace("0.97", "0.8"))
    show.play(12)
    show.show.player.happen(lineup.KeyPressed("undo"))
    last = show.play(8)
    show.kept.close()  # the engine dies
    show.begin(show.show.history.position + 48000, last)
    show.show.pipeline.numbered(7)
    show.show.save(SET.replace("0.97", "0.85"))
    show.show.player.solo = 1
    show.play(6)
    show.show.player.solo = None
    show.play(10)
    show.end()
    yield show


def again(kept: ShowOnDisk, **how: Any) -> tuple[Any, list[str]]:
    prints: list[str] = []

    def look(seconds: float, pixels: Any) -> None:
        prints.append(hashlib.sha256(pixels.tobytes()).hexdigest())

    return replay(Replay(Journal(kept.journal), **how), on_frame=look), prints


def test_every_frame_has_the_same_bits(kept: ShowOnDisk) -> None:
    done, prints = again(kept)
    assert prints == kept.prints
    assert (done.frames, done.equal) == (len(kept.prints), len(kept.prints))
    assert done.first_difference is None and kept.notes == []


def test_a_part_of_it_has_the_bits_of_the_whole(kept: ShowOnDisk) -> None:
    _, prints = again(kept, since=3.5, until=5.0)
    assert prints and "".join(prints) in "".join(kept.prints)


def test_what_was_cut_off_costs_its_end_only(kept: ShowOnDisk, tmp_path: Path) -> None:
    torn = tmp_path / "torn"
    shutil.copytree(kept.journal, torn)
    for path in (*torn.glob("engine-*"), *(torn / "sound").glob("*")):
        path.write_bytes(path.read_bytes()[:-5])
    torn_show = Journal(torn)
    assert sum(len(e.frames) for e in torn_show.engines) == len(kept.prints) - 2
    done = replay(Replay(torn_show, until=4.0))
    assert done.equal == done.frames > 20


def test_a_larger_film_has_the_sound(kept: ShowOnDisk, tmp_path: Path) -> None:
    import av

    from livegan.size import Size

    film = tmp_path / "film.mp4"
    again(kept, out=film, size=Size.read(128), until=4.0)
    with av.open(str(film)) as file:
        (video,), (audio,) = file.streams.video, file.streams.audio
        assert (video.width, video.height) == (256, 256)
        assert float(audio.duration * audio.time_base) == pytest.approx(4.0, abs=0.1)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda folder: (folder / SHOW).unlink(), "is not the journal of a show"),
        (lambda folder: (folder / SHOW).write_text("{"), "cannot be read"),
        (lambda folder: [p.unlink() for p in folder.glob("*.frames")], "has no frames"),
        (lambda folder: shutil.rmtree(folder / "sound"), "the sound of harmed is gone"),
        (
            lambda folder: [p.write_text("x") for p in (folder / "files").iterdir()],
            "has changed since",
        ),
        (
            lambda folder: [p.write_text("no\n{}\n") for p in folder.glob("engine-*.jsonl")],
            "not a line of a journal",
        ),
    ],
)
def test_what_cannot_be_read_is_said_in_a_line(
    kept: ShowOnDisk, tmp_path: Path, harm: Any, said: str
) -> None:
    harmed = tmp_path / "harmed"
    shutil.copytree(kept.journal, harmed)
    harm(harmed)
    with pytest.raises(JournalError, match=said):
        replay(Replay(Journal(harmed)))


def test_sound_is_kept_to_the_bit(kept: ShowOnDisk) -> None:
    from livegan.journal.folder import JournalHistory

    history = JournalHistory(Journal(kept.journal))
    history.hear(4 * 48000)
    samples, _ = sound()
    assert np.array_equal(history.samples(48000, 4 * 48000), on_grid(samples)[48000 : 4 * 48000])
    levels = history.features(100, 400)[:, :8]
    assert np.array_equal(levels, kept.show.history.features(100, 400)[:, :8])
