"""The QR code is whole, on the terminal as on the window."""

from __future__ import annotations

import numpy as np
import pytest

from livegan.stage.overlay.panels import qr_plate
from livegan.stage.overlay.text import Lettering
from livegan.stage.panel.qr_code import BORDER, lines_of, modules_of

URL = "http://192.168.100.200:8765/#abcdefghijklmnopqrstuv"
FINDER = np.array([[int(max(abs(x), abs(y)) != 2) for x in range(-3, 4)] for y in range(-3, 4)])


def test_a_code_has_its_three_marks_inside_a_white_border() -> None:
    dark = modules_of(URL)
    inner = dark[BORDER:-BORDER, BORDER:-BORDER]
    assert not dark[:BORDER].any() and not dark[:, -BORDER:].any()
    for corner in (inner[:7, :7], inner[:7, -7:], inner[-7:, :7]):
        assert (corner == FINDER).all()


def test_the_terminal_shows_the_same_modules() -> None:
    halves = {" ": (0, 0), "▄": (0, 1), "▀": (1, 0), "█": (1, 1)}
    lines = lines_of(URL)
    rows = [[halves[letter][half] for letter in line] for line in lines for half in (0, 1)]
    dark = modules_of(URL)
    assert (np.array(rows)[: len(dark)] == dark).all()
    assert max(len(line) for line in lines) <= 80


@pytest.mark.parametrize("size", [(1920, 1080), (640, 480), (320, 240)])
def test_the_window_shows_it_in_whole_pixels_and_has_room_for_it(size: tuple[int, int]) -> None:
    import pygame

    pygame.font.init()
    letters = Lettering(10)
    surface = qr_plate(URL, size, letters)
    dark = modules_of(URL)
    scale = (surface.get_width() - 2 * letters.width) // len(dark)
    assert scale >= 2 and surface.get_width() <= size[0] and surface.get_height() <= size[1]
    top = letters.width // 2 + letters.height + letters.width // 2
    for y, x in np.argwhere(dark)[::7]:
        place = (letters.width + x * scale + scale // 2, top + y * scale + scale // 2)
        assert surface.get_at(place)[:3] == (0, 0, 0)
    light = (letters.width + scale // 2, top + scale // 2)
    assert min(surface.get_at(light)[:3]) > 200
