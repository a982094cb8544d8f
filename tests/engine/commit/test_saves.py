"""Saves are taken one after the other; one that never comes back costs only itself."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from livegan.engine.commit.lineup import Hurry
from livegan.engine.commit.saves import Saves
from livegan.engine.commit.watch import Watcher
from livegan.engine.isolation.gpu_errors import ContextLost
from livegan.engine.program.nodes import slot
from tests.engine import gate
from tests.engine.playing import Show, one_leaf

text = functools.partial(one_leaf, modules="tests.engine.gate as gate")


def until(true: Callable[[], Any], *, doing: Callable[[], Any] = lambda: None) -> Any:
    """Wait for something, doing something else meanwhile."""
    end = time.monotonic() + 120
    while not (found := true()):
        assert time.monotonic() < end, "waited too long"
        doing()
        time.sleep(0.02)
    return found


class Saved:
    """A set on disk that is played, its saves taken by a thread as in an engine."""

    def __init__(self, folder: Path) -> None:
        self.show = Show(folder, text(), size=32)
        self.poisons: list[ContextLost] = []
        pipeline = self.show.pipeline
        watcher = Watcher(pipeline.inputs.watched, [self.show.path.parent])
        self.saves = Saves(pipeline, watcher, None, self.show.emit, self.poisons.append)
        self.saves.start()

    def commits(self, status: str) -> list[dict[str, Any]]:
        return [m for m in list(self.show.messages) if m.get("status") == status]

    def frames(self) -> None:
        if self.show.player.cued is not None or self.show.player.program is not None:
            self.show.play(0.04)


@pytest.fixture
def saved(tmp_path: Path) -> Iterator[Saved]:
    gate.OPEN.clear()
    saved = Saved(tmp_path)
    yield saved
    gate.OPEN.set()
    saved.saves.stop()
    saved.show.player.close()


@pytest.mark.parametrize(
    ("where", "line", "said"),
    [
        ("top", 6, "this call does not return"),
        ("leaf", 10, "testing show.bars: this call does not return"),
    ],
)
def test_a_save_that_waits_for_ever_is_refused_and_the_next_one_is_taken(
    saved: Saved, where: str, line: int, said: str
) -> None:
    saved.saves.watch()
    until(lambda: saved.commits("on_air"), doing=saved.frames)
    saved.show.path.write_text(text(**{where: "gate.OPEN.wait()"}))
    (refused,) = until(lambda: saved.commits("refused"), doing=saved.frames)
    assert refused["reason"].startswith(said) and refused["where"].endswith(f"set.py:{line}")
    assert saved.show.player.program.version == 1

    saved.show.path.write_text(text(top="x = 2"))
    until(lambda: len(saved.commits("on_air")) == 2, doing=saved.frames)
    before = len(saved.show.messages)
    gate.OPEN.set()  # it comes back long after, and nobody hears of it
    for _ in range(20):
        saved.frames()
        time.sleep(0.01)
    assert saved.show.player.program.version == 2
    assert [m for m in saved.show.messages[before:] if m["type"] == "commit"] == []


@pytest.mark.parametrize(
    ("top", "line", "said"),
    [
        ("x = " + "1+" * 5000 + "1", 6, "this is nested too deeply for Python"),
        ("x = " + "-" * 100_000 + "1", 6, "this is nested too deeply for Python"),
        ("raise KeyboardInterrupt", 6, "KeyboardInterrupt"),
    ],
)
def test_what_python_itself_gives_up_on_is_refused_and_the_next_save_is_taken(
    saved: Saved, top: str, line: int, said: str
) -> None:
    saved.saves.watch()
    until(lambda: saved.commits("on_air"), doing=saved.frames)
    saved.show.path.write_text(text(top))
    (refused,) = until(lambda: saved.commits("refused"), doing=saved.frames)
    assert refused["reason"].startswith(said) and refused["where"].endswith(f"set.py:{line}")
    saved.show.path.write_text(text("x = 3"))
    until(lambda: len(saved.commits("on_air")) == 2, doing=saved.frames)


def test_a_fault_of_the_watcher_does_not_end_the_taking_of_saves(
    saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved.saves.watch()
    until(lambda: saved.commits("on_air"), doing=saved.frames)
    wait, failures = saved.saves.watcher.wait, iter([OSError("no more watches")])

    def failing() -> bool:
        for error in failures:
            raise error
        return wait()

    monkeypatch.setattr(saved.saves.watcher, "wait", failing)
    told = "save not read: OSError: no more watches"
    until(lambda: told in [m.get("text") for m in saved.show.messages])
    saved.show.path.write_text(text("x = 4"))
    until(lambda: len(saved.commits("on_air")) == 2, doing=saved.frames)


def test_what_a_standby_makes_ready_has_the_number_it_had(saved: Saved) -> None:
    ready: list[int] = []
    saved.saves.keep({"source": text("x = 7"), "version": 7}, lambda: ready.append(1))
    until(lambda: ready)
    player = saved.show.player
    player.happen(Hurry())
    saved.show.play(0.08)
    assert player.program is not None and player.program.version == 7
    saved.saves.watch([{"source": text("x = 7"), "version": 7}])
    saved.show.path.write_text(text("x = 8"))
    until(lambda: player.program.version == 8, doing=saved.frames)


def test_what_cannot_be_played_any_more_gives_way_to_what_played_before(saved: Saved) -> None:
    saved.show.path.write_text("")
    newest = {"source": text().replace("bars(listen())", 'model("gone")'), "version": 3}
    saved.saves.watch([newest, {"source": text("x = 2"), "version": 2}])
    until(lambda: saved.commits("on_air"), doing=saved.frames)
    assert saved.show.player.program.version == 2
    assert "no model 'gone'" in saved.commits("refused")[0]["reason"]


def test_where_nothing_else_can_be_played_what_crashed_the_engine_is_tried_again(
    saved: Saved,
) -> None:
    show = saved.show
    deadly = text("x = 3")
    show.path.write_text(deadly)
    digest = show.pipeline.inputs.identity(deadly, show.pipeline.hot.stamp(True))
    show.pipeline.blocked = frozenset({digest})
    gone = {"source": text().replace("bars(listen())", 'model("gone")'), "version": 2}
    saved.saves.watch([gone, {"source": deadly, "version": 3, "digest": digest}])
    until(lambda: saved.commits("on_air"), doing=saved.frames)
    assert show.player.program.version == 3
    refused = [commit["reason"] for commit in saved.commits("refused")]
    assert "no model 'gone'" in refused[0] and "crashed the engine" in refused[1]
    said = [m["text"] for m in show.messages if m.get("type") == "note"]
    assert "no other version can be played, so the one that crashed the engine is" in said


def test_what_a_proof_leaves_of_memory_is_given_back(
    saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []

    def give_back() -> None:
        given.append(saved.show.messages[-1]["status"])

    monkeypatch.setattr("livegan.engine.commit.saves.give_back", give_back)
    saved.saves.watch()
    until(lambda: given)
    saved.show.path.write_text("nonsense")
    until(lambda: len(given) == 2)
    assert given == ["cued", "refused"]
    monkeypatch.setattr("livegan.engine.commit.saves.TIDY_S", 0.1)
    until(lambda: len(given) == 3, doing=saved.frames)
    assert saved.commits("on_air")
    time.sleep(1.2)  # two looks more: once is enough
    assert len(given) == 3


def test_a_lost_context_is_told_at_once(saved: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(text: str) -> None:
        raise ContextLost("CUDA error: device-side assert triggered")

    monkeypatch.setattr(saved.show.pipeline, "propose", lost)
    saved.saves.watch()
    until(lambda: saved.poisons)
    assert "device-side assert" in str(saved.poisons[0])


HEAVY = """
from livegan.live import *
settings(swap="now", dissolve=0, size=32)
show(model("stone", encode.levels(listen())))
"""


def test_a_newer_save_does_not_wait_for_a_heavy_model_that_it_does_not_name(
    saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, asked = slot.load, threading.Event()

    def slowly(path: Path, **options: Any) -> Any:
        asked.set()
        gate.OPEN.wait(120)
        return load(path, **options)

    monkeypatch.setattr(slot, "load", slowly)
    saved.saves.watch()
    until(lambda: saved.commits("on_air"), doing=saved.frames)
    saved.show.path.write_text(HEAVY)
    until(asked.is_set, doing=saved.frames)
    saved.show.path.write_text(text("x = 2"))
    until(lambda: len(saved.commits("on_air")) == 2, doing=saved.frames)
    assert [m["id"] for m in saved.commits("superseded")] == [2]
    newest = saved.commits("on_air")[-1]
    assert newest["built"] and set(newest["built"]) <= set(newest["kept"]), "dropped, named again"
    gate.OPEN.set()  # the model is there at last, and nobody wants it
    for _ in range(20):
        saved.frames()
        time.sleep(0.01)
    assert [m["id"] for m in saved.commits("on_air")] == [1, 3]
    assert saved.show.player.program.version == 2
    # Saved again it is taken again.
    saved.show.path.write_text(HEAVY)
    until(lambda: len(saved.commits("on_air")) == 3, doing=saved.frames)
    assert saved.commits("on_air")[-1]["built"][-1] == "show.stone"


def test_what_plays_is_saved_again_while_a_heavy_model_loads_and_plays_on(
    saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, asked = slot.load, threading.Event()

    def slowly(path: Path, **options: Any) -> Any:
        asked.set()
        gate.OPEN.wait(120)
        return load(path, **options)

    monkeypatch.setattr(slot, "load", slowly)
    saved.saves.watch()
    until(lambda: saved.commits("on_air"), doing=saved.frames)
    saved.show.path.write_text(HEAVY)
    until(asked.is_set, doing=saved.frames)
    saved.show.path.write_text(text())
    until(lambda: saved.commits("superseded"), doing=saved.frames)
    gate.OPEN.set()
    for _ in range(30):
        saved.frames()
        time.sleep(0.01)
    assert [m["id"] for m in saved.commits("on_air")] == [1]
