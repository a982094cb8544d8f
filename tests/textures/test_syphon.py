"""Syphon's calls are those that the published macOS wheel takes, and elsewhere a set plays on."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from livegan.builtin.outputs.syphon import TEXTURES, SyphonOutput, open_syphon
from livegan.picture_sources import senders
from livegan.picture_sources.source import Unavailable, Wanted
from livegan.picture_sources.syphon import SyphonSource, open_syphon_in
from tests.textures.fake_syphon import WHEEL, FakeSyphon, bound

CANVAS = Wanted(64, 64)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(senders, "WAIT", 0.1)
    monkeypatch.setattr(senders, "LOST", 0.05)
    monkeypatch.setattr("livegan.picture_sources.syphon.STILL", 0.05)


@pytest.fixture
def syphon() -> FakeSyphon:
    return FakeSyphon()


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (height, width, 4), np.uint8)


def test_the_wheel_refuses_what_it_does_not_take() -> None:
    publish = WHEEL["classes"]["SyphonMetalServer"]["methods"]["publish_frame_texture"]
    bound(publish, ("self", "texture"), {"is_flipped": True})
    with pytest.raises(TypeError):
        bound(publish, ("self",), {})
    with pytest.raises(TypeError):
        bound(publish, ("self", "texture"), {"flipped": True})


def test_a_server_is_received_upright_in_its_colours_at_each_size(syphon: FakeSyphon) -> None:
    notes: list[str] = []
    server = syphon.server("out", "TouchDesigner")
    source = SyphonSource("touch", CANVAS, notes.append, syphon)
    for height, width in ((48, 40), (20, 30)):
        picture = noise(height, width)
        server.show(picture)
        seen = source.read()
        assert seen is not None and np.array_equal(seen[..., :3], picture[..., :3])
    assert source.read() is not None  # what stands still is delivered again
    assert notes == ["receives TouchDesigner (out)"]


def test_what_is_sent_comes_back_upright_in_its_colours(syphon: FakeSyphon) -> None:
    output = SyphonOutput("main", syphon)
    source = SyphonSource("livegan (main)", CANVAS, print, syphon)
    syphon.servers[0].has_clients = True
    for side in (8, 16, 8):
        for _ in range(TEXTURES + 1):
            picture = noise(side, side)
            output.send(picture)
            seen = source.read()
            assert seen is not None and np.array_equal(seen[..., :3], picture[..., :3])
    output.close()
    assert not syphon.servers


def test_without_a_receiver_one_picture_a_second_is_sent_and_it_can_still_be_found(
    syphon: FakeSyphon,
) -> None:
    now = 0.0
    output = SyphonOutput("main", syphon, lambda: now)
    for _ in range(12):
        output.send(noise(8, 8))
        now += 0.25
    assert syphon.servers[0].frame == 3
    assert syphon.turned == 12


def test_a_server_that_goes_is_waited_for_and_found_again(syphon: FakeSyphon) -> None:
    notes: list[str] = []
    first = syphon.server("", "Resolume Arena")
    first.show(noise(8, 8))
    syphon.server("PGM", "OBS")
    source = SyphonSource("Resolume", CANVAS, notes.append, syphon)
    assert source.read() is not None
    first.stop()
    assert source.read() is None
    assert syphon.stopped == 1
    syphon.server("2", "Resolume").show(noise(16, 8))
    seen = source.read()
    assert seen is not None and seen.shape[:2] == (16, 8)
    assert notes == [
        "receives Resolume Arena",
        "no Syphon server is called 'Resolume'; livegan waits for it (there is OBS (PGM))",
        "receives Resolume (2)",
    ]
    source.close()
    source.close()


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has Syphon")
def test_elsewhere_than_on_a_mac_it_says_why_there_is_none() -> None:
    with pytest.raises(RuntimeError, match="macOS only: the set plays on"):
        open_syphon("main")
    with pytest.raises(Unavailable, match=r"macOS only; use \w+_in\(...\) here"):
        open_syphon_in("main", CANVAS, note=print)


def test_without_the_package_each_way_says_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setitem(sys.modules, "syphon", None)
    command = r"pip install 'livegan\[syphon\]'"
    with pytest.raises(RuntimeError, match=command):
        open_syphon("main")
    with pytest.raises(Unavailable, match=command):
        open_syphon_in("main", CANVAS, note=print)
