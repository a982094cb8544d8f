"""Spout's calls are those that the published Windows wheel takes, and elsewhere a set plays on."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from livegan.builtin.outputs.spout import SpoutOutput, open_spout
from livegan.picture_sources import senders
from livegan.picture_sources.source import PictureSourceError, Unavailable, Wanted
from livegan.picture_sources.spout import SpoutSource, open_spout_in
from livegan.stage.streams.formats import Formats
from tests.textures.fake_spout import WHEEL, FakeReceiver, FakeSender, FakeSpout
from tests.textures.spout_signatures import parameters

CANVAS = Wanted(64, 64)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(senders, "WAIT", 0.1)
    monkeypatch.setattr(senders, "LOST", 0.05)
    monkeypatch.setattr("livegan.picture_sources.spout.LOST", 0.05)
    monkeypatch.setattr("livegan.picture_sources.spout.STILL", 0.05)


@pytest.fixture
def spout() -> FakeSpout:
    return FakeSpout()


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(1).integers(1, 256, (height, width, 4), np.uint8)


@pytest.mark.parametrize(
    ("fake", "kind"), [(FakeSender, "SpoutSender"), (FakeReceiver, "SpoutReceiver")]
)
def test_the_wheel_has_every_name_that_is_used(fake: type, kind: str) -> None:
    assert WHEEL["names"][kind]
    assert {n for n in vars(fake) if not n.startswith("_") and n != "kind"} <= set(WHEEL[kind])


def test_a_picture_is_sent_as_four_bytes_a_pixel_and_announced(spout: FakeSpout) -> None:
    output = SpoutOutput("main", spout)
    pixels = noise(20, 30)[..., :3]
    output.send(Formats().get(pixels, output.format))
    sent = spout.textures["main"].pixels
    assert np.array_equal(sent[..., :3], pixels) and (sent[..., 3] == 255).all()
    output.close()
    assert not spout.textures
    assert spout.made[0].calls == [
        "createOpenGL",
        "setSenderName",
        "sendImage",
        "setFrameSync",
        "releaseSender",
        "closeOpenGL",
    ]


def test_a_sender_is_received_upright_in_its_colours_at_each_size(spout: FakeSpout) -> None:
    notes: list[str] = []
    source = SpoutSource("touch", CANVAS, notes.append, spout)
    output = SpoutOutput("TouchDesigner", spout)
    for height, width in ((48, 40), (20, 30)):
        picture = noise(height, width)
        seen = None
        for _ in range(6):
            output.send(picture)
            seen = source.read()
            if seen is not None and seen.shape[:2] == (height, width):
                break
        assert seen is not None and np.array_equal(seen, picture), "its alpha, too"
    assert notes == ["receives TouchDesigner"]


def test_a_large_picture_is_made_as_small_as_the_canvas(spout: FakeSpout) -> None:
    source = SpoutSource("", CANVAS, print, spout)
    spout.share("a", noise(256, 512))
    source.read()
    spout.share("a", noise(256, 512))
    seen = source.read()
    assert seen is not None and seen.shape[:2] == (64, 128)


def test_a_picture_that_stands_still_is_delivered_again(spout: FakeSpout) -> None:
    source = SpoutSource("", CANVAS, print, spout)
    for _ in range(3):
        spout.share("a", noise(8, 8))
        source.read()
    assert source.read() is not None


def test_a_sender_of_black_is_delivered_after_a_while(
    spout: FakeSpout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livegan.picture_sources.spout.EMPTY", 0.0)
    source = SpoutSource("", CANVAS, print, spout)
    spout.share("a", np.zeros((8, 8, 4), np.uint8))
    found = source.read()
    assert found is not None and not found.any()


def test_a_sender_that_goes_is_waited_for_and_found_again(spout: FakeSpout) -> None:
    notes: list[str] = []
    source = SpoutSource("Resolume", CANVAS, notes.append, spout)
    spout.share("Resolume", noise(8, 8))
    spout.share("other", noise(8, 8))
    source.read()
    spout.share("Resolume", noise(8, 8))
    assert source.read() is not None
    del spout.textures["Resolume"]
    assert source.read() is None
    spout.share("Resolume Arena", noise(16, 8))
    source.read()
    spout.share("Resolume Arena", noise(16, 8))
    seen = source.read()
    assert seen is not None and seen.shape[:2] == (16, 8)
    assert notes == [
        "receives Resolume",
        "no Spout sender is called 'Resolume'; livegan waits for it (there is other)",
        "receives Resolume Arena",
    ]
    source.close()
    source.close()
    assert spout.made[-1].calls[-2:] == ["releaseReceiver", "closeOpenGL"]


def test_a_texture_of_another_graphics_card_is_told(spout: FakeSpout) -> None:
    notes: list[str] = []
    spout.share("a", noise(8, 8)).openable = False
    source = SpoutSource("", CANVAS, notes.append, spout)
    assert source.read() is None and source.read() is None
    assert notes == [
        "a is there and cannot be read: run it and livegan on the same graphics card "
        "(Windows: Settings, System, Display, Graphics)"
    ]


def test_without_a_context_or_a_taker_it_says_so(spout: FakeSpout) -> None:
    spout.takes = False
    output = SpoutOutput("main", spout)
    with pytest.raises(RuntimeError, match="8 x 8 was not taken"):
        output.send(np.zeros((8, 8, 4), np.uint8))
    spout.context = False
    with pytest.raises(RuntimeError, match="no OpenGL context"):
        SpoutOutput("main", spout)
    with pytest.raises(PictureSourceError, match="no OpenGL context"):
        SpoutSource("main", CANVAS, print, spout)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has Spout")
def test_elsewhere_than_on_windows_it_says_why_there_is_none() -> None:
    with pytest.raises(RuntimeError, match="Windows only: the set plays on"):
        open_spout("main")
    with pytest.raises(Unavailable, match=r"Windows only; use \w+_in\(...\) here"):
        open_spout_in("main", CANVAS, note=print)


def test_signatures_are_read_off_mangled_names() -> None:
    assert parameters("PEBEIII_NI") == ["buffer", "int", "int", "int", "bool", "int"]
    assert parameters("PEAEI_NI") == ["buffer to write", "int", "bool", "int"]
    assert parameters("PEBD0H") == ["str", "str", "int"]
    assert parameters("X") == []
    assert parameters("PEBDAEAI1AEAPEAXAEAK") is None  # references cannot be passed
