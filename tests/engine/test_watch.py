"""Noticing saves, however an editor makes them."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from livegan.engine.watch import Watcher, read_save


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
def test_a_save_is_noticed_and_read_whole(tmp_path: Path, save) -> None:
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
