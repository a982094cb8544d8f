"""Noticing saves, however an editor makes them."""

from __future__ import annotations

import errno
import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from livegan.engine.commit import watch
from livegan.engine.commit.watch import (
    LARGEST,
    Awaiting,
    Watcher,
    read_save,
    read_text,
    slow_disk,
    unreadable,
)
from livegan.ipc.messages import FromEngine, Note, Waiting


def in_place(path: Path, text: str) -> None:
    path.write_text(text)


def by_rename(path: Path, text: str) -> None:
    other = path.with_name(".set.py.swp")
    other.write_text(text)
    os.replace(other, path)


def by_delete_and_create(path: Path, text: str) -> None:
    path.unlink()
    path.write_text(text)


@pytest.mark.parametrize("save", [in_place, by_rename, by_delete_and_create])
def test_a_save_is_noticed_and_read_whole(
    tmp_path: Path, save: Callable[[Path, str], None]
) -> None:
    path = tmp_path / "set.py"
    path.write_text("a = 1\n")
    watcher = Watcher(lambda: [path], [tmp_path])
    try:
        for turn in range(3):
            text = f"a = {turn + 2}\n" * 100
            save(path, text)
            assert any(watcher.wait() for _ in range(20))
            assert read_save(path) == text
    finally:
        watcher.stop()


def test_an_untouched_file_is_not_a_save(tmp_path: Path) -> None:
    path = tmp_path / "set.py"
    path.write_text("a = 1\n")
    watcher = Watcher(lambda: [path], [tmp_path])
    try:
        (tmp_path / "other.txt").write_text("x")
        assert not any(watcher.wait() for _ in range(2))
    finally:
        watcher.stop()


def test_polling_notices_what_events_do_not(tmp_path: Path) -> None:
    path = tmp_path / "set.py"
    path.write_text("a = 1\n")
    watcher = Watcher(lambda: [path], [])
    try:
        path.write_text("a = 22\n")
        assert any(watcher.wait() for _ in range(10))
    finally:
        watcher.stop()


def test_half_a_save_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "set.py"
    path.write_text("show(grid(")

    def finish() -> None:
        time.sleep(0.15)
        path.write_text("show(grid(a, b))\n")

    thread = threading.Thread(target=finish)
    thread.start()
    assert read_save(path, patience_s=5.0) == "show(grid(a, b))\n"
    thread.join()


def test_an_emptied_file_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "set.py"
    path.write_text("")

    def finish() -> None:
        time.sleep(0.15)
        path.write_text("a = 1\n")

    thread = threading.Thread(target=finish)
    thread.start()
    assert read_save(path, patience_s=5.0) == "a = 1\n"
    thread.join()


def test_a_broken_text_is_read_in_the_end(tmp_path: Path) -> None:
    path = tmp_path / "set.py"
    path.write_text("show(grid(")
    assert read_save(path, patience_s=0.1) == "show(grid("


def test_a_file_that_is_gone_or_not_text_is_none(tmp_path: Path) -> None:
    path = tmp_path / "set.py"
    assert read_save(path, patience_s=0.05) is None
    path.write_bytes(b"\xff\xfe\x00")
    assert read_save(path, patience_s=0.05) is None
    path.unlink()
    path.mkdir()
    assert read_save(path, patience_s=0.05) is None


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "set.py"
    path.write_bytes("a = 1\n".encode("utf-8-sig"))
    assert read_save(path) == "a = 1\n"


def test_a_save_that_stops_within_the_text_before_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "set.py"
    whole = "from livegan.live import *\nshow(encode.waveform(listen()))\n"
    path.write_text(whole[:30])
    writer = threading.Timer(0.2, path.write_text, [whole.replace("waveform", "levels")])
    writer.start()
    try:
        assert "levels" in (read_save(path, before=whole, patience_s=5.0) or "")
    finally:
        writer.join()


def test_last_lines_may_be_deleted(tmp_path: Path) -> None:
    path = tmp_path / "set.py"
    path.write_text("a = 1\n")
    assert read_save(path, before="a = 1\nb = 2\n", patience_s=0.1) == "a = 1\n"


def removed(path: Path) -> None:
    path.unlink()


def its_folder_removed(path: Path) -> None:
    path.unlink()
    path.parent.rmdir()


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def a_loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


def a_film(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)


def bytes_of_something_else(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")


def nothing(path: Path) -> None:
    path.write_text("")


@pytest.mark.parametrize(
    ("becomes", "why"),
    [
        (removed, "it is gone"),
        (its_folder_removed, "the folder sets is gone"),
        (a_folder, "it is a folder"),
        pytest.param(
            a_pipe,
            "it is a pipe",
            marks=pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes of POSIX"),
        ),
        (a_loop, r"it cannot be read \(.+\)"),
        (a_film, "it has 256 kB; a set can have 256 kB. Put data into a separate file"),
        (bytes_of_something_else, "it is not text"),
        (nothing, "it is empty"),
    ],
)
def test_what_a_set_turned_into_is_said_and_its_return_is_noticed(
    tmp_path: Path, becomes: Callable[[Path], None], why: str
) -> None:
    folder = tmp_path / "sets"
    folder.mkdir()
    path = folder / "set.py"
    path.write_text("a = 1\n")
    assert unreadable(path) == ""
    watcher = Watcher(lambda: [path], [folder])
    try:
        becomes(path)
        assert any(watcher.wait() for _ in range(20))
        assert not read_text(path)
        assert re.fullmatch(why, unreadable(path))
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
        folder.mkdir(exist_ok=True)
        path.write_text("a = 1\n")
        assert any(watcher.wait() for _ in range(20))
        assert read_save(path) == "a = 1\n"
    finally:
        watcher.stop()


def test_a_disk_that_does_not_answer_is_told_and_so_is_its_return(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "STALL_S", 0.2)
    told: list[FromEngine] = []
    answers = threading.Event()
    answers.set()

    def files() -> list[Path]:
        assert answers.wait(60)
        return [tmp_path / "set.py"]

    watcher = Watcher(files, [], slow_disk(tmp_path / "set.py", told.append))
    try:
        answers.clear()
        looking = threading.Thread(target=watcher.wait)
        looking.start()
        until(lambda: len(told) == 1)
        assert told == [Waiting("disk", "waiting for the disk of set.py: it does not answer")]
        answers.set()
        until(lambda: len(told) == 3)
        assert told[1:] == [Waiting("disk"), Note("the disk of set.py answers again")]
        looking.join()
    finally:
        answers.set()
        watcher.stop()


def test_a_drive_that_fails_while_it_is_listed_does_not_end_the_watching(tmp_path: Path) -> None:
    path = tmp_path / "set.py"
    failing = False

    def files() -> list[Path]:
        if failing:
            raise OSError(errno.ESTALE, "Stale file handle")
        return [path]

    watcher = Watcher(files, [])
    try:
        failing = True
        assert not watcher.wait()
        failing = False
        path.write_text("a = 1\n")
        assert any(watcher.wait() for _ in range(20))
    finally:
        watcher.stop()


def test_what_is_awaited_is_said_once_and_its_return_only_if_it_was_missed() -> None:
    told: list[FromEngine] = []
    awaiting = Awaiting("set", told.append)
    awaiting.back("set.py is back")
    assert not told
    for _ in range(3):
        awaiting.without("waiting for set.py: it is gone")
    awaiting.without("waiting for set.py: it is a folder")
    for _ in range(2):
        awaiting.back("set.py is back")
    assert told == [
        Waiting("set", "waiting for set.py: it is gone"),
        Waiting("set", "waiting for set.py: it is a folder"),
        Waiting("set"),
        Note("set.py is back"),
    ]


def until(condition: Callable[[], bool]) -> None:
    for _ in range(6000):
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError("it never happened")
