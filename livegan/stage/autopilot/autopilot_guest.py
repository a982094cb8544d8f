"""The process of the autopilot: it hears the sound ring, sees the picture rings, writes the set.

Started by `livegan.stage.autopilot.autopilot`. Moves are code of plugins, so none of this runs in
the stage or in an engine: one that hangs or crashes costs this process; the next leaves it out.
"""

from __future__ import annotations

import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from livegan.autopilot.actions import Action, HurryOn, Look, PlayOther, SayLine, WriteSet
from livegan.autopilot.ear import Ear
from livegan.autopilot.pilot import Pilot
from livegan.autopilot.repertoire import NoAutopilot, moves_of, unknown_words, words_of
from livegan.autopilot.set_file import SetFile, Unwritable
from livegan.autopilot.sight import PictureSight
from livegan.ipc.picture_ring import PictureRing
from livegan.ipc.sound_ring import SoundRing
from livegan.plugin.autopilot_wish import AutopilotWish
from livegan.plugin.registry import Registry, use
from livegan.stage.outputs.hosting import GuestPipe, Message

LOOK = 0.04  # seconds between looks
WARM_UP = 30 * 100
"""Hops of the past that are heard first."""
PATIENCE_S = 10.0
"""Seconds after which a save that nothing was heard of counts as settled."""
BY_HAND = "shows/by-hand"
"""Where sets are kept as the performer saved them, before the autopilot writes over them."""
IN_FLIGHT = ("proposed", "proven", "cued")


class AutopilotGuest:
    """Plays, while it is told to."""

    def __init__(self, line: GuestPipe, options: Message) -> None:
        """Raises NoAutopilot, or FileNotFoundError where the stage is gone."""
        self._line = line
        self._path = Path(options["set"])
        registry = Registry().load(Path(options["folder"]) / "plugins")
        use(registry)
        self._moves = moves_of(registry, str(options["name"]))
        self._words = words_of(registry)
        self._pilot = Pilot(
            self._moves,
            self._words,
            seed=int(options["seed"]),
            trying=lambda name: line.tell("trying", move=name),
        )
        self._keep = Path(options["folder"]) / BY_HAND
        self._file = SetFile(self._path, self._keep)
        self._ear, self._sight = Ear(), PictureSight()
        self._sound = SoundRing.attach(options["sound_ring"])
        self._window = PictureRing.attach(options["picture_ring"])
        self._thumbs = PictureRing.attach(options["thumb_ring"])
        self._hops: int | None = None
        self._slots: list[str] = []
        self._seen_serial = 0
        self._on = False
        self._state = ""
        self._vetoes: int | None = None
        self._wish, self._change, self._swap, self._bar = AutopilotWish(), 16.0, 4.0, 4
        self._status, self._told, self._wrote = "", 0, float("-inf")
        """Of the newest save; its number; when something was written."""
        self._scenes: tuple[str, ...] = ()

    # What the stage says ------------------------------------------------------------------------

    def hear(self, message: Message) -> None:
        """Take what the stage says."""
        kind = message["type"]
        if kind == "play":
            self._play(bool(message["on"]))
        elif kind == "veto":
            before, self._vetoes = self._vetoes, int(message["count"])
            if before is not None and self._vetoes > before:
                self._do(self._pilot.veto(self._ear.heard))
        elif kind == "left_out":
            self._pilot.left_out.update(message["names"])
        elif kind == "scenes":
            self._scenes = tuple(message["files"])
        elif kind == "slots":
            self._slots = list(message["names"])
        elif kind == "settings":
            self._settings(message)
        elif kind == "commit":
            self._commit(message)

    def _play(self, on: bool) -> None:
        if on and not self._on:
            try:
                self._pilot.take_over(self._file.read(), self._ear.heard)
            except Unwritable as error:
                self._line.note(f"autopilot: {error}; it gives the set back")
                self._line.tell("state", state="gives up")
                return
            self._state = ""
        self._on = on

    def _settings(self, message: Message) -> None:
        wish = AutopilotWish.of(message["wish"])
        if wish.never != self._wish.never:
            for line in unknown_words(wish.never, self._moves, self._words, self._file.read()):
                self._line.note(line)
        self._wish, self._bar = wish, int(message["beats_per_bar"])
        self._change, self._swap = float(message["change"]), float(message["swap"])

    def _commit(self, message: Message) -> None:
        """The newest save stands so."""
        path, status = Path(message["file"]), str(message["status"])
        if message["safe"]:
            return
        if path != self._path and status == "on_air":
            self._path, self._file = path, SetFile(path, self._keep)
            self._pilot.take_over(self._file.read(), self._ear.heard)
        news = (int(message["id"]), status) != (self._told, self._status)
        self._told, self._status = int(message["id"]), status
        if not news or not self._on:
            return
        heard = self._ear.heard
        if status == "refused" and message["source"] == self._pilot.text:
            self._do(self._pilot.refused(str(message["reason"]), heard))
        elif status == "on_air" and message["reason"] == "undo":
            self._do(self._pilot.undone(str(message["source"]), heard))

    # Looking ------------------------------------------------------------------------------------

    def look(self) -> None:
        """Hear and see what is new; play, if it is to."""
        hops = self._sound.hops
        first = self._hops if self._hops is not None else max(0, hops - WARM_UP)
        if hops > first:
            self._ear.hear(self._sound.features(first, hops), first)
            self._hops = hops
        heard = self._ear.heard
        if self._sight.due(heard.time):
            self._see(heard.time)
        if not self._on:
            return
        waiting = time.monotonic() - self._wrote < PATIENCE_S
        now = Look(
            heard=heard,
            seen=self._sight.seen,
            text=self._file.read(),
            wish=self._wish,
            change=self._change,
            swap=self._swap,
            beats_per_bar=self._bar,
            waits=waiting and (self._status in IN_FLIGHT),
            scenes=tuple(s for s in self._scenes if Path(s) != self._path),
        )
        with self._line.at_work():
            actions = self._pilot.look(now)
        self._do(actions)
        self._tell_state()

    def _see(self, now: float) -> None:
        picture = self._window.latest(after=self._seen_serial)
        if picture is None:
            return
        self._seen_serial = picture.serial
        strip, slots = self._thumbs.latest(), {}
        if strip is not None and self._slots:
            width = strip.pixels.shape[1] // len(self._slots)
            for place, name in enumerate(self._slots):
                column = strip.pixels[:, place * width : (place + 1) * width]
                if width > 1:
                    slots[name] = column[column.shape[0] // 2 :]  # below its condition
        self._sight.look(now, picture.pixels, slots)

    def _do(self, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, WriteSet):
                self._write(action)
            elif isinstance(action, HurryOn):
                if self._status == "cued":
                    self._line.tell("hurry")
            elif isinstance(action, SayLine):
                self._line.note(action.text)
            elif isinstance(action, PlayOther):
                self._line.tell("scene", file=action.scene)
                self._line.tell("move", at=action.at, move="another scene", reason=action.reason)

    def _write(self, action: WriteSet) -> None:
        kept = self._file.kept
        try:
            if not self._file.write(action.text, over=self._file.read()):
                return  # the performer saved at this moment
        except Unwritable as error:
            self._line.note(f"autopilot: {error}; it gives the set back")
            self._on = False
            self._line.tell("state", state="gives up")
            return
        if self._file.kept is not None and self._file.kept != kept:
            self._line.note(f"autopilot: your set as it was is {BY_HAND}/{self._file.kept.name}")
        self._status, self._wrote = "proposed", time.monotonic()
        self._line.tell("move", at=action.at, move=action.move, reason=action.reason)

    def _tell_state(self) -> None:
        state = "waits" if self._pilot.waits(self._ear.heard) else "plays"
        if state != self._state:
            self._state = state
            self._line.tell("state", state=state)

    def close(self) -> None:
        """Let go of the rings."""
        for ring in (self._sound, self._window, self._thumbs):
            ring.close()


def serve(connection: Connection, options: dict[str, Any]) -> None:
    """Play until the stage ends it."""
    line = GuestPipe(connection)
    try:
        guest = AutopilotGuest(line, options)
    except FileNotFoundError:
        return  # the stage that made the rings is gone
    except NoAutopilot as error:
        line.tell("off", text=f"autopilot: {error}")
        return
    line.opened()
    while (message := line.next()) is not None:
        if message:
            guest.hear(message)
            continue
        guest.look()
        time.sleep(LOOK)
    guest.close()
