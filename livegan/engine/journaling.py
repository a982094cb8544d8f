"""What an engine tells the journal of its show: see `livegan.journal`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from livegan.engine.commit import beside, lineup
from livegan.engine.commit.lineup import Lineup, LineupEvent
from livegan.engine.commit.pipeline import Pipeline
from livegan.engine.commit.set_inputs import files_of
from livegan.engine.made_with import made_with
from livegan.engine.program.device import describe_device
from livegan.engine.program.nodes.slot_building import playing_backends
from livegan.engine.program.player import Frame, Player
from livegan.engine.program.program import Program
from livegan.journal.engine_record import EngineRecord
from livegan.journal.made_with import MadeWith


class PlayerJournal:
    """Follows a player and its pipeline. Nothing here waits for the disk."""

    def __init__(
        self, folder: Path, player: Player, pipeline: Pipeline, note: Callable[[str], None]
    ) -> None:
        self._journal = EngineRecord(folder, note)
        self._player, self._pipeline = player, pipeline
        self._plays: dict[str, str] = {}
        player.on_event = self.happened

    def happened(self, event: LineupEvent, after: Lineup) -> None:
        """An event was taken, by any thread; events come one at a time."""
        journal = self._journal
        if isinstance(event, lineup.FrameBegins):
            journal.begun += 1
        elif isinstance(event, lineup.Proven):
            if after.cued is not None and after.cued.commit == event.commit:
                self._program(after.cued.program, safe=False)
        elif isinstance(event, lineup.SafeProven):
            if event.program is not None:
                self._program(event.program, safe=True)
        elif isinstance(event, lineup.Refused):
            journal.say("refused", where=str(event.why.place or ""), reason=event.why.reason)
        elif isinstance(event, lineup.KeyPressed):
            journal.say("key", name=event.name)
        elif isinstance(event, lineup.Hurry):
            journal.say("hurry")
        elif isinstance(event, lineup.Forget):
            journal.say("forget")

    def _program(self, program: Program, *, safe: bool) -> None:
        script, hot = program.script, self._pipeline.hot

        def files() -> list[Path]:
            return [*beside.loaded(script.path), *hot.files(), *files_of(script.graph)]

        def made() -> MadeWith:
            builder = self._pipeline.builder
            return made_with(program, builder.models(script.path), builder.folder)

        self._journal.program(program.version, script.path, script.text, files, made, safe=safe)

    def enters(self, picture: bool) -> None:
        """The engine goes on the air; ``picture`` is whether it dissolves from what is shown."""
        device, precision = describe_device(self._player.device)
        self._journal.say("enter", picture=picture, device=device, precision=precision)

    def drew(self, frame: Frame) -> Callable[[Any], None]:
        """A frame was drawn: call what this returns with the bytes of its picture."""
        player = self._player
        if player.newest is None:
            return lambda pixels: None
        program, reading = player.newest
        plays = playing_backends(program)
        if plays != self._plays:  # another backend paints from now on
            self._plays = plays
            self._journal.say("backends", slots=plays)
        behind = {
            key: frame.position - heard
            for key, heard in (reading.sounds.positions if reading.sounds else {}).items()
            if heard != frame.position
        }
        return self._journal.frame(frame, player.fps, player.solo, reading.controls, behind)

    def close(self) -> None:
        """Write what waits."""
        self._journal.close()
