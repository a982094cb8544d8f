"""``livegan devices --watch`` says what is plugged in and pulled out, a line each."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from livegan.cli.console.device_kinds import device_kinds
from livegan.cli.console.watching import DeviceKind, DeviceNews, KindWatch, Unwatchable, watch


def lines(watched: KindWatch) -> list[str]:
    return [" ".join(str(news).split()) for news in watched.look()]


def test_what_is_there_comes_and_goes_is_a_line_each() -> None:
    there = ["BRIO", "FaceTime"]
    watched = KindWatch(DeviceKind("camera", lambda: there))
    assert lines(watched) == ["there camera: BRIO", "there camera: FaceTime"]
    assert lines(watched) == []
    there[:] = ["BRIO", "BRIO"]  # two of one name are two
    assert lines(watched) == ["gone camera: FaceTime", "came camera: BRIO"]
    there[:] = ["BRIO"]
    assert lines(watched) == ["gone camera: BRIO"]
    assert lines(KindWatch(DeviceKind("camera", list))) == ["there camera: none"]


def test_what_cannot_be_watched_is_said_once_and_tried_again() -> None:
    answers: list[object] = [Unwatchable("no package"), Unwatchable("no package"), OSError("x\ny")]
    answers += [["HOST (a)"], ["HOST (b)"]]

    def look() -> list[str]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, list)
        return answer

    watched = KindWatch(DeviceKind("NDI sender", look))
    assert lines(watched) == ["not watched NDI sender: no package"]
    assert lines(watched) == []
    assert lines(watched) == ["not watched NDI sender: OSError: x y"]
    assert lines(watched) == ["there NDI sender: HOST (a)"]
    assert lines(watched) == ["gone NDI sender: HOST (a)", "came NDI sender: HOST (b)"]


def test_a_kind_that_hangs_holds_up_no_other() -> None:
    over, hangs = threading.Event(), threading.Event()
    on_main: list[str] = []

    def stuck() -> list[str]:
        hangs.wait(30)
        return []

    def display() -> list[str]:
        on_main.append(threading.current_thread().name)
        return ["0: 1920x1080"]

    said: list[DeviceNews] = []

    def tell(news: DeviceNews) -> None:
        said.append(news)
        if len({each.kind for each in said}) == 2:
            over.set()

    kinds = [
        DeviceKind("camera", stuck),
        DeviceKind("MIDI", lambda: ["nanoKONTROL"], every=0.01),
        DeviceKind("display", display, every=0.01, main=True),
    ]
    watch(kinds, tell, over)
    hangs.set()
    assert {each.kind for each in said} == {"MIDI", "display"}
    assert set(on_main) == {threading.current_thread().name}


def test_every_kind_answers_or_says_why_not() -> None:
    for kind in device_kinds():
        for news in KindWatch(kind).look():
            assert news.what in ("there", "not watched") and "\n" not in news.name


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a signal")
def test_ctrl_c_ends_it_in_order() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "livegan", "devices", "--watch"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None and process.stderr is not None
    assert "Ctrl-C" in process.stdout.readline()
    process.stdout.readline()  # it watches
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert process.stderr.read() == ""
    process.stdout.close()
    process.stderr.close()
