"""What changes by itself in a show, written down when it has changed."""

from __future__ import annotations

import math
from collections.abc import Callable

from livegan.ipc.messages import EngineMessage, Waiting
from livegan.sound.inputs.listening import Listening
from livegan.stage.control.audio_choice import AudioChoice
from livegan.stage.fallback.fallbacks import Fallbacks
from livegan.stage.fallback.ladder import CHOSEN, Rung
from livegan.stage.record.show_log import ShowLog


class WrittenChanges:
    """The rung of the ladder, the sound that is heard, and what the show goes on without."""

    def __init__(
        self,
        log: ShowLog,
        fallbacks: Fallbacks,
        listening: Listening,
        audio: AudioChoice,
        hear: Callable[[EngineMessage], None],
    ) -> None:
        self._log, self._fallbacks = log, fallbacks
        self._listening, self._audio, self._hear = listening, audio, hear
        self._rung: Rung = "still"
        self._heard = ""
        """The name of the sound that was told last."""
        self._missing: dict[str, str] = {}
        """What is missing: "sound", "inputs" or "log", and why."""

    def look(self) -> None:
        """Write down what is another now; once a frame."""
        self._climb()
        heard = self._listening.source.name
        if heard != self._heard:
            self._heard = heard
            self._log.record("sound", source=heard)
            self._log.say(f"sound    {heard}", "cyan")
        missing = {"sound": self._listening.waiting, "inputs": self._audio.missing}
        for what, text in {**missing, "log": self._log.trouble}.items():
            if self._missing.get(what, "") != text:
                self._missing[what] = text
                self._hear(Waiting(what, text))

    def _climb(self) -> None:
        ladder = self._fallbacks.ladder
        if ladder.rung == self._rung:
            return
        before, self._rung = self._rung, ladder.rung
        gap = round(ladder.gap, 2) if math.isfinite(ladder.gap) else None
        self._log.record("rung", rung=ladder.rung, before=before, why=ladder.why, gap=gap)
        if ladder.rung != "live" and ladder.why != CHOSEN:
            self._log.say(f"picture  {ladder.line}", "yellow")
