"""Files of a journal grow, whatever becomes of the disk."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from livegan.journal import appending
from livegan.journal.appending import OPEN, Appender


def until(true: Callable[[], Any]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_what_is_given_is_appended_in_order_and_few_files_stay_open(tmp_path: Path) -> None:
    notes: list[str] = []
    appender = Appender(tmp_path, notes.append)
    for number in range(40):
        appender.append("lines", b"%d\n" % number)
        appender.append(f"files/{number}", b"text")
    until(lambda: (tmp_path / "files" / "39").is_file())
    here = [f for f in os.listdir("/proc/self/fd") if _inside(f, tmp_path)]
    assert len(here) <= OPEN
    appender.close()
    assert (tmp_path / "lines").read_bytes() == b"".join(b"%d\n" % n for n in range(40))
    assert len(list((tmp_path / "files").iterdir())) == 40 and notes == []


def _inside(name: str, folder: Path) -> bool:
    try:
        return os.readlink(f"/proc/self/fd/{name}").startswith(str(folder))
    except OSError:
        return False


def test_a_full_disk_is_told_once_and_made_good_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, real = True, os.write

    def write(file: int, data: bytes) -> int:
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(file, data)

    monkeypatch.setattr(appending.os, "write", write)
    monkeypatch.setattr(appending, "RETRY", 0.05)
    notes: list[str] = []
    appender = Appender(tmp_path, notes.append)
    appender.append("lines", b"first\n")
    until(lambda: notes)
    appender.append("lines", b"second\n")
    time.sleep(0.2)
    full = False
    until(lambda: (tmp_path / "lines").read_bytes() == b"first\nsecond\n")
    appender.close()
    (note,) = notes
    assert "No space left on device" in note and "livegan keeps trying" in note
