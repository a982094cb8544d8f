"""Captures: what the performer keeps of a show, films and screenshots."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from livegan.film import FilmError
from livegan.stage.outputs.sending import Output, Sending
from livegan.stage.record.live_film import ShowSound
from livegan.stage.record.recording import ShowRecording, free_film
from livegan.stage.record.screenshot import saved
from livegan.stage.streams.stream import Stream


class Captures:
    """Films and screenshots of one stream. On the presenter's thread; nothing waits."""

    def __init__(
        self,
        folder: Path,
        stream: Stream,
        sound: ShowSound,
        *,
        film: Path | None,
        attach: Callable[[str, Output], Sending],
        later: Callable[[Callable[[], None]], None],
        note: Callable[[str], None],
    ) -> None:
        """``film`` is the file of the first film, None for a free name in ``folder``. ``attach``
        sends the stream to one more output; ``later`` does a slow job on another thread."""
        self._folder, self._stream, self._sound = folder, stream, sound
        self._film, self._attach, self._later, self._note = film, attach, later, note
        self._sending: Sending | None = None

    @property
    def recording(self) -> bool:
        """Whether a film is being recorded."""
        return self._sending is not None and self._sending.is_alive()

    def record(self) -> None:
        """Begin to record the stream, or end it."""
        if self._sending is not None and self.recording:
            self._sending.stop()
            self._sending = None
            return
        try:
            path = self._film or free_film(self._folder)
            self._film = None  # the next one has a name of its own
            self._sending = self._attach(path.name, ShowRecording(path, self._sound, self._note))
            self._note(f"recording {path.name}; r ends it")
        except FilmError as error:
            self._note(str(error))

    def screenshot(self) -> None:
        """Save the newest picture."""
        newest = self._stream.newest
        if newest is None or not newest.live:
            self._note("there is no picture to save yet")
            return
        pixels = newest.pixels
        self._later(lambda: self._note(saved(pixels, self._folder)))
