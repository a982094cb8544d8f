"""A show played again from its journal: the same frames of the same programs.

At the size that was shown, on the same kind of device, each picture has the same bits; a
fingerprint in the journal tells whether it has.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from livegan.engine.commit import lineup
from livegan.engine.commit.pipeline import Pipeline
from livegan.engine.commit.script import Refusal, run
from livegan.engine.isolation.unattended import unattended
from livegan.engine.program.build import Builder
from livegan.engine.program.device import choose_device
from livegan.engine.program.hearings import GivenSounds
from livegan.engine.program.player import Player, as_bytes
from livegan.film import FilmWriter, form_of
from livegan.gremlins.copying import mirror
from livegan.ipc.messages import FromEngine
from livegan.journal.folder import EngineJournal, Journal, JournalControls, JournalHistory
from livegan.journal.frames import fingerprint
from livegan.journal.lines import JournalError
from livegan.picture_sources.board import StandIns
from livegan.size import UNSAID, Size, Written
from livegan.sound import HOP, RATE


@dataclass
class Replay:
    """What to play again. Times in seconds of show time; ``until`` None is the end of the show."""

    journal: Journal
    out: Path | None = None
    since: float = 0.0
    until: float | None = None
    size: Written = UNSAID
    """The canvas; as it was if it is not said."""
    fps: float = 0.0
    """Pictures a second of the film; 0 is the show's own rate."""
    device: str = "auto"
    stand_ins: dict[str, str] = field(default_factory=dict)


@dataclass
class Replayed:
    """What became of it."""

    frames: int = 0
    """Frames that the show drew, and that were drawn again."""
    equal: int = 0
    """Of those, the ones with the same bits as in the show, as far as its journal can tell."""
    first_difference: float | None = None
    """Show time in seconds of the first that differs."""
    faults: list[dict[str, Any]] = field(default_factory=list)


def replay(
    what: Replay,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    note: Callable[[str], None] = lambda text: None,
    on_frame: Callable[[float, Any], None] | None = None,
) -> Replayed:
    """Play a show again. ``progress`` is called with seconds done and in all, ``on_frame`` with
    the show time and the pixels of each frame.

    Raises
    ------
    JournalError
        If the journal cannot be read, or what it names is not there any more.
    livegan.film.FilmError
        If the film cannot be written.
    """
    if what.out is not None:
        form_of(what.out)
    engines = what.journal.engines
    if not engines:
        raise JournalError(f"{what.journal.folder} has no frames: the show drew none")
    result = Replayed()
    end = what.journal.seconds if what.until is None else min(what.until, what.journal.seconds)
    if what.since >= end:
        raise JournalError(f"there is nothing from {what.since:g} s: the show ends at {end:.1f} s")
    with contextlib.ExitStack() as stack:
        stack.enter_context(unattended())
        room = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="livegan-replay-")))
        screen = Screen(what, end)
        stack.callback(screen.close)
        last: Any = None
        for number, engine in enumerate(engines):
            playing = PlayedEngine(what, engine, room / str(number), last, note)
            with contextlib.closing(playing):
                for seconds, pixels, same in playing.frames(end):
                    last = pixels
                    result.frames += 1
                    result.equal += same
                    if not same and result.first_difference is None:
                        result.first_difference = round(seconds, 3)
                    screen.show(seconds, pixels)
                    if on_frame is not None and seconds >= what.since:
                        on_frame(seconds, pixels)
                    progress(int(seconds), int(end))
            result.faults += playing.faults
    return result


class PlayedEngine:
    """One engine of a show, playing again what its journal says."""

    def __init__(
        self,
        what: Replay,
        engine: EngineJournal,
        room: Path,
        last: Any,
        note: Callable[[str], None],
    ) -> None:
        """``last`` are the pixels that hung on the wall as it began."""
        self.journal, self.engine, self._last = what.journal, engine, last
        self.faults: list[dict[str, Any]] = []
        show = self.journal.show
        scaled = bool(Size.read(what.size).plain)
        size: Written = what.size if scaled else show.get("size") or UNSAID
        self.history = JournalHistory(self.journal)
        named = {name: JournalHistory(self.journal, name) for name in self.journal.sounds if name}
        self._named = named
        self._behind: dict[str, int] = {}
        device = choose_device(what.device)
        self.controls = JournalControls(engine.lines)
        self.player = Player(
            self.history,
            seed=int(show.get("seed") or 0),
            device=device,
            on_fault=lambda fault: self.faults.append(asdict(fault)),
            limit_s=10.0,
            controls=self.controls,
            sources=StandIns(what.stand_ins, note),
            sounds=GivenSounds(named),
        )
        self.tree = Tree(room, Path(show["folder"]), Path(show["set"]))
        followed = {name: Path(place) for name, place in (show.get("followed") or {}).items()}
        self.builder = Builder(self.tree.folder, size=size, device=device, followed=followed)
        self._safe_builder = Builder(self.tree.folder, size=size, device=device)
        self.pipeline = Pipeline(
            self.tree.set, self.tree.folder, self.builder, self.player, self._said
        )
        self._note = note
        self._refused: str = ""

    def close(self) -> None:
        """Let go of everything."""
        self.player.close()

    def frames(self, end: float) -> Iterator[tuple[float, Any, bool]]:
        """(show time, pixels, whether they are those of the show) of each frame up to ``end``."""
        happened = iter([said for said in self.engine.lines if said["what"] != "controls"])
        event = next(happened, None)
        for row in self.engine.frames:
            position, begun = int(row["position"]), int(row["begun"])
            if position > round(end * RATE):
                return
            self.history.hear(position)
            while event is not None and event["begun"] < begun:
                self._happen(event)
                event = next(happened, None)
            while event is not None and event["what"] == "behind" and event["begun"] <= begun:
                self._behind = event["samples"]
                event = next(happened, None)
            for key, history in self._named.items():
                history.hear(position - int(self._behind.get(key, 0)))
            self.controls.play(begun)
            self.player.fps = float(row["fps"])
            self.player.solo = None if row["solo"] < 0 else int(row["solo"])
            self._turn_to(int(row["version"]))
            frame = self.player.frame(position // HOP * HOP)
            if frame is None:
                raise JournalError(
                    f"the show played version {row['version']} at {position / RATE:.1f} s, which "
                    f"cannot be played again: {self._refused or 'its text was not kept'}"
                )
            pixels = as_bytes(frame.picture)
            same = int(row["print"]) == fingerprint(pixels)
            yield position / RATE, pixels, same

    def _turn_to(self, version: int) -> None:
        """Have this version on the air with the next frame, where the beat alone would not."""
        playing, cued = self.player.program, self.player.cued
        if cued is not None and cued.program.version == version:
            self.player.happen(lineup.Hurry())
            return
        earlier = {program.version for program in self.player.lineup.earlier}
        while playing is not None and playing.version != version and version in earlier:
            self.player.happen(lineup.KeyPressed("undo"))
            if self.player.program is playing:
                return
            playing = self.player.program

    def _happen(self, said: dict[str, Any]) -> None:
        """Do what happened between two frames."""
        what = said["what"]
        if what == "program":
            self._propose(said)
        elif what == "safe":
            self._prove_safe(said)
        elif what == "key":
            self.player.happen(lineup.KeyPressed(said["name"]))
        elif what == "hurry":
            self.player.happen(lineup.Hurry())
        elif what == "behind":
            self._behind = said["samples"]
        elif what == "forget":
            self.player.happen(lineup.Forget())
        elif what == "enter":
            self.player.shown = None
            if said["picture"] and self._last is not None:
                self.player.shown = self.player.as_picture(self._last)
            self.player.again()

    def _propose(self, said: dict[str, Any]) -> None:
        texts = {Path(name): self.journal.text(key) for name, key in said["files"].items()}
        self.tree.write(texts)
        own = Path(said["set"])
        path = self.tree.place(own)
        if path != self.pipeline.path:
            self.pipeline.turn_to(path)
        self.pipeline.recall()
        self.pipeline.numbered(int(said["version"]))
        text = texts[own].decode(errors="surrogateescape")
        commit = self.pipeline.propose(text)
        if commit is not None and commit.status == "refused":
            self._refused = f"{commit.where}: {commit.reason}"
            self._note(f"version {said['version']} cannot be played again: {self._refused}")

    def _prove_safe(self, said: dict[str, Any]) -> None:
        texts = {Path(name): self.journal.text(key) for name, key in said["files"].items()}
        own = Path(said["set"])
        text = texts[own].decode(errors="surrogateescape")
        try:
            program = self._safe_builder.build(run(own, text), None, self.player.moment)
        except Refusal as refusal:
            self._note(f"the safe set cannot be played again: {refusal.reason}")
            return
        self.player.happen(lineup.SafeProven(replace(program, digest="safe", safe=True)))

    def _said(self, message: FromEngine) -> None:
        """What the pipeline says was said in the show."""


class Tree:
    """The folders of a show as they are now, with the texts of then."""

    def __init__(self, room: Path, folder: Path, set: Path) -> None:
        self.original, self.room = folder, room
        self.folder = room / "working"
        if not folder.is_dir():
            raise JournalError(f"the show's folder {folder} is gone: its models were there")
        mirror(folder, self.folder)
        self._sets: dict[Path, Path] = {folder: self.folder}
        plugins = self.folder / "plugins"
        if (folder / "plugins").is_dir():
            plugins.mkdir(exist_ok=True)
        self.set = self.place(set)

    def place(self, file: Path) -> Path:
        """Where a file of the show lies here."""
        if file.is_relative_to(self.original):
            inside = file.relative_to(self.original)
            beside = self.folder / inside.parent
            if beside.is_symlink():  # a folder of sets: its own files are written here
                there = beside.resolve()
                beside.unlink()
                mirror(there, beside)
            return self.folder / inside
        parent = file.parent
        if parent not in self._sets:
            self._sets[parent] = self.room / f"sets{len(self._sets)}"
            if parent.is_dir():
                mirror(parent, self._sets[parent])
            else:
                self._sets[parent].mkdir(parents=True)
        return self._sets[parent] / file.name

    def write(self, texts: dict[Path, bytes]) -> None:
        """Let these files say what they said then; plugins that were not there then are gone."""
        plugins = self.folder / "plugins"
        wanted = {self.place(file) for file in texts}
        if plugins.is_dir():
            for file in plugins.glob("*.py"):
                if file not in wanted:
                    file.unlink()
        for file, content in texts.items():
            place = self.place(file)
            if not place.is_symlink() and place.is_file() and place.read_bytes() == content:
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.is_symlink() or place.exists():
                place.unlink()
            place.write_bytes(content)


class Screen:
    """The film of a replay: at every tick of its rate the newest frame, as it was seen."""

    def __init__(self, what: Replay, end: float) -> None:
        rates = [float(np.median(e.frames["fps"])) for e in what.journal.engines]
        self.fps = what.fps or max(rates)
        self._since, self._end = what.since, end
        self._sound = JournalHistory(what.journal)
        self._stack = contextlib.ExitStack()
        self._writer: FilmWriter | None = None
        if what.out is not None:
            self._writer = self._stack.enter_context(FilmWriter(what.out, self.fps, self._span))
        self._tick = 0
        self._last: Any = None

    def show(self, seconds: float, pixels: Any) -> None:
        """A frame was drawn; the one before was seen until now."""
        if self._writer is None:
            return
        self._until(seconds)
        self._last = pixels

    def _until(self, seconds: float) -> None:
        while self._last is not None and self._since + self._tick / self.fps < seconds:
            assert self._writer is not None
            self._writer.write(self._last)
            self._tick += 1

    def close(self) -> None:
        """End the film."""
        if self._writer is not None:
            self._until(self._end)
        self._stack.close()

    def _span(self, start: int, stop: int) -> Any:
        first = round(self._since * RATE)
        self._sound.hear(first + stop)
        return self._sound.samples(first + start, first + stop)
