"""The show of the benchmark, in a process of its own: says when the window's picture turned light
or dark.

``python -m livegan.benchmark.controls.watched_show FOLDER OSC-PORT PANEL-PORT``; a line of JSON on
its output for each turn, ``[seconds on the monotonic clock, whether it is light]``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from livegan.stage.options import Options
from livegan.stage.panel.panel_address import PanelAddress
from livegan.stage.stage import Stage
from livegan.stage.window.presenter import Presented

SIZE = 512
"""Of the picture, in pixels."""
COARSE = 8
"""One pixel in so many is looked at, each way: what watches must not slow the window down."""


class Turns:
    """Tells when the picture turns light or dark."""

    def __init__(self, out: Any = None) -> None:
        self._out = out or sys.stdout
        self._light: bool | None = None
        self._looked_at: object = None

    def presented(self, frame: Presented) -> None:
        """Look at a frame that was put on the window."""
        if frame.pixels is self._looked_at or not frame.serial:
            return
        self._looked_at = frame.pixels
        light = bool(frame.pixels[::COARSE, ::COARSE].mean() > 128)
        if light != self._light:
            self._light = light
            print(json.dumps([frame.at, light]), file=self._out, flush=True)


def main(folder: str, osc: str, panel: str) -> int:
    """Play until it is ended."""
    options = Options(
        set=Path(folder) / "bench.py",
        folder=Path(folder),
        audio="silence",
        osc=(("127.0.0.1", int(osc)),),
        panel=PanelAddress("127.0.0.1", int(panel)),
        hud=False,
        flash_guard="off",
        size=SIZE,
    )
    return Stage(options, Turns().presented).run()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
