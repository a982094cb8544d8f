"""The show that is measured, seen from outside: when its window turned light or dark."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from livegan.ipc.remote.address import kept_token

SET = """from livegan.live import *

settings(swap="now", dissolve=0)
show(encode.waveform(listen()).brightness(knob("light", -1, -1, 1)))
"""
CONTROLLER = 20
"""The MIDI controller that turns the knob; it counts at once, wherever the knob is."""
MAPPING = f"""[[map]]
knob = "light"
cc = {CONTROLLER}
pickup = false
"""
OPENS = 120.0
"""Seconds that the show has to come on the air."""
ANSWERS = 5.0
"""Seconds that a picture may take; then the message counts as lost."""


class ControlsBenchError(RuntimeError):
    """The show did not play, or did not answer; one line."""


class BenchShow:
    """A show that plays `SET`, without a window on a display and without a sound card."""

    def __init__(self, turns: IO[bytes], osc: int, panel: int, token: str) -> None:
        """``turns`` are the lines of `livegan.benchmark.controls.watched_show`."""
        self.osc, self.panel, self.token = osc, panel, token
        self._turns: queue.SimpleQueue[tuple[float, bool]] = queue.SimpleQueue()
        self._lines = turns
        threading.Thread(target=self._read, name="turns", daemon=True).start()

    def _read(self) -> None:
        with self._lines:
            for line in self._lines:
                with contextlib.suppress(ValueError):  # whatever else it prints
                    at, light = json.loads(line)
                    self._turns.put((at, light))

    def turned(self, light: bool) -> float | None:
        """When the window turned light or dark next, on the monotonic clock; None if it did not
        within `ANSWERS`."""
        end = time.monotonic() + ANSWERS
        with contextlib.suppress(queue.Empty):
            while True:
                at, which = self._turns.get(timeout=max(0.0, end - time.monotonic()))
                if which == light:
                    return at
        return None

    @classmethod
    @contextlib.contextmanager
    def played(cls) -> Iterator[BenchShow]:
        """Play it in a process of its own. Raises ControlsBenchError if it does not start."""
        with tempfile.TemporaryDirectory(prefix="livegan-bench-") as name:
            folder = Path(name)
            (folder / "bench.py").write_text(SET, encoding="utf-8")
            (folder / "bench.controls.toml").write_text(MAPPING, encoding="utf-8")
            osc, panel = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
            module = "livegan.benchmark.controls.watched_show"
            command = [sys.executable, "-m", module, name, str(osc), str(panel)]
            environment = {**os.environ, "SDL_VIDEODRIVER": "dummy"}
            with tempfile.TemporaryFile() as errors:
                show = subprocess.Popen(
                    command, cwd=name, env=environment, stdout=subprocess.PIPE, stderr=errors
                )
                assert show.stdout is not None
                try:
                    _wait(show, panel, errors)
                    yield cls(show.stdout, osc, panel, kept_token(folder))
                finally:
                    show.terminate()
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        show.wait(10)
                    show.kill()
                    show.wait()


def free_port(kind: socket.SocketKind) -> int:
    """A port of this machine that nobody has at the moment."""
    with socket.socket(socket.AF_INET, kind) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(show: subprocess.Popen[bytes], port: int, errors: IO[bytes]) -> None:
    """Wait until the panel listens."""
    end = time.monotonic() + OPENS
    while time.monotonic() < end and show.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    errors.seek(0)
    last = errors.read().decode(errors="replace").strip().splitlines()[-1:]
    raise ControlsBenchError(f"the show of the benchmark did not start: {''.join(last)}")
