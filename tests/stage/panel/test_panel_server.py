"""Phones see and play a show, and none of them can do harm."""

from __future__ import annotations

import io
import json
import time
import urllib.error
import urllib.request
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from livegan.ipc.messages import Solo, Undo
from livegan.ipc.remote.schema import HitPad, SetKnob
from livegan.stage.panel import panel_server as module
from livegan.stage.panel import phone as phone_module
from livegan.stage.panel.panel_server import FULL, NONSENSE, PAGE, WRONG_TOKEN
from tests.stage.panel.fake_show import TOKEN, Client, FakeShow, PanelHost


def until(condition: Any) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def left(client: Client) -> tuple[int, str]:
    """The code and the line with which a phone was left."""
    with pytest.raises(ConnectionClosed) as closed:
        client.until(lambda: False)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason


def test_a_phone_sees_the_show_and_what_changes(fake_show: FakeShow, panel: PanelHost) -> None:
    phone = panel.join()
    phone.until(lambda: phone.state.get("values") == {"hue": 0.5, "tilt": 0.0})
    assert {"learn", "undo"} < set(phone.welcome["commands"])
    assert phone.state["knobs"][0] == {
        "name": "hue", "default": 0.5, "low": 0.0, "high": 1.0, "doc": "what hue does"
    }  # fmt: skip
    assert phone.state["pads"] == ["kick"] and phone.state["version"] == 1
    phone.until(lambda: phone.state.get("thumbs") == ["AAAA", "AAAA"])
    assert "picture" not in phone.state["slots"][0]
    fake_show.now = replace(fake_show.now, pads=[], knobs=[], refusal="set.py:5: no such word")
    phone.until(lambda: phone.state["refusal"] == "set.py:5: no such word")
    assert phone.state["pads"] == [] == phone.state["knobs"]
    phone.leave()
    until(lambda: panel.looks == 0)


def test_phones_agree_with_each_other_and_with_midi(fake_show: FakeShow, panel: PanelHost) -> None:
    one, other = panel.join(), panel.join()
    for phone in (one, other):
        phone.until(lambda phone=phone: "hue" in phone.state.get("values", {}))
    one.say({"type": "knob", "name": "hue", "value": 0.9})
    other.until(lambda: other.state["values"]["hue"] == 0.9)
    fake_show.turn("hue", 0.1)
    for phone in (one, other):
        phone.until(lambda phone=phone: phone.state["values"]["hue"] == 0.1)
    one.say({"type": "knob", "name": "hue", "value": 2.0})
    one.until(lambda: one.answers)
    assert one.answers == [(False, "too far")] and other.answers == []
    one.leave()
    other.leave()


def test_commands_reach_the_show_and_are_answered(fake_show: FakeShow, panel: PanelHost) -> None:
    phone = panel.join()
    phone.until(lambda: "values" in phone.state)
    phone.say({"type": "pad", "name": "kick", "strength": 0.5})
    phone.say({"type": "solo", "slot": 1})
    phone.say({"type": "undo"})
    phone.until(lambda: len(phone.answers) == 2)
    assert phone.answers == [(True, "as you wish")] * 2, "a pad that was hit needs no answer"
    until(lambda: len(fake_show.done) == 3)
    assert {type(c) for c in fake_show.done} == {HitPad, Solo, Undo}
    for message, why in (
        ({"type": "explode"}, "explode"),
        ({"type": "hold", "on": "yes"}, "on"),
        ({"type": "knob", "name": "hue"}, "value"),
        ({"type": "knob", "name": "x" * 500, "value": 1}, "there is no knob"),
        ({"type": "state", "every": 0.05}, "follows the show anyway"),
        ({"type": "set", "name": "/home/eve/run-me.py"}, "a phone cannot ask for that"),
        ({"type": "audio", "source": "/home/ada/letters.wav"}, "a phone cannot ask for that"),
    ):
        phone.answers.clear()
        phone.say(message)
        phone.until(lambda: phone.answers)
        done, text = phone.answers[0]
        assert not done and why in text and len(text) < 300
    phone.leave()


def test_pictures_come_when_the_last_was_shown(panel: PanelHost) -> None:
    phone = panel.join()
    phone.until(lambda: "values" in phone.state)
    panel.paint(10)
    panel.paint(40)
    phone.say("shown")
    phone.until(lambda: phone.pictures)
    image = Image.open(io.BytesIO(phone.pictures[0]))
    assert image.size == (64, 48) and abs(image.getpixel((9, 9))[0] - 40) < 4  # type: ignore[index]
    panel.paint(90)
    states = phone.state["beats"]
    phone.until(lambda: phone.state["beats"] > states + 0.2)
    assert len(phone.pictures) == 1, "the phone has not shown the first"
    phone.say("shown")
    phone.until(lambda: len(phone.pictures) == 2)
    phone.leave()


@pytest.mark.parametrize(
    ("first", "code", "why"),
    [
        ({"type": "enter", "token": "guess"}, WRONG_TOKEN, "wrong token: scan the QR code"),
        ({"type": "enter", "token": "\udc80é"}, WRONG_TOKEN, "wrong token: scan the QR code"),
        ({"type": "undo"}, NONSENSE, "the first message has the token"),
        ("hello", NONSENSE, "not a message of the panel"),
        (b"\xff\x00", NONSENSE, "not a message of the panel"),
        ("[" * 4000, NONSENSE, "not a message of the panel"),
    ],
)
def test_who_has_no_token_is_sent_away_with_a_reason(
    fake_show: FakeShow, panel: PanelHost, first: Any, code: int, why: str
) -> None:
    where = f"ws://127.0.0.1:{panel.port}/show"
    with connect(where) as socket:
        socket.send(first if isinstance(first, (str, bytes)) else json.dumps(first))
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(20)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == code and closed.value.rcvd.reason.startswith(why)
    assert len(panel.notes) == 1 and panel.looks == 0 and fake_show.done == []


@pytest.mark.parametrize("message", ["nonsense", b"\x00\x01", "[1, 2]", '{"type": "kno'])
def test_a_phone_that_sends_nonsense_is_left_and_the_others_stay(
    panel: PanelHost, message: str | bytes
) -> None:
    good, bad = panel.join(), panel.join()
    bad.until(lambda: "values" in bad.state)
    bad.say(message)
    assert left(bad)[0] == NONSENSE
    good.until(lambda: "values" in good.state)
    good.leave()


def test_a_message_that_is_too_long_ends_the_phone(panel: PanelHost) -> None:
    phone = panel.join()
    phone.until(lambda: "values" in phone.state)
    phone.say("x" * 100_000)
    assert left(phone)[0] == 1009


def test_a_flood_is_slowed_down_and_costs_the_others_nothing(
    fake_show: FakeShow, panel: PanelHost
) -> None:
    flood, other = panel.join(), panel.join()
    flood.until(lambda: "values" in flood.state)
    began = time.monotonic()
    for number in range(400):
        flood.say({"type": "knob", "name": "hue", "value": number / 400})
    until(lambda: fake_show.value("hue") == 399 / 400)
    assert time.monotonic() - began > 1, "400 messages, 200 a second and 100 at once"
    assert len(fake_show.done) <= 400
    other.until(lambda: other.state.get("values", {}).get("hue") == 399 / 400)
    flood.leave()
    other.leave()


def test_a_phone_that_stops_reading_holds_nobody_up_and_is_left(
    panel: PanelHost, fake_show: FakeShow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_module, "UNREAD", 0.2)
    where = f"ws://127.0.0.1:{panel.port}/show"
    with connect(
        where, max_queue=1, compression=None, ping_interval=None, close_timeout=0.1
    ) as asleep:
        asleep.send(json.dumps({"type": "enter", "token": TOKEN}))
        until(lambda: panel.looks == 1)
        awake = panel.join()
        awake.until(lambda: "values" in awake.state)
        number = 0
        while panel.looks == 2:  # it reads no more than fits into the buffers, and answers no ping
            number += 1
            text = f"{number}" + "x" * 1_000_000
            fake_show.now = replace(fake_show.now, notes=[text])
            awake.until(lambda text=text: awake.state["notes"] == [text])
        assert awake.socket.ping().wait(20)
        awake.leave()


def test_there_are_only_so_many_phones(panel: PanelHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    first = panel.join()
    first.until(lambda: "values" in first.state)
    assert left(panel.join()) == (FULL, "1 phones are connected already")
    first.leave()


def test_the_page_has_all_its_files_and_asks_nobody_else(panel: PanelHost) -> None:
    here = f"http://127.0.0.1:{panel.port}"
    texts = {}
    for path, (_, kind) in PAGE.items():
        with urllib.request.urlopen(here + path, timeout=20) as answer:
            assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
            texts[path] = answer.read().decode()
    for path, text in texts.items():
        assert "://" not in text.replace("http://www.w3.org/2000/svg", "").replace(
            "${scheme}://", ""
        ), path
    for path in ("/../panel_server.py", "/%2e%2e/panel.py", "/shows", "/show"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(here + path, timeout=20)
        assert refused.value.code in (404, 426)
        refused.value.close()


def test_a_knob_that_is_moved_fast_skips_what_is_past(
    fake_show: FakeShow, panel: PanelHost
) -> None:
    phone = panel.join()
    phone.until(lambda: "values" in phone.state)
    for value in (0.1, 0.2, 0.3):
        phone.say({"type": "knob", "name": "hue", "value": value})
    until(lambda: fake_show.value("hue") == 0.3)
    moves = [c.value for c in fake_show.done if isinstance(c, SetKnob)]
    assert moves == sorted(moves) and moves[-1] == 0.3
    phone.leave()
