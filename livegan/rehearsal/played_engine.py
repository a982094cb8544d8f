"""One engine of a show, playing again what its journal says."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from livegan.engine.commit import lineup
from livegan.engine.commit.pipeline import Pipeline
from livegan.engine.commit.script import Refusal, run, text_of
from livegan.engine.program.build import Builder
from livegan.engine.program.hearings import GivenSounds
from livegan.engine.program.picture_bytes import as_bytes
from livegan.engine.program.player import Player
from livegan.graph.place import Place
from livegan.ipc.messages import FromEngine
from livegan.journal.folder import EngineJournal, Journal, JournalControls, JournalHistory
from livegan.journal.frames import fingerprint
from livegan.journal.lines import JournalError
from livegan.picture_sources.board import StandIns
from livegan.rehearsal.materials import Materials, ReplayBuilder
from livegan.rehearsal.show_tree import ShowTree
from livegan.size import Size, Written
from livegan.sound import HOP, RATE

OF_SETS = ("program", "safe", "key", "hurry", "forget", "backends")
"""Lines about what was played; another set has no use for them."""
OF_FRAMES = ("behind", "backends")
"""Lines that say how the frame was drawn whose number they have; others come before it."""
Note = Callable[[str], None]


@dataclass(frozen=True)
class ReplayOptions:
    """How a show is played again; see `livegan.rehearsal.replaying.Replay`."""

    size: Written
    device: torch.device
    stand_ins: Mapping[str, str]
    models: Mapping[str, Path]
    set: Path | None = None


@dataclass(frozen=True)
class ReplayedFrame:
    """A frame that was played again, at ``seconds`` of show time."""

    seconds: float
    pixels: Any
    """(H, W, 3) uint8; None of a frame that was passed by, or that could not be drawn."""
    picture: torch.Tensor | None
    """The same before it was rounded, (3, H, W) float32 0..1."""
    same: bool
    """Whether it has the bits of the show, as far as the journal can tell."""


class PlayedEngine:
    """Plays again the frames of one engine."""

    def __init__(
        self,
        journal: Journal,
        engine: EngineJournal,
        how: ReplayOptions,
        room: Path,
        last: Any,
        note: Note,
    ) -> None:
        """``last`` are the pixels that hung on the wall as it began."""
        self.journal, self.engine, self._last = journal, engine, last
        self.faults: list[dict[str, Any]] = []
        show = journal.show
        size: Written = how.size if Size.read(how.size).plain else show.get("size") or how.size
        self.history = JournalHistory(journal, note=note)
        named = {name: JournalHistory(journal, name, note=note) for name in journal.sounds if name}
        self._named = named
        self._behind: dict[str, int] = {}
        self.controls = JournalControls(engine.lines)
        self.player = Player(
            self.history,
            seed=int(show.get("seed") or 0),
            device=how.device,
            on_fault=lambda fault: self.faults.append(asdict(fault)),
            limit_s=10.0,
            controls=self.controls,
            sources=StandIns(dict(how.stand_ins), note),
            sounds=GivenSounds(named),
        )
        working = journal.folder.absolute().parent.parent
        if not Path(show["folder"]).is_dir():
            note(f"the show's folder {show['folder']} is gone: models are looked for in {working}")
        self.tree = ShowTree(room, Path(show["folder"]), Path(show["set"]), working)
        self._set = how.set
        """Another set, in place of all that was played."""
        followed = {name: Path(place) for name, place in (show.get("followed") or {}).items()}
        self.builder = ReplayBuilder(
            self.tree.folder, size=size, device=how.device, followed=followed
        )
        self._safe_builder = Builder(self.tree.folder, size=size, device=how.device)
        self.materials = Materials(journal, room, self.builder, how.models, note)
        self.pipeline = Pipeline(
            self.tree.set, self.tree.folder, self.builder, self.player, self._said
        )
        self._note = note
        self.refused = ""
        """Why the newest version that cannot be played cannot."""

    def close(self) -> None:
        """Let go of everything."""
        self.player.close()

    def frames(
        self, end: float, since: float = 0.0, at: Sequence[float] | None = None
    ) -> Iterator[ReplayedFrame]:
        """Each frame up to ``end``. Those that are not seen from ``since`` on are passed by, or
        those that are not seen at the times ``at``."""
        happened = iter([said for said in self.engine.lines if said["what"] != "controls"])
        event = next(happened, None)
        drawn = self.drawn(since, at)
        for index, row in enumerate(self.engine.frames):
            position, begun = int(row["position"]), int(row["begun"])
            if position > round(end * RATE):
                return
            self.history.hear(position)
            while event is not None and event["begun"] < begun:
                self._happen(event)
                event = next(happened, None)
            while event is not None and event["what"] in OF_FRAMES and event["begun"] <= begun:
                self._happen(event)
                event = next(happened, None)
            for key, history in self._named.items():
                history.hear(position - int(self._behind.get(key, 0)))
            self.controls.play(begun)
            self.player.fps = float(row["fps"])
            alone = row["solo"] >= 0 and self._set is None
            self.player.solo = int(row["solo"]) if alone else None
            if self._set is None:
                self._turn_to(int(row["version"]))
            yield self._play(row, position, bool(drawn[index]))

    def _play(self, row: Any, position: int, draw: bool) -> ReplayedFrame:
        if not draw:
            self.player.pass_by(position // HOP * HOP)
            return ReplayedFrame(position / RATE, None, None, True)
        frame = self.player.frame(position // HOP * HOP)
        if frame is None:
            return ReplayedFrame(position / RATE, None, None, False)
        pixels = as_bytes(frame.picture)
        self.player.settle()
        same = int(row["print"]) == fingerprint(pixels)
        return ReplayedFrame(position / RATE, pixels, frame.picture, same)

    def drawn(self, since: float, at: Sequence[float] | None = None) -> Any:
        """Which frames are drawn, (n,) bool: those that are seen from ``since`` on, or at some
        times; and those that others are made of, besides what nodes remember."""
        frames = self.engine.frames
        count = len(frames)
        drawn = np.zeros(count, bool)
        if at is None:
            first = int(np.searchsorted(frames["position"], round(since * RATE), "right")) - 1
            drawn[max(0, first) :] = True
        else:
            positions = np.round(np.asarray(at) * RATE)
            seen = np.searchsorted(frames["position"], positions, "right") - 1
            drawn[seen[seen >= 0]] = True
        drawn[-1] = True  # the next engine dissolves from it
        drawn[:-1] |= frames["version"][1:] != frames["version"][:-1]
        for said in self.engine.lines:
            if said["what"] in ("program", "safe", "enter"):
                # What is built is proven with the newest pictures.
                before = int(np.searchsorted(frames["begun"], said["begun"], "right")) - 1
                if before >= 0:
                    drawn[before] = True
        return drawn

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
        if self._set is not None and what in OF_SETS:
            self._propose_another()
        elif what == "program":
            self._propose(said)
        elif what == "safe":
            self._prove_safe(said)
        elif what == "key":
            self.player.happen(lineup.KeyPressed(said["name"]))
        elif what == "hurry":
            self.player.happen(lineup.Hurry())
        elif what == "behind":
            self._behind = said["samples"]
        elif what == "backends":
            self.materials.play_with(said["slots"], self.player.lineup.programs)
        elif what == "forget":
            self.player.happen(lineup.Forget())
        elif what == "enter":
            self.player.shown = None
            if said["picture"] and self._last is not None:
                self.player.shown = self.player.as_picture(self._last)
            self.player.again()

    def _propose_another(self) -> None:
        """Put another set on the air, which the show did not have.

        Raises
        ------
        Refusal
            If it cannot be played.
        """
        assert self._set is not None
        if self.player.program is None and self.player.cued is None:
            self.pipeline.turn_to(Path(os.path.abspath(self._set)))
            commit = self.pipeline.propose(text_of(self._set))
            if commit is not None and commit.status == "refused":
                raise Refusal(commit.reason, Place.read(commit.where))

    def _propose(self, said: dict[str, Any]) -> None:
        try:
            texts = {Path(name): self.journal.text(key) for name, key in said["files"].items()}
        except JournalError as error:
            self._refuse(said, str(error))
            return
        for file in self.materials.changed_plugins(texts):
            texts.pop(file, None)
        self.tree.write(texts)
        own = Path(said["set"])
        path = self.tree.place(own)
        self.materials.prepare(said, path)
        if path != self.pipeline.path:
            self.pipeline.turn_to(path)
        self.pipeline.recall()
        self.pipeline.numbered(int(said["version"]))
        text = texts[own].decode(errors="surrogateescape")
        commit = self.pipeline.propose(text)
        self.materials.play_with({}, self.player.lineup.programs)
        if commit is not None and commit.status == "refused":
            self._refuse(said, f"{commit.where}: {commit.reason}".removeprefix(": "))

    def _refuse(self, said: dict[str, Any], reason: str) -> None:
        self.refused = reason
        self._note(
            f"version {said['version']} of the set cannot be played again; what played before it "
            f"goes on: {reason}"
        )

    def _prove_safe(self, said: dict[str, Any]) -> None:
        own = Path(said["set"])
        try:
            text = self.journal.text(said["files"][str(own)]).decode(errors="surrogateescape")
            program = self._safe_builder.build(run(own, text), None, self.player.moment)
        except (Refusal, JournalError) as refusal:
            reason = getattr(refusal, "reason", None) or refusal
            self._note(f"the safe set cannot be played again: {reason}")
            return
        self.player.happen(lineup.SafeProven(replace(program, digest="safe", safe=True)))

    def _said(self, message: FromEngine) -> None:
        """What the pipeline says was said in the show."""
