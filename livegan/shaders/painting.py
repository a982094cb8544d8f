"""The engine's end of the processes that paint shaders."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Sequence
from typing import Any

from livegan.ipc.asked_process import AskedProcess, ProcessGone
from livegan.ipc.pipes import Bytes
from livegan.shaders import glsl
from livegan.shaders.shader import Shader, ShaderError

PAINTER = "livegan.shaders.painter"
LOAD_S = 20.0
"""How long a shader may take to compile, and to draw its first picture."""
PAINT_S = 2.0
"""How long a frame of a shader may take."""
SPARE = 1
"""Processes that are kept for the next shader: starting one takes longer than compiling."""


class ShaderProcess(AskedProcess):
    """A process that paints one shader after another; for one thread at a time."""

    def __init__(self) -> None:
        super().__init__(PAINTER, gone="the graphics driver ended its process")
        self.renderer = ""
        """What it paints with, once it has loaded a shader."""

    def load(self, shader: Shader, size: tuple[int, int] = (16, 16)) -> None:
        """Compile a shader, and draw it once at a size, (width, height).

        Raises
        ------
        ShaderError
            If it does not compile; with the line.
        ProcessHung, ProcessGone
            If it takes too long, or ends the process.
        """
        asked = {"do": "load", "shader": shader.described(), "size": size}
        answer, _ = self.ask(asked, limit_s=LOAD_S)
        if "refused" in answer:
            raise fault_of(shader, answer)
        self.renderer = answer["renderer"]

    def paint(
        self, head: dict[str, Any], bodies: Sequence[Bytes] = ()
    ) -> tuple[tuple[int, int], bytes]:
        """(width, height), and RGBA bytes, the lowest row first.

        Raises
        ------
        ProcessHung, ProcessGone
            If it takes too long, or the process or its context is lost.
        """
        answer, pixels = self.ask({"do": "paint", **head}, bodies, limit_s=PAINT_S)
        if "refused" in answer:
            self.end()
            raise ProcessGone(answer["refused"])
        return (answer["size"][0], answer["size"][1]), pixels


def fault_of(shader: Shader, answer: dict[str, Any]) -> ShaderError:
    """Why a shader cannot be painted, at the line of its file."""
    log = str(answer.get("log") or "")
    if not log:
        return ShaderError(answer["refused"], shader.path, 0)
    which, line, message = glsl.shown_line(log)
    path = shader.vertex_path if which == 1 and shader.vertex_path else shader.path
    return ShaderError(message, path, line)


_idle: list[ShaderProcess] = []
_lock = threading.Lock()


def take() -> ShaderProcess:
    """A process for a shader: one that is idle, or a new one."""
    with _lock:
        while _idle:
            painter = _idle.pop()
            if painter.alive:
                return painter
    return ShaderProcess()


def give_back(painter: ShaderProcess) -> None:
    """A shader is painted no more: its process is kept for the next, or ended."""
    with _lock:
        if painter.alive and len(_idle) < SPARE:
            _idle.append(painter)
            return
    painter.end()


@atexit.register
def end_idle() -> None:
    """End the processes that nobody uses."""
    with _lock:
        painters = _idle[:]
        _idle.clear()
    for painter in painters:
        painter.end()
