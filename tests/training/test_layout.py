"""Pairs lie side by side in one picture, or in two folders; what is odd about them is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from livegan.training.layout import PairsError, pair_files
from livegan.training.pairs import Pairs, pairs_in


def put(path: Path, *greys: int, size: int = 32) -> None:
    """A picture of even squares, side by side."""
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = [np.full((size, size, 3), grey, np.uint8) for grey in greys]
    Image.fromarray(np.hstack(parts)).save(path)


def seen(pairs: Pairs) -> list[tuple[int, int]]:
    """The grey of each condition and picture."""
    return [(int(pair[0].mean()), int(pair[1].mean())) for pair in pairs.read([*range(len(pairs))])]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("train/A", "train/B"),
        ("A/train", "B/train"),
        ("trainA", "trainB"),
        ("A", "B"),
    ],
)
def test_two_folders_are_matched_by_name(tmp_path: Path, a: str, b: str) -> None:
    put(tmp_path / a / "1.png", 10)
    put(tmp_path / a / "shot" / "2.png", 20)
    put(tmp_path / b / "shot" / "2.tif", 120)
    put(tmp_path / b / "1.png", 110)
    assert seen(Pairs(tmp_path / "train")) == [(10, 110), (20, 120)]
    assert pairs_in(tmp_path / "val") is None


def test_pictures_side_by_side_are_found_in_nested_folders(tmp_path: Path) -> None:
    put(tmp_path / "train" / "film" / "2.png", 20, 120)
    put(tmp_path / "train" / "1.png", 10, 110)
    assert seen(Pairs(tmp_path / "train")) == [(10, 110), (20, 120)]


def test_the_other_direction_exchanges_condition_and_picture(tmp_path: Path) -> None:
    put(tmp_path / "train" / "1.png", 10, 110)
    assert seen(Pairs(tmp_path / "train", direction="BtoA")) == [(110, 10)]


def test_what_has_no_partner_is_left_out_and_told(tmp_path: Path) -> None:
    for name in "1234":
        put(tmp_path / "A" / f"{name}.png", 1)
    put(tmp_path / "B" / "1.png", 2)
    put(tmp_path / "B" / "9.png", 2)
    files, notes = pair_files(tmp_path / "train")
    assert [file.a.name for file in files] == ["1.png"]
    assert notes == [
        f"{tmp_path / 'A'}: 3 pictures have no partner and are left out: 2, 3, 4",
        f"{tmp_path / 'B'}: 1 pictures have no partner and are left out: 9",
    ]


def test_two_folders_without_a_common_name_are_refused(tmp_path: Path) -> None:
    put(tmp_path / "trainA" / "1.png", 1)
    put(tmp_path / "trainB" / "2.png", 2)
    with pytest.raises(PairsError, match="the two of a pair are named alike"):
        Pairs(tmp_path / "train")
    put(tmp_path / "trainA" / "2.png", 1)
    put(tmp_path / "trainA" / "2.jpg", 1)
    with pytest.raises(PairsError, match="two pictures of one name"):
        Pairs(tmp_path / "train")


def test_a_pair_of_another_shape_is_refused_and_not_squeezed(tmp_path: Path) -> None:
    put(tmp_path / "train" / "1.png", 10, 110)
    Image.fromarray(np.zeros((300, 512, 3), np.uint8)).save(tmp_path / "train" / "2.png")
    with pytest.raises(PairsError, match=r"2\.png: is 512 x 300; a pair is twice as wide as high"):
        Pairs(tmp_path / "train")
    with pytest.raises(PairsError, match="twice as wide"):
        pairs_in(tmp_path / "train", 64)
    put(tmp_path / "two" / "B" / "1.png", 2)
    (tmp_path / "two" / "A").mkdir()
    (tmp_path / "train" / "2.png").rename(tmp_path / "two" / "A" / "1.png")
    with pytest.raises(PairsError, match=r"1\.png: is 512 x 300; it must be square"):
        Pairs(tmp_path / "two" / "train")


def test_pairs_of_another_size_are_scaled_and_told(tmp_path: Path) -> None:
    put(tmp_path / "train" / "1.png", 10, 110)
    put(tmp_path / "train" / "2.png", 20, 120, size=64)
    pairs = Pairs(tmp_path / "train")
    assert pairs.size.plain == 32 and seen(pairs) == [(10, 110), (20, 120)]
    assert pairs.notes == [
        f"{tmp_path / 'train'}: 1 of 2 pairs are not of 32 pixels as the first, but of 64 to 64; "
        "they are scaled to 32"
    ]
