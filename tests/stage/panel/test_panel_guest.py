"""The panel has a port, whoever else wants it."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest

from livegan.stage.panel import panel_guest as module
from livegan.stage.panel.panel_address import PanelAddress
from livegan.stage.panel.panel_guest import bound, opened


class Line:
    """The pipe to the stage."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.ends = False

    def note(self, text: str) -> None:
        self.notes.append(text)

    def asked_to_end(self) -> bool:
        return self.ends


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.setattr(module, "HANDOVER", 0.05)
    monkeypatch.setattr(module, "RETRY", 0.02)
    return Line()


def open_in(address: PanelAddress, line: Any) -> socket.socket:
    made = opened(address, line)
    assert made is not None
    return made


def free(count: int) -> int:
    """The first of so many free ports in a row."""
    for port in range(21000, 60000, count):
        made = []
        try:
            for number in range(count):
                made.append(bound("127.0.0.1", port + number))
            return port
        except OSError:
            continue
        finally:
            for each in made:
                each.close()
    pytest.fail("no free ports")


def test_a_second_show_has_the_next_port(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livegan.stage.panel.panel_address.PORT", free(3))
    monkeypatch.setattr("livegan.stage.panel.panel_address.PORTS", 3)
    shows = [open_in(PanelAddress(), line) for _ in range(3)]
    ports = [made.getsockname()[1] for made in shows]
    assert ports == [ports[0], ports[0] + 1, ports[0] + 2] and line.notes == []
    for made in shows:
        made.close()


def test_a_port_that_was_named_is_waited_for_and_a_line_says_so_once(line: Line) -> None:
    with bound("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        found: list[socket.socket] = []
        waiting = threading.Thread(
            target=lambda: found.append(open_in(PanelAddress(port=port), line))
        )
        waiting.start()
        end = time.monotonic() + 20
        while not line.notes and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(0.1)
    waiting.join(20)
    assert found[0].getsockname()[1] == port
    found[0].close()
    (note,) = line.notes
    assert note.startswith(f"panel: port {port} on 127.0.0.1 cannot be opened (")
    assert note.endswith(f"--panel-at 127.0.0.1:{port + 1}")


def test_the_end_of_the_show_ends_the_waiting(line: Line) -> None:
    with bound("127.0.0.1", 0) as taken:
        line.ends = True
        assert opened(PanelAddress(port=taken.getsockname()[1]), line) is None  # type: ignore[arg-type]
