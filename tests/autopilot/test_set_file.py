"""The file of a set keeps its line endings, its mark, its permissions, and whose save was last."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from livegan.autopilot.set_file import SetFile, Unwritable


def test_line_endings_and_mark_stay(tmp_path: Path) -> None:
    path = tmp_path / "set.py"
    path.write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n")
    file = SetFile(path, tmp_path / "kept")
    assert file.read() == "a = 1\nb = 2\n"
    assert file.write("a = 3\nb = 2\n", over="a = 1\nb = 2\n")
    assert path.read_bytes() == b"\xef\xbb\xbfa = 3\r\nb = 2\r\n"


@pytest.mark.skipif(sys.platform == "win32", reason="links and modes of POSIX")
def test_links_and_permissions_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.py", tmp_path / "link.py"
    real.write_text("a = 1\n")
    real.chmod(0o640)
    link.symlink_to(real)
    assert SetFile(link, tmp_path / "kept").write("a = 2\n", over="a = 1\n")
    assert link.is_symlink() and real.read_text() == "a = 2\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_save_of_the_performer_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "set.py"
    path.write_text("a = 1\n")
    file = SetFile(path, tmp_path / "kept")
    before = file.read()
    path.write_text("mine = 1\n")
    assert not file.write("a = 2\n", over=before)
    assert path.read_text() == "mine = 1\n"


def test_a_file_that_is_gone_says_what_it_said(tmp_path: Path) -> None:
    path = tmp_path / "set.py"
    with pytest.raises(Unwritable, match=r"set\.py cannot be read"):
        SetFile(path, tmp_path / "kept").read()
    path.write_text("a = 1\n")
    file = SetFile(path, tmp_path / "kept")
    file.read()
    os.remove(path)
    assert file.read() == "a = 1\n"


def test_what_the_performer_wrote_is_kept_before_it_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "set.py"
    path.write_bytes(b"mine = 1\r\n")
    file = SetFile(path, tmp_path / "kept")
    assert file.write("a = 1\n", over="mine = 1\n")
    first = file.kept
    assert first is not None and first.read_bytes() == b"mine = 1\r\n"
    assert file.write("a = 2\n", over="a = 1\n")
    assert file.kept == first, "its own text needs no copy"


def test_a_text_that_cannot_be_kept_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "set.py"
    path.write_text("mine = 1\n")
    (tmp_path / "kept").write_text("no folder")
    with pytest.raises(Unwritable, match=r"your set\.py cannot be kept"):
        SetFile(path, tmp_path / "kept").write("a = 1\n", over="mine = 1\n")
    assert path.read_text() == "mine = 1\n"
