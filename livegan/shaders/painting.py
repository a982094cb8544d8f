"""The engine's end of the processes that paint shaders."""

from __future__ import annotations

import atexit
import queue
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Sequence
from typing import Any

import psutil

from livegan.ipc.pipes import Bytes, end, read, widen, write
from livegan.shaders import glsl
from livegan.shaders.shader import Shader, ShaderError

START = "import sys; sys.path[:] = sys.argv[1:]; from livegan.shaders.painter import main; main()"
"""What the process runs; its path is ours, so that no file of the working folder is imported."""
LOAD_S = 20.0
"""How long a shader may take to compile, and to draw its first picture."""
PAINT_S = 2.0
"""How long a frame of a shader may take."""
SHARE, PATIENCE = 0.5, 3.0
"""A process is late once it ran for this share of its time, or so many times its time is over."""
SPARE = 1
"""Processes that are kept for the next shader: starting one takes longer than compiling."""


class ShaderHung(Exception):
    """A shader took too long; its process was ended."""


class ShaderGone(Exception):
    """The process of a shader ended by itself."""


class ShaderProcess:
    """A process that paints one shader after another; for one thread at a time."""

    def __init__(self) -> None:
        flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
        self._process = subprocess.Popen(
            [sys.executable, *flags, "-c", START, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        widen(self._process)
        self._answers: queue.SimpleQueue[tuple[dict[str, Any], bytes] | None] = queue.SimpleQueue()
        arguments = (self._process, self._answers)
        threading.Thread(target=_listen, args=arguments, daemon=True, name="shader").start()
        self.end = weakref.finalize(self, end, self._process)
        """End the process."""
        self._system = psutil.Process(self._process.pid)
        self.renderer = ""
        """What it paints with, once it has loaded a shader."""

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self.end.alive and self._process.poll() is None

    def load(self, shader: Shader, size: tuple[int, int] = (16, 16)) -> None:
        """Compile a shader, and draw it once at a size, (width, height).

        Raises
        ------
        ShaderError
            If it does not compile; with the line.
        ShaderHung, ShaderGone
            If it takes too long, or ends the process.
        """
        asked = {"do": "load", "shader": shader.described(), "size": size}
        answer, _ = self._ask(asked, (), LOAD_S)
        if "refused" in answer:
            raise fault_of(shader, answer)
        self.renderer = answer["renderer"]

    def paint(
        self, head: dict[str, Any], bodies: Sequence[Bytes] = ()
    ) -> tuple[tuple[int, int], bytes]:
        """(width, height), and RGBA bytes, the lowest row first.

        Raises
        ------
        ShaderHung, ShaderGone
            If it takes too long, or the process or its context is lost.
        """
        answer, pixels = self._ask({"do": "paint", **head}, bodies, PAINT_S)
        if "refused" in answer:
            self.end()
            raise ShaderGone(answer["refused"])
        return (answer["size"][0], answer["size"][1]), pixels

    def _ask(
        self, head: dict[str, Any], bodies: Sequence[Bytes], limit_s: float
    ) -> tuple[dict[str, Any], bytes]:
        assert self._process.stdin is not None
        ran, began, wait_s = self._ran(), time.monotonic(), limit_s
        try:
            write(self._process.stdin, {**head, "limit": PATIENCE * limit_s}, *bodies)
        except (OSError, ValueError):
            self.end()
            raise ShaderGone("its process has ended") from None
        while True:
            try:
                answer = self._answers.get(timeout=wait_s)
            except queue.Empty:
                # On a busy machine it may not have had its turn yet.
                late = time.monotonic() - began
                if self._ran() - ran < SHARE * limit_s and late < PATIENCE * limit_s:
                    wait_s = limit_s / 4
                    continue
                self.end()
                raise ShaderHung from None
            if answer is None:
                self.end()
                raise ShaderGone("the graphics driver ended its process")
            return answer

    def _ran(self) -> float:
        """Seconds that processors have spent on it."""
        try:
            return float(sum(self._system.cpu_times()[:2]))
        except psutil.Error:
            return 0.0


def _listen(
    process: subprocess.Popen[bytes],
    answers: queue.SimpleQueue[tuple[dict[str, Any], bytes] | None],
) -> None:
    assert process.stdout is not None
    try:
        while True:
            answers.put(read(process.stdout))
    except (OSError, EOFError, ValueError):
        answers.put(None)


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
