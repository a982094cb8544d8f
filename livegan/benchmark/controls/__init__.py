"""What ``livegan bench controls`` measures: from a hand to the picture, and its cost."""

from __future__ import annotations

import os
from typing import Any

from livegan.benchmark.controls.bench_show import BenchShow, ControlsBenchError
from livegan.benchmark.controls.latency import latency_rows
from livegan.benchmark.controls.listeners import listener_rows
from livegan.benchmark.controls.many_knobs import knob_rows
from livegan.benchmark.controls.midi_port import MidiPort, NoMidi

__all__ = ["ControlsBenchError", "bench_controls"]


def bench_controls(moves: int, seconds: float) -> dict[str, Any]:
    """All tables, ``{"machine": str, "tables": {title: [row, ...]}}``.

    ``moves`` is how often each control is moved, ``seconds`` how long each other row is measured.
    Raises ControlsBenchError with a line.
    """
    port, missing = None, ""
    try:
        port = MidiPort()
    except NoMidi as error:
        missing = f"\nMIDI was not measured: {error}"
    try:
        with BenchShow.played() as show:
            latency = latency_rows(show, moves, port)
        listeners = listener_rows(seconds, port)
    finally:
        if port is not None:
            port.close()
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return {
        "machine": f"{os.cpu_count()} cores, load {load}; {cpu_flags()}{missing}",
        "tables": {
            f"from a control to the picture ({moves} moves each, in turn)": latency,
            "the processes that listen (% of a core)": listeners,
            "knobs in a frame of 512 px, timed in turn": knob_rows(seconds),
        },
    }


def cpu_flags() -> str:
    """The vector instructions of the processor, which decide how fast networks are."""
    import torch

    return f"{torch.backends.cpu.get_cpu_capability()} instructions"
