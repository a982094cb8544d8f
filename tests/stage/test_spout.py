"""Spout's calls are those that the published Windows wheel takes, and elsewhere a set plays on."""

from __future__ import annotations

import inspect
import json
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from livegan.builtin.outputs import spout
from livegan.stage.streams.formats import Formats
from tests.stage.spout_signatures import parameters

WHEEL = json.loads(Path(__file__).with_name("spout_signatures.json").read_text())
TYPES = {"str": str, "bool": bool, "int": int}


class FakeSender:
    """A sender that refuses what the wheel's would refuse."""

    context = True
    takes = True

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.threads: set[int] = set()
        FakeSender.last = self

    last: FakeSender

    def __getattr__(self, name: str) -> Any:
        if name not in WHEEL["SpoutSender"]:
            raise AttributeError(f"SpoutSender of {WHEEL['wheel']} has no {name}")
        signature = WHEEL["SpoutSender"][name]

        def call(*arguments: Any) -> Any:
            wanted = signature["parameters"]
            assert len(arguments) == len(wanted), f"{name} takes {wanted}"
            for argument, kind in zip(arguments, wanted, strict=True):
                if kind == "buffer":
                    view = memoryview(argument)
                    assert view.c_contiguous, "Buffer must be contiguous"
                else:
                    assert type(argument) is TYPES[kind], f"{name}: {argument!r} is no {kind}"
            if name == "sendImage":
                pixels, width, height = arguments[:3]
                assert memoryview(pixels).nbytes >= width * height * 4, "Buffer not large enough"
                arguments = (np.array(pixels), *arguments[1:])
            self.calls.append((name, arguments))
            self.threads.add(threading.get_ident())
            if signature["returns"] != "bool":
                return None
            return self.context if name == "createOpenGL" else self.takes

        return call


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(FakeSender, "context", True)
    monkeypatch.setattr(FakeSender, "takes", True)
    return SimpleNamespace(SpoutSender=FakeSender)


def test_the_wheel_has_every_name_that_is_used() -> None:
    assert WHEEL["names"]["SpoutSender"]
    source = inspect.getsource(spout)
    used = {n for n in WHEEL["SpoutSender"] if f"_sender.{n}(" in source}
    assert used == {
        "createOpenGL",
        "setSenderName",
        "sendImage",
        "setFrameSync",
        "releaseSender",
        "closeOpenGL",
    }


def test_a_picture_is_sent_as_four_bytes_a_pixel_and_announced(library: Any) -> None:
    output = spout.SpoutOutput("main", library)
    pixels = np.random.default_rng(1).integers(0, 256, (20, 30, 3), np.uint8)
    output.send(Formats().get(pixels, output.format))
    output.close()
    names = [name for name, _ in FakeSender.last.calls]
    assert names == [
        "createOpenGL",
        "setSenderName",
        "sendImage",
        "setFrameSync",
        "releaseSender",
        "closeOpenGL",
    ]
    sent, width, height, *_ = FakeSender.last.calls[2][1]
    assert (width, height) == (30, 20)
    assert np.array_equal(sent[..., :3], pixels) and (sent[..., 3] == 255).all()


def test_pictures_may_change_their_size(library: Any) -> None:
    output = spout.SpoutOutput("main", library)
    for side in (8, 16, 8):
        output.send(np.full((side, side, 4), side, np.uint8))
    sizes = [call[1][1] for call in FakeSender.last.calls if call[0] == "sendImage"]
    assert sizes == [8, 16, 8]


def test_without_a_context_or_a_taker_it_says_so(library: Any) -> None:
    FakeSender.takes = False
    output = spout.SpoutOutput("main", library)
    with pytest.raises(RuntimeError, match="8 x 8 was not taken"):
        output.send(np.zeros((8, 8, 4), np.uint8))
    FakeSender.context = False
    with pytest.raises(RuntimeError, match="no OpenGL context"):
        spout.SpoutOutput("main", library)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has Spout")
def test_elsewhere_than_on_windows_it_says_why_there_is_none() -> None:
    with pytest.raises(RuntimeError, match="Windows only: the set plays on"):
        spout.open_spout("main")


def test_signatures_are_read_off_mangled_names() -> None:
    assert parameters("PEBEIII_NI") == ["buffer", "int", "int", "int", "bool", "int"]
    assert parameters("PEBD0H") == ["str", "str", "int"]
    assert parameters("X") == []
    assert parameters("PEBDAEAI1AEAPEAXAEAK") is None  # references cannot be passed
