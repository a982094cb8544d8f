"""What a show hears: its inputs as they are chosen at the start, and others while it plays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence

from livegan.sound.hearing.analysis import Analyzer
from livegan.sound.inputs.desk import Desk
from livegan.sound.inputs.heard_input import RingWriter
from livegan.sound.inputs.input_level import InputLevel, level_of
from livegan.sound.inputs.listening import Listening
from livegan.sound.inputs.waiting_line import Note
from livegan.sound.named_inputs import input_of, missing_line
from livegan.sound.source import Source
from livegan.sound.sources import SourceError, parse_source
from livegan.stage.options import Options
from livegan.stage.outputs.guest_source import GuestSource, source_of_plugin
from livegan.stage.show_memory import ShowMemory

SUM = "sum"
"""Instead of a source: the show's own sound is the sum of its named inputs."""


class AudioChoice:
    """Opens what a performer asks for, and lets the show hear it; what cannot be had while the
    show plays changes nothing but a line."""

    def __init__(
        self,
        options: Options,
        memory: ShowMemory,
        note: Note,
        close: Callable[[Callable[[], None]], object],
    ) -> None:
        """Opens the inputs of ``options``: SourceError, or NoRoom for a ring. ``close`` takes what
        is to be done at the end."""
        self._options, self._memory, self._note = options, memory, note
        self._opening = threading.Lock()
        self._wanted: dict[str, str] = {}
        self._desk = Desk()
        self._listened: Sequence[str] = ()
        shared = self._desk if options.inputs else None
        own = None
        if options.audio is not None or not options.inputs:
            own = self._source(options.audio, shared)
        inputs = {name: self._source(text, self._desk) for name, text in options.inputs.items()}
        self.listening = Listening(
            own,
            memory.sound,
            Analyzer(bpm=options.bpm),
            note,
            inputs=inputs,
            writer=self._writer,
        )
        close(self.listening.stop)

    def give(self, text: str) -> None:
        """Listen to what ``--audio`` would. Returns at once, as a driver may take seconds to open;
        the newest wish for an input counts."""
        name, source = input_of(text)
        self._wanted[name] = source
        threading.Thread(
            target=self._give, args=(name, source), name="sound choice", daemon=True
        ).start()

    def listen_to(self, names: Sequence[str]) -> None:
        """The set on the air listens to these named inputs."""
        self._listened = names

    @property
    def missing(self) -> str:
        """Which inputs the set listens to and the show does not have, and what to do, in a line."""
        return missing_line(self._listened, self.listening.names, "livegan tell audio {}=NAME")

    @property
    def inputs(self) -> list[InputLevel]:
        """The named inputs at this moment."""
        levels, waiting = self.listening.meters, self.listening.away
        return [
            InputLevel(name, source.name, level_of(max(levels[name])), name not in waiting)
            for name, source in self.listening.sources.items()
            if name in levels
        ]

    def renew(self, sources: Collection[str]) -> None:
        """Open those of plugins anew whose code was edited: see `GuestSource.renew`."""
        for source in self.listening.sources.values():
            if isinstance(source, GuestSource):
                source.renew(sources)

    def _source(self, text: str | None, desk: Desk | None) -> Source:
        """What ``--audio`` means, not open yet: of a plugin, or livegan's own."""
        options = self._options
        return source_of_plugin(text, options.working, self._note) or parse_source(
            text, loop=options.loop, audible=options.audible, desk=desk
        )

    def _writer(self, name: str, note: Note) -> RingWriter:
        analyzer = Analyzer()
        analyzer.lead(None, hears=False)  # there is one tempo, that of the show's own sound
        return RingWriter(self._memory.inputs.make(name), analyzer, note)

    def _give(self, name: str, text: str) -> None:
        with self._opening:
            if text == self._wanted.get(name):
                del self._wanted[name]
                self._open(name, text)

    def _open(self, name: str, text: str) -> None:
        listening = self.listening
        try:
            if text == SUM and not name and listening.names:
                listening.replace(None)
                return
            desk = self._desk if name or listening.names else None
            listening.replace(self._source(text, desk), name)
        except (SourceError, OSError) as error:
            said = str(error).removeprefix("--audio ")
            before = listening.sources.get(name)
            if name and before is None:
                self._note(f"there is no input {name!r}: {said}")
            elif name:
                self._note(f"the input {name!r} stays {before.name if before else ''}: {said}")
            else:
                self._note(f"the sound stays {listening.source.name}: {said}")
