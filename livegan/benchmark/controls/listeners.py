"""What the processes cost that listen to MIDI and OSC: idle, and in a flood of messages."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil

from livegan.benchmark.controls.bench_show import ControlsBenchError, free_port
from livegan.benchmark.controls.midi_port import MidiPort
from livegan.ipc.control_table import ControlTable
from livegan.ipc.sound_ring import SoundRing
from livegan.stage.hands.lanes import LANES
from livegan.stage.outputs.guest import Guest

FLOOD = 10_000
"""Messages a second."""
BURST = 0.005  # seconds between the bursts in which they are sent
OPENS = 60.0
SETTLES = 1.0  # seconds until a process that has started is idle
SendNumber = Callable[[int], None]
"""Sends the message of a number."""


def listener_rows(seconds: float, midi: MidiPort | None) -> list[dict[str, Any]]:
    """A row for OSC, and one for MIDI where there is a port."""
    port = free_port(socket.SOCK_DGRAM)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:

        def by_osc(number: int) -> None:
            packet = b"/flood\0\0,f\0\0" + struct.pack(">f", number)
            wire.sendto(packet, ("127.0.0.1", port))

        target = "livegan.stage.hands.osc_guest:listen"
        rows = [_row("OSC", target, {"ports": [("127.0.0.1", port)]}, by_osc, seconds)]
    if midi is not None:

        def by_midi(number: int) -> None:
            midi.send([0xB0, 20, number % 128])

        rows.insert(0, _row("MIDI", "livegan.stage.hands.midi_guest:listen", {}, by_midi, seconds))
    return rows


def _row(
    name: str, target: str, options: dict[str, Any], send: SendNumber, seconds: float
) -> dict[str, Any]:
    with _listening(target, options) as (process, table):
        end = time.monotonic() + OPENS
        while not table.serial:
            send(0)
            if time.monotonic() > end:
                raise ControlsBenchError(f"{name}: the process that listens did not hear anything")
            time.sleep(0.05)
        time.sleep(SETTLES)
        idle = _share(process, lambda: time.sleep(seconds))
        sent: list[float] = []
        flood = _share(process, lambda: sent.append(_flooded(send, seconds)))
    return {
        "name": name,
        "idle %": idle,
        "in the flood %": flood,
        "messages a second": round(sent[0]),
    }


def _share(process: psutil.Process, wait: Callable[[], None]) -> float:
    """Per cent of a core that a process takes meanwhile."""

    def used() -> float:
        times = process.cpu_times()
        return float(times.user + times.system)

    before, began = used(), time.monotonic()
    wait()
    return round(100 * (used() - before) / (time.monotonic() - began), 1)


def _flooded(send: SendNumber, seconds: float) -> float:
    """Send `FLOOD` messages a second; the rate at which they were sent."""
    began = time.monotonic()
    count = 0
    while (passed := time.monotonic() - began) < seconds:
        for _ in range(int(passed * FLOOD) - count):
            send(count)
            count += 1
        time.sleep(BURST)
    return count / (time.monotonic() - began)


@contextlib.contextmanager
def _listening(
    target: str, options: dict[str, Any]
) -> Iterator[tuple[psutil.Process, ControlTable]]:
    """A process as a show starts it, and the table that it writes."""
    with ControlTable.create() as table, ControlTable.create() as sent, SoundRing.create() as ring:
        lanes = [table.lane(str(number)) for number in range(LANES)]
        rings = {"sound_ring": ring.name, "sent": sent.name}
        guest = Guest(target, {**options, "lanes": lanes, **rings})
        try:
            yield psutil.Process(guest.pid), table
        finally:
            guest.close()
