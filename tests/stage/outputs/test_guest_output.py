"""Outputs of plugins live in processes of their own, and cost only themselves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from livegan.ipc.picture_ring import PictureRing
from livegan.stage.outputs import guest, guest_output
from livegan.stage.outputs.guest_output import GuestOutput
from livegan.stage.outputs.hosting import GuestPipe, show
from livegan.stage.outputs.outputs import Outputs
from livegan.stage.streams.stream import Stream
from livegan.stage.streams.streams import Streams
from tests.stage.streams.running import running

OUTPUT = '''
"""Outputs: one that keeps what it is sent, and some that do harm."""

import os
import time

from livegan.plugin import hookimpl


class Kept:
    def __init__(self, name, folder):
        self.file = folder / name

    def send(self, pixels, *, frame):
        with self.file.open("a") as out:
            out.write(f"{frame} {pixels.shape} {pixels[0, 0].tolist()} {os.getcwd()}\\n")
        if frame == 13:
            raise RuntimeError("thirteen is not taken")

    def close(self):
        with self.file.open("a") as out:
            out.write("closed\\n")


def open_kept(name, *, folder, note):
    note(f"keeps {name}")
    return Kept(name, folder)


class Shut:
    """One that a hand closes, and that talks with the stage."""

    def __init__(self, name, set, tell, colour="none"):
        tell("press", name=f"{name} {set.name} {colour}")
        self.shut = False

    def send(self, pixels):
        pass

    def turn(self):
        if self.shut:
            from livegan.stage.outputs.hosting import OutputClosed
            raise OutputClosed("closed by hand")

    def hear(self, message):
        self.shut = message["type"] == "shut"

    def close(self):
        pass


def open_shut(name, *, set, tell, colour="none"):
    return Shut(name, set, tell, colour)


def open_nowhere(name):
    raise RuntimeError("there is no such place here")


class Harm:
    def __init__(self, name):
        self.name = name

    def send(self, pixels):
        if self.name == "dies":
            os.abort()
        if self.name == "eats":
            self.eaten = b"x" * (400 * 2**20)
            time.sleep(600)
        if self.name == "hangs":
            time.sleep(600)
        raise ValueError("no")

    def close(self):
        pass


@hookimpl
def register_outputs(register):
    register(open_kept, "kept", "keeps")
    register(open_nowhere, "nowhere", "is nowhere")
    register(Harm, "harm", "harms")
    register(open_shut, "shut", "is shut by hand")
'''


def until(true: Callable[[], Any]) -> Any:
    end = time.monotonic() + 120
    while not (found := true()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


@pytest.fixture
def ring(tmp_path: Path) -> Iterator[PictureRing]:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "places.py").write_text(OUTPUT)
    with PictureRing.create(8, 8) as ring:
        yield ring
        ring.unlink()


@pytest.fixture
def streams(ring: PictureRing) -> Iterator[Streams]:
    with running() as streams:
        yield streams


def item(folder: Path, ring: PictureRing, kind: str, name: str, stamp: str = "") -> dict[str, Any]:
    entry = str(folder / "plugins" / "places.py")
    whose = {"plugin": "places", "entry": entry, "stamp": stamp}
    return {"kind": kind, "name": name, "ring": ring.name, **whose}


def outputs_in(folder: Path, notes: list[str], streams: Streams) -> Outputs:
    def made(wanted: dict[str, Any], stream: Stream) -> GuestOutput:
        return GuestOutput(wanted, stream, folder, notes.append)

    return Outputs({}, streams, notes.append, made)


def test_an_output_of_a_plugin_is_sent_the_newest_picture(
    ring: PictureRing, streams: Streams, tmp_path: Path
) -> None:
    notes: list[str] = []
    outputs = outputs_in(tmp_path, notes, streams)
    wanted = [item(tmp_path, ring, "kept", "takes"), item(tmp_path, ring, "nowhere", "x")]
    outputs.take(wanted)
    takes = tmp_path / "takes"

    def drawn(frame: int, value: int, width: int = 4) -> str:
        """The engine draws on; what was taken down by now."""
        ring.write(np.full((4, width, 3), value, np.uint8), frame=frame)
        return takes.read_text() if takes.exists() else ""

    until(lambda: drawn(12, 70, 6).startswith("12 (4, 6, 3) [70, 70, 70]"))
    until(lambda: drawn(13, 90) and any("thirteen" in note for note in notes))
    outputs.take(wanted)  # as every program that goes on the air asks for
    assert "closed" not in takes.read_text()
    until(lambda: "output nowhere (plugin places): there is no such place here" in notes)
    outputs.take([{**wanted[0], "stamp": "edited"}])
    until(lambda: takes.read_text().count("closed") == 1)
    until(lambda: "14 (4, 4, 3)" in drawn(14, 90))
    outputs.close()
    assert takes.read_text().endswith("closed\n")
    assert "output kept (plugin places): thirteen is not taken" in notes
    assert "output kept (plugin places): keeps takes" in notes


def test_an_output_has_options_talks_with_the_stage_and_comes_back_after_a_hand_closed_it(
    ring: PictureRing, streams: Streams, tmp_path: Path
) -> None:
    notes: list[str] = []
    heard: list[str] = []
    made: list[GuestOutput] = []

    def new(wanted: dict[str, Any], stream: Stream) -> GuestOutput:
        output = GuestOutput(
            wanted,
            stream,
            tmp_path,
            notes.append,
            set=tmp_path / "four.py",
            hear=lambda message: heard.append(message["name"]),
        )
        made.append(output)
        return output

    outputs = Outputs({}, streams, notes.append, new)
    wanted = [{**item(tmp_path, ring, "shut", "door"), "options": {"colour": "red"}}]
    outputs.take(wanted)
    until(lambda: heard == ["door four.py red"] and outputs.states() == {"shut door": "open"})
    outputs.take(wanted)
    assert len(made) == 1
    made[0].tell({"type": "shut"})
    until(lambda: outputs.states() == {"shut door": "off"})
    assert notes == ["output shut (plugin places): closed by hand"]
    outputs.take(wanted)  # the next save
    until(lambda: len(heard) == 2)
    outputs.take([{**wanted[0], "options": {"colour": "blue"}}])
    until(lambda: heard[2:] == ["door four.py blue"])
    outputs.close()


def test_an_output_that_fails_anew_at_each_picture_sends_a_few_notes(ring: PictureRing) -> None:
    sent = 0

    class Failing:
        def send(self, pixels: np.ndarray) -> None:
            nonlocal sent
            sent += 1
            raise RuntimeError(f"value\n{pixels[0, 0, 0]}")

    class Asked(GuestPipe):
        def opened(self) -> None:
            """No signs of life: they end the process when the pipe is closed."""

        def next(self) -> dict[str, Any] | None:
            ring.write(np.full((4, 4, 3), sent, np.uint8))
            return None if sent == 40 else {}

    here, there = Pipe()
    with here, there:
        show(Asked(there, lambda: 0.0), ring, Failing())
        notes = []
        while here.poll():
            message = here.recv()
            if message["type"] == "note":
                notes.append(message["text"])
    assert notes == [f"value {n}" for n in range(5)]


def test_the_stage_passes_on_a_few_notes_of_an_output_whatever_its_process_says(
    ring: PictureRing, streams: Streams, tmp_path: Path
) -> None:
    said = 0

    class Chatty:
        gone, opened = False, True

        def next(self, timeout: float) -> dict[str, Any] | None:
            nonlocal said
            said += 1
            if said == 600:
                output.stop()
            return {"type": "note", "text": f"line {said}"}

    notes: list[str] = []
    wanted = item(tmp_path, ring, "kept", "x")
    output = GuestOutput(wanted, streams.main, tmp_path, notes.append, clock=lambda: said / 10)
    assert output._follow(cast(Any, Chatty())) is None
    assert notes[:5] == [f"output kept (plugin places): line {n}" for n in range(1, 6)]
    assert len(notes) == 5 + 5, "and one in ten seconds of the minute"


def test_outputs_that_do_harm_are_started_again_and_then_left_off(
    ring: PictureRing, streams: Streams, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guest_output, "TRIES", 1)
    monkeypatch.setattr(guest_output, "RETRY", 0.01)
    monkeypatch.setattr(guest, "SILENT", 5.0)
    monkeypatch.setattr(guest, "MEMORY", 300 * 2**20)
    notes: list[str] = []
    outputs = outputs_in(tmp_path, notes, streams)
    names = ("dies", "eats", "hangs", "raises")
    outputs.take([item(tmp_path, ring, "harm", name) for name in names])
    ring.write(np.full((4, 4, 3), 90, np.uint8), frame=1)
    until(lambda: sum("it stays off" in note for note in notes) == len(set(names)))
    outputs.close()
    said = "\n".join(notes)
    for why in ("killed by SIGABRT", "0.292969 GiB of memory", "answer for 5 s", "Error: no"):
        assert f"{why}; restarting" in said and f"{why}; it stays off" in said


def test_an_output_that_depends_on_a_network_is_started_again_without_end(
    ring: PictureRing, streams: Streams, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guest_output, "RETRY", 0.001)
    started: list[str] = []

    class Away:
        gone = opened = False

        def __init__(self, target: str, options: dict[str, Any]) -> None:
            started.append(target)
            self.says = [{"type": "endless"}]

        def next(self, timeout: float) -> dict[str, Any] | None:
            self.gone = not self.says
            return self.says.pop() if self.says else None

        def how(self) -> str:
            if len(started) == 12:
                output.stop()
            return "it did not answer"

        def close(self) -> None: ...

    monkeypatch.setattr(guest_output, "Guest", Away)
    notes: list[str] = []
    output = GuestOutput(item(tmp_path, ring, "kept", "x"), streams.main, tmp_path, notes.append)
    output._host(ring.name)
    assert len(started) == 12
    assert "it stays off" not in "".join(notes)
