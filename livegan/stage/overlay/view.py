"""What the performer sees: the engine's messages, folded into one value."""

from __future__ import annotations

from dataclasses import dataclass, replace

from livegan.control_names import PAD
from livegan.ipc.commit_text import playing
from livegan.ipc.messages import (
    Alive,
    Commit,
    EngineMessage,
    EngineNews,
    Fault,
    Hello,
    LineValues,
    Note,
    Row,
    SafeSetReady,
    Settings,
    Slots,
    Waiting,
)
from livegan.stage.record.show_log import failure, place

NOTE_SECONDS = 6.0
NOTES = 4
MEND = "the set was refused: correct it and save"
"""What is waited for while nothing plays and the first save was refused."""


@dataclass(frozen=True)
class NoteLine:
    """A line that fades; ``at`` is when it came."""

    text: str
    at: float

    def strength(self, now: float) -> float:
        """1 when it came, 0 when it is gone; it fades in its last second."""
        return min(1.0, max(0.0, NOTE_SECONDS - (now - self.at)))


@dataclass(frozen=True)
class Slot:
    """A place in the set where a model plays."""

    name: str
    model: str
    condition: str


@dataclass(frozen=True)
class View:
    """Everything shown beside the picture. Immutable: `take` gives the next one."""

    waiting: str = "starting the engine"
    """What is being waited for; empty once a picture was shown."""
    engine: str = "starting"
    """The supervisor's phase."""
    engine_fps: float = 0.0
    pace: str = ""
    """How the engine holds the rate, or that the machine is too slow for it."""
    node: str = ""
    device: str = ""
    version: int | None = None
    safe: bool = False
    """The safe set is on the air."""
    commit: str = ""
    """The status of the newest commit: see `livegan.ipc.commit_text.STATES`."""
    refusal: str = ""
    """The last refusal or fault in one line; empty after a commit that went on air."""
    refused_line: int | None = None
    refused_at: str = ""
    """Where, ``file:line``; empty where no line is to blame."""
    refused_text: str = ""
    """What was refused, as it was saved; empty after a commit that went on air."""
    file: str = ""
    """The set's."""
    playing: str = ""
    """The file of the set that is on the air; the safe set does not count."""
    source: str = ""
    """What is on the air."""
    changed: tuple[int, ...] = ()
    changed_at: float = 0.0
    on_air_at: float | None = None
    """Show time at which the version on the air came there."""
    values: LineValues | None = None
    """Of signals and nodes in a frame, while somebody follows them."""
    slots: tuple[Slot, ...] = ()
    beats_per_bar: int = 4
    knobs: tuple[Row, ...] = ()
    """Of the set on the air: see `livegan.ipc.messages.Settings`."""
    pads: tuple[str, ...] = ()
    panel: str = ""
    """The address of the phone panel, with its token; empty without one."""
    notes: tuple[NoteLine, ...] = ()
    awaited: tuple[tuple[str, str], ...] = ()
    """What the show goes on without, "sound", "inputs", "set" or "log", and a line, until it is
    back."""

    @property
    def code(self) -> str:
        """The set as it was saved last: what is on the air, or what was refused after it."""
        return self.refused_text or self.source

    @property
    def engine_state(self) -> str:
        """The supervisor's phase; "no set" where the engine is ready and waits for one that can be
        played."""
        return "no set" if self.engine == "starting" and self.waiting == MEND else self.engine

    def noted(self, text: str, now: float) -> View:
        """With a note more."""
        kept = [n for n in self.notes if n.strength(now) > 0 and n.text != text]
        return replace(self, notes=(*kept, NoteLine(text, now))[-NOTES:])

    def faded(self, now: float) -> View:
        """Without the notes that are over."""
        if all(n.strength(now) > 0 for n in self.notes):
            return self
        return replace(self, notes=tuple(n for n in self.notes if n.strength(now) > 0))

    def take(self, message: EngineMessage, now: float) -> View:
        """After a message of the engine or of the supervision; most change nothing."""
        if isinstance(message, Hello):
            waiting = "preparing the set" if self.waiting else ""
            return replace(self, device=message.device, waiting=waiting)
        if isinstance(message, Alive):
            return self._alive(message)
        if isinstance(message, Commit):
            return self._commit(message, now)
        if isinstance(message, Fault):
            text = place(message.where) + failure(message.node, message.reason)
            line = self._line_in_set(message.where)  # of what plays
            return replace(
                self,
                refusal=_line(text),
                refused_line=line,
                refused_at=message.where,
                refused_text="",
            )
        if isinstance(message, Slots):
            parts = ("name", "model", "condition")
            slots = (Slot(*(str(row.get(part, "")) for part in parts)) for row in message.slots)
            return replace(self, slots=tuple(slots))
        if isinstance(message, Settings):
            pads = tuple(n.removeprefix(PAD) for n in message.controls if n.startswith(PAD))
            bar = max(1, message.beats_per_bar)
            return replace(self, beats_per_bar=bar, knobs=tuple(message.knobs), pads=pads)
        if isinstance(message, LineValues):
            return replace(self, values=message)
        if isinstance(message, SafeSetReady) and not message.ready:
            return self.noted(_line(f"safe set refused: {message.reason}"), now)
        if isinstance(message, Note):
            return self.noted(_line(message.text), now)
        if isinstance(message, Waiting):
            return self._waiting(message.what, _line(message.text))
        if isinstance(message, EngineNews):
            rate = self.engine_fps if message.phase == "playing" else 0.0
            view = replace(self, engine=message.phase, engine_fps=rate)
            return view.noted(_line(message.text), now) if message.text else view
        return self

    def _alive(self, message: Alive) -> View:
        node = message.node
        named = node and node != "starting"
        view = replace(self, engine_fps=message.fps, pace=message.pace, node=node)
        if self.waiting == MEND and not named:
            return view
        return replace(view, waiting=self.waiting and (node if named else self.waiting))

    def _commit(self, message: Commit, now: float) -> View:
        file, status = message.file or self.file, message.status
        view = replace(self, commit=status, file=file)
        if status == "refused":
            text = place(message.where) + (message.reason or "refused")
            return replace(
                view,
                refusal=_line(text),
                refused_line=view._line_in_set(message.where),
                refused_at=message.where,
                refused_text=message.source,
                waiting=self.waiting and MEND,
            )
        if status == "on_air":
            first = self.version is None
            goes_on = self.version == message.version  # an engine returned with it
            return replace(
                view if first else view.noted(playing(vars(message)), now),
                version=message.version,
                safe=message.safe,
                refusal="",
                refused_line=None,
                refused_at="",
                refused_text="",
                on_air_at=self.on_air_at if goes_on else message.on_air_at,
                source=message.source,
                playing=self.playing if message.safe else file,
                changed=tuple(message.changed),
                changed_at=now,
            )
        return view

    def _line_in_set(self, where: str) -> int | None:
        """The line that is to blame, if it is one of the set and not of a module of its own."""
        file, _, line = where.rpartition(":")
        return int(line) if line.isdigit() and file == self.file else None

    def _waiting(self, what: str, text: str) -> View:
        awaited = tuple(row for row in self.awaited if row[0] != what)
        # The same line does not stand there a second time, as a note that fades.
        notes = tuple(note for note in self.notes if note.text != text)
        return replace(self, awaited=(*awaited, (what, text)) if text else awaited, notes=notes)


def _line(text: str) -> str:
    return " ".join(text.split())
