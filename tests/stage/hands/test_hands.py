"""What listens is started when it is asked for, started again when it dies, and writes a take."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from livegan.ipc.control_table import ControlTable
from livegan.stage.hands import hands as module
from livegan.stage.hands.hands import Hands, Listener, Take, free
from livegan.take import read_take


@pytest.fixture
def table() -> Iterator[ControlTable]:
    with ControlTable.create() as made:
        yield made


def until(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


class FakeGuest:
    """The process of a listener: says what its script has, then dies or stays."""

    made: list[FakeGuest]
    scripts: list[list[dict[str, Any] | None]]

    def __init__(self, target: str, options: dict[str, Any]) -> None:
        self.script = self.scripts.pop(0) if self.scripts else []
        self.dies = bool(self.script) and self.script[-1] is None
        self.gone, self.closed = False, False
        self.told: list[dict[str, Any]] = []
        self.made.append(self)

    def send(self, message: dict[str, Any]) -> None:
        self.told.append(message)

    def next(self, timeout: float) -> dict[str, Any] | None:
        said = self.script.pop(0) if self.script else None
        self.gone = said is None and self.dies
        if said is None:
            time.sleep(0.005)
        return said

    def how(self) -> str:
        return "was killed"

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def guests(monkeypatch: pytest.MonkeyPatch) -> type[FakeGuest]:
    FakeGuest.made, FakeGuest.scripts = [], []
    monkeypatch.setattr(module, "Guest", FakeGuest)
    monkeypatch.setattr(module, "RETRY", 0.01)
    return FakeGuest


def test_a_process_that_dies_is_started_again_and_told_what_is_wanted(
    guests: type[FakeGuest],
) -> None:
    guests.scripts = [[{"type": "note", "text": "OSC: listening"}, None], [None], []]
    notes: list[str] = []
    listener = Listener("OSC", "x:y", {}, notes.append)
    listener.tell("wanted", controls=("osc/a#0",))
    until(lambda: len(guests.made) == 3 and guests.made[2].told)
    assert guests.made[2].told == [{"type": "wanted", "controls": ("osc/a#0",)}]
    again = "OSC: its process ended (was killed); started again"
    assert notes == ["OSC: listening", again, again]
    listener.stop()
    assert all(guest.closed for guest in guests.made)


def test_one_that_cannot_be_had_here_says_so_once(guests: type[FakeGuest]) -> None:
    guests.scripts = [[{"type": "off", "text": "not installed"}]]
    notes: list[str] = []
    listener = Listener("MIDI", "x:y", {}, notes.append)
    until(lambda: guests.made and guests.made[0].closed)
    listener.stop()
    assert notes == ["not installed"] and len(guests.made) == 1


def test_a_control_that_plays_a_scene_is_heard(
    table: ControlTable, guests: type[FakeGuest]
) -> None:
    guests.scripts = [[{"type": "cue", "scene": "dark"}]]
    cued = list[str]()
    hands = Hands(table, "", lambda note: None)
    hands.cued = cued.append
    hands.listen(["osc/a#0"])
    until(lambda: cued)
    hands.stop()
    assert cued == ["dark"]


class Started:
    def __init__(
        self,
        kind: str,
        target: str,
        options: dict[str, Any],
        note: object,
        moved: Any = None,
        cued: Any = None,
    ) -> None:
        self.kind, self.options, self.moved = kind, options, moved
        self.told: dict[str, dict[str, Any]] = {}

    def tell(self, what: str, **fields: Any) -> None:
        self.told[what] = fields

    def stop(self) -> None: ...


def test_what_a_set_asks_for_is_started_once_and_on_this_machine_only(table: ControlTable) -> None:
    started: list[Started] = []

    def start(*given: Any) -> Any:
        started.append(Started(*given))
        return started[-1]

    hands = Hands(table, "ring", print, listener=start)
    hands.listen(["knob/hue", "pad/hit"])
    assert started == []
    hands.listen(["osc/a#0", "midi"])
    hands.listen(["osc/b#0"])
    assert sorted(each.kind for each in started) == ["MIDI", "OSC"]
    assert all(each.told["wanted"]["controls"] == ("osc/b#0",) for each in started)
    (osc,) = [each for each in started if each.kind == "OSC"]
    assert osc.options["ports"] == [("127.0.0.1", 9000)] and len(osc.options["lanes"]) == 4
    hands.stop()


def test_what_a_set_sends_is_told_to_the_process_that_sends_it(table: ControlTable) -> None:
    started: dict[str, Started] = {}

    def start(*given: Any) -> Any:
        started[given[0]] = Started(*given)
        return started[given[0]]

    hands = Hands(table, "ring", print, sent="sent", listener=start)
    osc, midi = {"key": "a", "by": "osc"}, {"key": "b", "by": "midi"}
    hands.listen(["midi"], sends=[osc, midi])
    assert started["OSC out"].told["sends"] == {"rows": [osc]}
    assert started["MIDI"].told["sends"] == {"rows": [midi]}
    assert started["MIDI"].options["sent"] == "sent"
    hands.listen([])
    assert started["OSC out"].told["sends"] == started["MIDI"].told["sends"] == {"rows": []}
    hands.stop()


def test_ports_that_were_asked_for_are_the_only_ones(table: ControlTable) -> None:
    started: list[Started] = []

    def start(*given: Any) -> Any:
        started.append(Started(*given))
        return started[-1]

    hands = Hands(table, "ring", print, ports=[("0.0.0.0", 9001)], listener=start)
    hands.listen(["osc/a#0"])
    assert [each.options["ports"] for each in started] == [[("0.0.0.0", 9001)]]
    hands.stop()


def test_moves_are_written_to_a_take_of_their_own(table: ControlTable, tmp_path: Path) -> None:
    path = tmp_path / "show.take.jsonl"
    Take(table, path, print).stop()
    assert not path.exists(), "nothing moved"
    for value in (0.25, 0.75):
        with ControlTable.create() as of_a_show:
            take = Take(of_a_show, path, print)
            of_a_show.set("knob/hue", value, 2.0)
            take.stop()
    assert read_take(path) == {"knob/hue": [(2.0, 0.25)]}
    assert read_take(tmp_path / "show.take-2.jsonl") == {"knob/hue": [(2.0, 0.75)]}
    assert free(path).name == "show.take-3.jsonl"
    assert json.loads(path.read_text())["name"] == "knob/hue"


def test_a_take_that_cannot_be_written_is_told_and_nothing_else(
    table: ControlTable, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    notes: list[str] = []
    take = Take(table, tmp_path / "file" / "show.take.jsonl", notes.append)
    table.set("knob/hue", 0.5, 2.0)
    until(lambda: notes)
    take.stop()
    assert len(notes) == 1 and notes[0].startswith("the controls are not recorded: ")
