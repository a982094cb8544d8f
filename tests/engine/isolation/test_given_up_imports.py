"""A save that is given up while it imports leaves nothing behind that the next one waits for."""

from __future__ import annotations

import functools
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from livegan.engine.commit import beside
from livegan.engine.isolation.deadline import watchdog
from livegan.engine.isolation.given_up_imports import importing, let_import
from livegan.engine.isolation.process_state import ProcessState
from livegan.engine.isolation.unattended import unattended
from livegan.plugin.source import plain
from tests.engine import gate
from tests.engine.playing import Show, one_leaf

HANGS = "import tests.engine.gate as gate\n\ngate.OPEN.wait()\n"
FINE = "shade = 0.5\n"
text = functools.partial(one_leaf, modules="os")


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Show]:
    gate.OPEN.clear()
    show = Show(tmp_path, text(), size=32)
    with unattended():
        show.save()
        show.play(0.2)
        yield show
    gate.OPEN.set()
    show.player.close()


def helpers(show: Show) -> dict[str, ModuleType]:
    """The modules beside the set that are loaded, as the set calls them."""
    return {plain(name): module for name, module in beside.modules(show.path).items()}


def given_up(show: Show, text: str) -> threading.Thread:
    """Save a text that never comes back, and go on without it."""
    thread = threading.Thread(target=lambda: show.save(text), daemon=True)
    thread.start()
    end = time.monotonic() + 120
    while not watchdog.stuck(thread.ident or 0):
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)
    show.pipeline.abandon(thread.ident or 0)
    return thread


def test_a_helper_that_hung_is_read_anew_once_it_is_mended(show: Show) -> None:
    helper = show.path.parent / "slow_shades.py"
    (show.path.parent / "slow_paints.py").write_text("from slow_shades import shade\n")
    helper.write_text(HANGS)
    around, who = ProcessState(), sys.stdin
    hanging = given_up(show, text("from slow_paints import shade"))
    refused = [m for m in show.messages if m.get("status") == "refused"]
    assert [m["reason"].partition(";")[0] for m in refused] == ["this call does not return"]
    assert refused[0]["where"].endswith("set.py:6")
    assert sys.stdin is who and around.put_back() == ([], [])
    assert helper in show.pipeline.inputs.watched()
    assert show.save() is None, "nothing changed since"

    helper.write_text(FINE)
    commit = show.save()
    assert commit is not None and commit.status == "cued", commit.reason
    assert [m for m in show.messages if m["type"] == "note"] == []
    assert helpers(show)["slow_shades"].shade == 0.5
    show.play(0.2)

    mended, before = helpers(show)["slow_shades"], len(show.messages)
    gate.OPEN.set()  # it comes back long after
    hanging.join(60)
    assert not hanging.is_alive() and show.messages[before:] == []
    assert helpers(show)["slow_shades"] is mended and sys.stdin is who
    again = show.save(text("from slow_paints import shade; x = shade"))
    assert again is not None and again.status == "cued", again.reason


def test_a_helper_mended_before_its_save_is_given_up_is_a_change(show: Show) -> None:
    helper = show.path.parent / "slow_shades.py"
    helper.write_text(HANGS)
    thread = threading.Thread(target=lambda: show.save(text("import slow_shades")), daemon=True)
    thread.start()
    while "slow_shades" not in helpers(show):
        time.sleep(0.02)
    helper.write_text(FINE)
    while not watchdog.stuck(thread.ident or 0):
        time.sleep(0.02)
    show.pipeline.abandon(thread.ident or 0)
    commit = show.save()
    assert commit is not None and commit.status == "cued", commit.reason


def test_packages_of_others_are_left_to_the_thread_that_imports_them(tmp_path: Path) -> None:
    gate.OPEN.clear()
    (tmp_path / "slow_package.py").write_text(HANGS)
    sys.path.insert(0, str(tmp_path))
    try:
        thread = threading.Thread(target=lambda: __import__("slow_package"), daemon=True)
        thread.start()
        while "slow_package" not in sys.modules:
            time.sleep(0.01)
        frame = sys._current_frames()[thread.ident or 0]
        assert "slow_package" in importing(frame)
        let_import(frame)
        assert "slow_package" in sys.modules
    finally:
        sys.path.remove(str(tmp_path))
        gate.OPEN.set()
        thread.join(60)
        sys.modules.pop("slow_package", None)
