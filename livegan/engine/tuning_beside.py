"""Beside a show: measure once what plays its models fastest on this machine, then switch to it."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from livegan.engine.program.nodes.instance import ModelInstance
from livegan.engine.program.program import Program
from livegan.generators.backends.choices import recall
from livegan.generators.backends.names import own_torch
from livegan.generators.backends.slot import BackendSlot, Way
from livegan.tuning.child import tune_apart

CALM_S = 20.0
"""Seconds for which a program is on the air before its models are measured."""
LOOK_S = 1.0
SWITCH = "LIVEGAN_TUNING"
"""Environment variable: ``off`` leaves it to ``livegan models NAME --tune``."""


class TuningBeside:
    """A thread of low priority; the measuring is done by processes of their own.

    Parameters
    ----------
    program : what is on the air.
    cores : threads that a slot has which paints alone.
    note : receives one line when something else plays a model.
    """

    def __init__(
        self, program: Callable[[], Program | None], cores: int, note: Callable[[str], None]
    ) -> None:
        self.program = program
        self.cores = cores
        self.note = note
        self._stopped = threading.Event()
        self._tried: set[tuple[Any, ...]] = set()
        self._thread = threading.Thread(target=self.run, name="tuning", daemon=True)

    def start(self) -> None:
        """Begin, unless the performer does not want it."""
        if os.environ.get(SWITCH, "").lower() not in ("off", "0", "no", "never"):
            self._thread.start()

    def stop(self) -> None:
        """End it, and what it began."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(5.0)

    def run(self) -> None:
        """Look at what plays, and measure one model after the other."""
        with contextlib.suppress(AttributeError, OSError):
            if sys.platform == "linux":  # elsewhere a thread has no priority of its own
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
        calm, before = 0.0, None
        while not self._stopped.wait(LOOK_S):
            program = self.program()
            calm = calm + LOOK_S if program is before else 0.0
            before = program
            if program is None or calm < CALM_S:
                continue
            for backend, way in slots(program):
                key = (backend.checkpoint.digest, *way[:2])
                if key in self._tried or self._stopped.is_set():
                    continue
                self._tried.add(key)
                if backend.checkpoint.path is not None and backend.untried(*way[:2]):
                    self.measure(backend, way)
                    break

    def measure(self, backend: BackendSlot, way: Way) -> None:
        """Measure a model, and let all slots of it switch."""
        checkpoint = backend.checkpoint
        norm, size, _ = way
        assert checkpoint.path is not None
        threads = (1,) if self.cores < 2 else (1, self.cores)
        why = tune_apart(Path(checkpoint.path), norm, size, threads, stop=self._stopped)
        program = self.program()
        if why or program is None or self._stopped.is_set():
            return
        lines = set()
        for other, _ in slots(program):
            if other.checkpoint.digest == checkpoint.digest:
                was = other.playing
                other.renew()
                if other.playing != was:
                    lines.add(switched(other, norm, size))
        for line in sorted(lines):
            self.note(line)


def slots(program: Program) -> Iterator[tuple[BackendSlot, Way]]:
    """What plays the slots of a program where that can change, once for each way it painted in."""
    for step in program.slots:
        if isinstance(step.instance, ModelInstance):
            backend = getattr(step.instance.generator, "backend", None)
            if isinstance(backend, BackendSlot):
                for way in backend.ways:
                    yield backend, way


def switched(backend: BackendSlot, norm: Any, size: tuple[int, int]) -> str:
    """A line: what plays a model now, and how much faster than torch it is."""
    name, threads = backend.playing, 1
    measured = recall(backend.checkpoint.digest, norm, size)
    rows = {r.name: r for r in measured.rows if r.threads == threads} if measured else {}
    mine, torch_row = rows.get(name), rows.get(own_torch())
    gain = ""
    if mine and torch_row and mine.ms and torch_row.ms:
        gain = f": {torch_row.ms / mine.ms:.1f} times as fast as torch"
    return f"{backend.checkpoint.name}: {name} plays it from now on{gain}"
