"""What a thousand knobs cost in a frame: at rest, and when each of them moves between frames."""

from __future__ import annotations

import contextlib
import statistics
import time
from pathlib import Path
from typing import Any

from livegan import share
from livegan.benchmark.controls.bench_show import ControlsBenchError
from livegan.engine.commit.pipeline import Pipeline
from livegan.engine.program.build import Builder
from livegan.engine.program.picture_bytes import as_bytes
from livegan.engine.program.player import Player
from livegan.ipc.control_table import ROWS, ControlTable
from livegan.size import Size
from livegan.sound import HOP, RATE
from livegan.sound.history import RecordedHistory
from livegan.sound.media import decode
from livegan.sound.soundtrack import Playhead

KNOBS, FPS = 1000, 30
BARE = """from livegan.live import *
show(encode.waveform(listen()).brightness({amount}))
"""
READ = f"""0.4 / {KNOBS} * sum(
    sum(knob(f"k{{n}}") for n in range(tens, tens + 50)) for tens in range(0, {KNOBS}, 50)
)"""
"""All knobs in one number, so that no more pictures are drawn than without them."""
LEAST = 20
"""Frames that each row has at least."""


def knob_rows(seconds: float) -> list[dict[str, Any]]:
    """Medians of frames that are drawn in turn: no knobs, knobs at rest, all of them turned."""
    history = Playhead(RecordedHistory.of(decode(share.demo_track())[: 10 * RATE]))
    history.position = 5 * RATE
    with ControlTable.create() as table, contextlib.ExitStack() as stack:
        lanes = [table.lane(str(number)) for number in range(-(-KNOBS // ROWS))]
        writers = [stack.enter_context(ControlTable.attach(lane)) for lane in lanes]
        bare, read = (_player(BARE.format(amount=amount), history, table) for amount in (0, READ))

        def turn(frame: int) -> None:
            for number in range(KNOBS):
                writers[number // ROWS].set(f"knob/k{number}", frame % 100 / 100, float(frame))

        turn(0)
        times: dict[str, list[float]] = {"none": [], "at rest": [], "all turned": []}
        end = time.perf_counter() + 3 * seconds
        frame = 0
        while time.perf_counter() < end or frame < LEAST:
            frame += 1
            history.position = (5 * RATE + round(frame % 100 / FPS * RATE)) // HOP * HOP
            for name, player in (("none", bare), ("at rest", read), ("all turned", read)):
                if name == "all turned":
                    turn(frame)
                began = time.perf_counter()
                drawn = player.frame(history.position)
                assert drawn is not None
                as_bytes(drawn.picture)
                times[name].append(1000 * (time.perf_counter() - began))
        for player in (bare, read):
            player.close()
    medians = {name: statistics.median(found[5:]) for name, found in times.items()}
    return [
        {
            "name": "no knobs" if name == "none" else f"{KNOBS} knobs, {name}",
            "ms": round(median, 2),
            "more ms": round(median - medians["none"], 2),
            "ratio": round(median / medians["none"], 2),
        }
        for name, median in medians.items()
    ]


def _player(text: str, history: Playhead, table: ControlTable) -> Player:
    """A player with a set on the air. Raises ControlsBenchError."""
    size = Size.square(512)
    player = Player(history, fps=FPS, controls=table)
    builder = Builder(Path.cwd(), size=size, device=player.device)
    path = Path.cwd() / "bench.py"
    commit = Pipeline(path, Path.cwd(), builder, player, lambda message: None).propose(text)
    if commit is None or player.cued is None:
        raise ControlsBenchError(
            f"the set of the benchmark was refused: {commit and commit.reason}"
        )
    return player
