"""The show never stops: every fault of the catalogue is done to real shows, and looked at.

Two processes, a window on an X server, sound from a file or a sound server. The same catalogue is
what `livegan rehearse SET --gremlins` does to a performer's set. Here nothing is asserted of times:
what was late is told by the command, on a machine that does nothing else.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageGrab

from livegan.demo.composer import compose
from livegan.gremlins.catalogue import catalogue
from livegan.gremlins.evening import END, ROOM, Evening, EveningPlan
from livegan.gremlins.fault import Gremlin
from livegan.gremlins.judging import BLACK, Outcome
from livegan.gremlins.show import Show
from livegan.size import Size
from tests.display import xvfb
from tests.engine.playing import make_models
from tests.rehearsal.test_rehearsing import write_wav

pytestmark = [
    pytest.mark.display,
    pytest.mark.device,
    pytest.mark.slow,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb and PulseAudio"),
]

SET = """
from livegan.live import *

settings(bpm=240, swap="beat", dissolve=0.1)
sound = listen()
a = model("stone", encode.waveform(sound))
b = model("water", encode.levels(sound))
show(grid(a, b, encode.levels(sound), encode.timeline(sound)))
"""
SLIPS = 12
ONLY = {"sources": ("ten sources",), "patches": ("a patch is killed", "a patch that ends")}
"""Rows of which only some faults are done here, as they take long: how their names begin."""
FAULTS = [
    fault
    for fault in catalogue(SLIPS, seed=4)
    if fault.row not in ONLY or fault.name.startswith(ONLY[fault.row])
]
BY_OTHERS = ("window", "stage")
"""Rows in which the window is not where it was, or gone with its stage."""
LOOK = 0.3
WINDOW = (512, 512)
LIT = 0.02
"""The share of the window that must not be black: a waveform is a line on black."""


class Eyes:
    """Looks at the screen while faults are on, and remembers when it was black."""

    def __init__(self) -> None:
        self.looks = 0
        self.black: set[str] = set()
        self._looked = 0.0

    def look(self, show: Show, fault: Gremlin) -> None:
        now = time.monotonic()
        if now - self._looked < LOOK or fault.dark or fault.row in BY_OTHERS:
            return
        self._looked = now
        grabbed = ImageGrab.grab(xdisplay=show.env["DISPLAY"]).convert("RGB")
        lit = (np.asarray(grabbed) > BLACK).any(axis=2)
        self.looks += 1
        if lit.sum() < LIT * WINDOW[0] * WINDOW[1]:  # wherever the window is by now
            self.black.add(fault.name)


def wanted(session: pytest.Session) -> list[Gremlin]:
    """The faults whose tests are to be run."""
    params = [getattr(item, "callspec", None) for item in session.items]
    names = {spec.params["fault"].name for spec in params if spec and "fault" in spec.params}
    return [fault for fault in FAULTS if fault.name in names or not names]


@pytest.fixture(scope="module")
def evening(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Outcome], Eyes]:
    """All of it, played: the outcomes, and what was on the screen."""
    folder = tmp_path_factory.mktemp("gig")
    (folder / "set.py").write_text(SET)
    make_models(folder / "models")
    write_wav(folder / "song.wav", compose("techno", 1, 30.0).samples)
    plan = EveningPlan(
        set=folder / "set.py",
        working=folder,
        music=folder / "song.wav",
        seed=4,
        saves=SLIPS,
        size=Size.square(64),
        calm=0.2,
        window=WINDOW,
        hud=False,
    )
    eyes = Eyes()
    with xvfb((1280, 1024)):
        outcomes = Evening(plan, look=eyes.look, faults=wanted(request.session)).play()
    assert (folder / "set.py").read_text() == SET, "the performer's own file"
    return outcomes, eyes


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_show_goes_on(fault: Gremlin, evening: tuple[list[Outcome], Eyes]) -> None:
    (outcome,) = [outcome for outcome in evening[0] if outcome.fault == fault.name]
    # A container may be denied namespaces, wherever it runs.
    may_skip = not os.environ.get("CI") or "namespaces" in fault.needs
    if outcome.verdict == "not done" and may_skip:
        pytest.skip(outcome.why[0])
    assert outcome.verdict in ("pass", "late"), json.dumps(outcome.as_data(), indent=1)
    assert outcome.presented > 0 or fault.name == "the X server dies"  # there is no window then
    assert outcome.said or not fault.must
    assert "\n" not in outcome.said


def test_the_screen_was_never_black(evening: tuple[list[Outcome], Eyes]) -> None:
    _, eyes = evening
    assert eyes.looks > 0
    assert eyes.black == set()


def test_shows_end_in_order_and_leave_nothing_behind(
    evening: tuple[list[Outcome], Eyes],
) -> None:
    endings = [outcome for outcome in evening[0] if outcome.fault == END]
    assert endings and all(outcome.why == () for outcome in endings)


def test_nothing_of_it_stays_on_the_disk(evening: tuple[list[Outcome], Eyes]) -> None:
    assert list(Path(tempfile.gettempdir()).glob(f"{ROOM}{os.getpid()}-*")) == []
