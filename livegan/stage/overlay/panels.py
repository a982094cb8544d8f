"""Plates of the HUD: text, meters and thumbnails, drawn on panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from livegan.stage.control.keys import KEYS
from livegan.stage.control.menu import Menu
from livegan.stage.overlay.text import (
    AMBER,
    DARK,
    GREY,
    WHITE,
    Colour,
    Lettering,
    PixelSize,
    plate,
    wrap,
)
from livegan.stage.overlay.view import View
from livegan.stage.panel.qr_code import modules_of

if TYPE_CHECKING:
    from pygame import Surface

METERS = ("level", "low", "mid", "high", "kick")
METER_COLOURS: dict[str, Colour] = {
    "level": WHITE,
    "low": (255, 140, 90),
    "mid": (150, 220, 120),
    "high": (120, 190, 255),
    "kick": (255, 90, 120),
}
Segment = tuple[str, Colour]
"""Text in one colour; a line is a list of them."""


def flow(segments: list[Segment], columns: int) -> list[list[Segment]]:
    """Segments in lines of at most ``columns`` characters, two spaces between them."""
    lines: list[list[Segment]] = [[]]
    used = 0
    for text, colour in segments:
        gap = 2 if lines[-1] else 0
        if lines[-1] and used + gap + len(text) > columns:
            lines.append([])
            used = gap = 0
        lines[-1].append((" " * gap + text, colour))
        used += gap + len(text)
    return lines


def text_plate(
    lines: list[list[Segment]],
    letters: Lettering,
    more: PixelSize = (0, 0),
    ground: tuple[int, int, int, int] = DARK,
) -> Surface:
    """Lines of coloured text on a panel; ``more`` is room to the least width and below."""
    edge = letters.width
    width = max((sum(len(text) for text, _ in line) for line in lines), default=0)
    surface = plate(
        (
            max(width * letters.width, more[0]) + 2 * edge,
            len(lines) * letters.height + edge + more[1],
        ),
        ground,
    )
    for row, line in enumerate(lines):
        x = edge
        for text, colour in line:
            surface.blit(letters.text(text, colour), (x, edge // 2 + row * letters.height))
            x += len(text) * letters.width
    return surface


def keys_plate(size: PixelSize, letters: Lettering) -> Surface:
    """The keys and what each does, for a window of ``size``."""
    column = max(len(key.shown) for key in KEYS) + 2
    room = letters.fits(size[0] - 4 * letters.width) - column
    lines: list[list[Segment]] = [[("when something goes wrong", GREY)]]
    for number, key in enumerate(KEYS):
        if number and KEYS[number - 1].panic and not key.panic:
            lines += [[], [("always", GREY)]]
        for row, part in enumerate(wrap(key.does, max(12, room), 3)):
            shown = key.shown if row == 0 else ""
            lines.append([(shown.ljust(column), AMBER), (part, WHITE)])
    return text_plate(lines, letters, ground=(*DARK[:3], 250))  # it may lie over other panels


def menu_plate(menu: Menu, size: PixelSize, letters: Lettering) -> Surface:
    """What can be chosen, by kind; what the show has now is marked, and where the performer is."""
    room = letters.fits(size[0] - 4 * letters.width) - 4
    lines: list[list[Segment]] = [[("up, down, enter; a or escape closes this", GREY)]]
    kind = ""
    for number, choice in enumerate(menu.choices):
        if choice.kind != kind:
            kind = choice.kind
            lines += [[], [(kind, GREY)]]
        here, now = number == menu.at, "*" if choice.chosen else " "
        text = wrap(choice.text, max(12, room), 1)[0]
        lines.append([(f"{'>' if here else ' '} {now} {text}", AMBER if here else WHITE)])
    if menu.waiting:
        lines += [[], [(menu.waiting, GREY)]]
    return text_plate(lines, letters, ground=(*DARK[:3], 250))


def qr_plate(url: str, size: PixelSize, letters: Lettering) -> Surface:
    """The QR code of an address, for a window of ``size``."""
    import pygame

    light = ~modules_of(url)
    rows, columns = light.shape
    scale = max(2, min(size) * 2 // 5 // rows)
    grey = np.where(light[..., None], np.uint8(225), np.uint8(0)).repeat(3, axis=2)
    code = pygame.image.frombuffer(np.ascontiguousarray(grey).data, (columns, rows), "RGB")
    lines: list[list[Segment]] = [[("i hides this", GREY)]]
    wide, tall = columns * scale, rows * scale
    surface = text_plate(lines, letters, (wide, tall + letters.width))
    top = letters.width // 2 + letters.height + letters.width // 2
    surface.blit(pygame.transform.scale(code, (wide, tall)), (letters.width, top))
    return surface


def status_plate(
    lines: list[list[Segment]], meters: tuple[int, ...], columns: int, letters: Lettering
) -> Surface:
    """The numbers, and one bar a meter below them."""
    import pygame

    count = len(meters)
    cell = columns * letters.width // count
    tall = max(4, letters.height // 2)
    surface = text_plate(lines, letters, (columns * letters.width, letters.height + tall))
    top = surface.get_height() - letters.height - tall - letters.width // 2
    for number, (name, value) in enumerate(zip(METERS, meters, strict=True)):
        x = letters.width + number * cell
        surface.blit(letters.text(name, GREY), (x, top))
        frame = pygame.Rect(x, top + letters.height, cell - letters.width, tall)
        pygame.draw.rect(surface, (60, 62, 70, 220), frame)
        frame.width = frame.width * value // 50
        pygame.draw.rect(surface, METER_COLOURS[name], frame)
    return surface


def strip_plate(
    view: View, thumbs: NDArray[np.uint8], thumb: tuple[int, int], letters: Lettering
) -> Surface:
    """Conditions above, slot pictures below, names under them; ``thumb`` is a picture's width and
    height."""
    import pygame

    count = len(view.slots)
    gap = 4
    height, width = thumbs.shape[:2]
    strip = pygame.image.frombuffer(np.ascontiguousarray(thumbs).data, (width, height), "RGB")
    side, tall = thumb
    rows = 2 * tall
    surface = plate((count * (side + gap) + gap, rows + 2 * letters.height + 3 * gap))
    columns = letters.fits(side)
    for number, slot in enumerate(view.slots):
        x = gap + number * (side + gap)
        left, right = width * number // count, width * (number + 1) // count
        piece = strip.subsurface((left, 0, max(1, right - left), height))
        surface.blit(pygame.transform.smoothscale(piece, (side, rows)), (x, gap))
        name = wrap(slot.name, columns, 1) or [""]
        model = wrap(slot.model, columns, 1) or [""]
        surface.blit(letters.text(name[0], AMBER), (x, rows + 2 * gap))
        surface.blit(letters.text(model[0], GREY), (x, rows + 2 * gap + letters.height))
    return surface
