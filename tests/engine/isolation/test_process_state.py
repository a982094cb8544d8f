"""What belongs to the whole process is put back, and who changed it is refused."""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from livegan.engine.commit.lineup import KeyPressed
from livegan.engine.isolation.process_state import (
    ProcessState,
    profiling,
    put_profiling,
    put_tracing,
    tracing,
)
from livegan.engine.isolation.unattended import unattended
from livegan.sound.history import Sound
from tests.engine.playing import Show, one_leaf

text = functools.partial(
    one_leaf, modules="os, sys, threading, time, numpy, livegan.builtin.pictures"
)


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Show]:
    show = Show(tmp_path, text())
    with unattended():
        commit = show.save()
        assert commit is not None and commit.status == "cued", commit.reason
        show.play(0.2)
        yield show
        assert {f.version for f in show.play(0.2)} == {show.player.program.version}
    show.player.close()


@pytest.mark.parametrize("where", ["top", "leaf"])
@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("numpy.sin = None", "numpy.sin"),
        ("del numpy.fft.rfft", "numpy.fft.rfft"),
        ("time.monotonic = lambda: 0", "time.monotonic"),
        ("livegan.builtin.pictures.as_picture = print", "livegan.builtin.pictures.as_picture"),
    ],
)
def test_a_function_that_all_use_is_put_back_and_the_save_refused(
    show: Show, where: str, change: str, name: str
) -> None:
    before = np.sin, np.fft.rfft
    commit = show.save(text(**{where: change}))
    assert commit is not None and commit.status == "refused"
    assert commit.reason.startswith(f"it changes {name}")
    assert commit.where.endswith("set.py:" + ("6" if where == "top" else "10"))
    assert (np.sin, np.fft.rfft) == before


PLUGIN = """
from livegan.live import *
import numpy

@encoder
def numb(sound, *, size):
    "No sine."
    {leaf}
    return numpy.zeros(size, numpy.float32)
"""


@pytest.mark.parametrize("leaf", ["numpy.sin = None", "setattr(numpy, 'sin', numb)"])
def test_a_plugin_that_changes_what_all_use_is_named_with_its_line(show: Show, leaf: str) -> None:
    file = show.folder / "plugins" / "numb.py"
    file.parent.mkdir()
    file.write_text(PLUGIN.format(leaf=leaf))
    used = text(top="numpy.sin(1)").replace("show(bars(", "show(encode.numb(")
    before = np.sin
    commit = show.save(used)
    assert commit is not None and commit.status == "refused"
    assert commit.reason.startswith("it changes numpy.sin")
    assert commit.where == f"{file}:8"
    assert np.sin is before


def test_a_helper_that_changes_what_all_use_is_named_with_its_line(show: Show) -> None:
    helper = show.path.parent / "numbing.py"
    helper.write_text("import numpy\n\nnumpy.sin = None\n")
    commit = show.save(text(modules="numbing"))
    assert commit is not None and commit.status == "refused"
    assert commit.where == f"{helper}:3"


def test_the_working_folder_and_the_streams_are_put_back(show: Show) -> None:
    before = Path.cwd(), sys.getrecursionlimit(), sys.stdout
    commit = show.save(text("os.chdir('/'); sys.setrecursionlimit(77777); sys.stdout = None"))
    assert commit is not None and commit.status == "cued"
    assert (Path.cwd(), sys.getrecursionlimit(), sys.stdout) == before
    notes = [m["text"] for m in show.messages if m["type"] == "note"]
    told = [text for text in notes if "the set changed" in text]
    assert told == ["the set changed the working folder, the recursion limit, the standard streams; livegan restored it"]  # noqa: E501  # fmt: skip


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_threads_that_a_set_leaves_are_ended_and_the_save_refused(show: Show) -> None:
    left = "threading.Thread(target=lambda: [time.sleep(0.01) for _ in iter(int, 1)], name='mine').start()"  # noqa: E501
    commit = show.save(text(left))
    assert commit is not None and commit.status == "refused"
    assert commit.reason.startswith("a set cannot keep the thread 'mine' running")
    for thread in threading.enumerate():
        if thread.name == "mine":
            thread.join(30)
            assert not thread.is_alive()


def test_what_a_set_uses_and_ends_itself_is_its_own_affair(show: Show) -> None:
    used = "t = threading.Thread(target=time.sleep, args=(0.01,)); t.start(); t.join()"
    commit = show.save(text(used))
    assert commit is not None and commit.status == "cued", commit.reason


def test_what_is_new_is_no_change() -> None:
    around = ProcessState()
    np.livegan_was_here = 1  # type: ignore[attr-defined]
    try:
        assert around.put_back() == ([], [])
    finally:
        del np.livegan_was_here  # type: ignore[attr-defined]


CLASSES = [
    ("torch.Tensor.clamp = lambda *a, **k: 1 / 0", "torch.Tensor.clamp"),
    ("setattr(torch.Tensor, '__add__', print)", "torch.Tensor.__add__"),
    ("del torch.nn.Conv2d.forward", "torch.nn.Conv2d.forward"),
    ("torch.nn.Module.__getattribute__ = None.__eq__", "torch.nn.Module.__getattribute__"),
    ("del livegan.sound.history.Sound.peaks", "livegan.sound.history.Sound.peaks"),
    ("pathlib.Path.read_text = None", "pathlib.Path.read_text"),
    ("threading.Thread.daemon = True", "threading.Thread.daemon"),
]


@pytest.mark.parametrize(("change", "name"), CLASSES)
def test_a_method_that_all_use_is_put_back_and_the_save_refused(
    show: Show, change: str, name: str
) -> None:
    before = every_attribute()
    commit = show.save(text(change, modules="threading, pathlib, torch, livegan.sound.history"))
    assert commit is not None and commit.status == "refused"
    assert commit.reason.startswith(f"it changes {name}")
    assert commit.where.endswith("set.py:6")
    assert every_attribute() == before


def every_attribute() -> list[dict[str, Any]]:
    classes = (torch.Tensor, torch.nn.Conv2d, torch.nn.Module, Sound, Path, threading.Thread)
    return [dict(vars(cls)) for cls in classes]


def test_a_leaf_that_fails_because_of_a_method_it_changed_is_told_of_that(show: Show) -> None:
    leaf = "livegan.sound.history.Sound.peaks = lambda *a: 1 / 0"
    commit = show.save(text(leaf=leaf, modules="livegan.sound.history"))
    assert commit is not None and commit.status == "refused"
    assert commit.reason.startswith("it changes livegan.sound.history.Sound.peaks")
    assert commit.where.endswith("set.py:10")


def test_what_a_class_gains_or_counts_is_no_change() -> None:
    around = ProcessState()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.Tensor, "livegan_was_here", print, raising=False)
        patch.setattr(torch.nn.Module, "dump_patches", True)
        assert around.put_back() == ([], [])
        assert torch.nn.Module.dump_patches


def test_methods_that_torch_wraps_itself_stay_as_they_are() -> None:
    def clamp(self: Any) -> Any:
        return self

    clamp.__module__ = "torch.overrides"
    around = ProcessState()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.Tensor, "clamp", clamp)
        patch.setattr(torch.Tensor, "__dir__", property(clamp))
        assert around.put_back() == ([], [])
        assert vars(torch.Tensor)["clamp"] is clamp


@pytest.mark.parametrize("where", ["top", "leaf"])
@pytest.mark.parametrize("kind", ["trace", "profile"])
def test_a_set_that_watches_each_line_is_rid_of_it(show: Show, where: str, kind: str) -> None:
    before = (*tracing(), *profiling())
    call = f"sys.set{kind}(lambda *a: None); threading.set{kind}(print)"
    try:
        commit = show.save(text(**{where: call}))
        now = (*tracing(), *profiling())
    finally:  # what pytest is run under goes on
        put_tracing(before[:2])
        put_profiling(before[2:])
    assert commit is not None and commit.status == "cued", commit.reason
    assert now == before
    notes = [m["text"] for m in show.messages if m["type"] == "note"]
    told = [text for text in notes if "the set changed" in text]
    assert told == [f"the set changed the {kind} function; livegan restored it"]
    show.player.happen(KeyPressed("undo"))  # its leaf would do it again in each frame


def test_a_thread_keeps_its_trace_function_when_another_puts_things_back() -> None:
    around = ProcessState()
    told: list[Any] = []

    def other() -> None:
        own = sys.getprofile()
        sys.setprofile(print_nothing)
        told.append((around.put_back(), sys.getprofile() is print_nothing))
        sys.setprofile(own)

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert told == [(([], []), True)]


def print_nothing(*of: Any) -> None:
    return None
