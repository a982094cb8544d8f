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
from livegan.engine.program.nodes.instance import ModelInstance
from livegan.engine.program.picture_bytes import as_bytes
from livegan.film import pieces
from livegan.ipc.recorded_controls import RecordedControls
from livegan.journal.appending import Appender
from livegan.journal.folder import SHOW, Journal
from livegan.journal.lines import JournalError
from livegan.journal.made_with import versions
from livegan.journal.shows import shows
from livegan.journal.sound_writer import Track
from livegan.rehearsal.materials import models_instead
from livegan.rehearsal.replay_part import Replay
from livegan.rehearsal.replaying import replay
from livegan.rehearsal.show_tree import ShowTree
from livegan.sound.grid import on_grid
from livegan.sound.history import RecordedHistory
from tests.engine.playing import Show, sound
from tests.film.test_pieces import bits

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
show(grid(a, turned(b), encode.waveform(heard), prev("b").scale(0.97).mix(b, 0.4)))
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
        show |= {"flash_guard": "off", "versions": versions()}
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
            self.kept.drew(frame)(pixels)
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
    show.show.save(SET.replace("0.97", "0.9").replace('prev("b")', "prev()"))
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
            "nothing of harmed can be played again",
        ),
        (lambda folder: (folder / SHOW).write_text('{"set": 3}'), "does not say 'set'"),
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


def film(kept: ShowOnDisk, path: Path, **how: Any) -> tuple[Any, list[str]]:
    notes: list[str] = []
    what = Replay(Journal(kept.journal), out=path, fps=25, **how)
    return replay(what, note=notes.append), notes


def test_a_film_in_parts_is_the_film_made_in_one(
    kept: ShowOnDisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "SECONDS", 0.7)
    film(kept, tmp_path / "one.mkv", codec="ffv1", size=128)
    stop = KeyboardInterrupt()

    def interrupted(doing: str, done: float, total: float) -> None:
        if doing == "replaying" and done > 130:
            raise stop

    what = Replay(Journal(kept.journal), tmp_path / "two.mkv", "ffv1", fps=25, size=128)
    with pytest.raises(KeyboardInterrupt):
        replay(what, progress=interrupted)
    painted: list[str] = []
    real = ModelInstance.draw

    def draw(self: ModelInstance, node: Any, inputs: Any, moment: Any) -> Any:
        if not moment.proving:
            painted.append(node.name)
        return real(self, node, inputs, moment)

    monkeypatch.setattr(ModelInstance, "draw", draw)
    done, notes = film(kept, tmp_path / "two.mkv", codec="ffv1", size=128)
    assert "continued: 8 of" in notes[0] and 0 < done.frames < len(kept.prints)
    assert len(painted) < len(kept.prints) - 10
    assert bits(tmp_path / "two.mkv") == bits(tmp_path / "one.mkv")


@pytest.mark.slow
def test_a_film_by_two_processes_is_the_film_by_one(kept: ShowOnDisk, tmp_path: Path) -> None:
    film(kept, tmp_path / "one.mp4", flash_guard="on")
    done, _ = film(kept, tmp_path / "two.mp4", flash_guard="on", jobs=2)
    assert bits(tmp_path / "two.mp4") == bits(tmp_path / "one.mp4")
    assert done.equal == done.frames == len(kept.prints)


def notes_of(folder: Path) -> tuple[Any, str]:
    notes: list[str] = []
    done = replay(Replay(Journal(folder), until=3.6), note=notes.append)
    return done, "\n".join(notes)


def test_a_model_that_is_gone_or_another_one_is_named_and_the_show_goes_on(
    kept: ShowOnDisk, tmp_path: Path
) -> None:
    models = kept.folder / "models"
    weights = models / "stone" / "model.safetensors"
    content = weights.read_bytes()
    sha = hashlib.sha256(content).hexdigest()[:12]
    try:
        weights.rename(models / "rock.safetensors")
        done, said = notes_of(kept.journal)
        assert "the model 'stone' lies at" in said and done.equal == done.frames > 20
        (models / "rock.safetensors").unlink()
        done, said = notes_of(kept.journal)
        assert f"the model 'stone' is missing (sha256 {sha}, 0.5 MB, then at" in said
        assert "--model stone=FILE" in said and 0 == done.equal < done.frames
        weights.write_bytes((models / "water" / "model.safetensors").read_bytes())
        done, said = notes_of(kept.journal)
        assert f"in the show sha256 {sha}" in said and done.equal < done.frames
        other = tmp_path / "other.safetensors"
        other.write_bytes(content)
        shutil.copy(models / "stone" / "model.json", tmp_path / "other.json")
        instead = models_instead([f"stone={other}"])
        done = replay(Replay(Journal(kept.journal), until=3.6, models=instead))
        assert done.equal == done.frames
    finally:
        (models / "rock.safetensors").unlink(missing_ok=True)
        weights.write_bytes(content)


def change(folder: Path, alter: Any) -> None:
    for path in folder.glob("engine-*.jsonl"):
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        for said in lines:
            if said["what"] == "program":
                alter(said["made"])
        path.write_text("".join(json.dumps(said) + "\n" for said in lines))


def test_a_plugin_a_film_and_a_library_of_another_version_are_named(
    kept: ShowOnDisk, tmp_path: Path
) -> None:
    folder = tmp_path / "other"
    shutil.copytree(kept.journal, folder)
    show = json.loads((folder / SHOW).read_text())
    show["versions"]["torch"] = "1.0"
    (folder / SHOW).write_text(json.dumps(show))
    (tmp_path / "now.mp4").write_bytes(b"now")
    gone = {"path": str(tmp_path / "gone.mp4"), "size": 3, "sha256": "abcdef" * 10}

    def alter(made: dict[str, Any]) -> None:
        made["plugins"] = {"pluggy": "0.1", "livegan-nowhere": "2.0"}
        made["pictures"] = {"gone.mp4": [gone], "now.mp4": [{**gone, "path": gone["path"][:-8]}]}
        made["pictures"]["now.mp4"][0]["path"] = str(tmp_path / "now.mp4")

    change(folder, alter)
    done, said = notes_of(folder)
    assert "the show was played with torch 1.0 (now" in said
    assert "the plugin pluggy is" in said and "was 0.1 in the show" in said
    assert "the plugin livegan-nowhere 2.0 is not installed" in said
    assert "gone.mp4 is missing (sha256 abcdefabcdef" in said
    assert "now.mp4 is another file now: sha256" in said
    assert done.equal == done.frames


def test_damage_costs_what_is_damaged_and_is_told(kept: ShowOnDisk, tmp_path: Path) -> None:
    """Garbage in the middle of each file; the replay goes on with the rest."""
    folder = tmp_path / "damaged"
    shutil.copytree(kept.journal, folder)
    rng = np.random.default_rng(1)
    for path in (*folder.glob("engine-*.frames"), *(folder / "sound").iterdir()):
        data = bytearray(path.read_bytes())
        at = len(data) // 2 + int(rng.integers(36))
        data[at : at + int(rng.integers(1, 90))] = rng.bytes(int(rng.integers(1, 90)))
        path.write_bytes(bytes(data))
    path = min(folder.glob("engine-*.jsonl"))
    lines = path.read_bytes().split(b"\n")
    lines.insert(4, rng.bytes(40).replace(b"\n", b""))
    path.write_bytes(b"\n".join(lines))
    journal = Journal(folder)
    count = sum(len(engine.frames) for engine in journal.engines)
    assert len(kept.prints) - 16 < count < len(kept.prints)
    notes: list[str] = []
    done = replay(Replay(journal), note=notes.append)
    said = "\n".join(notes)
    assert ".frames: damaged; " in said and "damaged at line 5" in said
    assert done.frames == count and done.equal >= 20


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda folder: (folder / "sound" / "main.features").unlink(), "main.features is missing"),
        (lambda folder: [p.unlink() for p in folder.glob("sound/*.flac")], "the show is silent"),
        (lambda folder: max(folder.glob("*.jsonl")).unlink(), ".jsonl is missing"),
        (
            lambda folder: [p.write_bytes(p.read_bytes()[:9000]) for p in folder.glob("sound/*c")],
            "",
        ),
        (lambda folder: next((folder / "files").iterdir()).write_bytes(b"x"), "cannot be played"),
    ],
)
def test_a_file_that_is_missing_or_cut_off_is_told_and_the_rest_is_played(
    kept: ShowOnDisk, tmp_path: Path, harm: Any, said: str
) -> None:
    folder = tmp_path / "harmed"
    shutil.copytree(kept.journal, folder)
    harm(folder)
    notes: list[str] = []
    done = replay(Replay(Journal(folder)), note=notes.append)
    assert said in "\n".join(notes) and done.frames > 20


def test_a_show_that_was_killed_at_once_has_nothing_to_play(tmp_path: Path) -> None:
    folder = tmp_path / "2026-01-01"
    (folder / "sound").mkdir(parents=True)
    (folder / SHOW).write_text(json.dumps({"set": "/s.py", "folder": str(tmp_path)}))
    (folder / "sound" / "main-000000000000.flac").write_bytes(b"fLaC")
    (folder / "engine-1-1.frames").write_bytes(b"\0" * 20)
    with pytest.raises(JournalError, match="has no frames: the show drew none"):
        replay(Replay(Journal(folder)))
    ((_, row),) = [(each.trouble, each.row()) for each in shows(tmp_path)]
    assert (row["seconds"], row["frames"]) == (0, 0)


def test_files_of_a_set_come_back_as_they_were(tmp_path: Path) -> None:
    """Whatever folders of the show they lie in."""
    folder, sets = tmp_path / "show", tmp_path / "sets"
    (sets / "shaders" / "deep").mkdir(parents=True)
    folder.mkdir()
    (sets / "shaders" / "deep" / "a.fs").write_text("now")
    (sets / "shaders" / "b.fs").write_text("same")
    tree = ShowTree(tmp_path / "room", folder, sets / "set.py")
    tree.write({sets / "set.py": b"set", sets / "shaders" / "deep" / "a.fs": b"then"})
    shaders = tree.set.parent / "shaders"
    assert (shaders / "deep" / "a.fs").read_text() == "then"
    assert (shaders / "b.fs").read_text() == "same"
    assert (sets / "shaders" / "deep" / "a.fs").read_text() == "now"
