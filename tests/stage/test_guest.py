"""Outputs and sources of plugins live in processes of their own, and cost only themselves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from livegan.sound.devices import SourceError
from livegan.sound.sources import SourceGone
from livegan.stage import guest
from livegan.stage.guard import FlashGuard
from livegan.stage.guest import GuestOutput, source_of_plugin
from livegan.stage.outputs import Outputs
from livegan.stage.pictures import PictureRing

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
    register("kept", open_kept, "keeps")
    register("nowhere", open_nowhere, "is nowhere")
    register("harm", Harm, "harms")
'''
SOURCE = '''
"""A source that counts, and one that dies."""

import os

import numpy as np

from livegan.plugin import hookimpl
from livegan.sound.devices import SourceError


class Counting:
    name, rate = "counting", 24000

    def __init__(self, argument):
        self.argument, self.at = argument, 0

    def open(self, note):
        if self.argument == "closed":
            raise SourceError("counting is closed today")

    def pull(self, frames):
        if self.argument == "dies":
            os._exit(7)
        self.at += frames
        return np.arange(self.at - frames, self.at, dtype=np.float32)[:, None] / 2**20

    def close(self):
        pass


@hookimpl
def register_sources(register):
    register("counting", Counting, "counts")
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


def item(folder: Path, ring: PictureRing, kind: str, name: str, stamp: str = "") -> dict[str, Any]:
    entry = str(folder / "plugins" / "places.py")
    whose = {"plugin": "places", "entry": entry, "stamp": stamp}
    return {"kind": kind, "name": name, "ring": ring.name, **whose}


def outputs_in(folder: Path, notes: list[str]) -> Outputs:
    def made(wanted: dict[str, Any]) -> GuestOutput:
        return GuestOutput(wanted, folder, "off", notes.append, lambda moment: None)

    return Outputs({}, notes.append, lambda name: FlashGuard(), made)


def test_an_output_of_a_plugin_is_sent_the_newest_picture(
    ring: PictureRing, tmp_path: Path
) -> None:
    notes: list[str] = []
    outputs = outputs_in(tmp_path, notes)
    wanted = [item(tmp_path, ring, "kept", "takes"), item(tmp_path, ring, "nowhere", "x")]
    outputs.take(wanted)
    ring.write(np.full((4, 6, 3), 7, np.uint8), frame=12)
    takes = tmp_path / "takes"
    until(lambda: takes.exists() and takes.read_text().startswith("12 (4, 6, 3) [7, 7, 7]"))
    ring.write(np.full((4, 4, 3), 9, np.uint8), frame=13)
    until(lambda: any("thirteen" in note for note in notes))
    first = outputs.rings()
    outputs.take(wanted)  # as every program that goes on the air asks for
    assert outputs.rings() == first
    outputs.take([{**wanted[0], "stamp": "edited"}])
    until(lambda: takes.read_text().count("closed") == 1)
    ring.write(np.full((4, 4, 3), 9, np.uint8), frame=14)
    until(lambda: "14 (4, 4, 3)" in takes.read_text())
    outputs.close()
    assert takes.read_text().endswith("closed\n")
    assert "output nowhere (plugin places): there is no such place here" in notes
    assert "output kept (plugin places): thirteen is not taken" in notes
    assert "output kept (plugin places): keeps takes" in notes


def test_outputs_that_do_harm_are_started_again_and_then_left_off(
    ring: PictureRing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guest, "TRIES", 1)
    monkeypatch.setattr(guest, "RETRY", 0.01)
    monkeypatch.setattr(guest, "SILENT", 5.0)
    monkeypatch.setattr(guest, "MEMORY", 300 * 2**20)
    notes: list[str] = []
    outputs = outputs_in(tmp_path, notes)
    names = ("dies", "eats", "hangs", "raises")
    outputs.take([item(tmp_path, ring, "harm", name) for name in names])
    ring.write(np.full((4, 4, 3), 9, np.uint8), frame=1)
    until(lambda: sum("it stays off" in note for note in notes) == len(set(names)))
    outputs.close()
    said = "\n".join(notes)
    for why in ("killed by SIGABRT", "0.292969 GiB of memory", "come back for 5 s", "Error: no"):
        assert f"{why}; started again" in said and f"{why}; it stays off" in said


def test_a_source_of_a_plugin_is_pulled_from_its_process(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "count.py").write_text(SOURCE)
    notes: list[str] = []
    assert source_of_plugin("silence", tmp_path, notes.append) is None
    source = source_of_plugin("count:counting:up", tmp_path, notes.append)
    assert source is not None
    source.open(notes.append)
    assert (source.name, source.rate) == ("counting", 24000)
    heard = np.zeros((0, 1), np.float32)
    while len(heard) < 2000:
        heard = np.concatenate([heard, source.pull(480)[:, :1]])
        time.sleep(0.002)
    assert np.array_equal(heard[:, 0] * 2**20, np.arange(len(heard)))
    source.close()
    with pytest.raises(SourceGone):
        source.pull(480)
    source.open(notes.append)  # again, as after it was gone
    until(lambda: len(source.pull(480)))
    file = tmp_path / "plugins" / "count.py"
    file.write_text(SOURCE.replace('"counting", 24000', '"recounting", 12000'))
    source.renew(["another"])
    source.renew(["count"])
    until(lambda: len(source.pull(480)) and source.rate == 12000)
    assert source.name == "recounting"
    file.write_text(SOURCE.replace('if self.argument == "closed"', "if True"))
    source.renew(["count"])
    until(lambda: notes)
    assert notes == ["recounting: counting is closed today; the source from before plays on"]
    until(lambda: len(source.pull(480)))
    source.close()


def test_a_source_that_dies_is_gone_and_one_that_refuses_says_why(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "count.py").write_text(SOURCE)
    with pytest.raises(SourceError, match="counting is closed today"):
        source_of_plugin("counting:closed", tmp_path, print)
    assert source_of_plugin("Line 3", tmp_path, print) is None
    source = source_of_plugin("counting:dies", tmp_path, print)
    assert source is not None
    source.open(print)
    with pytest.raises(SourceGone, match="ended with status 7"):
        until(lambda: len(source.pull(480)))
