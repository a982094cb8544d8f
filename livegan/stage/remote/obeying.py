"""What clients ask of a show, done as if by its keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from livegan.ipc.messages import PlayScene, Safe, Solo, SwapNow, ToEngine, Undo
from livegan.ipc.remote.schema import (
    Command,
    FadeToBlack,
    Hold,
    ListenTo,
    PlayOn,
    PlaySet,
    RecordFilm,
    SaveScreenshot,
    SetTempo,
    ShowOn,
    TapTempo,
)
from livegan.plugin.tempo_wish import TempoWish
from livegan.sound.named_inputs import input_of
from livegan.stage.control.scenes import find_scene
from livegan.stage.remote.server import Declined
from livegan.stage.window.displays import NoDisplay
from livegan.stage.window.presenter import Presenter


class Obeying:
    """Does what else clients ask, on the thread of the presenter."""

    def __init__(
        self,
        presenter: Presenter,
        send: Callable[[ToEngine], None],
        recording: Callable[[], bool],
        tempo: Callable[[TempoWish | None], None],
        audio: Callable[[str], None],
        output: Callable[[str], None],
        display: Callable[[str], str],
        safe: bool,
    ) -> None:
        """``tempo`` receives what is to lead the tempo, None for the set's choice; ``audio`` what
        is to be heard, ``output`` where the room's sound is to be played, and ``display`` where
        the audience's window is to be: it returns a line. ``safe``: there is a safe set."""
        self._presenter, self._send, self._recording = presenter, send, recording
        self._tempo, self._safe, self._audio = tempo, safe, audio
        self._output, self._display = output, display

    def __call__(self, command: Command, now: float) -> str:
        """Do it. Returns a line that says what; raises Declined."""
        switches = self._presenter.switches
        if isinstance(command, Hold):
            return self._hold(command.on, now)
        if isinstance(command, FadeToBlack):
            said = "black", "back from black"
            return self._switch("blackout", command.on, switches.black, now, said)
        if isinstance(command, RecordFilm):
            said = "recording", "the recording ends"
            answer = self._switch("record", command.on, self._recording(), now, said)
            if answer == "recording" and not self._recording():
                raise Declined("it cannot be recorded: `livegan tell state` has the reason")
            return answer
        if isinstance(command, Solo):
            return self._solo(command.slot, now)
        if isinstance(command, SwapNow):
            if self._presenter.view.commit != "cued":
                raise Declined("nothing waits for its beat")
            self._send(command)
            return "it goes on the air with the next frame"
        if isinstance(command, ListenTo):
            if not input_of(command.source)[1].strip():
                raise Declined("name a sound, such as demo, a file, or an input of livegan devices")
            self._audio(command.source)
            return f"opening {command.source}; the show says so if it cannot listen to it"
        if isinstance(command, PlayOn):
            self._output(command.output)
            where = command.output or "the default output"
            return f"the room hears patches and --monitor on {where}, or the show says why not"
        if isinstance(command, ShowOn):
            try:
                return self._display(command.display)
            except NoDisplay as error:
                raise Declined(str(error)) from None
        if isinstance(command, PlaySet):
            return self._scene(command.name, now)
        if isinstance(command, SetTempo):
            try:
                wish = TempoWish.of(command.follow, command.bpm)
            except ValueError as error:
                raise Declined(str(error)) from None
            led = command.bpm is not None or bool(command.follow)
            self._tempo(wish if led else None)
            if not led:
                return "the set decides what leads the tempo"
            return f"{wish}" if wish.follow == "number" else f"the tempo follows: {wish}"
        if isinstance(command, Safe) and not self._safe:
            raise Declined("there is no safe set: start the show with --safe SET")
        if isinstance(command, Safe) and self._presenter.view.safe:
            self._presenter.press("safe", "", now)
            return "back from the safe set"
        action, text = _KEYS[type(command)]
        self._presenter.press(action, "", now)
        return text

    def _hold(self, on: bool | None, now: float) -> str:
        held = self._presenter.switches.asked == "held"
        wanted = "held" if (not held if on is None else on) else ""
        for _ in range(2):  # from a drift or a still it takes two presses to live
            if self._presenter.switches.asked != wanted:
                self._presenter.press("hold", "", now)
        return "held" if wanted else "going on"

    def _switch(
        self, action: str, on: bool | None, before: bool, now: float, said: tuple[str, str]
    ) -> str:
        after = not before if on is None else on
        if after != before:
            self._presenter.press(action, "", now)
        return said[0] if after else said[1]

    def _scene(self, name: str, now: float) -> str:
        switches = self._presenter.switches
        try:
            path = find_scene(name, switches.scenes)
        except ValueError as error:
            raise Declined(str(error)) from None
        if path not in switches.scenes:
            before = switches.scenes or (self._presenter.view.playing,)
            scenes = tuple(dict.fromkeys((*filter(None, before), path)))
            self._presenter.switches = replace(switches, scenes=scenes)
        self._send(PlayScene(path))
        return f"{Path(path).name} plays at the next bar, if it passes the test"

    def _solo(self, slot: int | None, now: float) -> str:
        slots = len(self._presenter.view.slots)
        if slot is not None and not 0 <= slot < slots:
            raise Declined(f"there is no slot {slot + 1}: the set has {slots}")
        if self._presenter.switches.solo == slot:
            pass
        elif slot is None:
            self._presenter.press("all", "", now)
        else:
            self._presenter.press("solo", str(slot + 1), now)
        return "all slots" if slot is None else f"slot {slot + 1} alone"


_KEYS: dict[type, tuple[str, str]] = {
    Undo: ("undo", "undo"),
    Safe: ("safe", "the safe set plays"),
    TapTempo: ("tap", "tapped"),
    SaveScreenshot: ("screenshot", "the picture goes to the folder shows/"),
}
"""Commands that are a key: its action, and the answer."""
