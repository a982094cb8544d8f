"""The stage's end of the autopilot: its process, what it is told, and what it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from livegan.ipc.messages import (
    Commit,
    EngineMessage,
    PlayScene,
    Settings,
    Slots,
    SwapNow,
    ToEngine,
)
from livegan.journal.folder import AUTOPILOT
from livegan.journal.lines import line
from livegan.sound.source import Note
from livegan.stage.control.switches import Switches
from livegan.stage.hands.hands import Listener
from livegan.stage.options import Options
from livegan.stage.outputs.hosting import Message
from livegan.stage.record.line_file import LineFile
from livegan.stage.record.show_log import ShowLog


class AutopilotProcess(Listener):
    """The process, kept at work. A move that it died in is left out by the next one."""

    def __init__(self, options: Message, note: Note, heard: Callable[[Message], None]) -> None:
        self._heard, self._lines = heard, note
        self._trying = ""
        self._left_out: set[str] = set()
        target = "livegan.stage.autopilot.autopilot_guest:serve"
        super().__init__("autopilot", target, options, self._ended)

    def _ended(self, text: str) -> None:
        self._lines(text)
        if self._trying and text.startswith(f"{self.kind}: its process ended"):
            self._left_out.add(self._trying)
            self._lines(f"autopilot: the move {self._trying} is left out tonight")
            self._trying = ""
            self.tell("left_out", names=sorted(self._left_out))

    def hear(self, message: Message) -> None:
        """Take what it says."""
        if message["type"] == "trying":
            self._trying = str(message["move"])
        else:
            self._heard(message)


class StageAutopilot:
    """The autopilot of a show; its process is started when it is first to play.

    `play` and `veto` are called on the presenter's thread, `hear` on the supervisor's.
    """

    def __init__(
        self,
        options: Options,
        names: Mapping[str, str],
        journal: Path | None,
        send: Callable[[ToEngine], None],
        log: ShowLog,
        note: Note,
    ) -> None:
        """``names`` are those of the show's memory; ``journal`` is the folder, if there is one."""
        rings = {n: names[n] for n in ("sound_ring", "picture_ring", "thumb_ring")}
        self._options: Message = {
            "set": str(options.set.absolute()),
            "folder": str(options.working),
            "name": options.autopilot or "",
            "seed": options.seed,
            **rings,
        }
        self._scenes = [str(scene) for scene in options.scenes]
        self._send, self._log, self._note = send, log, note
        self._file = LineFile(journal / AUTOPILOT) if journal is not None else None
        self._process: AutopilotProcess | None = None
        self._standing: dict[str, dict[str, Any]] = {}
        self._vetoes = 0
        self._state = ""
        """"plays", "waits" (for the performer, who typed), or "gives up"."""

    def play(self, on: bool) -> None:
        """Hand over, or take back."""
        if on and self._process is None:
            self._process = AutopilotProcess(self._options, self._note, self._heard)
            self._tell("veto", count=self._vetoes)
            self._tell("scenes", files=self._scenes)
            for what, fields in list(self._standing.items()):
                self._tell(what, **fields)
        self._tell("play", on=on)
        self._state = ""
        self._log.record("autopilot", on=on)

    def veto(self) -> None:
        """Its last move never again."""
        self._vetoes += 1
        self._tell("veto", count=self._vetoes)

    def shown(self, switches: Switches) -> Switches:
        """The switches as it plays: it waits, or has given the set back by itself."""
        state, waits = self._state, self._state == "waits"
        if state == "gives up" and switches.autopilot:
            self.play(False)
            return replace(switches, autopilot=False, autopilot_waits=False)
        if waits != switches.autopilot_waits:
            return replace(switches, autopilot_waits=waits)
        return switches

    def hear(self, message: EngineMessage) -> None:
        """Pass on what it needs of what the engine says."""
        if isinstance(message, Commit):
            names = ("id", "file", "status", "reason", "source", "safe")
            self._keep("commit", **{name: getattr(message, name) for name in names})
        elif isinstance(message, Settings):
            self._keep(
                "settings",
                wish=dict(message.autopilot),
                change=message.change,
                swap=message.swap,
                beats_per_bar=message.beats_per_bar,
            )
        elif isinstance(message, Slots):
            self._keep("slots", names=[str(row["name"]) for row in message.slots])

    def _keep(self, what: str, **fields: Any) -> None:
        self._standing[what] = fields
        self._tell(what, **fields)

    def _tell(self, what: str, **fields: Any) -> None:
        if self._process is not None:
            self._process.tell(what, **fields)

    def _heard(self, message: Message) -> None:
        """On the thread that hears the process."""
        kind = message["type"]
        if kind == "hurry":
            self._send(SwapNow())
        elif kind == "scene":
            self._send(PlayScene(str(message["file"])))
        elif kind == "state":
            self._state = str(message["state"])
        elif kind == "move":
            row = {n: message[n] for n in ("at", "move", "reason")}
            self._log.record("autopilot", **row)
            self._note(f"autopilot: {message['reason']}")
            if self._file is not None:
                self._file.write(line(**row).decode().rstrip("\n"))

    def stop(self) -> None:
        """End its process."""
        if self._process is not None:
            self._process.stop()
        if self._file is not None:
            self._file.close()
