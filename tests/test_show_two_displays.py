"""A show on two displays: the operator's window on the first, the audience's on the second."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import STDOUT, Popen
from typing import Any

import numpy as np
import pytest
from PIL import ImageGrab

from tests.display import xvfb

pytestmark = [
    pytest.mark.display,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb"),
]
ORANGE = (255, 136, 0)
SET = """from livegan.live import *

settings(swap="now", dissolve=0, size=(320, 180))


@encoder
def orange(sound):
    import numpy as np
    return np.broadcast_to(np.float32([1.0, 136 / 255, 0.0]), (180, 320, 3))


show(orange(listen()))
"""
PATIENCE = 250.0


def seen(display: str) -> np.ndarray:
    """What a display shows, (H, W, 3)."""
    return np.asarray(ImageGrab.grab(xdisplay=display).convert("RGB"))


def orange(picture: np.ndarray) -> np.ndarray:
    """Where it is that colour, (H, W) bool."""
    near: np.ndarray = np.abs(picture.astype(int) - ORANGE).max(axis=2) < 12
    return near


def test_the_audience_sees_the_picture_alone_and_the_operator_all_about_it(tmp_path: Path) -> None:
    (tmp_path / "set.py").write_text(SET)
    words = "perform set.py --audio silence --seconds 300"
    with (
        xvfb((900, 640), "-screen", "1", "640x360x24") as display,
        (tmp_path / "terminal.txt").open("wb") as terminal,
    ):
        environment = {**os.environ, "SDL_AUDIODRIVER": "dummy"}
        show = Popen(
            [sys.executable, "-m", "livegan", *words.split()],
            cwd=tmp_path,
            env=environment,
            stdout=terminal,
            stderr=STDOUT,
        )

        def until(true: Callable[[], Any]) -> None:
            end = time.monotonic() + PATIENCE
            while not true():
                said = (tmp_path / "terminal.txt").read_text()
                assert show.poll() is None and time.monotonic() < end, said
                time.sleep(0.2)

        try:
            until(lambda: orange(seen(f"{display}.1")).all())
            until(lambda: orange(seen(f"{display}.0")).any())
            operator = orange(seen(f"{display}.0"))
            assert 0.02 < operator.mean() < 0.6, "a preview beside the numbers and the code"
            assert orange(seen(f"{display}.1")).all(), "nothing lies over the audience's picture"
        finally:
            show.terminate()
            show.wait(30)
