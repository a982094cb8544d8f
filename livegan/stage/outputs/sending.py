"""Sending: the pictures of a stream go to one output, on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from livegan.plugin.guard import said
from livegan.stage.streams.formats import RGB, Format
from livegan.stage.streams.stream import Stream, StreamPicture

WAIT = 0.1  # seconds between looks whether to go on


class Output(Protocol):
    """A place a picture is shown. Opened, used and closed on one thread.

    Optional: ``format``, a `Format` that it wants its pictures in, instead of RGB; it may change
    from one picture to the next. ``show(picture, pixels)`` is called in place of `send`, with the
    `StreamPicture` that these pixels are.
    """

    def send(self, pixels: NDArray[np.uint8]) -> None:
        """Show a (H, W, 3) uint8 picture, or one in its ``format``. It must not be changed, and
        is only its own until it returns."""

    def close(self) -> None:
        """Let go of it."""


class Sending(threading.Thread):
    """Sends what a stream gives to one output. The stream may be replaced while it goes on."""

    def __init__(
        self,
        name: str,
        stream: Stream,
        opener: Callable[[str], Output],
        note: Callable[[str], None],
    ) -> None:
        """``opener`` is called with ``name`` on this thread."""
        super().__init__(name=f"output {name}", daemon=True)
        self.stream = stream
        self._output_name = name
        self._opener = opener
        self._note = note
        self._before: tuple[threading.Thread, float] | None = None
        self._stopped = threading.Event()
        self.sent = 0
        self.state = "open"
        """``opening``, ``open`` or ``off``."""
        self.closed = False
        """Whether it was closed from outside, and is to be opened again by the next save."""

    def follow(self, before: threading.Thread | None, patience: float) -> None:
        """Open it only when ``before``, who had the name, has ended, or ``patience`` seconds are
        over. To be called before `start`."""
        self._before = (before, patience) if before is not None else None

    def run(self) -> None:
        before, self._before = self._before, None
        if before is not None:
            before[0].join(before[1])
        if not self._stopped.is_set():
            self._work()
        self.state = "off"

    def _work(self) -> None:
        try:
            output = self._opener(self._output_name)
            try:
                self._send(output)
            finally:
                output.close()
        except Exception as error:
            self._note(said(error) or type(error).__name__)

    def _send(self, output: Output) -> None:
        seen: StreamPicture | None = None
        while not self._stopped.is_set():
            stream = self.stream
            picture = stream.wait(seen, WAIT)
            if picture is None:
                continue
            seen = picture
            pixels = stream.formed(picture, getattr(output, "format", RGB) or Format())
            try:
                show = getattr(output, "show", None)
                if show is not None:
                    show(picture, pixels)
                else:
                    output.send(pixels)
                self.sent += 1
            except RuntimeError as error:  # a receiver that resizes, a driver that resets
                self._note(said(error) or type(error).__name__)

    def stop(self) -> None:
        """Ask it to end; join it for the end."""
        self._stopped.set()
