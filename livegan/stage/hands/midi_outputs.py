"""MIDI devices that something is sent to, opened as they come and closed as they go.

Feedback and what sets send share them: on some systems one program can open a device once only.
Runs in the process that receives MIDI (`livegan.stage.hands.midi_guest`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from livegan.stage.hands.midi_message import is_own, plain

COMMON = ("midi", "usb-midi", "port")
"""First words that say nothing of the device."""


class MidiOutput:
    """A device that is open; one that comes back is another."""

    def __init__(self, name: str, device: Any) -> None:
        self.name, self.device = name, device
        self.last: dict[Any, Any] = {}
        """What was sent to it last, as those who send want to remember it."""

    def send(self, message: Sequence[int]) -> None:
        """Send a message; one to a device that was pulled is dropped, and a scan closes it."""
        with contextlib.suppress(Exception):
            self.device.send_message(list(message))


class MidiOutputs:
    """The outputs of the machine, by name.

    ``library`` is the module ``rtmidi``; ``quiet`` makes its libraries print nowhere.
    """

    def __init__(
        self,
        library: Any,
        note: Callable[[str], None],
        quiet: Callable[[], contextlib.AbstractContextManager[None]],
        client: str,
    ) -> None:
        self._library, self._note, self._quiet, self._client = library, note, quiet, client
        self._scanners: dict[int, Any] = {}
        self._open: dict[str, MidiOutput] = {}
        """By the name of the port as the system has it."""
        self.there: list[str] = []
        """Those that were there at the last scan, open or not."""
        self._refused: set[str] = set()
        self.serial = 0
        """How many were opened so far."""

    def __bool__(self) -> bool:
        """Whether any is open."""
        return bool(self._open)

    def __iter__(self) -> Iterator[MidiOutput]:
        return iter(list(self._open.values()))

    def of(self, port: str) -> list[MidiOutput]:
        """Those that are open, of the device that a set or mapping calls so."""
        return [self._open[name] for name in meant(port, self.there) if name in self._open]

    def scan(self, wanted: Collection[str]) -> None:
        """Open the devices of these names, close what has gone or is no longer wanted."""
        if not wanted and not self._open:
            return
        system, names = self._look()
        self.there = [name for name in names if not is_own(name)]
        mine = {name for port in wanted for name in meant(port, self.there)}
        for name in [name for name in self._open if name not in mine]:
            self._end(self._open.pop(name).device)
        self._refused.intersection_update(names)
        for name in self.there:
            if name in mine and name not in self._open and system is not None:
                self._begin(system, name, names.index(name))

    def _look(self) -> tuple[int | None, list[str]]:
        """The outputs of the first system that has any."""
        for system in self._library.get_compiled_api():
            try:
                with self._quiet():
                    if system not in self._scanners:
                        self._scanners[system] = self._library.MidiOut(system, self._client)
                    names: list[str] = self._scanners[system].get_ports()
            except Exception:  # the inputs say why
                self._end(self._scanners.pop(system, None))
                continue
            if names:
                return system, names
        return None, []

    def _begin(self, system: int, name: str, index: int) -> None:
        device = None
        try:
            with self._quiet():
                device = self._library.MidiOut(system, self._client)
                device.open_port(index, self._client)
        except Exception as error:
            self._end(device)
            if name not in self._refused:
                self._refused.add(name)
                why = " ".join(str(error).split())
                self._note(f"MIDI: nothing can be sent to {plain(name)} ({why})")
            return
        self._open[name] = MidiOutput(name, device)
        self.serial += 1
        self._note(f"MIDI: sending to {plain(name)}")

    def _end(self, device: Any) -> None:
        if device is not None:
            with contextlib.suppress(Exception), self._quiet():
                device.close_port()
                device.delete()

    def close(self) -> None:
        """Close all of them."""
        for device in (*(each.device for each in self), *self._scanners.values()):
            self._end(device)
        self._open, self._scanners = {}, {}


def meant(port: str, names: Collection[str]) -> list[str]:
    """The outputs of the device that a set or mapping calls so: those with that text in the name,
    else with its first word, for many devices call their output otherwise than their input."""
    whole = [name for name in names if port and port in name.lower()]
    first = port.split()[0] if port.split() else ""
    if whole or len(first) <= 3 or first in COMMON:
        return whole
    return [name for name in names if first in name.lower()]
