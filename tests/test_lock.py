"""One process at a time works in a folder."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import filelock
import pytest

from livegan.lock import HeldError, held

HOLDS = """
import sys, time
from pathlib import Path
from livegan.lock import held
with held(Path(sys.argv[1]), "trained"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_one_is_told_who_works_there(tmp_path: Path) -> None:
    with held(tmp_path / "new" / "mine", "trained"):
        said = f"mine is being trained by process {os.getpid()}; wait for it"
        with pytest.raises(HeldError, match=said), held(tmp_path / "new" / "mine", "trained"):
            pass
    with held(tmp_path / "new" / "mine", "trained"):
        pass


def test_a_holder_that_is_not_known_is_refused_all_the_same(tmp_path: Path) -> None:
    with held(tmp_path, "written"):
        for text in ("", "oops"):
            (tmp_path / ".lock-holder").write_text(text)
            with pytest.raises(HeldError, match="by another"), held(tmp_path, "written"):
                pass


def test_another_process_holds_until_it_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        said = f"by process {other.pid}; "
        with pytest.raises(HeldError, match=said), held(tmp_path, "trained"):
            pass
        other.kill()
    with held(tmp_path, "trained"):
        pass


def test_where_there_are_no_locks_work_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unable(*_: object, **__: object) -> None:
        raise OSError(errno.ENOTSUP, "not supported")

    monkeypatch.setattr(filelock.FileLock, "acquire", unable)
    with held(tmp_path, "trained"):
        assert not (tmp_path / ".lock-holder").exists()


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError), held(tmp_path / "file" / "mine", "trained"):
        pass
