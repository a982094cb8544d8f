"""Trims: what a file says, what is written, and what a trim does to a picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from livegan.stage.window.trim import Trim, TrimError, flipped, load, read_trim, save, turned

PINNED = ((0.1, 0.05), (0.9, 0.0), (1.0, 1.0), (0.0, 0.95))
MASK = ((0.0, 0.0), (1.0, 0.0), (0.5, 1.0))
OTHER = """# my own words
["left wall"]   # the skewed one
rotation = 180

# the big one
[main]
gamma = 1.5
"""


def test_a_trim_that_is_saved_is_loaded_again(tmp_path: Path) -> None:
    trim = Trim(90, "horizontal", PINNED, MASK, 0.1, 1.2, 0.8)
    path = tmp_path / "four.outputs.toml"
    save(path, "left wall", trim)
    assert load(path, "left wall") == trim
    assert load(path, "main") == Trim()
    save(path, "left wall", Trim())
    assert load(path, "left wall") == Trim()


def test_the_rest_of_the_file_stays_letter_by_letter(tmp_path: Path) -> None:
    path = tmp_path / "four.outputs.toml"
    path.write_text(OTHER)
    save(path, "left wall", Trim(rotation=90))
    assert path.read_text() == OTHER.replace(
        '["left wall"]   # the skewed one\nrotation = 180', '["left wall"]\nrotation = 90'
    )
    save(path, "new", Trim(flip="both"))
    assert path.read_text().startswith("# my own words")
    assert path.read_text().endswith('gamma = 1.5\n\n[new]\nflip = "both"\n')
    assert load(path, "main") == Trim(gamma=1.5)


def test_a_file_that_cannot_be_read_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "four.outputs.toml"
    path.write_text("[main\nrotation = 90\n")
    with pytest.raises(TrimError, match="is not overwritten: correct it first"):
        save(path, "main", Trim(rotation=180))
    assert path.read_text() == "[main\nrotation = 90\n"
    with pytest.raises(TrimError, match=r"four\.outputs\.toml: .*line 1"):
        load(path, "main")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"rotation": 45}, "rotation is one of 0, 90, 180 and 270, not 45"),
        ({"gama": 2}, "there is no 'gama'"),
        ({"gamma": 9}, "gamma is 0.4 to 2.5, not 9"),
        ({"gamma": float("nan")}, "gamma is a number"),
        ({"contrast": "much"}, "contrast is a number, not 'much'"),
        ({"flip": "upside"}, "flip is one of none"),
        ({"corners": [[0, 0], [1, 1], [1, 0], [0, 1]]}, "not crossed"),
        ({"corners": [[0, 0], [1, 0], [1, 1]]}, "four points"),
        ({"corners": [[0, 0], [9, 0], [1, 1], [0, 1]]}, "too far outside"),
        ({"corners": [0, 1]}, "corners are points"),
        ({"mask": [[0, 0], [1, 1]]}, "three points or more"),
        (3, "no table"),
    ],
)
def test_what_is_no_trim_is_refused_with_its_reason(row: object, why: str) -> None:
    with pytest.raises(TrimError, match=why):
        read_trim(row)


def test_levels_keep_black_and_white_under_gamma_and_shift_with_brightness() -> None:
    assert Trim().levels() == bytes(range(256))
    lighter = Trim(gamma=2).levels()
    assert (lighter[0], lighter[255]) == (0, 255) and lighter[64] == 128
    assert Trim(brightness=0.5).levels()[0] == 128
    assert Trim(contrast=2).levels()[64] == 0


def test_four_turns_and_two_flips_change_nothing() -> None:
    trim = Trim()
    for _ in range(4):
        trim = turned(trim)
    assert (
        flipped(flipped(flipped(flipped(trim, "horizontal"), "vertical"), "horizontal"), "vertical")
        == Trim()
    )
