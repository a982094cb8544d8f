"""A file of lines outlives a full disk."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from livegan.stage.record.line_file import KEPT, RETRY, SLOW, LineFile


class Disk:
    """`os.write` to a disk of so many bytes, which writes a part of what does not fit."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
        self.room, self.tries, self.now = room, 0, 100.0
        real = os.write

        def write(file: int, data: bytes) -> int:
            self.tries += 1
            if not self.room:
                raise OSError(errno.ENOSPC, "No space left on device")
            count = real(file, data[: self.room])
            self.room -= count
            return count

        monkeypatch.setattr("livegan.stage.record.line_file.os.write", write)


def test_lines_wait_while_the_disk_is_full_and_all_are_written_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch, room=10)
    book = LineFile(tmp_path / "shows" / "show.jsonl", lambda: disk.now)
    for number in range(50):
        book.write(f"line {number}")
    assert book.trouble == (
        "show.jsonl cannot be written (No space left on device); livegan keeps trying"
    )
    assert disk.tries == 3, "a full disk is not asked again at every line"
    disk.room = 10_000
    book.write("still")
    assert book.trouble
    disk.now += RETRY
    book.flush()
    assert not book.trouble and not book.lost
    book.close()
    written = (tmp_path / "shows" / "show.jsonl").read_text().splitlines()
    assert written == [*(f"line {n}" for n in range(50)), "still"]


def test_only_so_many_lines_are_kept_and_none_is_torn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch, room=3)
    book = LineFile(tmp_path / "show.jsonl", lambda: disk.now)
    for number in range(KEPT + 20):
        book.write(f"line {number}")
    assert book.lost == 20
    disk.room = 10**6
    book.close()
    written = (tmp_path / "show.jsonl").read_text().splitlines()
    assert written[0] == "line 0" and written[1:] == [f"line {n}" for n in range(21, KEPT + 20)]


def test_a_disk_that_does_not_answer_is_told_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch, room=10_000)
    book = LineFile(tmp_path / "show.jsonl", lambda: disk.now)
    write = os.write
    seen: list[str] = []

    def hang(file: int, data: bytes) -> int:
        seen.append(book.trouble)
        disk.now += SLOW + 1
        seen.append(book.trouble)
        return write(file, data)

    monkeypatch.setattr("livegan.stage.record.line_file.os.write", hang)
    book.write("a line")
    told = "show.jsonl cannot be written (the disk does not answer); livegan keeps trying"
    assert seen == ["", told]
    assert not book.trouble
    book.close()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has /dev/full")
def test_a_disk_that_stays_full_ends_nothing() -> None:
    book = LineFile(Path("/dev/full"))
    book.write("a line")
    assert "No space left" in book.trouble
    book.close()


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be removed on Windows")
@pytest.mark.parametrize("folder", ["shows", "."])
def test_a_file_that_is_removed_is_made_anew_with_all_its_lines(
    tmp_path: Path, folder: str
) -> None:
    path = tmp_path / folder / "show.jsonl"
    book = LineFile(path)
    book.write("one")
    path.unlink()
    if folder != ".":
        path.parent.rmdir()
    book.write("two")
    assert path.read_text().splitlines() == ["one", "two"]
    book.close()


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be removed on Windows")
def test_a_folder_that_is_not_its_own_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "evening" / "shows" / "show.jsonl"
    book = LineFile(path)
    book.write("one")
    shutil.rmtree(tmp_path / "evening")
    book.write("two")
    assert not (tmp_path / "evening").exists() and not book.trouble
    (tmp_path / "evening").mkdir()
    book.write("three")
    assert path.read_text().splitlines() == ["one", "two", "three"]
    book.close()
