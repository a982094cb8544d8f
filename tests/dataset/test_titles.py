"""Title cards are told from pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from livegan.dataset import Split, build
from livegan.dataset.titles import is_title
from tests.dataset.test_film import movie

CARDS = {
    "large": ((0, 0, 0), [("THIS SUMMER", 34, (255, 255, 255), 110)]),
    "small": ((2, 2, 2), [("a film by someone", 16, (230, 230, 230), 120)]),
    "red": ((16, 16, 16), [("RETURN", 56, (220, 20, 20), 96)]),
    "on white": ((255, 255, 255), [("PICTURES", 44, (10, 10, 60), 104)]),
    "two colours": (
        (0, 0, 0),
        [("SOON", 50, (255, 255, 255), 70), ("in cinemas", 26, (230, 160, 30), 140)],
    ),
    "credits": (
        (0, 0, 0),
        [(f"Some Body the {n}th", 15, (220, 220, 220), 10 + 26 * n) for n in range(9)],
    ),
    "gold on blue": ((10, 26, 90), [("UNIVERSE", 42, (250, 210, 60), 104)]),
}


def card(name: str, light: float = 1.0) -> np.ndarray:
    """A title card of 256 pixels, as a camera or a coder leaves it: a little blurred and coded."""
    ground, lines = CARDS[name]
    picture = Image.new("RGB", (512, 512), ground)
    pen = ImageDraw.Draw(picture)
    for text, size, colour, top in lines:
        shade = tuple(round(g + light * (c - g)) for c, g in zip(colour, ground, strict=True))
        font = ImageFont.load_default(2 * size)
        pen.text((256, 2 * top), text, shade, font, anchor="ma")
    return np.asarray(picture.resize((256, 256), Image.Resampling.BOX))


@pytest.mark.parametrize("name", CARDS)
def test_lettering_on_flat_ground_is_a_title(name: str) -> None:
    assert is_title(card(name))
    assert is_title(np.kron(card(name), np.ones((2, 2, 1), np.uint8)))


@pytest.mark.parametrize("light", [0.45, 0.7])
def test_a_title_that_fades_is_one(light: float) -> None:
    assert is_title(card("large", light))


def test_a_logo_of_flat_colours_is_a_title() -> None:
    picture = Image.new("RGB", (256, 256), (255, 255, 255))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((88, 60, 168, 140), (200, 30, 30))
    pen.text((128, 160), "ACME PICTURES", (30, 30, 30), ImageFont.load_default(26), anchor="ma")
    assert is_title(np.asarray(picture))


def grain(picture: np.ndarray, amount: float = 3.0) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, amount, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def lamps() -> np.ndarray:
    """A street at night: lamps with their glow on nothing."""
    picture = Image.new("RGB", (256, 256), (0, 0, 0))
    pen = ImageDraw.Draw(picture)
    for n in range(12):
        x, y, r = 20 * n + 10, 120 + 9 * (n * 7 % 5), 2 + n % 4
        pen.ellipse((x - r, y - r, x + r, y + r), (255, 200 + 4 * n, 120 + 9 * n))
    glow = np.asarray(picture.filter(ImageFilter.GaussianBlur(7))).astype(float) * 6
    return np.clip(np.asarray(picture) + glow, 0, 255).astype(np.uint8)


def ball() -> np.ndarray:
    """A shaded object before a plain wall."""
    y, x = (np.mgrid[:256, :256] - 128) / 60
    inside = x**2 + y**2 < 1
    light = np.clip(
        0.15 + 0.8 * (np.sqrt(np.clip(1 - x**2 - y**2, 0, 1)) - 0.4 * x - 0.3 * y), 0, 1
    )
    picture = np.full((256, 256, 3), 235.0)
    picture[inside] = (light[..., None] * (240, 120, 60))[inside]
    return picture.astype(np.uint8)


def sky() -> np.ndarray:
    """An even sky over a dark, uneven town."""
    chance = np.random.default_rng(2)
    picture = np.full((256, 256, 3), (120, 160, 220), np.float64)
    tops = chance.integers(150, 220, 16).repeat(16)
    for column, top in enumerate(tops):
        picture[top:, column] = chance.uniform(10, 110, (256 - top, 1))
    return picture.astype(np.uint8)


@pytest.mark.parametrize("draw", [lamps, ball, sky])
def test_what_is_filmed_is_no_title(draw: object) -> None:
    picture = draw()  # type: ignore[operator]
    assert not is_title(picture)
    assert not is_title(grain(picture))


def test_lettering_over_a_film_is_no_title() -> None:
    y, x = np.mgrid[:256, :256]
    picture = np.stack([60 + x / 4, 50 + y / 5, 90 + (x + y) / 8], axis=2).astype(np.uint8)
    over = Image.fromarray(picture)
    ImageDraw.Draw(over).text((30, 100), "SUMMER", "white", ImageFont.load_default(50))
    assert not is_title(np.asarray(over))


def test_titles_are_left_out_and_counted_unless_they_are_kept(tmp_path: Path) -> None:
    scene = [grain(np.roll(sky(), 9 * n, 1)) for n in range(8)]
    pictures = [*scene[:4], card("large"), card("credits"), *scene[4:]]
    path = movie(tmp_path / "trailer.mp4", pictures, pix_fmt="yuv420p")
    how = {"size": 256, "rate": 10, "split": Split(share=0)}
    film = build([path], ["levels"], out=tmp_path / "a", **how).films[0]  # type: ignore[arg-type]
    assert film.dropped["title"] == 2
    times = [pair["time"] for pair in film.pairs]
    assert len(times) == 7 and not [t for t in times if 0.35 < t < 0.55]
    kept = build([path], ["levels"], out=tmp_path / "b", keep_titles=True, **how).films[0]  # type: ignore[arg-type]
    assert "title" not in kept.dropped and len(kept.pairs) == 9
