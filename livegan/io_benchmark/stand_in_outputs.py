"""A plugin file of the benchmark: a virtual camera without a device, and an output that looks.

`livegan.io_benchmark.ways_out` copies it into the ``plugins`` of a folder of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.builtin.outputs.virtualcam import VirtualCamera, open_virtualcam
from livegan.io_benchmark.stamp import clock, read
from livegan.plugin import RegisterOffer, hookimpl

SEEN = "seen.txt"
"""The file that it writes a line into for each picture: ``NUMBER DRAWN SEEN``."""


class Looks:
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


def open_looks(name: str, *, folder: Path) -> Looks:
    """The output that only looks."""
    return Looks(folder)


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
            self._looks = Looks(folder)

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


@hookimpl
def register_outputs(register: RegisterOffer) -> None:
    register(open_looks, "bench_looks", "looks at pictures, for the benchmark")
    register(open_camera, "bench_camera", "a virtual camera without a device, for the benchmark")
