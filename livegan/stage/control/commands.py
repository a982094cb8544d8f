"""Commands: what the keys ask of others is passed on, and insisted on where it must be done."""

from __future__ import annotations

import time
from collections.abc import Callable

from livegan.ipc.messages import Safe, ToEngine, Undo
from livegan.sound.inputs.listening import Listening
from livegan.stage.control.pending import Pending, resumption
from livegan.stage.control.switches import Order
from livegan.stage.supervision.supervisor_thread import SupervisorThread


class Commands:
    """Sees to the orders of a show. All on the presenter's thread; nothing waits."""

    def __init__(
        self,
        supervision: SupervisorThread,
        listening: Listening,
        *,
        safe: bool,
        stop: Callable[[], None],
        screenshot: Callable[[], None],
        record: Callable[[], None],
        blackout: Callable[[], None],
        fit: Callable[[], None],
        autopilot: Callable[[], None],
        veto: Callable[[], None],
        note: Callable[[str], None],
    ) -> None:
        """``safe`` is whether there is a safe set; ``note`` takes a line for the performer."""
        self._supervision, self._listening, self._safe = supervision, listening, safe
        self._stop, self._screenshot, self._note = stop, screenshot, note
        self._blackout, self._record, self._fit = blackout, record, fit
        self._autopilot, self._veto = autopilot, veto
        self._asking = Pending()

    def obey(self, order: Order) -> None:
        """Do what a key asks."""
        if not isinstance(order, str):
            self._ask(order)
        elif order == "tap":
            self._listening.tap()
        elif order == "quit":
            self._stop()
        elif order == "screenshot":
            self._screenshot()
        elif order == "record":
            self._record()
        elif order == "fit":
            self._fit()
        elif order == "blackout":
            self._blackout()
        elif order == "autopilot":
            self._autopilot()
        elif order == "veto":
            self._veto()

    def obeyed(self, order: str) -> None:
        """The engine says that it did it."""
        self._asking = self._asking.obeyed(order)

    def look(self, now: float) -> None:
        """Insist on what the engine was asked for and did not do in time."""
        order = self._asking.order
        self._asking, insisted = self._asking.look(self._supervision.state.phase, now)
        if insisted:
            self._insist(order)

    def _ask(self, order: ToEngine) -> None:
        """Ask the engine for something; what must work without it too is seen to."""
        if isinstance(order, Safe) and not self._safe:
            self._note("there is no safe set: start the show with --safe SET")
            return
        if isinstance(order, (Undo, Safe)):
            self._asking = Pending("undo" if isinstance(order, Undo) else "safe", time.monotonic())
        self._supervision.send(order)

    def _insist(self, order: str) -> None:
        """The engine is away or does not listen: it is replaced by one that does what was asked."""
        state = self._supervision.state
        report = resumption(order, state.good, state.blocked)
        if report is None:
            self._note("there is no version before this one")
            return
        what = "the safe set" if report.safe else "the program before"
        self._supervision.insist(
            report, f"the engine does not answer; a new one starts with {what}"
        )
