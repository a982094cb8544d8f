"""What an engine prints is bearable, and what Python says as it dies is understood."""

from __future__ import annotations

import faulthandler
import os
import subprocess
import sys
from pathlib import Path

from livegan.stage.supervision.engine_output import BURST, WIDTH, EngineOutput, Printed


def test_a_few_lines_are_shown_as_they_are() -> None:
    printed = Printed()
    assert printed.feed(b"one\ntw", 1.0) == ["one"]
    assert printed.feed(b"o\n\n", 1.1) == ["two"]
    assert printed.left_out() == []


def test_many_lines_are_counted() -> None:
    printed = Printed()
    shown = printed.feed(b"noise\n" * 100_000, 1.0)
    assert shown == ["noise"] * BURST
    assert printed.feed(b"more\n" * 100_000, 1.1) == []
    assert printed.left_out() == ["… and 199960 more lines (0.9 MB) that were printed"]
    assert printed.feed(b"later\n", 5.0) == ["later"]


def test_what_was_left_out_is_told_before_what_comes_next() -> None:
    printed = Printed()
    printed.feed(b"noise\n" * 100, 1.0)
    told = "… and 60 more lines (300 bytes) that were printed"
    assert printed.feed(b"after\n", 9.0) == [told, "after"]


def test_a_line_without_an_end_is_cut_and_takes_no_memory() -> None:
    printed = Printed()
    shown = printed.feed(b"x" * 10_000_000, 1.0)
    assert shown == ["x" * WIDTH + "…"]
    assert len(printed._rest) == 0


def test_what_would_move_the_cursor_or_ring_the_bell_is_left_out() -> None:
    printed = Printed()
    assert printed.feed(b"\x1b[2J\x1b[31mred\x07\r\n\xff\n", 1.0) == ["red", "�"]


def output_of(code: str, tmp_path: Path) -> tuple[EngineOutput, list[str], Path]:
    """What a process that runs a set of this text leaves behind."""
    path = tmp_path / "set.py"
    path.write_text(code)
    reading, writing = os.pipe()
    shown: list[str] = []
    output = EngineOutput(reading, shown.extend)
    program = [sys.executable, "-X", "faulthandler", str(path)]
    subprocess.run(program, stdout=writing, stderr=writing, check=False)
    os.close(writing)
    output.wait(10)
    return output, shown, path


def test_the_line_where_a_process_died_is_found_and_its_account_is_not_shown(
    tmp_path: Path,
) -> None:
    assert faulthandler.is_enabled()  # as pytest does: what is read here is its format
    text = (
        "import ctypes, threading, time\n"
        "threading.Thread(target=lambda: time.sleep(9), daemon=True).start()\n"
        "def leaf():\n    ctypes.string_at(0)\n"
        "print('hello', flush=True)\nleaf()\n"
    )
    output, shown, path = output_of(text, tmp_path)
    assert shown == ["hello"]
    assert output.account(path).place == f"{path}:4" and output.account(path).proving is False
    assert output.account(tmp_path / "other.py").place == f"{path}:4"  # a file beside the set
    assert output.account(Path("/elsewhere/set.py")).place == ""


def test_a_thread_that_died_outside_the_set_is_not_taken_for_another_inside_it(
    tmp_path: Path,
) -> None:
    library = tmp_path / "site-packages" / "native.py"
    library.parent.mkdir()
    library.write_text("import ctypes\ndef paint():\n    ctypes.string_at(0)\n")
    text = (
        "import runpy, threading, time\n"
        "there = threading.Event()\n"
        "def leaf():\n    there.set()\n    time.sleep(9)\n"
        f"paint = runpy.run_path({str(library)!r})['paint']\n"
        "threading.Thread(target=leaf, daemon=True).start()\n"
        "there.wait()\n"
        "painter = threading.Thread(target=paint)\n"
        "painter.start()\npainter.join()\n"
    )
    output, _, path = output_of(text, tmp_path)
    account = output.account(path)
    assert account.place == "" and account.thread and account.proving is False


def test_where_nothing_died_there_is_no_place(tmp_path: Path) -> None:
    output, shown, path = output_of("print('all is well')\n1/0\n", tmp_path)
    assert shown[0] == "all is well" and "ZeroDivisionError" in shown[-1]
    assert output.account(path).place == ""


def test_of_threads_that_wait_for_each_other_the_one_that_proves_a_save_is_named(
    tmp_path: Path,
) -> None:
    proving = tmp_path / "livegan" / "engine" / "commit" / "saves.py"
    proving.parent.mkdir(parents=True)
    proving.write_text("def prove(code):\n    code()\n")
    text = (
        "import faulthandler, runpy, sys, threading\n"
        f"prove = runpy.run_path({str(proving)!r})['prove']\n"
        "wait, there = threading.Event(), threading.Event()\n"
        "def top():\n    print(threading.get_ident(), flush=True)\n"
        "    there.set()\n    wait.wait()\n"
        "threading.Thread(target=prove, args=(top,), daemon=True).start()\n"
        "there.wait()\n"
        "faulthandler.dump_traceback()\n"
    )
    output, shown, path = output_of(text, tmp_path)
    account = output.account(path)
    assert account.place == f"{path}:7"
    assert account.thread == int(shown[0]) and account.proving
