"""The page shows every pair, and what is struck on it stays away."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from livegan.dataset import Split, build, strike
from livegan.dataset.folder import FolderError
from livegan.training.layout import pair_files
from tests.dataset.tiny_films import film

NO_SPLIT = Split(share=0)


def shown(folder: Path) -> list[Path]:
    """The pictures that a page loads."""
    text = (folder / "look.html").read_text(encoding="utf-8")
    return [folder / unquote(html.unescape(place)) for place in re.findall(r'src="(.*?)"', text)]


def test_every_pair_is_shown_and_training_leaves_out_what_is_struck(tmp_path: Path) -> None:
    path = film(tmp_path / "a <b> #1?.mkv")
    how = {"out": tmp_path / "o", "size": 32, "rate": 5, "split": NO_SPLIT}
    made = build([path], ["levels", "timeline"], **how)  # type: ignore[arg-type]
    pictures = shown(tmp_path / "o")
    assert len(pictures) == made.count("train") and all(p.is_file() for p in pictures)
    assert "<b>" not in (tmp_path / "o" / "look.html").read_text(encoding="utf-8")
    names = [pictures[0].name, pictures[2].name]
    count, strange = strike(tmp_path / "o", [*names, "", names[0], "../../a.png", "none.png"])
    assert count == 2 and strange == ["../../a.png", "none.png"]
    assert all(p.is_file() for p in pictures), "nothing is deleted"
    for encoder in ("levels", "timeline"):
        files, notes = pair_files(tmp_path / "o" / encoder / "train")
        assert len(files) == made.count("train") - 2
        assert not {pair.a.name for pair in files} & set(names)
        assert "2 pairs are struck, by struck.txt" in notes[0]
    again = build([path], ["levels", "timeline"], **how)  # type: ignore[arg-type]
    assert again.count("train") == made.count("train")
    page = (tmp_path / "o" / "look.html").read_text(encoding="utf-8")
    assert names[0].replace("<", r"\u003c") in page, "the page begins with what is struck"
    strike(tmp_path / "o", [])
    files, notes = pair_files(tmp_path / "o" / "levels" / "train")
    assert len(files) == made.count("train") and notes == []


def test_what_is_no_data_set_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "mine.png").touch()
    with pytest.raises(FolderError, match="is no finished data set"):
        strike(tmp_path, ["mine.png"])
    assert (tmp_path / "train" / "mine.png").exists()
