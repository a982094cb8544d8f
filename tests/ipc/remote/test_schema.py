"""Messages of clients and shows are lines of JSON, and come over as they were sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from livegan.ipc.messages import Safe, Solo, SwapNow, Undo
from livegan.ipc.remote.schema import (
    COMMANDS,
    FROM_SHOW,
    Answer,
    AskText,
    Enter,
    FadeToBlack,
    Follow,
    HitPad,
    Hold,
    LearnControl,
    ListenTo,
    NotJson,
    PlayOn,
    PlaySet,
    RecordFilm,
    SaveScreenshot,
    SetKnob,
    SetTempo,
    SetText,
    ShowOn,
    ShowState,
    TapTempo,
    Welcome,
    line_of,
    read_answer,
    read_command,
)
from livegan.ipc.wire import BadMessage

SENT: list[Any] = [
    Enter("token"), Follow(0.5), Follow(0.5, True, True), AskText(),
    SetKnob("größe\n", -0.25), HitPad("hit", 0.5), Hold(True),
    LearnControl("hue", forget=True), ListenTo("USB Audio:3,4"), PlaySet("b"),
    PlayOn(), PlayOn("USB Audio:3,4"), ShowOn("beamer"),
    FadeToBlack(None), RecordFilm(False), SaveScreenshot(), SetTempo(None), SetTempo(128.5),
    TapTempo(), Undo(), Safe(), SwapNow(), Solo(None), Solo(3),
]  # fmt: skip
SAID: list[Any] = [
    Welcome("four", "1.0"),
    Answer(False, "no knob 'ö'", 7),
    SetText(3, "four.py", "show(a)\n"),
    ShowState(
        version=2,
        meters={"low": 0.5},
        notes=[],
        slots=[],
        knobs=[{"name": "a"}],
        pads=[],
        scenes=[],
        inputs=[{"name": "drums"}],
        signals=[],
        nodes=[],
    ),
]


@pytest.mark.parametrize("command", SENT, ids=lambda c: type(c).__name__)
def test_a_command_comes_over_as_it_was_sent(command: Any) -> None:
    line = line_of(command, 12)
    assert line.count(b"\n") == 1 and line.isascii()
    assert read_command(line) == (command, 12)


@pytest.mark.parametrize("message", SAID, ids=lambda c: type(c).__name__)
def test_what_a_show_says_comes_over_as_it_was_sent(message: Any) -> None:
    assert read_answer(line_of(message)) == message


def test_a_field_of_a_later_livegan_is_left_out() -> None:
    line = b'{"type": "answer", "done": true, "mood": "good"}'
    assert read_answer(line) == Answer(True)


def test_every_message_is_tried_here() -> None:
    assert {type(each) for each in SENT} == set(COMMANDS.values())
    assert {type(each) for each in SAID} == set(FROM_SHOW.values())


def test_a_client_need_not_say_what_has_a_value_of_its_own() -> None:
    assert read_command(b'{"type": "state"}') == (Follow(0.0), 0)
    assert read_command(b'{"type": "pad", "name": "hit"}') == (HitPad("hit", 1.0), 0)
    assert read_command(b'{"type": "blackout"}') == (FadeToBlack(None), 0)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b"", NotJson),
        (b"hold", NotJson),
        (b"[1]", NotJson),
        (b"\xff", NotJson),
        (b'{"type": "hold", "on": 1}', BadMessage),
        (b'{"type": "hold", "off": true}', BadMessage),
        (b'{"type": "solo", "slot": 1.5}', BadMessage),
        (json.dumps({"type": "solo", "slot": 10**400}).encode(), BadMessage),
        (b'{"type": "state", "id": true}', BadMessage),
        (b'{"type": "answer", "done": true}', BadMessage),
    ],
)
def test_what_is_no_command_is_refused(line: bytes, kind: type[BadMessage]) -> None:
    with pytest.raises(BadMessage) as refused:
        read_command(line)
    assert type(refused.value) is kind and "\n" not in str(refused.value)
