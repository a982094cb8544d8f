"""The page shows every pair, and what is struck on it stays away."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from livegan.dataset import Split, build, strike
from livegan.dataset.folder import FolderError
from tests.dataset.tiny_films import film

NO_SPLIT = Split(share=0)


def shown(folder: Path) -> list[Path]:
    """The pictures that a page loads."""
    text = (folder / "look.html").read_text(encoding="utf-8")
    return [folder / unquote(html.unescape(place)) for place in re.findall(r'src="(.*?)"', text)]


def test_every_pair_is_shown_and_what_is_struck_stays_away(tmp_path: Path) -> None:
    path = film(tmp_path / "a <b> #1?.mkv")
    how = {"out": tmp_path / "o", "size": 32, "rate": 5, "split": NO_SPLIT}
    made = build([path], ["levels", "timeline"], **how)  # type: ignore[arg-type]
    pictures = shown(tmp_path / "o")
    assert len(pictures) == made.count("train") and all(p.is_file() for p in pictures)
    assert "<b>" not in (tmp_path / "o" / "look.html").read_text(encoding="utf-8")
    names = [pictures[0].name, pictures[2].name]
    count, strange = strike(tmp_path / "o", [*names, "", names[0], "../../a.png", "none.png"])
    assert count == 2 and strange == ["../../a.png", "none.png"]
    for encoder in ("levels", "timeline"):
        left = {p.name for p in (tmp_path / "o" / encoder / "train").glob("*.png")}
        assert len(left) == made.count("train") - 2 and not left & set(names)
    again = build([path], ["levels", "timeline"], **how)  # type: ignore[arg-type]
    assert again.films[0].dropped["removed by hand"] == 2
    assert len(shown(tmp_path / "o")) == len(pictures) - 2


def test_what_is_no_data_set_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "mine.png").touch()
    with pytest.raises(FolderError, match="is no finished data set"):
        strike(tmp_path, ["mine.png"])
    assert (tmp_path / "train" / "mine.png").exists()
