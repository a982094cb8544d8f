"""The windows that the audience sees besides the stage's own: opened, talked to, fitted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from livegan.ipc.messages import Row
from livegan.plugin.catalogue import OWN
from livegan.sound.source import Note
from livegan.stage.control.switches import Switches
from livegan.stage.outputs.guest_output import GuestOutput
from livegan.stage.outputs.outputs import Outputs
from livegan.stage.overlay.operator import Rig
from livegan.stage.overlay.view import View
from livegan.stage.streams.stream import Stream
from livegan.stage.window.arrangement import Arrangement
from livegan.stage.window.presenter import Presenter
from livegan.stage.window.trim_edit import EDITS
from livegan.stage.window.window import Press

MAIN = "main"
"""The name of the audience's window beside the operator's, also in the file of trims."""
WINDOWS = "livegan.builtin.outputs"


class Audience:
    """Makes the outputs that are processes of their own; keys go between their windows and the
    stage's."""

    def __init__(self, folder: Path, set: Path, note: Note, sound: str = "") -> None:
        """``sound`` is the name of the show's sound ring, for outputs that send sound as well."""
        self._sound = sound
        self._folder, self._set, self._note = folder, set, note
        self._windows: list[GuestOutput] = []
        self._main: GuestOutput | None = None
        self._code: object = None
        self._fitted: GuestOutput | None = None
        self.pressed: Callable[[Press], None] = lambda press: None
        """Takes each key that is pressed in one of the windows."""

    def guest(self, wanted: Row, stream: Stream) -> GuestOutput:
        """An output, not yet started. On the supervisor's thread, as all of `Outputs`."""

        def hear(message: dict[str, Any]) -> None:
            if message["type"] == "press":
                self.pressed(Press(message["typed"], message["name"]))
            elif message["type"] == "fitting":
                if message["on"]:
                    self._fitted = output
                elif self._fitted is output:
                    self._fitted = None

        output = GuestOutput(
            wanted,
            stream,
            self._folder,
            self._note,
            set=self._set,
            sound=self._sound,
            hear=hear,
        )
        if wanted["kind"] == "window":
            self._windows = [w for w in self._windows if w.state != "off"] + [output]
        return output

    def join(
        self,
        presenter: Presenter,
        outputs: Outputs,
        sources: Callable[[], dict[str, bool]],
        knobs: Callable[[], list[Row]],
        windows: Arrangement,
    ) -> None:
        """Join the windows to the stage's own; if that is the operator's, open the audience's."""
        self.pressed = presenter.elsewhere.put
        presenter.take = self.take
        if not windows.operator:
            return
        options = {} if windows.audience is None else {"display": windows.audience}
        whose = {"plugin": OWN, "entry": WINDOWS, "options": options}
        self._main = self.guest({"kind": "window", "name": MAIN, **whose}, outputs.main)
        outputs.keep(self._main)
        presenter.operate(lambda: self.rig(outputs, sources, knobs))

    def rig(
        self,
        outputs: Outputs,
        sources: Callable[[], dict[str, bool]],
        knobs: Callable[[], list[Row]],
    ) -> Rig:
        """What goes in and out, for the operator's window."""
        main = self._main.state if self._main is not None else "off"
        rows = [(f"window {MAIN}", main), *outputs.states().items()]
        return Rig(
            rows,
            [(name, "here" if here else "away") for name, here in sources().items()],
            [
                (str(k["name"]), float(k["value"]), float(k["low"]), float(k["high"]))
                for k in knobs()
            ],
        )

    def look(self, view: View, switches: Switches) -> None:
        """Put the code of the set on the wall, or take it away; nothing is seen in a blackout."""
        if self._main is None:
            return
        shown = View()
        if switches.code and not switches.black:
            shown = replace(
                shown,
                source=view.source,
                changed=view.changed,
                changed_at=view.changed_at,
                refused_line=view.refused_line,
                refused_text=view.refused_text,
            )
        if shown != self._code:
            self._code = shown
            self._main.tell({"type": "code", "view": shown}, keep=True)

    def show_on(self, presenter: Presenter, wanted: str) -> str:
        """Show what the audience sees on another display; a line. `NoDisplay` if it is not there,
        and said later if that is a window of its own."""
        if self._main is None:
            return presenter.show_on(wanted)
        self._main.tell({"type": "display", "display": wanted})
        return f"the audience's window goes to display {wanted}"

    # Fitting a window from the operator's keyboard -----------------------------------------------

    def fit(self) -> None:
        """Fit the first window to its wall, or keep that and go on to the next."""
        windows = [window for window in self._windows if window.state == "open"]
        before, self._fitted = self._fitted, None
        if before is not None:
            self._press(before, Press("", "return"))
        following = windows.index(before) + 1 if before in windows else 0
        if following < len(windows):
            self._fitted = windows[following]
            self._fitted.tell({"type": "fit"})
        elif not windows:
            self._note("there is no window of the audience to fit")

    def take(self, press: Press) -> bool:
        """Whether a key is for the window that is being fitted: it is passed on."""
        if self._fitted is None or press.name not in EDITS:
            return False
        self._press(self._fitted, press)
        return True

    def _press(self, window: GuestOutput, press: Press) -> None:
        window.tell({"type": "press", **vars(press)})
