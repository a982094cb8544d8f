"""Whole shows in a real window, with an engine that can be told to fail."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.stage.performance import Performance
from tests.stage.supervision.test_supervisor_thread import until

pytestmark = [pytest.mark.display, pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb")]


def test_the_start_picture_is_not_black_and_says_what_is_waited_for(show: Performance) -> None:
    show.set.write_text("hold 6\ncolour 10 60 200\n")

    def act() -> None:
        until(lambda: show.look().min(axis=2)[:100].min() > 8)
        seen = show.look()
        assert seen[340:400, 200:440].max() > 200, "the line is there"
        until(lambda: show.shows(10))

    assert show.play(act) == 0


def test_saves_reach_the_screen_and_the_aspect_is_kept(show: Performance) -> None:
    def act() -> None:
        until(lambda: show.shows(10))
        show.save("colour 180 60 20\n")
        until(lambda: show.shows(180))
        seen = show.look()
        assert seen[:, :78].max() < 8 and seen[:, 562:].max() < 8, "bars at the sides of a square"

    assert show.play(act) == 0
    (report,) = show.lines("report")
    assert report["commits"] == 2 and report["engine_deaths"] == 0
    assert report["presented"] > 0 and report["picture_median_ms"] > 0
    assert set(show.stage.report()) < set(report)


def test_a_killed_engine_leaves_its_last_picture_and_returns(show: Performance) -> None:
    def act() -> None:
        until(lambda: show.shows(10))
        show.save("colour 120 60 20\n")
        until(lambda: show.shows(120))
        os.kill(show.lines("hello")[-1]["pid"], signal.SIGKILL)
        while len(show.lines("hello")) < 2:
            assert show.shows(120), "the last picture stays"
        until(lambda: [r for r in show.lines("engine") if r["kind"] == "recovery"])
        assert show.shows(120)

    assert show.play(act) == 0
    assert show.stage.report()["engine_deaths"] == 1
    assert show.stage.report()["recoveries"] == 1


class Beside:
    """An output beside the window."""

    def __init__(self) -> None:
        self.newest = np.zeros((1, 1, 3), np.uint8)
        self.closed = False

    def send(self, pixels: np.ndarray) -> None:
        self.newest = pixels

    def close(self) -> None:
        self.closed = True

    def shows(self, red: int) -> bool:
        return bool(abs(float(np.median(self.newest[-40:, :, 0])) - red) <= 4)


def test_the_window_and_another_output_are_held_black_and_back_together(
    show: Performance,
) -> None:
    beside = Beside()

    def both(red: int) -> bool:
        return show.shows(red) and beside.shows(red)

    def act() -> None:
        until(lambda: show.shows(10))
        show.stage.attach("beside", beside)
        show.save("colour 120 60 20\nlinger 2\n")
        until(lambda: both(120))
        os.kill(show.lines("hello")[-1]["pid"], signal.SIGKILL)
        until(lambda: [r for r in show.lines("rung") if r["rung"] == "held"])
        until(lambda: both(120))  # the engine is gone, and the picture on neither
        show.press("b")
        # Not a word on the black.
        until(lambda: show.look().max() < 8 and beside.newest.max() == 0)
        until(lambda: [r for r in show.lines("engine") if r["kind"] == "recovery"])
        assert show.look().max() < 8 and beside.newest.max() == 0, "also with a new engine"
        show.press("b")
        until(lambda: both(120))
        show.press(" ", "space")
        until(lambda: show.stage._presenter.switches.asked == "held")
        show.save("colour 30 60 20\n")
        until(lambda: len([c for c in show.lines("commit") if c["status"] == "on_air"]) >= 4)
        until(lambda: both(120))  # a hold holds both
        show.press(" ", "space")
        until(lambda: both(30))
        assert not beside.closed

    assert show.play(act) == 0
    assert beside.closed
    assert [line["on"] for line in show.lines("blackout")] == [True, False]


def test_the_panic_keys_work_while_the_engine_hangs(tmp_path: Path, screen: str) -> None:
    show = Performance(tmp_path, screen, alive=100, safe=tmp_path / "safe.py")

    def act() -> None:
        until(lambda: show.shows(10))
        show.save("colour 120 60 20\nhang\n")
        until(lambda: show.stage._streams.main.fallbacks.ladder.rung == "held")
        assert show.shows(120)
        show.press(" ", "space")
        show.press("b")
        until(lambda: show.look().max() < 8)
        show.press("b")
        until(lambda: show.shows(120))
        show.press(" ", "space")
        until(lambda: show.stage._presenter.switches.asked == "")
        show.press("p")
        until(lambda: show.shows(30))
        until(lambda: show.stage._presenter.view.safe)

    assert show.play(act) == 0
    assert [c for c in show.lines("commit") if c.get("safe") and c["status"] == "on_air"]
    assert [e for e in show.lines("engine") if "the safe set" in e["text"]]
    rungs = [(r["rung"], r["why"]) for r in show.lines("rung")]
    assert rungs[:2] == [("live", ""), ("held", "no new picture")]
    assert show.stage.report()["rungs"]["held"] > 0


def test_the_ladder_is_gone_down_by_a_key_and_its_still_is_there_in_the_next_show(
    tmp_path: Path, screen: str
) -> None:
    show = Performance(tmp_path, screen, hud=True)
    show.set.write_text("colour 10 60 200\nlinger 1\n")  # or nothing is seen of it
    dark: list[int] = []
    came = 0

    def rung(name: str) -> None:
        """Wait until it is on, or was on since the last that was waited for."""
        nonlocal came

        def there() -> bool:
            dark.append(int(show.look()[300:].max()))
            return name in rungs()[came:]

        def rungs() -> list[str]:
            return [line["rung"] for line in show.lines("rung")]

        until(there)
        came = rungs().index(name, came) + 1

    def act() -> None:
        until(lambda: show.shows(10))
        hud, plan = show.stage._presenter._hud, "panels"
        setattr(hud, plan, lambda *a: 1 / 0)  # a mistake of livegan's own
        until(lambda: [n for n in show.lines("note") if "ZeroDivisionError" in n["text"]])
        delattr(hud, plan)
        for name in ("drift", "still", "live"):
            show.press("d")
            rung(name)
        show.press("x")  # no key
        show.press("", "escape")
        until(lambda: show.stage._presenter.switches.hint is not None)
        os.kill(show.lines("hello")[-1]["pid"], signal.SIGKILL)
        rung("held")
        rung("live")

    assert show.play(act) == 0
    assert min(dark) > 60
    held = [r for r in show.lines("rung") if r["rung"] == "held"]
    assert held[0]["why"] in ("the engine has stopped", "the engine is restarting")
    assert held[0]["gap"] < 30
    again = Performance(tmp_path, screen, rung="still")
    again.log = tmp_path / "again.jsonl"
    again.stage.options = replace(again.stage.options, log=again.log)

    def look() -> None:
        until(lambda: again.lines("first_picture"))
        until(lambda: again.look()[300:, 100:540].max() > 60)

    assert again.play(look) == 0
    assert again.stage._streams.main.fallbacks.still is not None
    assert again.stage.report()["rungs"]["live"] == 0


def test_keys_do_what_the_help_says(show: Performance) -> None:
    def act() -> None:
        until(lambda: show.shows(10))
        plain = show.look()
        show.press("h")
        until(lambda: abs(show.look() - plain).max() > 100)  # a line of the HUD
        show.press("h")
        until(lambda: abs(show.look() - plain)[:60, :80].max() > 100)  # all of it
        show.press("h")
        until(lambda: show.look()[:60, :80].max() < 8)
        show.press("c")
        until(lambda: show.look()[:60, :80].max() > 100)  # the code
        show.press("c")
        show.press("?", "/")
        until(lambda: abs(show.look()[200:280, 100:540] - plain[200:280, 100:540]).mean() > 30)
        show.press("", "escape")
        show.press("b")
        until(lambda: show.look().max() < 8)  # blackout
        show.press("b")
        until(lambda: show.shows(10))
        show.press(" ", "space")  # freeze
        until(lambda: show.stage._presenter.switches.asked == "held")
        show.save("colour 90 60 20\n")
        until(lambda: show.stage._presenter.view.version == 2)
        time.sleep(0.3)
        assert show.shows(10)
        show.press(" ", "space")
        until(lambda: show.shows(90))
        show.press("u")
        until(lambda: show.shows(10))
        show.press("3")
        until(lambda: show.stage._presenter.switches.solo == 2)
        until(lambda: show.at(320, 20)[2] < 100)  # the fake darkens what is not solo
        show.press("0")
        until(lambda: show.stage._presenter.switches.solo is None)
        show.press("t")
        show.press("s")
        saved = until(lambda: list((show.folder / "shows").glob("2*.png")))
        with Image.open(saved[0]) as picture:
            assert picture.size == (512, 512)
        show.press("f")
        until(lambda: show.stage._window.fullscreen)
        show.press("", "escape")
        until(lambda: not show.stage._window.fullscreen)

    assert show.play(act) == 0


def test_it_ends_on_the_second_q_only(show: Performance) -> None:
    def act() -> None:
        until(lambda: show.shows(10))
        show.press("q")
        time.sleep(0.3)
        assert not show.stage._stop.is_set()
        show.press("q")
        until(show.stage._stop.is_set)

    assert show.play(act) == 0


def test_a_refusal_is_on_the_screen_in_red_and_the_old_set_plays_on(
    tmp_path: Path, screen: str
) -> None:
    show = Performance(tmp_path, screen, hud=True)

    def act() -> None:
        until(lambda: show.lines("first_picture"))
        show.save("colour 1 1 1\nrefuse there is no model 'nebulla'\n")
        until(lambda: show.stage._presenter.view.refusal)

        def red() -> bool:
            line = show.look()[450:480]
            return bool(((line[..., 0] > 200) & (line[..., 1] < 150)).any())

        until(red)
        until(lambda: show.at(150, 250)[2] > 100)  # the old set, once it has faded in

    assert show.play(act) == 0
    (refused,) = [c for c in show.lines("commit") if c["status"] == "refused"]
    assert refused["reason"] == "there is no model 'nebulla'"
    assert refused["where"].endswith("set.py:2")


def test_a_set_that_asks_for_spout_plays_on_and_says_once_why_there_is_none(
    show: Performance,
) -> None:
    def act() -> None:
        show.save("colour 10 60 200\nspout main\nspout second\n")
        until(lambda: show.shows(10))
        show.save("colour 70 60 200\nspout main\n")
        until(lambda: show.shows(70))

    assert show.play(act) == 0
    told = [n["text"] for n in show.lines("note") if "Spout" in n["text"]]
    assert len(told) == 1 and "plays on" in told[0]


def test_a_strobe_is_calmed_said_in_the_log_and_counted(show: Performance) -> None:
    def act() -> None:
        until(lambda: show.shows(10))
        show.save("colour 10 60 200\nstrobe\n")
        guard = show.stage._streams.main.guard
        until(lambda: guard.now is not None and guard.now.until - guard.now.since > 2)
        seen = [np.median(show.look()[470, 90:550, 0]) for _ in range(20)]
        assert min(seen) > 20 and max(seen) < 235 and np.ptp(seen) < 60
        show.save("colour 120 60 200\n")
        until(lambda: guard.now is None and show.shows(120))

    assert show.play(act) == 0
    (moment,) = show.lines("flash_guard")
    assert moment["output"] == "window" and moment["area"] > 0.9
    assert moment["until"] - moment["since"] > 2
    (report,) = show.lines("report")
    assert report["flash_guard"] == "on" and report["flash_guard_acted"] == 1
    assert sum(row[2] for row in report["intervals_ms"]) == report["presented"] - 1


def test_a_guard_that_is_off_is_said(tmp_path: Path, screen: str) -> None:
    show = Performance(tmp_path, screen, seconds=1.0, flash_guard="off")
    assert show.stage.run() == 0
    assert [n for n in show.lines("note") if "flash guard is off" in n["text"]]


def test_a_show_can_end_by_itself(tmp_path: Path, screen: str) -> None:
    show = Performance(tmp_path, screen, seconds=1.0)
    assert show.stage.run() == 0
    assert show.lines("report")
