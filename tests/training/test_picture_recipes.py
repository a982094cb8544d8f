"""The script that made the painter and the dreamer makes them, from photographs to card."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from livegan.generators import find, read_card

RECIPES = Path(__file__).parents[2] / "models" / "recipes"


def recipe(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"recipe_{name}", RECIPES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, script)
    monkeypatch.setattr(sys, "path", list(sys.path))
    spec.loader.exec_module(script)
    return script


def photograph(seed: int, size: int = 96) -> np.ndarray:
    """(size, size, 3), 0..1: soft blobs of colour."""
    noise = np.random.default_rng(seed).random((size, size, 3))
    blobs = gaussian_filter(noise, (size / 12, size / 12, 0))
    return ((blobs - blobs.min()) / np.ptp(blobs)).astype(np.float32)


def test_a_painting_shows_what_the_picture_does_in_strokes(monkeypatch: pytest.MonkeyPatch) -> None:
    painting = recipe("painting", monkeypatch)
    picture = photograph(1)
    made = painting.painted(picture)
    assert made.shape == picture.shape and made.dtype == np.float32
    assert made.min() >= 0 and made.max() <= 1
    assert np.array_equal(made, painting.painted(picture))
    soft = [gaussian_filter(each.mean(axis=2), 6) for each in (picture, made)]
    assert np.corrcoef(soft[0].ravel(), soft[1].ravel())[0, 1] > 0.9
    # Brush marks are finer than anything in the picture.
    fine = [np.abs(each - gaussian_filter(each, (2, 2, 0))).mean() for each in (picture, made)]
    assert fine[1] > 2 * fine[0]


@pytest.mark.parametrize("model", ["painter", "dreamer"])
def test_photographs_become_a_model(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = recipe("pictures", monkeypatch)
    photographs = tmp_path / "photographs"
    photographs.mkdir()
    for seed in range(3):
        pixels = (photograph(seed, 150) * 255).astype(np.uint8)
        Image.fromarray(pixels).save(photographs / f"{seed}.png")
    work = tmp_path / "work"
    how = {"each": 8, "minutes": 0.05, "size": 64, "licence": "CC0-1.0", "source": "of a test"}
    script.main(model, photographs, work, tmp_path / model, **how)
    card = read_card(find(model, [tmp_path]))
    assert (card.encoder, card.size.plain, card.licence) == ("", 64, "CC0-1.0")
    assert "3 photographs; of a test" in card.data
    assert {"l1", "ssim", "right_sound"} <= card.scores.keys()
    assert (
        card.other.get("condition", {}).get("name") == {"painter": None, "dreamer": "blur"}[model]
    )
