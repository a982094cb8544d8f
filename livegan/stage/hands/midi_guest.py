"""The process that receives MIDI: every device that is plugged in, to the control table.

A process of its own, for the libraries of systems print, abort and hang. Started by
`livegan.stage.hands.hands` where a set says ``midi(...)`` or its mapping has a MIDI control. It
also sends: see `midi_feedback` and `midi_sender`.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import queue
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any

from livegan.ipc.control_table import ControlTable
from livegan.ipc.sound_ring import SoundRing
from livegan.sound import RATE
from livegan.stage.clocks.midi_clock import ClockReceiver
from livegan.stage.hands.incoming import Incoming
from livegan.stage.hands.lanes import Lanes
from livegan.stage.hands.midi_feedback import ports_of, send_back
from livegan.stage.hands.midi_message import is_own, plain, released, sets
from livegan.stage.hands.midi_outputs import MidiOutputs
from livegan.stage.hands.midi_sender import LOOK, MidiSender
from livegan.stage.outputs.hosting import GuestPipe

SCAN = 0.25  # seconds between looks for devices; one takes 0.4 ms, and no hand replugs as fast
FEEDBACK = 0.03  # seconds between looks at what is to be sent back
CLIENT = "livegan"
MISSING = 'MIDI: the set uses MIDI, and python-rtmidi is not installed: pip install "livegan[midi]"'

Arrived = Callable[[str, Sequence[int]], None]
"""Told of the name of a device, and the bytes of a message; none where the device is gone."""


class Inputs:
    """The devices, opened as they come and closed as they go.

    ``library`` is the module ``rtmidi`` of python-rtmidi.
    """

    def __init__(self, library: Any, arrived: Arrived, note: Callable[[str], None]) -> None:
        self._library, self._arrived, self._note = library, arrived, note
        self._scanners: dict[int, Any] = {}
        """For each way into the system (ALSA, JACK), one that lists its devices."""
        self._open: dict[tuple[int, str, int], tuple[str, Any]] = {}
        """By system, name, and which of those of that name."""
        self._refused: set[tuple[int, str, int]] = set()
        self._said = ""

    @property
    def names(self) -> list[str]:
        """The devices that are open."""
        return [name for name, _ in self._open.values()]

    def scan(self) -> None:
        """Open what has come, close what has gone."""
        there = self._there()
        for key in [key for key in self._open if key not in there]:
            name, device = self._open.pop(key)
            self._end(device)
            self._arrived(name, ())
            self._note(f"MIDI: {name} is gone; it is opened again when it returns")
        self._refused.intersection_update(there)
        for key, index in there.items():
            if key not in self._open:
                self._begin(key, index)

    def _there(self) -> dict[tuple[int, str, int], int]:
        """The devices of the first system that has any: which it is, and its number there."""
        why = "it has no way to MIDI"
        for system in self._library.get_compiled_api():
            try:
                with silence():
                    if system not in self._scanners:
                        self._scanners[system] = self._library.MidiIn(system, CLIENT)
                    names: list[str] = self._scanners[system].get_ports()
            except Exception as error:  # those of the library have no class in common with Python's
                why = " ".join(str(error).split())
                self._end(self._scanners.pop(system, None))
                continue
            why, seen, found = "", Counter[str](), {}
            for index, name in enumerate(names):
                if is_own(name):
                    continue
                found[system, name, seen[name]] = index
                seen[name] += 1
            if found:
                self._say("")
                return found
        self._say(f"MIDI: this machine has none at the moment ({why})" if why else "")
        return {}

    def _begin(self, key: tuple[int, str, int], index: int) -> None:
        system, whole, _ = key
        name, device = plain(whole), None
        try:
            with silence():
                device = self._library.MidiIn(system, CLIENT)
                device.ignore_types(timing=False)
                device.set_callback(lambda event, _: self._arrived(name, event[0]))
                device.open_port(index, CLIENT)
        except Exception as error:
            self._end(device)
            if key not in self._refused:
                self._refused.add(key)
                why = " ".join(str(error).split())
                self._note(f"MIDI: {name} cannot be opened ({why}); another program may have it")
            return
        self._refused.discard(key)
        self._open[key] = name, device
        self._note(f"MIDI: listening to {name}")

    @staticmethod
    def _end(device: Any) -> None:
        if device is not None:
            with contextlib.suppress(Exception), silence():
                device.close_port()
                device.delete()

    def _say(self, text: str) -> None:
        if text != self._said:
            self._said = text
            if text:
                self._note(text)

    def close(self) -> None:
        """Close all of them."""
        for _, device in self._open.values():
            self._end(device)
        for scanner in self._scanners.values():
            self._end(scanner)
        self._open, self._scanners = {}, {}


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Inside, libraries of C print nowhere: ALSA and JACK say there what is told better here."""
    kept = [(number, os.dup(number)) for number in (1, 2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for number, _ in kept:
            os.dup2(nowhere, number)
        yield
    finally:
        os.close(nowhere)
        for number, before in kept:
            os.dup2(before, number)
            os.close(before)


class Keys:
    """Messages of devices to controls; knows which keys are held."""

    def __init__(self, incoming: Incoming, note: Callable[[str], None]) -> None:
        self._incoming, self._note = incoming, note
        self._held: dict[str, set[int]] = {}
        self._told_full = False

    def take(self, port: str, message: Sequence[int], show_time: float) -> None:
        """Set what a message says; without one, the device is gone, and its keys are released."""
        held = self._held.setdefault(port, set())
        for name, value in sets(port, message, held) if message else released(port, held):
            self._incoming.take(name, value, show_time)
        lanes = self._incoming.lanes
        if lanes.left_out and not self._told_full:
            self._told_full = True
            self._note(f"MIDI: more than {lanes.room // 2} controls came; new ones do nothing")


def listen(connection: Connection, options: dict[str, Any]) -> None:
    """Receive from all devices until the stage ends it."""
    line = GuestPipe(connection)
    try:
        library = importlib.import_module("rtmidi")
    except ImportError:
        line.tell("off", text=MISSING)
        return
    try:
        lanes, ring = Lanes(options["lanes"]), SoundRing.attach(options["sound_ring"])
        sent = ControlTable.attach(options["sent"])
    except FileNotFoundError:
        return  # the stage that made them is gone
    came: queue.SimpleQueue[tuple[str, Sequence[int]]] = queue.SimpleQueue()
    incoming = Incoming(lanes, line)
    mapper = incoming.mapper
    outputs = MidiOutputs(library, line.note, silence, CLIENT)
    sender = MidiSender(outputs, line.note)
    incoming.sends = sender.follow
    keys = Keys(incoming, line.note)
    clock = ClockReceiver(line.tell)

    def arrived(port: str, message: Sequence[int]) -> None:
        if not clock.take(port, message, time.perf_counter()):
            came.put((port, message))

    inputs = Inputs(library, arrived, line.note)
    line.opened()
    scanned = 0.0
    with ring:
        while incoming.hear():
            if time.monotonic() - scanned >= SCAN:
                inputs.scan()
                outputs.scan(ports_of(mapper.routes) | sender.ports)
                sender.look()
                scanned = time.monotonic()
            clock.look(time.perf_counter())
            first: list[tuple[str, Sequence[int]]] = []
            wait = LOOK if sender.rows else FEEDBACK if outputs else 0.1
            with contextlib.suppress(queue.Empty):
                first = [came.get(timeout=incoming.pause(wait))]
            incoming.look()
            now = ring.position / RATE
            mapper.glide(now)
            for port, message in [*first, *(came.get() for _ in range(came.qsize()))]:
                keys.take(port, message, now)
            if outputs:
                send_back(outputs, mapper.places())
                sender.send(sent.snapshot())
    sender.close()
    outputs.close()
    inputs.close()
    lanes.close()
    sent.close()
