"""The phone panel of a show: its process, the pictures it gets, and its QR code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np
from numpy.typing import NDArray

from livegan.ipc.picture_ring import PictureRing
from livegan.ipc.remote.address import ShowAddress, kept_token
from livegan.ipc.shared_memory import NoRoom
from livegan.sound.source import Note
from livegan.stage.hands.hands import Listener
from livegan.stage.options import Options
from livegan.stage.outputs.guest_output import ROOM, RingOutput
from livegan.stage.outputs.hosting import Message
from livegan.stage.outputs.sending import Output, Sending
from livegan.stage.panel.panel_address import PanelAddress
from livegan.stage.panel.qr_code import lines_of
from livegan.stage.record.show_log import ShowLog
from livegan.stage.show_memory import remove
from livegan.stage.streams.stream import StreamPicture
from livegan.stage.window.presenter import Presenter


class PanelProcess(Listener):
    """The process of the panel, kept at work."""

    def __init__(self, options: Message, note: Note, heard: Callable[[Message], None]) -> None:
        """``heard`` receives what it says, on a thread of its own."""
        self.heard = heard
        super().__init__("panel", "livegan.stage.panel.panel_guest:serve", options, note)

    def hear(self, message: Message) -> None:
        """Take what it says. A process after it listens at the same port."""
        if message["type"] == "where":
            self.options["at"] = {**self.options["at"], "port": message["port"]}
        self.heard(message)


class PhonePicture:
    """An output that writes what the audience sees where the panel reads it, while phones look."""

    def __init__(self, ring: PictureRing, looked_at: Callable[[], bool]) -> None:
        self._output, self._looked_at = RingOutput(ring), looked_at

    def show(self, picture: StreamPicture, pixels: NDArray[np.uint8]) -> None:
        """Write one, if somebody looks."""
        if self._looked_at():
            self._output.show(picture, pixels)

    def send(self, pixels: NDArray[np.uint8]) -> None:
        """Write one of which nothing is known."""
        self._output.send(pixels)

    def close(self) -> None:
        """The ring is its maker's."""


class PhonePanel:
    """Serves a show to phones; see docs/panel.md."""

    def __init__(
        self,
        options: Options,
        show: ShowAddress,
        at: PanelAddress,
        *,
        presenter: Presenter,
        attach: Callable[[str, Output], Sending],
        log: ShowLog,
        note: Note,
    ) -> None:
        """``show`` is the address of the show, which the panel is a client of."""
        self._presenter, self._log, self._at = presenter, log, at
        self._hud = options.hud
        self._phones = 0
        self._url = self._told = ""
        self._came = False
        self._ring: PictureRing | None = None
        try:
            self._ring = PictureRing.create(1, ROOM)
        except NoRoom as error:
            note(f"the panel has no picture: {error}")
        ring = self._ring.name if self._ring is not None else ""
        guest: Message = {
            "show": asdict(show),
            "token": kept_token(options.working),
            "at": asdict(at),
            "ring": ring,
        }
        self._process = PanelProcess(guest, note, self._heard)
        self._sending: Sending | None = None
        if self._ring is not None:
            output = PhonePicture(self._ring, lambda: self._phones > 0)
            self._sending = attach("panel", output)

    def _heard(self, message: Message) -> None:
        """On the thread that hears the process."""
        if message["type"] == "phones":
            self._phones = int(message["count"])
            self._came = self._came or self._phones > 0
        elif message["type"] == "where":
            self._url = str(message["url"])

    def look(self, now: float) -> None:
        """Show the QR code, until a phone has come; on the presenter's thread."""
        presenter, url = self._presenter, self._url
        if url != self._told:
            first, self._told = not self._told, url
            presenter.view = replace(presenter.view, panel=url)
            if first:
                presenter.switches = replace(presenter.switches, invite=self._hud)
            self._tell(url)
        if self._came:
            self._came = False
            if presenter.switches.invite:
                presenter.press("invite", "", now)

    def _tell(self, url: str) -> None:
        """The code and the address on the terminal; the token is not in the log."""
        self._log.record("panel", where=url.partition("#")[0])
        if sys.stderr.isatty():
            self._log.say("\n".join(lines_of(url)), "black on white")
        whom = "on this machine; --panel-at lan is for phones" if self._at.is_here else "on a phone"
        self._log.say(f"panel    open this {whom}: {url}", "cyan")

    def stop(self) -> None:
        """End it."""
        if self._sending is not None:
            self._sending.stop()
        self._process.stop()
        if self._sending is not None:
            self._sending.join(1.0)
        if self._ring is not None:
            remove(self._ring)
