"""``texture_in`` and ``texture=`` take what the system shares textures by."""

from __future__ import annotations

import sys

import pytest

from livegan.builtin import picture_sources
from livegan.builtin.outputs import texture
from livegan.picture_sources.source import Unavailable, Wanted

SYSTEMS = [("win32", "spout"), ("darwin", "syphon")]


@pytest.mark.parametrize(("system", "kind"), SYSTEMS)
def test_the_system_decides(system: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setitem(texture.SHARING, system, lambda name: (kind, name))
    assert texture.open_texture("main") == (kind, "main")
    opened = f"open_{kind}_in"
    monkeypatch.setattr(picture_sources, opened, lambda argument, wanted, note: (kind, argument))
    assert picture_sources.open_texture_in("td", Wanted(8, 8), note=print) == (kind, "td")


def test_elsewhere_it_names_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(RuntimeError, match=r"show\(..., ndi='main'\)"):
        texture.open_texture("main")
    with pytest.raises(Unavailable, match=r"use ndi_in\(...\) here"):
        picture_sources.open_texture_in("td", Wanted(8, 8), note=print)
