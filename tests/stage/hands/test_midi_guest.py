"""Controllers are heard, pulled and plugged in again: against a fake library, and against JACK."""

from __future__ import annotations

import inspect
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from livegan.ipc.control_table import ControlTable
from livegan.ipc.sound_ring import SoundRing
from livegan.stage.hands import midi_guest
from livegan.stage.hands.incoming import Incoming
from livegan.stage.hands.lanes import Lanes
from livegan.stage.hands.midi_guest import MISSING, Inputs, Keys


class FakeLibrary:
    """The part of the module ``rtmidi`` that is used; each signature is checked below."""

    def __init__(self) -> None:
        self.ports: dict[int, list[str] | Exception] = {2: []}
        self.taken: set[str] = set()
        self.made: list[Any] = []
        library = self

        class MidiIn:
            def __init__(self, rtapi: int = 0, name: str = "RtMidi Client") -> None:
                self.api, self.port = rtapi, ""
                self.closed = False
                library.ask(rtapi)
                library.made.append(self)

            def get_ports(self, encoding: str = "auto") -> list[str]:
                return library.ask(self.api)

            def open_port(self, port: int = 0, name: str | None = None) -> None:
                self.port = library.ask(self.api)[port]
                if self.port in library.taken:
                    raise RuntimeError("in use")

            def set_callback(self, func: Callable[[Any, Any], None], data: Any = None) -> None:
                self.send = lambda *message: func((list(message), 0.0), data)

            def ignore_types(
                self, sysex: bool = True, timing: bool = True, active_sense: bool = True
            ) -> None:
                assert not timing, "a clock is heard"

            def close_port(self) -> None:
                self.closed = True

            def delete(self) -> None: ...

        self.MidiIn = MidiIn

    def ask(self, api: int) -> list[str]:
        there = self.ports[api]
        if isinstance(there, Exception):
            raise there
        return list(there)

    def get_compiled_api(self) -> list[int]:
        return list(self.ports)

    def device(self, port: str) -> Any:
        """The one that has a port open."""
        (found,) = [each for each in self.made if each.port == port and not each.closed]
        return found


def test_the_fake_has_the_signatures_of_the_library() -> None:
    rtmidi = pytest.importorskip("rtmidi", reason="pip install 'livegan[midi]'")
    fake = FakeLibrary().MidiIn
    for name in ("get_ports", "open_port", "set_callback", "ignore_types", "close_port", "delete"):
        real = getattr(rtmidi.MidiIn, name).__doc__.splitlines()[0]
        arguments = list(inspect.signature(getattr(fake, name)).parameters)
        named = [
            part.split("=")[0].split()[-1] for part in real[real.index("(") + 1 : -1].split(",")
        ]
        assert named == arguments, real
    assert all(isinstance(api, int) for api in rtmidi.get_compiled_api())


@pytest.fixture
def table() -> Iterator[ControlTable]:
    with ControlTable.create() as made:
        yield made


@pytest.fixture
def library() -> FakeLibrary:
    return FakeLibrary()


@pytest.fixture
def notes() -> list[str]:
    return []


@pytest.fixture
def inputs(table: ControlTable, library: FakeLibrary, notes: list[str]) -> Iterator[Inputs]:
    lanes = Lanes([table.lane("MIDI 0")])
    quiet: Any = SimpleNamespace(note=lambda text: None)
    keys = Keys(Incoming(lanes, quiet), notes.append)
    made = Inputs(library, lambda port, message: keys.take(port, message, 1.0), notes.append)
    yield made
    made.close()
    lanes.close()


def value(table: ControlTable, name: str) -> float | None:
    control = table.get(name)
    return None if control is None else control.value


def test_a_controller_is_heard_pulled_and_heard_again(
    table: ControlTable, library: FakeLibrary, inputs: Inputs, notes: list[str]
) -> None:
    inputs.scan()
    assert inputs.names == [] and notes == []
    library.ports[2] = ["nano MIDI 1 24:0"]
    inputs.scan()
    inputs.scan()
    library.device("nano MIDI 1 24:0").send(0xB0, 7, 127)
    library.device("nano MIDI 1 24:0").send(0x90, 36, 127)
    assert value(table, "midi/nano MIDI 1/1/cc 7") == 1.0
    assert value(table, "midi/nano MIDI 1/1/note 36") == 1.0
    library.ports[2] = []
    inputs.scan()
    assert value(table, "midi/nano MIDI 1/1/note 36") == 0.0, "no key hangs"
    assert value(table, "midi/nano MIDI 1/1/cc 7") == 1.0, "a fader stays where it was"
    library.ports[2] = ["nano MIDI 1 28:0"]
    inputs.scan()
    library.device("nano MIDI 1 28:0").send(0xB0, 7, 0)
    assert value(table, "midi/nano MIDI 1/1/cc 7") == 0.0
    assert notes == [
        "MIDI: listening to nano MIDI 1",
        "MIDI: nano MIDI 1 is gone; it is opened again when it returns",
        "MIDI: listening to nano MIDI 1",
    ]


def test_two_controllers_of_one_name_are_both_heard(library: FakeLibrary, inputs: Inputs) -> None:
    library.ports[2] = ["nano", "livegan:livegan 128:0", "livegan-03:livegan", "nano", "keys"]
    inputs.scan()
    assert inputs.names == ["nano", "nano", "keys"]
    library.ports[2] = ["nano", "keys"]
    inputs.scan()
    assert inputs.names == ["nano", "keys"]


def test_a_controller_that_another_program_has_is_told_once_and_tried_again(
    library: FakeLibrary, inputs: Inputs, notes: list[str]
) -> None:
    library.ports[2], library.taken = ["nano"], {"nano"}
    for _ in range(3):
        inputs.scan()
    assert notes == ["MIDI: nano cannot be opened (in use); another program may have it"]
    library.taken.clear()
    inputs.scan()
    assert inputs.names == ["nano"] and notes[1:] == ["MIDI: listening to nano"]


def test_a_machine_without_one_system_uses_the_other_and_one_without_any_says_so_once(
    library: FakeLibrary, inputs: Inputs, notes: list[str]
) -> None:
    library.ports = {2: RuntimeError("no ALSA\nsequencer"), 3: RuntimeError("no JACK")}
    inputs.scan()
    inputs.scan()
    assert notes == ["MIDI: this machine has none at the moment (no JACK)"]
    library.ports[3] = ["pads"]
    inputs.scan()
    assert inputs.names == ["pads"]


def test_without_the_library_how_to_install_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    ours, theirs = multiprocessing.Pipe()
    midi_guest.listen(theirs, {})
    assert ours.recv() == {"type": "off", "text": MISSING}
    assert 'pip install "livegan[midi]"' in MISSING


FADER = "midi/desk:pads/1/cc 7"
SENDER = """
import sys, time
import rtmidi
for _ in range(200):  # JACK is starting
    try:
        out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "desk")
        out.open_virtual_port("pads")
        break
    except Exception:
        time.sleep(0.1)
for n in range(500):
    out.send_message([0xB0, n % 100, n % 128])
    time.sleep(0.0005)
begin, pulses = time.monotonic(), 0
while True:  # JACK drops what it has no time for, and says so to nobody
    out.send_message([0xB0, 7, int(sys.argv[1])])
    out.send_message([0xF8])
    pulses += 1
    time.sleep(max(0.0, begin + pulses / 48 - time.monotonic()))
"""


def until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


@pytest.mark.slow
def test_real_messages_come_through_jack_and_come_again_after_the_cable_was_pulled(
    table: ControlTable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("rtmidi", reason="pip install 'livegan[midi]'")
    if shutil.which("jackd") is None:
        pytest.skip("needs JACK: apt-get install jackd2")
    if Path("/dev/snd/seq").exists():
        pytest.skip("where there is ALSA, its devices are heard and not those of JACK")
    server = f"livegan{os.getpid()}"
    monkeypatch.setenv("JACK_DEFAULT_SERVER", server)
    monkeypatch.setenv("JACK_NO_AUDIO_RESERVATION", "1")
    jack = ["jackd", "-n", server, "-r", "-t", "10000", "-d", "dummy", "-r", "48000", "-p", "1024"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    spawn = multiprocessing.get_context("spawn")
    with SoundRing.create() as ring, subprocess.Popen(jack, **quiet) as jackd:  # type: ignore[call-overload]
        ours, theirs = spawn.Pipe()
        options = {
            "lanes": [table.lane("MIDI 0")], "sound_ring": ring.name, "sent": table.name,
        }  # fmt: skip
        guest = spawn.Process(target=midi_guest.listen, args=(theirs, options), daemon=True)

        def told(text: str) -> bool:
            return until(lambda: ours.poll(1) and ours.recv().get("text") == text)

        try:
            guest.start()
            for last in (127, 0):
                command = [sys.executable, "-c", SENDER, str(last)]
                with subprocess.Popen(command, **quiet) as sender:  # type: ignore[call-overload]
                    try:
                        assert told("MIDI: listening to desk:pads")
                        assert until(lambda last=last: value(table, FADER) == last / 127)
                        assert until(lambda: ours.poll(1) and 110 < ours.recv().get("bpm", 0) < 130)
                    finally:
                        sender.kill()
                assert told("MIDI: desk:pads is gone; it is opened again when it returns")
            ours.send({"type": "quit"})
            guest.join(20)
            assert guest.exitcode == 0
        finally:
            guest.kill()
            jackd.terminate()  # one that is killed leaves one of the eight places for servers taken
