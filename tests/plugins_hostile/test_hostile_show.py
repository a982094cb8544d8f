"""A show with ten hostile plugins in its folder plays on through each of them.

Those that fail as they are loaded cost themselves; the others are used by saves.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from livegan.demo.composer import compose
from livegan.plugin.registry import Registry
from tests.display import xvfb
from tests.rehearsal.test_rehearsing import write_wav
from tests.test_show import Show

PLUGINS = Path(__file__).parent / "plugins"
NEVER_LOADED = {
    "import_error": "No module named 'no_such_library_at_all'",
    "wrong_signature": "'**' arguments cannot be declared",
    "endless_hook": "still running",
}
"""Plugin → words of what is said of it."""

SET = """
from livegan.live import *

settings(bpm=120, swap="beat", dissolve=0.1)
sound = listen()
tired = encode.tired(sound)
late = encode.late(sound)
wave = encode.waveform(sound)
show(grid(wave, tired, encode.levels(sound), late))
"""


def edited(call: str) -> str:
    """The set with another picture in its third quarter."""
    return SET.replace("encode.levels(sound), late", f"{call}, late")


def test_what_fails_as_it_is_loaded_costs_itself(tmp_path: Path) -> None:
    shutil.copytree(PLUGINS, tmp_path / "plugins")
    loaded = Registry().load(tmp_path / "plugins", installed=False)
    files = {p.name: p for p in loaded.plugins if p.origin == "file"}
    assert set(files) == {file.stem for file in PLUGINS.glob("*.py")}
    assert {name for name, p in files.items() if p.state != "loaded"} == set(NEVER_LOADED)
    for name, words in NEVER_LOADED.items():
        (told,) = [str(p) for p in loaded.problems if p.plugin == name]
        assert f"{name}.py:" in told and words in told
    assert files["slow_import"].load_ms >= 2000
    (clash,) = [str(p) for p in loaded.problems if "dusk" in str(p)]
    assert "clash_one" in clash and "clash_other" in clash


@pytest.fixture
def show(tmp_path: Path) -> Iterator[tuple[Show, str]]:
    shutil.copytree(PLUGINS, tmp_path / "plugins")
    write_wav(tmp_path / "song.wav", compose("techno", 1, 20.0).samples)
    more = "--seconds 900 --memory 2.5 --audio song.wav"
    with xvfb((512, 512)) as display:
        show = Show(tmp_path, {**os.environ, "DISPLAY": display}, SET, more)
        try:
            yield show, display
        finally:
            show.process.kill()
            show.process.wait()
            show.terminal.close()


class Evening:
    """The show, and what was seen of it."""

    def __init__(self, stage: Show, display: str) -> None:
        self.stage, self.display = stage, display

    def commits(self, status: str) -> list[dict[str, Any]]:
        return self.stage.messages(type="commit", status=status)

    def save(self, text: str) -> None:
        self.stage.set.write_text(text)

    def refused(self, text: str) -> dict[str, Any]:
        """Save it, and what is said of it, as it is refused."""
        before = len(self.commits("refused"))
        self.save(text)
        found: dict[str, Any] = self.stage.wait(
            "a refusal", lambda: self.commits("refused")[before:], 120
        )[0]
        return found

    def on_air(self, text: str) -> dict[str, Any]:
        """Save it, and what is said of it, as it is on the air."""
        before = len(self.commits("on_air"))
        self.save(text)
        found: dict[str, Any] = self.stage.wait(
            "the set on the air", lambda: self.commits("on_air")[before:], 120
        )[0]
        return found

    def engine(self, kind: str) -> list[dict[str, Any]]:
        """What was said of the engine: ``"death"``, ``"recovery"``, ``"blocked"``."""
        return self.stage.messages(type="engine", kind=kind)

    def plays(self) -> None:
        """The picture is there, and moves."""
        before = self.stage.screen(self.display)
        assert before.std() > 5
        self.stage.wait(
            "a moving picture",
            lambda: np.abs(self.stage.screen(self.display) - before).mean() > 0.1,
            120,
        )


@pytest.mark.display
@pytest.mark.device
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb and PulseAudio")
def test_a_show_plays_on_through_all_of_them(show: tuple[Show, str]) -> None:
    stage, display = show
    evening = Evening(stage, display)
    stage.wait("the set on the air", lambda: evening.commits("on_air"), 240)
    evening.plays()

    said = evening.refused(edited("wave.dusk()"))
    assert "clash_one" in said["reason"] and "clash_other" in said["reason"]
    assert said["where"].endswith("set.py:9")
    evening.on_air(edited('mixer("clash_one:dusk")(wave)'))

    said = evening.refused(edited("encode.cube(sound)"))
    assert "(2, 8, 8, 3)" in said["reason"]
    evening.plays()

    said = evening.refused(edited("encode.greedy(sound)"))
    assert "numpy.hypot" in said["reason"]
    evening.plays()

    fault = stage.wait("a tired encoder", lambda: stage.messages(type="fault", node="tired"), 240)[
        0
    ]
    assert "tired after 500 frames" in fault["reason"]
    evening.plays()

    # A native crash, twice: then it is left out, and what played before is back.
    evening.save(edited("encode.abyss(sound)"))
    stage.wait("quarantine", lambda: len(evening.engine("blocked")) == 1, 240)
    stage.wait("the engine back", lambda: len(evening.engine("recovery")) == 2, 240)
    for death in evening.engine("death"):
        assert "SIGSEGV" in death["how"] and "native_crash.py:13" in death["where"]
    evening.plays()

    # Memory without end: the engine is replaced before the machine runs out of it, or the frame
    # that is slow by then is ended; in either case what played before is back.
    refused = len(evening.commits("refused"))
    evening.save(edited("wave.hoard()"))
    stage.wait(
        "the end of a hoard",
        lambda: len(evening.engine("blocked")) == 2 or len(evening.commits("refused")) > refused,
        240,
    )
    deaths = evening.engine("death")
    assert all("--memory allows" in death["how"] for death in deaths[2:])
    stage.wait("the engine back", lambda: len(evening.engine("recovery")) == len(deaths), 240)
    evening.plays()

    # And another save plays as ever.
    evening.on_air(edited("wave.invert()"))
    report = stage.quit()
    assert report["engine_deaths"] == len(deaths)
    assert report["presented"] > 500
