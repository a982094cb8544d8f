"""What the performer sees: the engine's messages, folded into one value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from livegan.ipc.commit_text import playing
from livegan.stage.record.show_log import failure, place

Message = dict[str, Any]
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
    refused_text: str = ""
    """What was refused, as it was saved; empty after a commit that went on air."""
    file: str = ""
    """The set's."""
    source: str = ""
    """What is on the air."""
    changed: tuple[int, ...] = ()
    changed_at: float = 0.0
    slots: tuple[Slot, ...] = ()
    beats_per_bar: int = 4
    notes: tuple[NoteLine, ...] = ()
    awaited: tuple[tuple[str, str], ...] = ()
    """What the show goes on without: ("sound" | "set" | "log", a line), until it is back."""

    @property
    def code(self) -> str:
        """The set as it was saved last: what is on the air, or what was refused after it."""
        return self.refused_text or self.source

    def noted(self, text: str, now: float) -> View:
        """With a note more."""
        kept = [n for n in self.notes if n.strength(now) > 0 and n.text != text]
        return replace(self, notes=(*kept, NoteLine(text, now))[-NOTES:])

    def faded(self, now: float) -> View:
        """Without the notes that are over."""
        if all(n.strength(now) > 0 for n in self.notes):
            return self
        return replace(self, notes=tuple(n for n in self.notes if n.strength(now) > 0))

    def take(self, message: Message, now: float) -> View:
        """After a message of the engine or of the supervision. Unknown ones change nothing."""
        handle = getattr(self, f"_take_{message.get('type')}", None)
        if handle is None:
            return self
        view: View = handle(message, now)
        return view

    def _take_hello(self, message: Message, now: float) -> View:
        waiting = "preparing the set" if self.waiting else ""
        return replace(self, device=str(message.get("device", "")), waiting=waiting)

    def _take_alive(self, message: Message, now: float) -> View:
        node = str(message.get("node") or "")
        named = node and node != "starting"
        if self.waiting == MEND and not named:
            return replace(self, engine_fps=float(message.get("fps") or 0), node=node)
        waiting = self.waiting and (node if named else self.waiting)
        return replace(self, engine_fps=float(message.get("fps") or 0), node=node, waiting=waiting)

    def _take_commit(self, message: Message, now: float) -> View:
        status = str(message.get("status", ""))
        file = str(message.get("file") or self.file)
        view = replace(self, commit=status, file=file)
        if status == "refused":
            text = place(message) + str(message.get("reason") or "refused")
            waiting = self.waiting and MEND
            return replace(
                view,
                refusal=_line(text),
                refused_line=view._line_in_set(message),
                refused_text=str(message.get("source") or ""),
                waiting=waiting,
            )
        if status == "on_air":
            source = message.get("source")
            first = self.version is None
            return replace(
                view if first else view.noted(playing(message), now),
                version=message.get("version"),
                safe=bool(message.get("safe")),
                refusal="",
                refused_line=None,
                refused_text="",
                source=self.source if source is None else str(source),
                changed=tuple(message.get("changed") or ()),
                changed_at=now,
            )
        return view

    def _take_fault(self, message: Message, now: float) -> View:
        text = place(message) + failure(message)
        line = self._line_in_set(message)  # of what plays
        return replace(self, refusal=_line(text), refused_line=line, refused_text="")

    def _line_in_set(self, message: Message) -> int | None:
        """The line that is to blame, if it is one of the set and not of a module of its own."""
        file, _, line = str(message.get("where") or "").rpartition(":")
        return int(line) if line.isdigit() and file == self.file else None

    def _take_slots(self, message: Message, now: float) -> View:
        slots = tuple(
            Slot(str(s.get("name", "")), str(s.get("model", "")), str(s.get("condition", "")))
            for s in message.get("slots") or ()
        )
        return replace(self, slots=slots)

    def _take_settings(self, message: Message, now: float) -> View:
        return replace(self, beats_per_bar=max(1, int(message.get("beats_per_bar") or 4)))

    def _take_safe(self, message: Message, now: float) -> View:
        if message.get("ready"):
            return self
        return self.noted(_line(f"safe set refused: {message.get('reason')}"), now)

    def _take_note(self, message: Message, now: float) -> View:
        return self.noted(_line(str(message.get("text", ""))), now)

    def _take_waiting(self, message: Message, now: float) -> View:
        what, text = str(message.get("for", "")), _line(str(message.get("text") or ""))
        awaited = tuple(row for row in self.awaited if row[0] != what)
        # The same line does not stand there a second time, as a note that fades.
        notes = tuple(note for note in self.notes if note.text != text)
        return replace(self, awaited=(*awaited, (what, text)) if text else awaited, notes=notes)

    def _take_engine(self, message: Message, now: float) -> View:
        view = replace(self, engine=str(message.get("phase", "")))
        if view.engine not in ("playing",):
            view = replace(view, engine_fps=0.0)
        text = _line(str(message.get("text") or ""))
        return view.noted(text, now) if text else view


def _line(text: str) -> str:
    return " ".join(text.split())
