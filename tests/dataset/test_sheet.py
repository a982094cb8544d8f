"""The contact sheet shows each film; the pairs are what the pix2pix project reads."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from PIL import Image

from livegan.dataset import Split, build
from livegan.dataset.pairs import png
from tests.dataset.tiny_films import film, shade

IMAGES = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".tif", ".tiff", ".webp")


def test_the_sheet_has_a_row_for_each_film_and_encoder(tmp_path: Path) -> None:
    films = [film(tmp_path / f"{n}.mkv", seconds=1 + n) for n in range(3)]
    heights = []
    for encoders in (["levels"], ["levels", "waveform"]):
        out = tmp_path / "-".join(encoders)
        build([*films, tmp_path / "none.mp4"], encoders, out=out, size=32, rate=5)
        with Image.open(out / "contact.jpg") as sheet:
            heights.append(sheet.height)
            pixels = np.asarray(sheet.convert("L"))
        # A film's first moment stands at the left: condition, then frame.
        frame = pixels[40:100, 130:200]
        assert frame.std() < 8 and min(abs(frame.mean() - shade(n)) for n in range(4)) < 8
    assert heights[0] % 3 == heights[1] % 3 == 0
    assert heights[1] > 1.7 * heights[0]


def test_no_pairs_no_sheet(tmp_path: Path) -> None:
    build([tmp_path / "none.mp4"], ["levels"], out=tmp_path / "out")
    assert not (tmp_path / "out" / "contact.jpg").exists()


def test_pairs_are_read_by_the_aligned_loader_of_pix2pix(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv", seconds=12, fps=4)
    how = {"size": 32, "rate": 4, "split": Split(share=0.34, block=2, gap=0.5)}
    made = build([path], ["levels"], out=tmp_path / "out", **how)  # type: ignore[arg-type]
    for phase in ("train", "val"):
        # data/image_folder.py: every picture below dataroot/phase, by suffix; then by halves.
        paths = sorted(
            os.path.join(root, name)
            for root, _, names in os.walk(tmp_path / "out" / phase)
            for name in names
            if name.lower().endswith(IMAGES)
        )
        by_name = {pair["file"]: pair for pair in made.films[0].pairs if pair["side"] == phase}
        assert [os.path.basename(p) for p in paths] == sorted(by_name) and paths
        for pair_path in paths:
            both = Image.open(pair_path).convert("RGB")
            width, height = both.size
            half = int(width / 2)
            a, b = both.crop((0, 0, half, height)), both.crop((half, 0, width, height))
            assert a.size == b.size == (32, 32)
            index = round(by_name[os.path.basename(pair_path)]["time"] * 4)
            assert abs(np.asarray(b).mean() - shade(index)) < 3
            assert np.asarray(a).std() > 8


def test_pictures_are_written_as_they_are(tmp_path: Path) -> None:
    chance = np.random.default_rng(3)
    for shape in ((1, 1, 3), (7, 30, 3), (64, 128, 3)):
        picture = chance.integers(0, 256, shape, np.uint8)
        (tmp_path / "a.png").write_bytes(png(picture))
        np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "a.png")), picture)
