"""The address of a show, from its opening to its end."""

from __future__ import annotations

import time
from collections.abc import Callable

from livegan.ipc.messages import Row, TellValues, ToEngine
from livegan.ipc.remote.address import open_address
from livegan.ipc.remote.schema import AskText, Command, FromShow
from livegan.plugin.tempo_wish import TempoWish
from livegan.sound.source import Note
from livegan.stage.hands.learning import Learning
from livegan.stage.options import Options
from livegan.stage.outputs.sending import Output, Sending
from livegan.stage.panel.panel import PhonePanel
from livegan.stage.record.show_log import ShowLog
from livegan.stage.record.throttled_notes import ThrottledNotes
from livegan.stage.remote.hands import RemoteHands
from livegan.stage.remote.obeying import Obeying
from livegan.stage.remote.server import Declined, RemoteServer
from livegan.stage.remote.showing import Showing
from livegan.stage.show_memory import ShowMemory
from livegan.stage.window.presenter import Presenter

ASK, LEASE = 1.0, 3.0
"""Seconds between two requests for values, and for which one holds: an engine that returns after a
crash is asked, too, and none goes on for clients that are gone."""


class Remote:
    """Lets clients of this machine see and play the show; see docs/remote.md."""

    def __init__(
        self,
        options: Options,
        *,
        presenter: Presenter,
        memory: ShowMemory,
        learning: Learning,
        recording: Callable[[], bool],
        tempo: Callable[[TempoWish | None], None],
        audio: Callable[[str], None],
        output: Callable[[str], None],
        display: Callable[[str], str],
        send: Callable[[ToEngine], None],
        attach: Callable[[str, Output], Sending],
        log: ShowLog,
        note: Note,
    ) -> None:
        """``tempo``, ``audio``, ``output`` and ``display`` are as for `Obeying`; ``attach`` sends
        what the window shows to one more output.

        A show without an address goes on; the log and the terminal say why.
        """
        self._server: RemoteServer | None = None
        self.knobs: Callable[[], list[Row]] = list
        """The knobs of the set on the air, with their values."""
        self._send, self._asked = send, float("-inf")
        self._panel: PhonePanel | None = None
        self._presenter = presenter
        self._log, self._lines = log, ThrottledNotes(self._write)
        self._obeying = Obeying(
            presenter, send, recording, tempo, audio, output, display, options.safe is not None
        )
        presenter.menu.choose = self._chosen
        try:
            opened = open_address(options.working, options.set)
        except OSError as error:
            self._said("opened", f"livegan tell cannot reach this show: {error}")
            if options.panel is not None:
                note("no phone panel: the show has no address")
            return
        self._showing = showing = Showing(
            opened.address.show, presenter, memory, learning, recording
        )
        self.knobs = showing.knobs
        hands = RemoteHands(memory, showing, learning)

        def at_once(command: Command) -> str | FromShow | None:
            return showing.text() if isinstance(command, AskText) else hands(command)

        self._server = RemoteServer(opened, showing, at_once, self._said)
        name = opened.address.show
        log.record("remote", show=name, where=opened.address.where)
        if name != options.set.stem:
            log.say(f"remote   this show is called {name}: livegan tell --show {name}", "cyan")
        if options.panel is not None:
            self._panel = PhonePanel(
                options,
                opened.address,
                options.panel,
                presenter=presenter,
                attach=attach,
                log=log,
                note=note,
            )

    def look(self, now: float) -> None:
        """Do what clients asked for since the last look; on the presenter's thread."""
        if self._server is not None:
            self._server.take(lambda command: self._do(command, now))
            if now - self._asked >= ASK and self._server.values_wanted:
                self._asked = now
                self._send(TellValues(LEASE))
            if self._server.thumbs_wanted != self._presenter.switches.watched:
                self._presenter.press("watch", "", now)
        if self._panel is not None:
            self._panel.look(now)

    def stop(self) -> None:
        """Close the address."""
        if self._panel is not None:
            self._panel.stop()
        if self._server is not None:
            self._server.stop()
            self._showing.close()

    def _chosen(self, command: Command) -> None:
        """The performer chose something in the menu; on the presenter's thread."""
        now = time.monotonic()
        try:
            answer = self._do(command, now)
        except Declined as declined:
            answer = str(declined)
        self._presenter.switches = self._presenter.switches.say(answer, now)

    def _do(self, command: Command, now: float) -> str:
        answer = self._obeying(command, now)
        self._log.record("remote", did=answer)
        return answer

    def _said(self, kind: str, text: str) -> None:
        # Not on the HUD: the audience need not read what a client does wrong.
        self._lines(text, kind)

    def _write(self, text: str) -> None:
        self._log.record("remote", text=text)
        self._log.say(f"remote   {text}", "yellow")
