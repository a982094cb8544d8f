"""Before its first picture a show has something of its set to look at."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from livegan import share
from livegan.stage.fallback.first_still import first_still, models_of, poster
from livegan.stage.fallback.still import keep_still, place_of

RED, BLUE = (200, 30, 30), (30, 30, 200)


def sample(folder: Path, painted: tuple[int, int, int]) -> None:
    """What a training leaves beside the weights: two conditions above, two pictures below."""
    folder.mkdir(parents=True)
    picture = Image.new("RGB", (64, 64), (90, 90, 90))
    picture.paste(painted, (0, 32, 64, 64))
    picture.save(folder / "sample.jpg", quality=95)


def the_set(folder: Path, text: str = 'a = model("red", x)\nb = morph("blue", "red", 0.3)') -> Path:
    path = folder / "sets" / "mine.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def near(pixels: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixels.reshape(-1, 3).mean(0) - colour).max() < 12)


def test_the_models_of_a_set_are_read_off_its_text_in_order(tmp_path: Path) -> None:
    text = '# model("none")\nx = model(morph("b", "a"), w)\ny = model("c", key="d")\nmodel(name)'
    assert models_of(the_set(tmp_path, text)) == ["b", "a", "c"]


def test_a_set_that_never_played_shows_what_its_models_paint(tmp_path: Path) -> None:
    sample(tmp_path / "models" / "red", RED)
    sample(tmp_path / "sets" / "models" / "blue", BLUE)
    found = first_still(tmp_path, the_set(tmp_path))
    assert found is not None and found.shape == (32, 64, 3)
    assert near(found[:, :32], RED) and near(found[:, 32:], BLUE)


def test_its_own_last_show_comes_first(tmp_path: Path) -> None:
    sample(tmp_path / "models" / "red", RED)
    path = the_set(tmp_path)
    keep_still(place_of(tmp_path, path), np.full((8, 8, 3), 77, np.uint8))
    found = first_still(tmp_path, path)
    assert found is not None and found.max() == 77


def test_a_set_without_samples_shows_the_newest_still_of_another(tmp_path: Path) -> None:
    for age, name, value in ((3, "old", 60), (1, "new", 80), (0, "black", 0)):
        place = place_of(tmp_path, Path(f"{name}.py"))
        keep_still(place, np.full((8, 8, 3), value, np.uint8))
        os.utime(place, (1e9 - age, 1e9 - age))
    found = first_still(tmp_path, the_set(tmp_path))
    assert found is not None and found.max() == 80


@pytest.mark.parametrize("text", ["syntax error(", "", "\0", 'model("../../etc/passwd")'])
def test_what_cannot_be_read_costs_no_show(tmp_path: Path, text: str) -> None:
    assert first_still(tmp_path, the_set(tmp_path, text)) is None
    assert first_still(tmp_path, tmp_path / "none.py") is None


def test_a_broken_sample_is_left_out(tmp_path: Path) -> None:
    sample(tmp_path / "models" / "red", RED)
    (tmp_path / "models" / "blue").mkdir()
    (tmp_path / "models" / "blue" / "sample.jpg").write_bytes(b"no picture")
    found = first_still(tmp_path, the_set(tmp_path))
    assert found is not None and found.shape == (32, 32, 3) and near(found, RED)
    assert poster(["blue"], [tmp_path / "models"]) is None


@pytest.mark.parametrize("path", sorted(share.folder("sets").glob("*.py")), ids=lambda p: p.stem)
def test_every_shipped_set_with_a_model_has_one(tmp_path: Path, path: Path) -> None:
    assert (first_still(tmp_path, path) is not None) == bool(models_of(path))
