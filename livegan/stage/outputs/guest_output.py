"""An output in a process of its own: kept at work, started again when it fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livegan.ipc.messages import Row
from livegan.ipc.picture_ring import PictureRing
from livegan.ipc.shared_memory import NoRoom
from livegan.plugin.catalogue import OWN
from livegan.sound.source import Note
from livegan.stage.fallback.letterbox import boxed
from livegan.stage.outputs.guest import Guest
from livegan.stage.outputs.hosting import Message
from livegan.stage.outputs.sending import Sending
from livegan.stage.record.throttled_notes import ThrottledNotes
from livegan.stage.show_memory import remove
from livegan.stage.streams.stream import Stream, StreamPicture

TRIES = 3  # times that one is started again, unless it is `endless`
LASTED = 60.0
"""Seconds after which one that fails counts as having worked: it is started again as the first."""
RETRY = 1.0  # seconds before that, and as much more each time
LONGEST = 30.0  # seconds before that at most
ROOM = 1280 * 720
"""Pixels that its ring holds at least. It is made for the picture that there is when the output is
opened; where a later one is larger than both, it is made smaller."""


class GuestOutput(Sending):
    """Sends a stream to a process that has an output open.

    The ring between them is the stage's, and stays whatever becomes of the process or the engine.
    """

    def __init__(
        self,
        wanted: Row,
        stream: Stream,
        folder: Path,
        note: Note,
        clock: Callable[[], float] = time.monotonic,
        *,
        set: Path | None = None,
        sound: str = "",
        hear: Callable[[Message], None] = lambda message: None,
    ) -> None:
        """``wanted`` is an item of an ``outputs`` message of the engine, ``clock`` for notes.

        ``set`` is the show's, ``sound`` the name of its sound ring. ``hear`` takes what the output
        says that is no note, on this thread.
        """
        super().__init__(str(wanted["name"]), stream, lambda _: self._ring_output(), note)
        whose = "" if wanted["plugin"] == OWN else f" (plugin {wanted['plugin']})"
        self._title = f"output {wanted['kind']}{whose}"
        self._options: Message = {
            "kind": ("output", wanted["kind"]),
            "folder": str(folder),
            "sound": sound,
            "set": str(set or folder),
            "options": wanted.get("options", {}),
            **{key: wanted[key] for key in ("name", "entry", "plugin")},
        }
        self._notes = ThrottledNotes(note, clock=clock)
        self._ring: PictureRing | None = None
        self._endless = False
        self._hear, self._clock = hear, clock
        self._guest: Guest | None = None
        self._standing: dict[str, Message] = {}
        self.state = "opening"
        """``opening``, ``open`` or ``off``."""

    def tell(self, message: Message, *, keep: bool = False) -> None:
        """Send a message to the output, which its ``hear`` takes. From any thread.

        With ``keep``, the newest of its ``type`` is sent again when the process is replaced.
        """
        if keep:
            self._standing[str(message["type"])] = message
        guest = self._guest
        if guest is not None:
            guest.send(message)

    def _ring_output(self) -> RingOutput:
        assert self._ring is not None
        return RingOutput(self._ring)

    def _work(self) -> None:
        width, height = self.stream.size or (1, 1)
        try:
            self._ring = PictureRing.create(1, max(ROOM, width * height))
        except NoRoom as error:
            self._note(f"{self._title} is not available: {error}")
            return
        feeding = threading.Thread(target=super()._work, name=f"{self.name} ring", daemon=True)
        feeding.start()
        try:
            self._host(self._ring.name)
        finally:
            self.state = "off"
            self._stopped.set()
            feeding.join()
            remove(self._ring)

    def _host(self, ring: str) -> None:
        """Keep its process at work."""
        attempt = 0
        while True:
            began = self._clock()
            try:
                guest = Guest("send", {**self._options, "ring": ring})
            except OSError as error:
                why: str | None = f"could not be started: {error}"
            else:
                self._guest = guest
                for message in list(self._standing.values()):
                    guest.send(message)
                try:
                    why = self._follow(guest)
                finally:
                    self._guest = None
                    guest.close()
            if why is None or self._stopped.is_set():
                return
            if self._clock() - began > LASTED:
                attempt = 0  # not one that fails again and again
            attempt += 1
            last = attempt > TRIES and not self._endless
            self._note(f"{self._title}: {why}; {'it stays off' if last else 'restarting'}")
            if last or self._stopped.wait(min(LONGEST, RETRY * attempt)):
                return

    def _follow(self, guest: Guest) -> str | None:
        """Hear a guest until it ends: why it did, None if it was to end."""
        failed, self.state = "", "opening"
        while not self._stopped.is_set():
            message = guest.next(0.1)
            if guest.opened:
                self.state = "open"
            if message is None:
                if guest.gone:
                    return failed or guest.how()
                continue
            kind = message["type"]
            if kind == "off":
                self.closed = bool(message.get("closed"))
                if message["text"]:
                    self._note(f"{self._title}: {message['text']}")
                return None
            if kind == "failed":
                failed = str(message["text"])
            elif kind == "endless":
                self._endless = True
            elif kind == "note":
                self._notes(f"{self._title}: {message['text']}")
            else:
                self._hear(message)
        return None


class RingOutput:
    """An output that puts pictures into a ring, for another process."""

    def __init__(self, ring: PictureRing) -> None:
        self._ring = ring

    def show(self, picture: StreamPicture, pixels: NDArray[np.uint8]) -> None:
        """Write one, made smaller if it is larger than the ring was made for."""
        height, width, _ = pixels.shape
        if height * width > self._ring.room:
            scale = (self._ring.room / (height * width)) ** 0.5
            pixels = boxed(pixels, (max(1, int(width * scale)), max(1, int(height * scale))))
        self._ring.write(
            pixels,
            sound_position=picture.sound_position,
            version=picture.version,
            frame=picture.frame,
        )

    def send(self, pixels: NDArray[np.uint8]) -> None:
        """Write one of which nothing is known."""
        self._ring.write(pixels)

    def close(self) -> None:
        """The ring is its maker's."""
