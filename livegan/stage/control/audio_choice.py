"""Another sound for a show while it plays."""

from __future__ import annotations

import threading

from livegan.sound.inputs.listening import Listening, Note
from livegan.sound.source import Source
from livegan.sound.sources import SourceError, parse_source
from livegan.stage.options import Options
from livegan.stage.outputs.guest_source import source_of_plugin


def source_of(text: str | None, options: Options, note: Note) -> Source:
    """What ``--audio`` means, not open yet: of a plugin, or livegan's own. Raises SourceError."""
    return source_of_plugin(text, options.working, note) or parse_source(
        text, loop=options.loop, audible=options.audible
    )


class AudioChoice:
    """Opens what a performer asks for, and lets the show hear it; what cannot be had changes
    nothing but a line."""

    def __init__(
        self,
        listening: Listening,
        options: Options,
        note: Note,
    ) -> None:
        self._listening, self._options, self._note = listening, options, note
        self._opening = threading.Lock()
        self._wanted = ""

    def give(self, text: str) -> None:
        """Listen to what ``--audio`` would. Returns at once, as a driver may take seconds to open;
        the newest wish counts."""
        self._wanted = text
        threading.Thread(target=self._give, args=(text,), name="sound choice", daemon=True).start()

    def _give(self, text: str) -> None:
        with self._opening:
            if text == self._wanted:
                self._wanted = ""
                self._open(text)

    def _open(self, text: str) -> None:
        try:
            self._listening.replace(source_of(text, self._options, self._note))
        except SourceError as error:
            said = str(error).removeprefix("--audio ")
            self._note(f"the sound stays {self._listening.source.name}: {said}")
