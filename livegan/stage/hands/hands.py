"""What listens to hands in a show: OSC, MIDI, and the take of all they do.

Each kind has a process of its own, which is started when it is asked for and again when it fails.
It writes the control table itself; nothing here is in the way of a frame.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from livegan.ipc.control_table import NO_CONTROLS, ControlTable, ControlTableFull
from livegan.ipc.messages import Row
from livegan.plugin.closest import suggestion
from livegan.sound.source import Note
from livegan.stage.hands.lanes import LANES
from livegan.stage.hands.learning import Learning
from livegan.stage.hands.mapping.controls_file import ControlsFile
from livegan.stage.hands.mapping.route import Route, wire_of
from livegan.stage.outputs.guest import Guest
from livegan.stage.outputs.hosting import Message
from livegan.stage.record.line_file import LineFile
from livegan.take import moves_between

OSC_PORT = 9000
"""The port of a set that says ``osc(...)`` in a show that was told none; on this machine only."""
RETRY = 1.0  # seconds until a process that failed is started again
LONGEST = 30.0  # seconds, where it fails again and again
LOOK = 0.02  # seconds between looks at the controls for the take


class Listener:
    """A process that writes controls, kept at work until it is stopped."""

    def __init__(
        self,
        kind: str,
        target: str,
        options: Message,
        note: Note,
        moved: Callable[[Message], None] = lambda control: None,
        cued: Note = lambda scene: None,
    ) -> None:
        """``moved`` receives the control that was moved while one is learnt, ``cued`` the number
        or name of a scene that a control plays."""
        self.kind = kind
        self._target, self.options, self._note, self._moved = target, options, note, moved
        self.clock: Callable[[Message], None] = lambda message: None
        """Receives what the process says of a clock."""
        self._cued = cued
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._standing: dict[str, Message] = {}
        """What it was told, by type: one that is started again is told it again."""
        self._untold: set[str] = set()
        self._thread = threading.Thread(target=self._keep, name=f"{kind} listener", daemon=True)
        self._thread.start()

    def tell(self, what: str, **fields: Any) -> None:
        """Tell it something that counts until the next of the kind, also if it starts again."""
        message = {"type": what, **fields}
        with self._lock:
            if self._standing.get(what) != message:
                self._standing[what] = message
                self._untold.add(what)

    def _keep(self) -> None:
        pause = RETRY
        while not self._stopped.is_set():
            try:
                guest = Guest(self._target, self.options)
            except OSError as error:
                why: str | None = f"could not be started: {error}"
            else:
                with self._lock:
                    self._untold = set(self._standing)
                try:
                    why = self._follow(guest)
                finally:
                    guest.close()
            if why is None or self._stopped.is_set():
                return
            self._note(f"{self.kind}: its process ended ({why}); started again")
            self._stopped.wait(pause)
            pause = min(2 * pause, LONGEST)

    def _follow(self, guest: Guest) -> str | None:
        """Hear it until it ends: why it did, None if it is not to be had here."""
        while not self._stopped.is_set():
            with self._lock:
                told = [self._standing[kind] for kind in self._untold]
                self._untold.clear()
            for each in told:
                guest.send(each)
            message = guest.next(0.1)
            if message is None:
                if guest.gone:
                    return guest.how()
            elif message["type"] == "moved":
                self._moved(message["control"])
            elif message["type"] in ("note", "off"):
                self._note(str(message["text"]))
                if message["type"] == "off":
                    return None
            elif message["type"] == "clock":
                self.clock(message)
            elif message["type"] == "cue":
                self._cued(str(message["scene"]))
            else:
                self.hear(message)
        return None

    def hear(self, message: Message) -> None:
        """Take what else it says; on a thread of its own."""

    def stop(self) -> None:
        """End it."""
        self._stopped.set()
        self._thread.join()


class Take:
    """Writes down what every control is set to: see `livegan.take`.

    The file is made at the first move, beside the show's log.
    """

    def __init__(self, table: ControlTable, path: Path, note: Note) -> None:
        self._table, self._path, self._note = table, path, note
        self._before = NO_CONTROLS
        self._file: LineFile | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="take", daemon=True)
        self._thread.start()

    def _keep(self) -> None:
        while not self._stopped.wait(LOOK):
            if not self._look():
                return
        self._look()
        if self._file is not None:
            self._file.close()

    def _look(self) -> bool:
        """Write what moved since the last look. Whether the file could be made."""
        now = self._table.snapshot()
        lines = list(moves_between(self._before, now)) if now is not self._before else []
        self._before = now
        if lines and self._file is None:
            try:
                self._file = LineFile(free(self._path))
            except OSError as error:
                self._note(f"the controls are not recorded: {error.strerror or error}")
                return False
        for line in lines:
            assert self._file is not None
            self._file.write(line)
        return True

    def stop(self) -> None:
        """Write what is left."""
        self._stopped.set()
        self._thread.join()


def free(path: Path) -> Path:
    """The path, or the first ``NAME-2.jsonl`` that is not there: no take is written over."""
    count, found = 1, path
    while found.exists():
        count += 1
        found = path.with_name(f"{path.stem}-{count}{path.suffix}")
    return found


class Hands:
    """All that listens to hands in a show."""

    def __init__(
        self,
        table: ControlTable,
        sound_ring: str,
        note: Note,
        *,
        set_path: Path | None = None,
        sent: str = "",
        ports: Sequence[tuple[str, int]] = (),
        take: Path | None = None,
        listener: Callable[..., Listener] = Listener,
    ) -> None:
        """``ports`` are listened to for OSC from the start; without any, nothing listens until a
        set says ``osc(...)``, and then on this machine only. ``take`` is where moves are
        recorded. The mapping lies beside ``set_path``; without one, there is none. ``sent`` is
        the name of the table with what sets send."""
        self._table, self._ring, self._note = table, sound_ring, note
        self.cued: Note = lambda scene: None
        """Receives the number or name of a scene that a control plays, on a thread of its own."""
        self._make, self._sent = listener, sent
        self._lock = threading.RLock()
        self._listeners: dict[str, Listener] = {}
        self._standing: dict[str, Message] = {}
        """What every listener is told, by type."""
        self._declared: Collection[str] | None = None
        """The controls of the set on the air; None before there is one."""
        self._routes: Sequence[Route] = ()
        self._told: set[str] = set()
        self._take = Take(table, take, note) if take is not None else None
        if ports:
            self._osc(ports)
        self._file = ControlsFile(set_path, note, self._follow) if set_path is not None else None
        self.learning = Learning(note, self._want_learnt, self._file)

    def play(self, set_path: Path) -> None:
        """The set of this file is on the air: the mapping beside it counts."""
        if self._file is not None:
            self._file.play(set_path)

    def listen(
        self, controls: Iterable[str], knobs: Iterable[Row] = (), sends: Sequence[Row] = ()
    ) -> None:
        """The set on the air listens to these controls and sends this; what that needs is
        started."""
        with self._lock:
            self._declared = tuple(controls)
            if "midi" in self._declared:
                self._midi()
            if "gamepad" in self._declared:
                self._start("gamepad", "livegan.stage.hands.gamepad_guest:listen", {}, lanes=1)
            if any(name.startswith("osc/") for name in self._declared):
                self._osc([("127.0.0.1", OSC_PORT)])
            self._tell("wanted", controls=self._declared, knobs=list(knobs))
            self._check()
            by_osc = [row for row in sends if row["by"] == "osc"]
            if by_osc and "OSC out" not in self._listeners:
                target, options = "livegan.stage.hands.osc_sender:send", {"table": self._sent}
                self._listeners["OSC out"] = self._make("OSC out", target, options, self._note)
            by_midi = [row for row in sends if row["by"] == "midi"]
            for kind, rows in (("OSC out", by_osc), ("MIDI", by_midi)):
                if kind in self._listeners:
                    self._listeners[kind].tell("sends", rows=rows)

    def _follow(self, routes: Sequence[Route]) -> None:
        """The mapping is another."""
        with self._lock:
            self._routes = routes
            if any(route.source != "osc" for route in routes):
                self._midi()
            if any(route.source == "osc" for route in routes):
                self._osc([("127.0.0.1", OSC_PORT)])
            self._tell("mapping", routes=[wire_of(route) for route in routes])
            self._check()

    def _check(self) -> None:
        """Say once of each name in the mapping that the set does not have it."""
        if self._declared is None or self._file is None:
            return
        for route in self._routes:
            if route.kind != "scene" and route.control not in self._declared:
                start = f"{route.kind}/"
                there = [n.removeprefix(start) for n in self._declared if n.startswith(start)]
                near = suggestion(route.name, there)
                text = f"the set has no {route.kind} {route.name!r}{near}"
                line = f"{self._file.path.name}:{route.line}: {text}"
                if line not in self._told:
                    self._told.add(line)
                    self._note(line)

    def _want_learnt(self, kind: str | None) -> None:
        """A control is learnt for a knob or pad, or no longer."""
        with self._lock:
            if kind is not None:
                self._midi()
            self._tell("learn", kind=kind)

    def _tell(self, what: str, **fields: Any) -> None:
        """Tell it to all who listen, now and later."""
        self._standing[what] = fields
        for each in self._listeners.values():
            each.tell(what, **fields)

    def _midi(self) -> None:
        self._start("MIDI", "livegan.stage.hands.midi_guest:listen", {"sent": self._sent})

    def follow_midi(self, clock: Callable[[Message], None]) -> None:
        """Let ``clock`` receive what MIDI devices say of a clock: see
        `livegan.stage.clocks.external_clock.ExternalClock.hear`."""
        with self._lock:
            self._midi()
            if "MIDI" in self._listeners:
                self._listeners["MIDI"].clock = clock

    def follow_link(self, bar: int, clock: Callable[[Message], None] | None = None) -> None:
        """Follow an Ableton Link session, with so many beats in a bar; leave it with 0. ``clock``
        as in `follow_midi`."""
        with self._lock:
            if "Link" not in self._listeners:
                if not bar:
                    return
                target = "livegan.stage.clocks.link_guest:follow"
                self._listeners["Link"] = self._make("Link", target, {}, self._note)
            link = self._listeners["Link"]
        link.clock = clock or link.clock
        link.tell("follow", bar=bar)

    def _osc(self, ports: Sequence[tuple[str, int]]) -> None:
        self._start("OSC", "livegan.stage.hands.osc_guest:listen", {"ports": list(ports)})

    def _start(self, kind: str, target: str, options: Message, lanes: int = LANES) -> None:
        """Start a process that listens, if it does not yet."""
        if kind in self._listeners:
            return
        try:
            own = [self._table.lane(f"{kind} {number}") for number in range(lanes)]
        except ControlTableFull as error:
            self._note(f"{kind}: {error}")
            return
        options = {**options, "lanes": own, "sound_ring": self._ring}
        made = self._make(
            kind,
            target,
            options,
            self._note,
            lambda control: self.learning.moved(control),
            lambda scene: self.cued(scene),
        )
        self._listeners[kind] = made
        for what, fields in self._standing.items():
            made.tell(what, **fields)

    def stop(self) -> None:
        """End all of it."""
        self.learning.stop()
        if self._file is not None:
            self._file.stop()
        for each in self._listeners.values():
            each.stop()
        if self._take is not None:
            self._take.stop()


def osc_port(text: str) -> tuple[str, int]:
    """``9000`` or ``0.0.0.0:9000`` as (host, port); this machine only where no host is given.

    Raises ValueError with a line for the performer.
    """
    host, colon, number = text.rpartition(":")
    if not number.isascii() or not number.isdigit() or not 0 < int(number) < 65536:
        raise ValueError(f"--osc {text}: write PORT or HOST:PORT, such as 9000 or 0.0.0.0:9000")
    if colon and not host:
        raise ValueError(f"--osc {text}: write a host before the colon, such as 0.0.0.0:{number}")
    return host or "127.0.0.1", int(number)
