"""A MIDI port of the benchmark's own, which a show hears as a controller."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any

from livegan.stage.hands.midi_guest import silence


class NoMidi(RuntimeError):
    """There is no way to MIDI here: why, and what to do."""


class MidiPort:
    """A virtual port, through ALSA or JACK or Core MIDI."""

    def __init__(self) -> None:
        """Raises NoMidi."""
        try:
            library = importlib.import_module("rtmidi")
        except ImportError:
            raise NoMidi('python-rtmidi is not installed: pip install "livegan[midi]"') from None
        self._out: Any = None
        why = "the system has no virtual ports"
        for system in library.get_compiled_api():
            try:
                with silence():
                    self._out = library.MidiOut(system, "bench")
                    self._out.open_virtual_port("bench")
                return
            except Exception as error:  # those of the library have no class in common
                why = " ".join(str(error).split())
        hint = "; start JACK first: jackd -d dummy &" if sys.platform == "linux" else ""
        raise NoMidi(f"{why}{hint}")

    def send(self, message: Sequence[int]) -> None:
        """Send a message."""
        self._out.send_message(list(message))

    def close(self) -> None:
        """Close the port."""
        self._out.close_port()
        self._out.delete()
