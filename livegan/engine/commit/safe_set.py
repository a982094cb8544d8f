"""The safe set: a second set, proven at the start and kept ready beside what plays."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from livegan.engine.commit.commits import Commit
from livegan.engine.commit.pipeline import Pipeline
from livegan.engine.commit.script import Refusal, run
from livegan.engine.commit.watch import read_text
from livegan.engine.program.build import Builder
from livegan.engine.program.player import Cue, Player
from livegan.engine.program.program import Program


class SafeSet:
    """Proven once by the thread that takes saves; put on the air, and taken off, by that of frames.

    It shares no node with the set that plays, so nothing of that can spoil it.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        builder: Builder,
        player: Player,
        pipeline: Pipeline,
        emit: Callable[[dict[str, Any]], None],
    ) -> None:
        """The first of ``paths`` that can be proven is the safe set."""
        self._paths, self.path = paths, paths[0]
        self._builder, self._player, self._pipeline = builder, player, pipeline
        self._emit = emit
        self._program: Program | None = None
        self._digest = ""
        self._tried = False
        self._wanted = False
        """It was asked for before it was proven."""

    @property
    def on_air(self) -> bool:
        """Whether it plays now."""
        playing = self._player.program
        return playing is not None and playing.safe

    @property
    def ready(self) -> bool:
        """Whether it is proven."""
        return self._program is not None

    def prove(self) -> None:
        """Build it and draw it once; says in a message whether it is ready. Never raises."""
        for path in self._paths:
            if self._prove(path):
                break
        self._tried = True
        if self._wanted:
            self._wanted = False
            self.switch()

    def _prove(self, path: Path) -> bool:
        text = read_text(path)
        try:
            if not text:
                raise Refusal(f"{path.name} {'cannot be read' if text is None else 'is empty'}")
            program = self._builder.build(run(path, text), None, self._player.moment)
        except Refusal as refusal:
            why = refusal.reason if refusal.place is None else f"{refusal.place}: {refusal.reason}"
            self._said(path, False, why)
            return False
        self.path = path
        self._digest = hashlib.sha256(
            f"safe\0{path}\0{text}".encode(errors="surrogatepass")
        ).hexdigest()
        self._program = replace(program, digest=self._digest, safe=True)
        self._said(path, True, "")
        return True

    def switch(self) -> bool:
        """Put it on the air with the next frame; where it plays, bring the program before back.

        False if it plays and there is no program before it.
        """
        if self.on_air:
            if not self._player.earlier:
                return False
            self._pipeline.undo()
        elif self._program is not None:
            self.play()
        elif self._tried:
            self._emit({"type": "note", "text": f"the safe set {self.path.name} is not ready"})
        else:
            self._wanted = True
            self._emit({"type": "note", "text": "the safe set comes as soon as it is proven"})
        return True

    def play(self) -> None:
        """Put it on the air with the next frame, whatever the beat."""
        if self._program is None:
            return
        commit = self._pipeline.unasked(self.path)
        commit.digest, commit.safe = self._digest, True
        program = replace(self._program, version=commit.version)
        self._player.drop()
        self._player.cued = Cue(program, -math.inf, lambda p, at: self._on_air(commit, p, at))

    def _on_air(self, commit: Commit, program: Program, at: float) -> None:
        commit.status, commit.reason = "on_air", "safe set"
        commit.on_air_at, commit.source = round(at, 6), program.script.text
        self._emit(commit.message())

    def _said(self, path: Path, ready: bool, reason: str) -> None:
        self._emit({"type": "safe", "ready": ready, "file": str(path), "reason": reason})
