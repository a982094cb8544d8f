"""Tuning in a process of its own: a backend that crashes or hangs costs a show nothing."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from livegan.generators.errors import ModelError
from livegan.generators.networks.network import NormMode
from livegan.ipc.pipes import end

START = "import sys; sys.path[:] = sys.argv[2:]; from livegan.tuning.child import main; main()"
"""What the process runs; its path is ours, so that no file of the working folder is imported."""

MOST_CPU_S = 180.0
"""Processor time that one thing may take, such as opening a backend; the clock tells nothing on a
busy machine."""
MOST_IDLE_S = 60.0
"""Seconds by the clock in which it does nothing at all: it hangs."""
TRIES = 4
"""A process that ended is begun again so often, each time without what it was at."""
LOOK_S = 0.5


def tune_apart(
    path: Path,
    norm: NormMode,
    size: tuple[int, int],
    threads: tuple[int, ...],
    *,
    trust: bool = False,
    say: Callable[[str], None] = lambda text: None,
    stop: threading.Event | None = None,
) -> str:
    """Tune a model in processes of low priority; what comes of it is in the cache afterwards.

    ``say`` is told the name of each backend that is tried.  ``stop`` ends it.

    Returns
    -------
    Empty, or why there is nothing, in a line.
    """
    without: dict[str, str] = {}
    stop = stop or threading.Event()
    for _ in range(TRIES):
        asked = {
            "path": str(path),
            "norm": norm,
            "size": list(size),
            "threads": list(threads),
            "without": without,
            "trust": trust,
        }
        at, end_of_it, refusal = _once(asked, say, stop)
        if refusal or stop.is_set():
            return refusal or "it was stopped"
        if not end_of_it:
            return ""
        if not at:
            return f"measuring {end_of_it}"
        without[at] = f"it {end_of_it} while it was tried"
    return "measuring ended again and again: " + "; ".join(f"{k}: {v}" for k, v in without.items())


def _once(
    asked: dict[str, Any], say: Callable[[str], None], stop: threading.Event
) -> tuple[str, str, str]:
    """What was tried last, how the process ended if not well, and what it refused."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", START, json.dumps(asked), *sys.path],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"OMP_NUM_THREADS": str(max(asked["threads"]))},
    )
    heard: list[dict[str, str]] = [{"at": ""}]

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            with contextlib.suppress(ValueError):
                heard.append(json.loads(line))
                if heard[-1].get("at"):
                    say(heard[-1]["at"])

    reader = threading.Thread(target=listen, daemon=True)
    reader.start()
    try:
        late = _watch(process, heard, stop)
    finally:
        process.kill()
        reader.join(2.0)
        end(process)
    at = next((each["at"] for each in reversed(heard) if "at" in each), "")
    refused = next((each["refused"] for each in heard if "refused" in each), "")
    if any("done" in each for each in heard):
        return at, "", refused
    return at, late or "crashed", refused


def _watch(process: subprocess.Popen[bytes], heard: list[Any], stop: threading.Event) -> str:
    """Wait for its end; kill it if it hangs, and say so."""
    told, since_cpu, active = 0, 0.0, time.monotonic()
    used = 0.0
    with contextlib.suppress(psutil.Error):
        watched = psutil.Process(process.pid)
        while process.poll() is None and not stop.wait(LOOK_S):
            now = sum(watched.cpu_times()[:2])
            if now > used or len(heard) > told:
                active = time.monotonic()
            if len(heard) > told:
                told, since_cpu = len(heard), now
            used = now
            if now - since_cpu > MOST_CPU_S or time.monotonic() - active > MOST_IDLE_S:
                return "did not come to an end"
    return ""


def main() -> None:
    """In the process: tune, and say on the way what is tried."""
    asked = json.loads(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w")
    # What a library prints is nobody's.
    with open(os.devnull, "r+b") as nothing:
        os.dup2(nothing.fileno(), 1)
    with contextlib.suppress(psutil.Error, OSError):
        low = psutil.IDLE_PRIORITY_CLASS if sys.platform == "win32" else 19
        psutil.Process().nice(low)

    def write(**said: str) -> None:
        answers.write(json.dumps(said) + "\n")
        answers.flush()

    from livegan.generators import load
    from livegan.plugin import registry
    from livegan.tuning.tuning import TuningTask, tune

    registry.current()
    try:
        checkpoint = load(asked["path"], trust=asked["trust"])
        height, width = asked["size"]
        threads = tuple(asked["threads"])
        what = TuningTask(checkpoint, asked["norm"], (height, width), threads, asked["without"])
        tune(what, lambda at: write(at=at))
    except ModelError as error:
        write(refused=str(error))
    except OSError as error:
        write(refused=f"what was measured cannot be kept: {error}")
    write(done="")
    # A library's threads may not end.
    os._exit(0)
