"""Sources of plugins live in processes of their own, and cost only themselves."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from livegan.sound.inputs.devices import SourceError
from livegan.sound.source import SourceGone
from livegan.stage.outputs.guest_source import source_of_plugin
from tests.stage.outputs.test_guest_output import until

SOURCE = '''
"""A source that counts, and one that dies."""

import os

import numpy as np

from livegan.plugin import hookimpl
from livegan.sound.inputs.devices import SourceError


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
    register(Counting, "counting", "counts")
'''


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
    source.renew(["count", "counting", "another:counting"])
    source.renew(["count:counting"])
    until(lambda: len(source.pull(480)) and source.rate == 12000)
    assert source.name == "recounting"
    file.write_text(SOURCE.replace('if self.argument == "closed"', "if True"))
    source.renew(["count:counting"])
    until(lambda: notes)
    assert notes == ["recounting: counting is closed today; the previous source plays on"]
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
