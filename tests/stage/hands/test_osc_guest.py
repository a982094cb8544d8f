"""OSC becomes controls: faders, knobs, pads, patterns, bundles, floods."""

from __future__ import annotations

import shutil
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from livegan.ipc.control_table import ControlTable
from livegan.ipc.sound_ring import SoundRing
from livegan.stage.hands.hands import Hands, osc_port
from livegan.stage.hands.incoming import Incoming
from livegan.stage.hands.lanes import Lanes
from livegan.stage.hands.osc_guest import Port, Receiver
from tests.stage.hands.osc import bundle, fader, message

QUIET: Any = SimpleNamespace(note=lambda text: None)
"""The pipe to the stage, which nobody asks anything."""


@pytest.fixture
def table() -> Iterator[ControlTable]:
    with ControlTable.create() as made:
        yield made


@pytest.fixture
def notes() -> list[str]:
    return []


@pytest.fixture
def receiver(table: ControlTable, notes: list[str]) -> Iterator[Receiver]:
    lanes = Lanes([table.lane(f"OSC {number}") for number in range(2)])
    yield Receiver(Incoming(lanes, QUIET), notes.append)
    lanes.close()


def values(table: ControlTable) -> dict[str, float]:
    return {name: control.value for name, control in table.snapshot().items()}


def test_faders_knobs_and_pads_become_controls(table: ControlTable, receiver: Receiver) -> None:
    xyz = message("/accxyz", "fsf", struct.pack(">f4sf", 0.5, b"up\0\0", -1.0))
    sent = [fader(0.25), fader(0.75), fader(0.5, "/knob/hue"), message("/pad/hit"), xyz]
    receiver.take(sent, 3.0, 0.0)
    assert values(table) == {
        "osc/1/fader1#0": 0.75, "knob/hue": 0.5, "pad/hit": 1.0,
        "osc/accxyz#0": 0.5, "osc/accxyz#2": -1.0,
    }  # fmt: skip
    assert table.get("knob/hue").time == 3.0  # type: ignore[union-attr]


def test_a_hand_that_leaves_a_pad_does_not_undo_the_blow(
    table: ControlTable, receiver: Receiver
) -> None:
    receiver.take([fader(0.8, "/pad/hit"), fader(0, "/pad/hit")], 3.0, 0.0)
    receiver.take([fader(0, "/pad/hit")], 4.0, 0.0)
    struck = table.get("pad/hit")
    assert struck is not None and (struck.value, struck.time) == (pytest.approx(0.8), 3.0)


def test_a_pattern_sets_what_is_known_and_what_the_set_asks_for(
    table: ControlTable, receiver: Receiver
) -> None:
    receiver.incoming.lanes.wanted = frozenset({"osc/2/fader9#0", "knob/hue", "midi"})
    receiver.take([fader(0.25), fader(0.5, "/1/other"), fader(1.0, "/?/fader*")], 0.0, 0.0)
    receiver.take([fader(0.75, "/knob/*")], 0.0, 0.0)
    assert values(table) == {
        "osc/1/fader1#0": 1.0, "osc/1/other#0": 0.5, "osc/2/fader9#0": 1.0, "knob/hue": 0.75,
    }  # fmt: skip


def test_a_bundle_of_the_future_waits_and_one_of_another_clock_does_not(
    table: ControlTable, receiver: Receiver
) -> None:
    sent = [bundle(fader(1, "/soon"), at=1000.5), bundle(fader(1, "/clock"), at=9000.0)]
    receiver.take([*sent, bundle(fader(1, "/late"), at=10.0)], 5.0, 1000.0)
    assert values(table) == {"osc/clock#0": 1.0, "osc/late#0": 1.0}
    assert receiver.waiting.wait(1000.2, 1.0) == pytest.approx(0.3)
    receiver.take([], 5.5, 1000.5)
    assert values(table)["osc/soon#0"] == 1.0


def test_what_is_not_osc_is_counted_and_told_once(
    table: ControlTable, receiver: Receiver, notes: list[str]
) -> None:
    receiver.take([b"", b"\xff" * 70, b"/", fader(0.5)[:14], fader(float("inf"))], 0.0, 0.0)
    receiver.take([b"GET / HTTP/1.1\r\n", fader(0.5)], 0.0, 0.0)
    assert values(table) == {"osc/1/fader1#0": 0.5}
    assert receiver.malformed == 5 and len(notes) == 1 and "not OSC" in notes[0]


def test_a_flood_of_addresses_leaves_room_for_what_the_set_asks_for(
    table: ControlTable, receiver: Receiver, notes: list[str]
) -> None:
    receiver.incoming.lanes.wanted = frozenset({"osc/mine#0"})
    receiver.take([fader(1.0, f"/{number}") for number in range(2000)], 0.0, 0.0)
    receiver.take([fader(0.5, "/mine"), fader(1.0, "/" + "a" * 300)], 0.0, 0.0)
    assert len(table.names()) == 513 and values(table)["osc/mine#0"] == 0.5
    assert notes == [
        "OSC: more than 512 different numbers came; new ones are left out unless the set names them"
    ]


def test_a_listener_that_returns_goes_on_with_its_names(table: ControlTable) -> None:
    addresses = [table.lane(f"OSC {number}") for number in range(2)]
    for value in (0.25, 0.5):
        lanes = Lanes(addresses)
        for name in range(600):
            lanes.wanted = {f"osc/{name}#0"}
            lanes.set(f"osc/{name}#0", value, 1.0)
        lanes.close()
    assert len(table.names()) == 600 and set(values(table).values()) == {0.5}


def test_a_port_that_is_taken_is_told_once_and_tried_again(notes: list[str]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        number = other.getsockname()[1]
        mine = Port("127.0.0.1", number, notes.append)
        for _ in range(3):
            mine.open()
            mine._next = 0.0
        assert mine.socket is None and len(notes) == 1 and f"port {number}" in notes[0]
    mine.open()
    assert notes[1:] == [f"OSC: listening on 127.0.0.1:{number}"]
    mine.close()


BURST = """
import socket, struct, sys
wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for n in range(5000):
    address = f"/burst/{n % 500}".encode()
    address += bytes(4 - len(address) % 4)
    wire.sendto(address + b",f\\0\\0" + struct.pack(">f", n), ("127.0.0.1", int(sys.argv[1])))
"""


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_a_process_receives_a_burst_and_nothing_listens_unless_asked(
    table: ControlTable, notes: list[str]
) -> None:
    number = free_port()
    with SoundRing.create() as ring:
        idle = Hands(table, ring.name, notes.append)
        idle.listen(["knob/hue", "pad/hit"])
        assert idle._listeners == {}
        idle.stop()
        hands = Hands(table, ring.name, notes.append, ports=[("127.0.0.1", number)])
        try:
            assert until(lambda: f"OSC: listening on 127.0.0.1:{number}" in notes), notes
            burst = [sys.executable, "-c", BURST, str(number)]
            subprocess.run(burst, check=True, timeout=60)
            last = {f"osc/burst/{n}#0": 4500.0 + n for n in range(500)}
            assert until(lambda: values(table) == last), len(table.names())
        finally:
            hands.stop()


def test_hosts_and_ports_are_read() -> None:
    assert osc_port("9000") == ("127.0.0.1", 9000)
    assert osc_port("0.0.0.0:9001") == ("0.0.0.0", 9001)
    for wrong in ("", "x", ":9000", "0", "65536", "host:", "9000:"):
        with pytest.raises(ValueError, match=f"--osc {wrong}: write "):
            osc_port(wrong)


@pytest.mark.skipif(shutil.which("oscsend") is None, reason="apt-get install liblo-tools")
def test_another_sender_of_osc_is_understood(table: ControlTable, notes: list[str]) -> None:
    number = free_port()
    with SoundRing.create() as ring:
        hands = Hands(table, ring.name, notes.append, ports=[("127.0.0.1", number)])
        hands.listen(["knob/hue", "knob/warmth"])
        try:
            assert until(lambda: f"OSC: listening on 127.0.0.1:{number}" in notes), notes
            for sent in ("/knob/h* f 0.25", "/accxyz fsdi 0.5 up -1.5 3", "/1/on T", "/pad/hit"):
                subprocess.run(["oscsend", "127.0.0.1", str(number), *sent.split()], check=True)
            wanted = {
                "knob/hue": 0.25, "osc/accxyz#0": 0.5, "osc/accxyz#2": -1.5, "osc/accxyz#3": 3.0,
                "osc/1/on#0": 1.0, "pad/hit": 1.0,
            }  # fmt: skip
            assert until(lambda: values(table) == wanted), values(table)
        finally:
            hands.stop()
