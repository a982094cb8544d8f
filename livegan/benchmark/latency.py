"""What ``livegan bench latency`` measures: how old the sound in a picture is when it is seen.

A show is played for some seconds in a process of its own, in a window: on the display there is, or
else on one in memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from livegan import share
from livegan.benchmark.controls import cpu_flags
from livegan.gremlins.screen import screen
from livegan.size import UNSAID, Size
from livegan.sound import RATE
from livegan.sound.inputs.pace import BEHIND
from livegan.stage.record.picture_age import WHOLE

WARM = 3.0
"""Seconds that are left out: models are loaded, caches fill."""
STARTS = 120.0
"""Seconds in which the first picture has to come."""
ENDS = 60.0
"""Seconds that the show has to end."""


class LatencyBenchError(RuntimeError):
    """The show did not play; one line."""


def bench_latency(size: Size, seconds: float, set: Path | None) -> dict[str, Any]:
    """All tables, ``{"machine": str, "tables": {title: [row, ...]}, "notes": [str, ...]}``.

    Raises
    ------
    LatencyBenchError
        If the show does not play.
    """
    path = set or share.folder("sets") / "four.py"
    if not path.is_file():
        raise LatencyBenchError(f"there is no set {path}")
    command = [sys.executable, "-m", __name__, str(path), f"{seconds}"]
    command += [f"{size.height}", f"{size.width}"] if size else []
    limit = STARTS + WARM + seconds + ENDS
    with screen() as env:
        try:
            done = subprocess.run(command, capture_output=True, timeout=limit, env=env)
        except subprocess.TimeoutExpired:
            raise LatencyBenchError(f"{path.name} did not end in {limit:g} s") from None
    try:
        report = json.loads(done.stdout.decode().strip().splitlines()[-1])
    except (ValueError, IndexError):
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise LatencyBenchError(f"{path.name} did not play: {''.join(last)}") from None
    if not report["picture_age"]:
        raise LatencyBenchError(f"{path.name} showed no picture; see `livegan check {path}`")
    return tables_of(report, path.name)


def tables_of(report: dict[str, Any], name: str) -> dict[str, Any]:
    """The report of a stage as tables."""
    ages = report["picture_age"]
    rows = [
        {"name": part, "median ms": age["median_ms"], "95 % within ms": age["p95_ms"]}
        for part, age in ages.items()
    ]
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    frame = report["picture_median_ms"]
    late, limit = ages[WHOLE]["p95_ms"], 50 + frame
    return {
        "machine": f"{os.cpu_count()} cores, load {load}; {cpu_flags()}; {report['canvas']}",
        "tables": {f"age of the sound in a picture of {name} when it is seen": rows},
        "notes": [
            f"a new picture every {frame:g} ms (median); 95 % are seen within {late:g} ms: "
            f"{'within' if late <= limit else 'above'} 50 ms and one frame ({limit:.0f} ms)",
            f"before that, a sound card holds {1000 * BEHIND / RATE:.0f} ms back, so that one "
            "which calls unevenly leaves no gap; its own latency is told by `livegan devices`",
        ],
    }


def play(set: Path, seconds: float, size: Size) -> None:
    """Play a show to its end, and print the stage's report as a line of JSON."""
    from livegan.stage.options import Options
    from livegan.stage.record.picture_age import PictureAges
    from livegan.stage.stage import Stage
    from livegan.stage.window.presenter import Presented

    ages, opened, began, serial = PictureAges(), time.monotonic(), 0.0, 0

    def watch(frame: Presented) -> None:
        nonlocal began, serial
        if not began and frame.at - opened > STARTS:
            stage.stop()
        if frame.times is None or frame.serial == serial:
            return
        serial, began = frame.serial, began or frame.at
        if frame.at - began > WARM + seconds:
            stage.stop()
        elif frame.at - began > WARM:
            ages.presented(frame.times, frame.given, frame.at)

    options = Options(set=set, audio="demo", audible=False, size=size)
    stage = Stage(options, watch)
    status = stage.run()
    print(json.dumps({**stage.report(), "picture_age": ages.report()}))
    sys.exit(status)


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[3:]]
    play(Path(sys.argv[1]), float(sys.argv[2]), Size(*numbers) if numbers else UNSAID)
