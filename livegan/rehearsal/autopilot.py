"""The autopilot in a rehearsal: its edits are proposed to the pipeline, no file is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from livegan.autopilot.actions import Action, HurryOn, Look, PlayOther, SayLine, WriteSet
from livegan.autopilot.ear import Ear
from livegan.autopilot.night import Night, NightMove, NightScore, score
from livegan.autopilot.pilot import Pilot
from livegan.autopilot.repertoire import moves_of, unknown_words, words_of
from livegan.autopilot.sight import PictureSight, shrunk
from livegan.engine.commit.lineup import Hurry
from livegan.engine.commit.pipeline import Pipeline
from livegan.engine.program.player import Player
from livegan.engine.program.program import Program
from livegan.graph.settings import swap_beats
from livegan.ipc.messages import Commit, FromEngine, Note
from livegan.plugin import registry
from livegan.plugin.autopilot_wish import AutopilotWish
from livegan.saving import write_bytes
from livegan.sound import HOP, RATE
from livegan.sound.history import History

PATIENCE_S = 60.0
"""Seconds that a move may take: however busy the machine is, the night stays the same."""
COARSE = 96
"""Pixels of a side that are looked at."""


class RehearsedAutopilot:
    """Plays a rehearsal: `hear` before each frame, `see` after it."""

    def __init__(
        self,
        name: str,
        seed: int,
        pipeline: Pipeline,
        player: Player,
        history: History,
        text: str,
        emit: Callable[[FromEngine], None],
    ) -> None:
        """``name`` is the package whose moves are made, empty for all; ``text`` the set's.

        Raises livegan.autopilot.repertoire.NoAutopilot if there is none of that name.
        """
        found = registry.current()
        moves, words = moves_of(found, name), words_of(found)
        self._pilot = Pilot(moves, words, seed=seed, limit_s=PATIENCE_S)
        self._moves, self._words = moves, words
        self._ear, self._sight = Ear(), PictureSight()
        self._pipeline, self._player, self._history = pipeline, player, history
        self._emit = emit
        self.text = text
        """What the set's file would say."""
        self.night = Night(words, text)
        self._hops = history.hops
        self._written: dict[int, WriteSet] = {}
        """Edits on their way to the air, by the number of their commit."""
        self._failed: list[Commit] = []
        self._never: tuple[str, ...] = ()
        self._began = history.hops * HOP / RATE

    def saved(self, text: str) -> None:
        """Another hand has saved the set."""
        self.text = text

    def told(self, commit: Commit) -> None:
        """What became of a save, as the pipeline says it."""
        written = self._written.get(commit.id)
        if written is None:
            return
        if commit.status == "on_air":
            at = commit.on_air_at if commit.on_air_at is not None else commit.at
            beats = self._player.now.beats
            self.night.moves.append(
                NightMove(at, beats, written.move, written.reason, written.text)
            )
        elif commit.status == "refused":
            self._failed.append(commit)

    def hear(self, seconds: float) -> None:
        """Listen up to now, and do what the pilot decides."""
        hops = self._history.hops
        rows = self._history.features(self._hops, hops)
        heard = self._ear.hear(rows, self._hops)
        self._hops = hops
        actions: list[Action] = []
        for commit in self._failed:
            self.night.refusals.append(commit.reason)
            actions += self._pilot.refused(commit.reason, heard)
        self._failed.clear()
        program = self._player.program
        if program is not None:
            actions += self._pilot.look(self._look(program))
        for action in actions:
            self._do(action, seconds)

    def see(self, seconds: float, pixels: Any, program: Program) -> None:
        """Look at a picture that was shown, (H, W, 3) uint8, and at the slots."""
        if not self._sight.due(seconds):
            return
        slots = {}
        for step in program.slots:
            if step.instance.last is not None:
                slots[step.name] = coarse(step.instance.last)
        seen = self._sight.look(seconds, pixels, slots)
        silent = self._ear.heard.state == "silence"
        self.night.saw(seconds, shrunk(pixels), seen.empty, silent)

    def score(self, seconds: float) -> NightScore:
        """The figures of what was played so far."""
        return score(self.night, self._began, seconds)

    def write(self, folder: Path) -> None:
        """``autopilot.jsonl``, a line for each move, and ``autopilot.py``, how the set ended."""
        rows = [vars(move) for move in self.night.moves]
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        write_bytes(folder / "autopilot.jsonl", lines.encode())
        write_bytes(folder / "autopilot.py", self.text.encode())

    def _look(self, program: Program) -> Look:
        bar = int(program.setting("beats_per_bar", 4))
        wish = AutopilotWish.of(program.setting("autopilot", None))
        if wish.never != self._never:
            self._never = wish.never
            for line in unknown_words(wish.never, self._moves, self._words, self.text):
                self._emit(Note(line))
        return Look(
            heard=self._ear.heard,
            seen=self._sight.seen,
            text=self.text,
            wish=wish,
            change=swap_beats(wish.change, bar),
            swap=swap_beats(str(program.setting("swap", "bar")), bar),
            beats_per_bar=bar,
            waits=self._player.cued is not None,
        )

    def _do(self, action: Action, seconds: float) -> None:
        if isinstance(action, WriteSet):
            self.text = action.text
            self._emit(Note(f"autopilot: {action.reason}"))
            commit = self._pipeline.propose(action.text, at=seconds)
            if commit is not None:
                self._written[commit.id] = action
                if commit.status == "refused":
                    self._failed.append(commit)
        elif isinstance(action, HurryOn):
            self._player.happen(Hurry())
        elif isinstance(action, SayLine):
            self._emit(Note(action.text))
        else:
            assert isinstance(action, PlayOther)  # a rehearsal has one set


def coarse(picture: Any) -> Any:
    """(3, H, W) float 0..1 on any device → about (96, 96, 3) uint8, every so-many-th pixel."""
    step = max(1, min(picture.shape[1:]) // COARSE)
    small = picture[:, ::step, ::step].mul(255).to("cpu").byte()
    return small.permute(1, 2, 0).contiguous().numpy()
