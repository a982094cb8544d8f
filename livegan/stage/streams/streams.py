"""The streams of a show, made on a thread of their own: neither the window nor an engine that hangs
keeps another output from its pictures."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable

from livegan.ipc.picture_ring import PictureRing
from livegan.ipc.shared_memory import remove_memory
from livegan.stage.fallback.fallbacks import Fallbacks
from livegan.stage.flash.flash_guard import FlashGuard
from livegan.stage.streams.stream import Stream, StreamRequest

LOOK = 0.004
"""Seconds between looks for a new picture."""
MOST_FAILURES = 20  # different ones that are told


class Streams:
    """All streams of a show: the main one, that the window shows, and those of further pictures.

    Streams belong to the stage. An engine's rings are attached to the streams that are there.
    """

    def __init__(
        self,
        main: Stream,
        *,
        guard: Callable[[str], FlashGuard] = lambda name: FlashGuard(),
        engine: Callable[[], str] = lambda: "playing",
        heard: Callable[[], int] = lambda: 0,
        note: Callable[[str], None] = lambda line: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``guard`` makes the flash guard of a further stream by its name. ``engine`` gives the
        supervisor's phase, ``heard`` the show's time in samples; ``note`` takes a line when a part
        of the stage failed, once for each."""
        self.main = main
        self.main_ring = main.ring_name
        """The name of the ring that the main stream's pictures come from."""
        self.hands = StreamRequest()
        """What the performer asks of all streams: replaced, never changed."""
        self._guard, self._engine, self._heard = guard, engine, heard
        self._note, self._clock = note, clock
        self._further: dict[str, Stream] = {}
        self._rings: dict[str, str] = {}
        """The ring that a further stream was given last."""
        self._over: list[Stream] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._failures: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="streams", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is shown stays with the outputs. Twice is once."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
        with self._lock:
            streams = [self.main, *self._further.values(), *self._over]
            self._further, self._over = {}, []
        for stream in streams:
            stream.close()

    @property
    def all(self) -> list[Stream]:
        """The main stream and the others."""
        with self._lock:
            return [self.main, *self._further.values()]

    def further(self, name: str, ring: str) -> Stream:
        """The stream of that name, which gets its pictures from the ring of that name.

        It is made if there is none. A ring that is gone already leaves it as it is: the engine
        that made it is dead, and its successor sends another.
        """
        with self._lock:
            stream = self._further.get(name)
            if stream is None:
                stream = self._further[name] = Stream(
                    name, self._guard(name), Fallbacks(start=False)
                )
            if self._rings.get(name) != ring:
                self._rings[name] = ring
                try:
                    stream.attach(PictureRing.attach(ring))
                except (FileNotFoundError, ValueError):
                    stream.attach(None)
            return stream

    def keep(self, names: set[str]) -> None:
        """Only these further streams are shown by any output: the others end."""
        with self._lock:
            for name in [name for name in self._further if name not in names]:
                self._over.append(self._further.pop(name))
                self._rings.pop(name, None)

    def engine_gone(self) -> None:
        """The engine died: its rings are removed, which it cannot do itself any more. The streams
        go on."""
        with self._lock:
            rings, self._rings = set(self._rings.values()), {}
            streams = list(self._further.values())
        for stream in streams:
            stream.attach(None)
        for ring in rings:
            remove_memory(ring)

    def _run(self) -> None:
        while not self._stop.wait(LOOK):
            with self._lock:
                over, self._over = self._over, []
                streams = [self.main, *self._further.values()]
            for stream in over:
                stream.close()
            for stream in streams:
                try:
                    stream.look(self._clock(), self.hands, self._engine(), self._heard())
                except Exception as error:  # livegan's own: it costs a picture, not the show
                    self._failed(error)

    def _failed(self, error: Exception) -> None:
        line = f"a part of the stage failed: {type(error).__name__}: {error}"
        if line not in self._failures and len(self._failures) < MOST_FAILURES:
            self._failures.add(line)
            traceback.print_exception(error)
            self._note(line)
