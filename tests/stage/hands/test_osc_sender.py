"""What a set sends arrives as OSC: on change, once a frame, by one process for all engines."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from livegan.engine.sent_values import SentValues
from livegan.graph.send import Send
from livegan.ipc.control_table import ControlTable
from livegan.stage.hands.hands import Hands
from livegan.stage.hands.osc_packet import OscMessage, message, packed
from livegan.stage.hands.osc_sender import OscSender


def osc_send(address: str, count: int, host: str, port: int) -> Send:
    target = {"by": "osc", "address": address, "host": host, "port": port}
    return Send(address, (0,) * count, f"{host}:{port}", target)


@pytest.fixture
def table() -> Iterator[ControlTable]:
    with ControlTable.create() as made:
        yield made


class Listening:
    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]

    def came(self) -> list[tuple[str, tuple[float | None, ...]]]:
        found = []
        self.socket.settimeout(5)
        self.socket.sendto(packed("/end", [0.0]), ("127.0.0.1", self.port))
        while (told := message(self.socket.recv(4096))).address != "/end":
            found.append((told.address, told.arguments))
        return found


@pytest.fixture
def there() -> Iterator[Listening]:
    made = Listening()
    yield made
    made.socket.close()


def until(condition: Any) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_a_message_reads_as_it_was_packed() -> None:
    for address in ("/a", "/abc", "/abcd", "/rgb/1"):
        assert message(packed(address, [0.5, -2.0])) == OscMessage(address, (0.5, -2.0))
    assert message(packed("/a", [1e300])).arguments[0] == pytest.approx(3.4e38)


def test_what_changed_is_sent_once_and_an_engine_that_follows_sends_nothing_twice(
    table: ControlTable, there: Listening
) -> None:
    low = osc_send("/low", 1, "127.0.0.1", there.port)
    rgb = osc_send("/rgb", 3, "localhost", there.port)
    notes: list[str] = []
    sender = OscSender(notes.append)
    sender.follow([low.row, rgb.row])
    until(lambda: all(each.where for each in sender._receivers.values()))
    engine = SentValues(table.lane("engine"), notes.append)
    sender.send(table.snapshot())
    engine.write(((low, (0.25,)), (rgb, (1.0, 0.5, 0.0))), 1, 0.1)
    sender.send(table.snapshot())
    sender.send(table.snapshot())
    engine.write(((low, (0.25,)), (rgb, (1.0, 0.5, 0.25))), 2, 0.2)
    sender.send(table.snapshot())
    engine.close()
    other = SentValues(table.lane("engine"), notes.append)  # it died; this one goes on
    other.write(((low, (0.25,)), (rgb, (1.0, 0.5, 0.25))), 1, 0.3)
    sender.send(table.snapshot())
    other.write(((low, (0.75,)), (rgb, (1.0, 0.5, 0.25))), 2, 0.4)
    sender.follow([low.row])
    sender.send(table.snapshot())
    other.write(((low, (0.75,)), (rgb, (9.0, 9.0, 9.0))), 3, 0.5)
    sender.send(table.snapshot())
    assert there.came() == [
        ("/low", (0.25,)),
        ("/rgb", (1.0, 0.5, 0.0)),
        ("/rgb", (1.0, 0.5, 0.25)),
        ("/low", (0.75,)),
    ]
    assert notes == []
    other.close()
    sender.close()


def test_a_frame_that_is_not_whole_is_waited_for(table: ControlTable, there: Listening) -> None:
    pair = osc_send("/xy", 2, "127.0.0.1", there.port)
    sender = OscSender(print)
    sender.follow([pair.row])
    until(lambda: sender._receivers["127.0.0.1", there.port].where)
    engine = SentValues(table.lane("engine"), print)
    engine.write(((pair, (1.0, 1.0)),), 1, 0.1)
    sender.send(table.snapshot())
    assert engine._table is not None
    engine._table.set(f"{pair.key}#0", 2.0, 0.2)  # in the middle of the next
    sender.send(table.snapshot())
    engine.write(((pair, (2.0, 2.0)),), 2, 0.2)
    sender.send(table.snapshot())
    assert there.came() == [("/xy", (1.0, 1.0)), ("/xy", (2.0, 2.0))]
    engine.close()
    sender.close()


def test_a_machine_that_is_not_there_is_told_once_and_costs_no_other_message(
    table: ControlTable, there: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = socket.getaddrinfo

    def lookup(host: str, *more: Any) -> Any:
        if host == "nowhere.invalid":
            raise socket.gaierror(-2, "Name or service not known")
        return find(host, *more)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    away = osc_send("/a", 1, "nowhere.invalid", 7000)
    here = osc_send("/b", 1, "127.0.0.1", there.port)
    notes: list[str] = []
    sender = OscSender(notes.append)
    sender.follow([away.row, here.row])
    until(lambda: notes and sender._receivers["127.0.0.1", there.port].where)
    engine = SentValues(table.lane("engine"), notes.append)
    for frame in range(3):
        engine.write(((away, (frame,)), (here, (frame,))), frame, 0.1)
        sender.send(table.snapshot())
    assert [address for address, _ in there.came()] == ["/b"] * 3
    assert notes == [
        "OSC: nowhere.invalid:7000 cannot be found (Name or service not known); it is tried again"
    ]
    engine.close()
    sender.close()


def test_a_set_that_uses_up_all_addresses_is_told_once(table: ControlTable) -> None:
    notes: list[str] = []
    engine = SentValues(table.lane("engine"), notes.append)
    for number in range(600):
        engine.write(((osc_send(f"/{number}", 1, "a", 1), (1.0,)),), number, 0.1)
    assert len(notes) == 1 and notes[0].startswith("send: too many different addresses")
    engine.close()


def test_a_process_sends_to_an_independent_receiver(table: ControlTable) -> None:
    if shutil.which("oscdump") is None:
        pytest.skip("needs an independent OSC receiver: apt-get install liblo-tools")
    port = Listening()
    port.socket.close()
    row = osc_send("/low", 1, "127.0.0.1", port.port)
    engine = SentValues(table.lane("engine"), print)
    with (
        subprocess.Popen(
            ["oscdump", "-L", str(port.port)], stdout=subprocess.PIPE, text=True
        ) as dump,
        ControlTable.create() as controls,
    ):
        hands = Hands(controls, "none", print, sent=table.name)
        try:
            hands.listen([], [], [row.row])
            assert dump.stdout is not None
            lines: list[str] = []
            for frame in range(200):
                engine.write(((row, (frame / 4,)),), frame, 0.1)
                time.sleep(0.05)
                if hands._listeners["OSC out"]._untold == set() and frame > 20:
                    break
            lines.append(dump.stdout.readline())
            assert "/low f " in lines[0]
        finally:
            hands.stop()
            dump.kill()
            engine.close()
