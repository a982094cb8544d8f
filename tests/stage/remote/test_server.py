"""Clients of every kind cost the show nothing, and each is told in a line what is wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from livegan.ipc.messages import Undo
from livegan.ipc.remote.address import ShowAddress, open_address
from livegan.ipc.remote.client import RemoteError, ShowClient
from livegan.ipc.remote.schema import (
    AskText,
    Command,
    FromShow,
    SetKnob,
    SetText,
    ShowState,
    TapTempo,
)
from livegan.stage.remote import server as module
from livegan.stage.remote import visitor
from livegan.stage.remote.server import Declined, RemoteServer


class Show:
    """A show without pictures: knobs are turned at once, everything else when `frame` is called."""

    def __init__(self, folder: Path) -> None:
        self.done: list[Command] = []
        self.told: list[str] = []
        self.states = 0
        self.notes = ["a note"]
        opened = open_address(folder, folder / "set.py")
        self.server = RemoteServer(opened, self.state, self.at_once, self.tell)
        self.address: ShowAddress = self.server.address

    def tell(self, kind: str, text: str) -> None:
        self.told.append(text)

    def state(self, thumbs: bool, values: bool) -> ShowState:
        self.states += 1
        signals = [{"file": "", "line": 4, "name": "sound.low", "value": 0.5, "role": "value"}]
        rows = signals if values else []
        return ShowState(show="set", version=self.states, notes=self.notes, signals=rows)

    def at_once(self, command: Command) -> str | FromShow | None:
        if isinstance(command, AskText):
            return SetText(1, "set.py", "show(a)\n")
        if not isinstance(command, SetKnob):
            return None
        if command.name != "hue":
            raise Declined(f"there is no knob {command.name!r}")
        self.done.append(command)
        return "turned"

    def do(self, command: Command) -> str:
        self.done.append(command)
        return "done"

    def frame(self) -> None:
        self.server.take(self.do)


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Show]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = Show(tmp_path)
    yield made
    made.server.stop()


def until(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


class Raw:
    """A client that sends bytes."""

    def __init__(self, show: Show, *, enter: bool = False) -> None:
        self.socket = show.address.connect(30)
        self.lines = self.socket.makefile("rb")
        assert self.next()["type"] == "welcome"
        if enter:
            assert self.say({"type": "enter", "token": show.address.token})["done"]

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def next(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.lines.readline())
        return found

    def say(self, message: Any) -> dict[str, Any]:
        self.send(json.dumps(message).encode() + b"\n")
        return self.next()

    @property
    def closed(self) -> bool:
        try:
            return self.lines.readline() == b""
        except ConnectionError:
            return True

    def leave(self) -> None:
        self.lines.close()
        self.socket.close()


def works(show: Show) -> bool:
    """A client like any other is served."""
    with ShowClient(show.address) as client:
        return client.ask(SetKnob("hue", 0.4)) == "turned"


def test_a_knob_is_turned_at_once_and_the_rest_is_done_by_the_stage(show: Show) -> None:
    with ShowClient(show.address) as client:
        assert client.ask(SetKnob("hue", 0.4)) == "turned"
        raw = Raw(show, enter=True)
        raw.send(b'{"type": "undo", "id": 7}\n{"type": "tap"}\n')
        until(lambda: show.frame() or show.done[1:])
        assert raw.next() == {"type": "answer", "done": True, "text": "done", "id": 7}
        until(lambda: show.frame() or len(show.done) == 3)
        assert raw.next()["id"] == 0
        raw.leave()
    assert show.done == [SetKnob("hue", 0.4), Undo(), TapTempo()]


def test_what_cannot_be_done_is_answered_and_the_client_stays(show: Show) -> None:
    raw = Raw(show, enter=True)
    for said, why in (
        ({"type": "knob", "name": "hoe", "value": 1}, "there is no knob 'hoe'"),
        ({"type": "knob", "name": "\ud800", "value": 1}, "there is no knob '\\ud800'"),
        ({"type": "knob", "name": "hue"}, "knob: value is missing"),
        ({"type": "knob", "name": "hue", "value": "1"}, "knob: value cannot be '1'"),
        ({"type": "explode"}, "there is no message 'explode'"),
        ({"type": ["undo"]}, "there is no message ['undo']"),
        ({"type": "undo", "id": "x"}, "id is a whole number"),
        ({}, "a message has a type"),
    ):
        answer = raw.say(said)
        assert (answer["done"], answer["text"]) == (False, why)
    assert raw.say({"type": "knob", "name": "hue", "value": 1})["done"]
    raw.leave()
    assert show.told == []


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "not a message: a line is an object of JSON"),
        (b"\x00\xff\xfe\n", "not a message"),
        (b"[" * 4000 + b"\n", "not a message"),
        (b"x" * 5000, "a line has 4096 bytes at most"),
        (b'{"type": "undo"}\n', 'the first line is {"type": "enter", "token": ...}'),
        (b'{"type": "enter", "token": "x"}\n', "wrong token"),
        (b'{"type": "enter", "token": "\\ud800"}\n', "wrong token"),
        (b'{"type": "enter", "token": 1}\n', "enter: token cannot be 1"),
        (b'{"type": "enter", "token": "x", "speaks": 9}\n', "speaks version 1"),
    ],
    ids=lambda v: v[:12] if isinstance(v, str) else "",
)
def test_a_stranger_gets_one_line_and_the_show_one_line(show: Show, sent: bytes, why: str) -> None:
    raw = Raw(show)
    raw.send(sent)
    answer = raw.next()
    assert not answer["done"] and why in answer["text"]
    assert raw.closed
    raw.leave()
    until(lambda: show.told)
    assert len(show.told) == 1 and why in show.told[0]
    assert works(show)
    assert len(show.done) == 1


def test_a_client_without_a_token_is_left_soon(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitor, "ENTER", 0.05)
    raw = Raw(show)
    assert raw.next()["text"] == "no token came within 0.05 seconds"
    assert raw.closed
    raw.leave()


def test_a_client_that_does_not_read_is_left_and_the_others_are_served(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitor, "UNREAD", 0.2)
    show.notes = ["x" * 3_000_000]  # more than a socket takes that nobody reads
    deaf = Raw(show, enter=True)
    deaf.send(b'{"type": "state", "every": 0.05}\n')
    with ShowClient(show.address) as client:
        states = client.states(0.05)
        until(lambda: next(states) and show.told)
    assert show.told == ["a client was sent away: a client does not read what it is sent"]
    deaf.leave()
    assert works(show)


def test_states_are_made_once_for_all_and_never_pile_up(show: Show) -> None:
    with ShowClient(show.address) as one, ShowClient(show.address) as other:
        first, second = one.states(0.05), other.states(0.05)
        versions = [(next(first).version, next(second).version) for _ in range(4)]
    assert show.states <= 2 * len(versions) + 2
    assert versions[-1][0] > versions[0][0]


def test_a_flood_is_slowed_down_and_others_come_through(show: Show) -> None:
    raw = Raw(show, enter=True)
    raw.socket.settimeout(0.5)
    line = b'{"type": "knob", "name": "hue", "value": 0.5}\n'
    sent = 0
    try:
        while sent < 200_000:
            raw.socket.sendall(line * 100)
            sent += 100
    except TimeoutError:
        pass
    assert sent < 200_000, "what is not read fills the socket, and the client waits"
    assert works(show)
    raw.leave()


def test_a_stage_that_hangs_and_a_client_that_leaves_meanwhile(show: Show) -> None:
    raw = Raw(show, enter=True)
    raw.send(b'{"type": "undo"}\n' * 50)
    until(lambda: not show.server._asked.empty())
    raw.leave()
    assert works(show)
    show.frame()
    assert works(show)
    assert show.done.count(Undo()) == 1, "one at a time"


def test_a_client_of_an_ended_show_is_told_so(show: Show) -> None:
    with ShowClient(show.address) as client:
        states = client.states(0.05)
        next(states)
        show.server.stop()
        assert list(states) is not None
        with pytest.raises(RemoteError, match="the show 'set' has ended"):
            client.ask(Undo())
    with pytest.raises(RemoteError, match="the show 'set' cannot be reached"):
        ShowClient(show.address)


def test_a_part_of_the_show_that_fails_is_answered(show: Show) -> None:
    raw = Raw(show, enter=True)
    raw.send(b'{"type": "undo"}\n')
    until(lambda: not show.server._asked.empty())

    def fail(command: Command) -> str:
        raise RuntimeError("oh")

    with pytest.raises(RuntimeError):
        show.server.take(fail)
    assert raw.next()["text"] == "a part of the show failed: RuntimeError('oh')"
    raw.leave()


def test_more_clients_than_there_is_room_for_are_told(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    two = [Raw(show, enter=True) for _ in range(2)]
    with pytest.raises(RemoteError):
        ShowClient(show.address)
    for each in two:
        each.leave()
    until(lambda: not show.server._visitors)
    assert works(show)


def test_values_are_sent_to_those_who_ask_for_them(show: Show) -> None:
    with ShowClient(show.address) as plain, ShowClient(show.address) as editor:
        assert plain.state().signals == [] and not show.server.values_wanted
        assert next(editor.states(0.05, values=True)).signals[0]["name"] == "sound.low"
        assert show.server.values_wanted
        assert plain.state().signals == []
    deadline = time.monotonic() + 5
    while show.server.values_wanted and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not show.server.values_wanted


def test_the_text_on_the_air_is_sent_in_place_of_an_answer(show: Show) -> None:
    with ShowClient(show.address) as client:
        assert client.text() == SetText(1, "set.py", "show(a)\n")
        assert client.state().show == "set"
