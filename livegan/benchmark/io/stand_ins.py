"""A plugin file of the benchmark: a camera and a virtual camera without devices, and an output
that looks.

`livegan.benchmark.io.bench` copies it into the ``plugins`` of a folder of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.benchmark.io.seen import FPS
from livegan.benchmark.io.stamp import COLUMNS, SHARE, clock, read
from livegan.builtin.outputs.virtualcam import VirtualCamera, open_virtualcam
from livegan.picture_sources.grabbing import Grabber
from livegan.picture_sources.source import Wanted
from livegan.plugin import RegisterOffer, hookimpl

NAME = "bench_stand_ins.py"
"""What the plugin is called there."""
SEEN = "seen.txt"
"""The file that it writes a line into for each picture: ``NUMBER DRAWN SEEN``."""


class LookingOutput:
    """An output that looks at each picture, and writes down when it came."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / SEEN).open("w", buffering=1, encoding="ascii")

    def send(self, pixels: NDArray[np.uint8]) -> None:
        """Look at a (H, W, 3) picture."""
        said = read(pixels)
        if said is not None:
            self._file.write(f"{said.number} {said.at:.4f} {clock():.4f}\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def open_looks(name: str, *, folder: Path) -> LookingOutput:
    """The output that only looks."""
    return LookingOutput(folder)


def open_camera(name: str, *, note: Callable[[str], None], folder: Path) -> VirtualCamera:
    """livegan's virtual camera, with a device that only looks.

    Raises
    ------
    RuntimeError
        Without pyvirtualcam.
    """

    class Device:
        """A device as pyvirtualcam wants one."""

        def __init__(self, *, width: int, height: int, **more: Any) -> None:
            self._shape = height, width, 3
            self._looks = LookingOutput(folder)

        def send(self, frame: NDArray[np.uint8]) -> None:
            self._looks.send(frame.reshape(self._shape))

        def close(self) -> None:
            self._looks.close()

        def device(self) -> str:
            return "benchmark"

        def native_fourcc(self) -> int | None:
            return None

    try:
        import pyvirtualcam

        pyvirtualcam.camera.BACKENDS.clear()
        pyvirtualcam.register_backend("benchmark", Device)
    except ImportError:
        pass  # open_virtualcam says so
    return open_virtualcam(name, note=note)


def open_numbered(argument: str, wanted: Wanted) -> Grabber:
    """In place of a camera: a test pattern of FFmpeg in the time of the machine, which has the
    bits of its number as squares. It cannot say when it was made."""
    high, wide = wanted.height // SHARE, wanted.width // SHARE
    squares = [
        f"drawbox=x={bit % COLUMNS * wide}:y={bit // COLUMNS * high}:w={wide}:h={high}:"
        f"color=white:t=fill:enable='mod(floor(n/{2**bit}),2)'"
        for bit in range(2 * COLUMNS)
    ]
    pattern = f"testsrc2=size={wanted.width}x{wanted.height}:rate={FPS:g}"
    black = f"drawbox=w={COLUMNS * wide}:h={2 * high}:color=black:t=fill"
    graph = ",".join([pattern, black, *squares, "realtime"])
    return Grabber("test pattern", graph, wanted, format="lavfi")


def read_number(picture: NDArray[np.uint8]) -> int:
    """The number in such a picture, (H, W, 3)."""
    high, wide = picture.shape[0] / SHARE, picture.shape[1] / SHARE
    number = 0
    for bit in range(2 * COLUMNS):
        y, x = int((bit // COLUMNS + 0.5) * high), int((bit % COLUMNS + 0.5) * wide)
        number |= int(picture[y, x, 1] > 127) << bit
    return number


@hookimpl
def register_picture_sources(register: RegisterOffer) -> None:
    register(open_numbered, "bench_pattern", "a test pattern with numbers, for the benchmark")


@hookimpl
def register_outputs(register: RegisterOffer) -> None:
    register(open_looks, "bench_looks", "looks at pictures, for the benchmark")
    register(open_camera, "bench_camera", "a virtual camera without a device, for the benchmark")


def install(folder: Path) -> None:
    """Copy this file into the plugins of a folder."""
    plugins = folder / "plugins"
    plugins.mkdir(exist_ok=True)
    shutil.copy(__file__, plugins / NAME)
