"""The safe set: a second set, proven at the start and kept ready beside what plays."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from livegan.engine.commit import lineup
from livegan.engine.commit.script import Refusal, run
from livegan.engine.commit.watch import read_text
from livegan.engine.program.build import Builder
from livegan.engine.program.player import Player
from livegan.engine.program.program import Program
from livegan.ipc import messages
from livegan.ipc.messages import FromEngine


class SafeSet:
    """Proven once by the thread that takes saves; put on the air, and taken off, by that of frames.

    It shares no node with the set that plays, so nothing of that can spoil it.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        builder: Builder,
        player: Player,
        emit: Callable[[FromEngine], None],
    ) -> None:
        """The first of ``paths`` that can be proven is the safe set."""
        self._paths, self.path = paths, paths[0]
        self._builder, self._player = builder, player
        self._emit = emit

    @property
    def on_air(self) -> bool:
        """Whether it plays now."""
        playing = self._player.program
        return playing is not None and playing.safe

    @property
    def ready(self) -> bool:
        """Whether it is proven."""
        return not isinstance(self._player.lineup.safe, str)

    def prove(self) -> None:
        """Build it and draw it once; says in a message whether it is ready. Never raises."""
        program = next(filter(None, map(self._prove, self._paths)), None)
        self._player.happen(lineup.SafeProven(program))

    def _prove(self, path: Path) -> Program | None:
        text = read_text(path)
        try:
            if not text:
                raise Refusal(f"{path.name} {'cannot be read' if text is None else 'is empty'}")
            program = self._builder.build(run(path, text), None, self._player.moment)
        except Refusal as refusal:
            why = refusal.reason if refusal.place is None else f"{refusal.place}: {refusal.reason}"
            self._said(path, False, why)
            return None
        self.path = path
        said = f"safe\0{path}\0{text}".encode(errors="surrogatepass")
        digest = hashlib.sha256(said).hexdigest()
        self._said(path, True, "")
        return replace(program, digest=digest, safe=True)

    def switch(self) -> None:
        """Put it on the air with the next frame; where it plays, bring the program before back.

        Where there is none before it, the set's file is read again.
        """
        self._player.happen(lineup.KeyPressed("safe"))

    def play(self) -> None:
        """Put it on the air with the next frame, whatever the beat, if it is proven."""
        if self.ready and not self.on_air:
            self.switch()

    def _said(self, path: Path, ready: bool, reason: str) -> None:
        self._emit(messages.SafeSetReady(ready, str(path), reason))
