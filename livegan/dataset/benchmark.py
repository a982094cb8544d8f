"""What ``livegan bench dataset`` measures: a data set against ffmpeg only decoding and scaling."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from livegan.dataset.building import DataSetError
from livegan.dataset.film import Film
from livegan.size import Size


def bench_film(path: Path, encoder: str, size: Size, rounds: int) -> dict[str, Any]:
    """A film into pairs at one a second, and the same film decoded and scaled, in turn.

    Both are whole commands, from their start, with one thread and, where the system can say so,
    on one core.  ``s`` is by the clock, ``cpu s`` what the processor worked; medians of ``rounds``.

    Raises
    ------
    DataSetError
        If there is no ffmpeg, or one of the two fails.
    FilmError
        If the film cannot be opened.
    """
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise DataSetError("ffmpeg is not installed, and it is what is compared with")
    with Film(path) as film:
        seconds = film.duration
    width, height = size.width, size.height
    crop = f"scale=w={width}:h={height}:force_original_aspect_ratio=increase:flags=area"
    plain = [ffmpeg, "-v", "error", "-nostdin", "-threads", "1", "-filter_threads", "1"]
    plain += [
        "-i",
        str(path),
        "-an",
        "-vf",
        f"{crop},crop={width}:{height}",
        "-f",
        "null",
        "-",
    ]
    times: dict[str, list[tuple[float, float]]] = {"ffmpeg": [], "livegan": []}
    for turn in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            ours = [sys.executable, "-m", "livegan", "dataset", str(path), "--encoder", encoder]
            ours += ["--size", str(size), "--rate", "1", "--out", folder, "--jobs", "1"]
            pair = [("ffmpeg", plain), ("livegan", ours)]
            for name, command in pair if turn % 2 == 0 else reversed(pair):
                times[name].append(timed(command))
    rows: list[dict[str, Any]] = []
    for name, found in times.items():
        clock, work = (statistics.median(column) for column in zip(*found, strict=True))
        title = "ffmpeg, decode and scale" if name == "ffmpeg" else f"livegan dataset, {encoder}"
        rows.append({"name": title, "s": clock, "cpu s": work, "times the film": seconds / clock})
    ratio = {key: rows[1][key] / max(rows[0][key], 1e-9) for key in ("s", "cpu s")}
    rows.append({"name": "ratio", **ratio, "times the film": ""})
    machine = f"{platform.machine()}, one core, {path.name}: {seconds:.0f} s, {size.plain} px"
    return {"machine": machine, "tables": {"a film into pairs": rows}}


def timed(command: list[str]) -> tuple[float, float]:
    """Seconds by the clock and of work of a command that is held to one core."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    with one_core():
        before = os.times()
        began = time.perf_counter()
        done = subprocess.run(
            command, env={**os.environ, **threads}, capture_output=True, text=True, check=False
        )
        clock = time.perf_counter() - began
    if done.returncode:
        why = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise DataSetError(f"{Path(command[0]).name} failed: {''.join(why) or done.returncode}")
    after = os.times()
    work = after.children_user + after.children_system
    return clock, work - before.children_user - before.children_system


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """Hold this thread, and what it starts, to one core, where the system lets it."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    free = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(free)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, free)
