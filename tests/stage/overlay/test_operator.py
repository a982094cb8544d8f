"""The operator's window shows everything beside the preview, and nothing over it."""

from __future__ import annotations

import numpy as np
import pytest

from livegan.stage.overlay.code import Code
from livegan.stage.overlay.hud import Hud, Readings
from livegan.stage.overlay.operator import Operator, Rig, rig_lines
from livegan.stage.overlay.text import Panel
from livegan.stage.overlay.view import NoteLine, Slot, View

RIG = Rig(
    [("window main", "open"), ("ndi desk", "off")],
    [("camera:test", "here")],
    [("glow", 0.25, 0.0, 1.0)],
)
VIEW = View(
    source="x = 1\n" * 30,
    refusal="four.py:3: no such model",
    slots=tuple(Slot(name, name, "wave") for name in "abcd"),
    notes=(NoteLine("the camera is back", 0),),
)
THUMBS = np.full((192, 4 * 96, 3), 90, np.uint8)


@pytest.fixture(autouse=True)
def _font() -> None:
    import pygame

    pygame.font.init()


def rect(panel: Panel) -> tuple[int, int, int, int]:
    x, y = panel.position
    return x, y, x + panel.surface.get_width(), y + panel.surface.get_height()


@pytest.mark.parametrize("size", [(1280, 800), (900, 700), (1920, 1080)])
def test_nothing_lies_over_anything_else(size: tuple[int, int]) -> None:
    operator = Operator(Hud(), Code(), lambda: RIG)
    panels = operator.panels(VIEW, Readings(source="desk"), size, 0.0, THUMBS, 1)
    names = {panel.name for panel in panels}
    assert {"status", "code", "refusal", "slots", "rig", "note 0"} <= names
    x, y, wide, high = operator.room(size)
    rects = {"preview": (x, y, x + wide, y + high)} | {p.name: rect(p) for p in panels}
    for name, (left, top, right, bottom) in rects.items():
        assert left >= 0 and top >= 0 and right <= size[0] and bottom <= size[1], name
        for other, (x0, y0, x1, y1) in rects.items():
            if name < other:
                apart = right <= x0 or x1 <= left or bottom <= y0 or y1 <= top
                assert apart, (name, other)


def test_a_rig_is_told_in_lines() -> None:
    lines = ["".join(text for text, _ in line) for line in rig_lines(RIG, 50)]
    assert lines[:5] == [
        "outputs",
        "  window main  open",
        "  ndi desk  off",
        "sources",
        "  camera:test  here",
    ]
    assert lines[6].startswith("  glow") and lines[6].endswith("0.25")
    assert lines[6].count("█") * 3 == lines[6].count("·")
