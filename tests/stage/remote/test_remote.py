"""A whole show, played from another process by the commands of docs/remote.md."""

from __future__ import annotations

import json
import re
import shlex
import socket
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from livegan.cli import app
from livegan.ipc.messages import Undo
from livegan.ipc.remote.address import shows_in
from livegan.ipc.remote.client import RemoteError, ShowClient
from livegan.ipc.remote.schema import (
    FadeToBlack,
    Hold,
    ListenTo,
    PlayOn,
    PlaySet,
    SetKnob,
    SetTempo,
    ShowOn,
    SwapNow,
)
from tests.stage.hands.osc import fader
from tests.stage.performance import Performance
from tests.stage.supervision.test_supervisor_thread import until

pytestmark = [pytest.mark.display, pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb")]

PAGE = (Path(__file__).parents[3] / "docs" / "remote.md").read_text("utf-8")
SET = "colour 10 60 200\nknob red 0 250\nknob warmth -0.5 0.5\npad hit\n"
COMMANDS = re.findall(r"^livegan (tell .+)$", PAGE, re.M)


def told(folder: Path, *words: str) -> Any:
    """What ``livegan tell`` prints and how it ends."""
    return CliRunner().invoke(app, ["tell", "--folder", str(folder), *words])


def test_a_show_is_played_and_seen_from_outside(show: Performance) -> None:
    show.set.write_text(SET)

    def act() -> None:
        until(lambda: show.shows(10))
        (address,) = shows_in(show.folder)
        with ShowClient(address) as client:
            until(lambda: client.state().knobs)
            seen = client.state()
            assert (seen.show, seen.version, seen.picture) == ("set", 1, "live")
            assert seen.set == str(show.set) and seen.pads == ["hit"] and len(seen.slots) == 4
            assert client.ask(SetKnob("red", 180)) == "red 180"
            until(lambda: show.shows(180))
            assert [k["value"] for k in client.state().knobs] == [180, -0.5]
            with pytest.raises(RemoteError, match=r"^knob 'red' goes from 0 to 250$"):
                client.ask(SetKnob("red", 251))
            assert client.ask(FadeToBlack(True)) == "black"
            until(lambda: show.look().max() < 8)
            assert client.ask(FadeToBlack(True)) == "black"  # nothing new
            client.ask(FadeToBlack(False))
            until(lambda: show.shows(180))
            assert client.ask(Hold()) == "held" and client.state().hold == "held"
            show.press("d")
            until(lambda: client.state().hold == "drift")
            assert client.ask(Hold(False)) == "going on" and client.state().hold == ""
            assert client.ask(SetTempo(120)) == "120 bpm"
            until(lambda: client.state().bpm == 120)
            assert client.state().tempo == "number"
            assert client.ask(ListenTo("no/song.wav")).startswith("opening no/song.wav;")
            until(lambda: any("the sound stays silence" in n for n in client.state().notes))
            with pytest.raises(RemoteError, match="name a sound"):
                client.ask(ListenTo(" "))
            assert client.ask(PlayOn("no such card")).startswith("the room hears patches")
            with pytest.raises(RemoteError, match=r"there is no display 7; there is 0"):
                client.ask(ShowOn("7"))
            assert client.ask(ShowOn("0")) == "the window is on display 0"
            for key in ("o", "up", "down", "b", "b", "return"):  # the demo track, and still a show
                show.press(key)
            until(lambda: client.state().sound != "silence")
            with pytest.raises(RemoteError, match="between 20 and 400"):
                client.ask(SetTempo(10**400))
            with pytest.raises(RemoteError, match='tempo is "music", "tap", "midi", "link" or a'):
                client.ask(SetTempo(follow="lonk"))
            assert client.ask(SetTempo(follow="tap")) == "the tempo follows: tap"
            assert client.state().tempo == "tap" and client.state().bpm == 120
            assert client.ask(SetTempo()) == "the set decides what leads the tempo"
            assert client.state().tempo == "music"
            with pytest.raises(RemoteError, match="nothing waits for its beat"):
                client.ask(SwapNow())
            show.save(SET + "cue\n")
            until(lambda: client.state().commit == "cued")
            client.ask(SwapNow())
            until(lambda: client.state().version == 2)
            show.save(SET + "refuse no such word\n")
            until(lambda: client.state().refusal == "set.py:5: no such word")
            client.ask(Undo())
            until(lambda: client.state().version == 3)
            with pytest.raises(RemoteError, match="there is no scene 'night'"):
                client.ask(PlaySet("night"))
            night = show.folder / "night.py"
            night.write_text(SET)
            client.ask(PlaySet(str(night)))
            until(lambda: client.state().set == str(night))
            assert client.ask(PlaySet("night")).startswith("night.py plays at the next bar")
            assert list(client.state().scenes) == [str(show.set), str(night)]

    assert show.play(act) == 0
    assert shows_in(show.folder) == [], "its address ends with it"
    assert show.lines("remote")[0]["show"] == "set"


def test_the_commands_of_the_page_run(show: Performance) -> None:
    show.set.write_text(SET)

    def act() -> None:
        until(lambda: told(show.folder, "knob", "red", "100").exit_code == 0)
        until(lambda: show.shows(100))
        for command in COMMANDS:
            words = shlex.split(command)[1:]
            if "--follow" in words or words == ["learn", "warmth"]:
                continue  # ends with the show, or when something moves
            done = told(show.folder, *words)
            if words == ["now"]:
                assert "nothing waits for its beat" in done.output
            elif words[0] == "set":
                assert "there is no scene 'four'" in done.output
            elif words[0] == "audio" and "USB Audio" in words[1]:
                late = done.output.startswith("opening")  # a machine that is very busy
                assert done.exit_code == (0 if late else 1), done.output
                assert "USB Audio" in done.output and done.output.count("\n") == 1
            elif words == ["audio", "demo"]:
                assert done.exit_code == 0
                until(lambda: "sound    demo" in told(show.folder, "state").output)
            elif words == ["safe"]:
                assert "start the show with --safe" in done.output
            else:
                assert done.exit_code == 0, done.output
        for command in ("hold", "blackout", "record"):
            done = told(show.folder, command, "maybe")
            assert done.exit_code == 2 and f"{command} maybe: write on or off" in done.output
        seen = json.loads(told(show.folder, "state", "--json").output)
        assert seen["version"] == 1 and seen["show"] == "set"
        text = told(show.folder, "state").output
        assert re.search(r"^knob     warmth -?[\d.]+ \(-0.5 to 0.5\)$", text, re.M), text
        assert re.search(r"^set      .*set\.py, version 1$", text, re.M), text
        for words, why in (
            (["knob", "warmt", "0"], "there is no knob 'warmt'; did you mean 'warmth'?"),
            (["pad", "hit", "2"], "pad 'hit': the strength is above 0, and 1 at most"),
            (["learn", "warmt"], "there is no knob or pad 'warmt'; did you mean 'warmth'?"),
            (["solo", "9"], "there is no slot 9: the set has 4"),
            (["--show", "other", "undo"], "no show 'other' plays here; there is: set"),
        ):
            done = told(show.folder, *words)
            assert done.exit_code == 1 and done.output == f"{why}\n"
        for words, why in (
            (["knob", "red", "abc"], "knob red abc: write a number, such as 0.4"),
            (["knob", "red", "nan"], "knob red nan: write a number, such as 0.4"),
            (["pad", "hit", "hard"], "pad hit hard: write a number above 0 and up to 1"),
            (["tempo", "fast"], "tempo fast: write beats per minute, such as 128, or music"),
        ):
            done = told(show.folder, *words)
            assert done.exit_code == 2 and done.output.startswith(why), done.output
            assert len(done.output.splitlines()) == 1

    assert {w.split()[1] for w in COMMANDS} >= {"knob", "pad", "state", "undo", "now", "tempo"}
    assert show.play(act) == 0


def test_without_a_show_one_line_says_how_to_start_one(tmp_path: Path) -> None:
    done = told(tmp_path, "undo")
    assert done.exit_code == 1
    assert re.fullmatch(
        r"no show plays in .*; start one there with `livegan perform`\n", done.output
    )


def test_a_control_is_learnt_from_outside_and_moves_the_picture(
    tmp_path: Path, screen: str
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    show = Performance(tmp_path, screen, osc=(("127.0.0.1", port),))
    show.set.write_text(SET)
    mapping = tmp_path / "set.controls.toml"
    answers: list[Any] = []

    def send(value: float) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.sendto(fader(value, "/desk/3"), ("127.0.0.1", port))

    def act() -> None:
        until(lambda: told(show.folder, "knob", "red", "100").exit_code == 0)
        until(
            lambda: show.lines("note") and any("listening" in n["text"] for n in show.lines("note"))
        )
        learning = threading.Thread(
            target=lambda: answers.append(told(show.folder, "learn", "red")), daemon=True
        )
        learning.start()
        (address,) = shows_in(show.folder)
        with ShowClient(address) as client:
            until(lambda: client.state().learning == "red")
            while learning.is_alive():  # what is sent all the time is no hand
                send(0.2)
                learning.join(0.6)
        said = "red is moved by /desk/3"
        assert answers[0].output == f"move the control for red\n{said}\n"
        assert answers[0].exit_code == 0
        until(lambda: send(0.5) or show.shows(125))
        assert told(show.folder, "knob", "red", "200").exit_code == 0
        until(lambda: show.shows(200))
        mapping.write_text(mapping.read_text() + "range = [0, 100]\n")
        until(lambda: send(0.5) or show.shows(50))
        mapping.write_text(mapping.read_text() + "rang = 3\n")
        until(
            lambda: any(
                "set.controls.toml:7: there is no 'rang'" in n["text"] for n in show.lines("note")
            )
        )
        done = told(show.folder, "learn", "red", "--forget")
        assert "set.controls.toml:7: " in done.output and done.exit_code == 1
        mapping.write_text(mapping.read_text().replace("rang = 3\n", ""))
        done = told(show.folder, "learn", "red", "--forget")
        assert done.output == "red is no longer moved by /desk/3\n"

    assert show.play(act) == 0
