"""A screen for a show that nobody watches: the one there is, one in memory, or none."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping

SIZE = (1280, 1024)


@contextlib.contextmanager
def screen(size: tuple[int, int] = SIZE) -> Iterator[Mapping[str, str]]:
    """The environment of a process that opens a window; gone after the block if it was ours.

    The display of the machine, or else an X server in memory (Xvfb) if it is installed, or else
    SDL's driver that shows nothing. Nothing is heard: SDL's sound is off.
    """
    env = {**os.environ, "SDL_AUDIODRIVER": "dummy"}
    if sys.platform != "linux" or env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"):
        yield env
    elif shutil.which("Xvfb") is None:
        yield {**env, "SDL_VIDEODRIVER": "dummy"}
    else:
        with in_memory(size) as display:
            env.pop("SDL_VIDEODRIVER", None)
            yield {**env, "DISPLAY": display}


@contextlib.contextmanager
def in_memory(size: tuple[int, int]) -> Iterator[str]:
    """An Xvfb of one's own; gives its display (":99"). Raises OSError if it does not start."""
    read, write = os.pipe()
    wanted = f"{size[0]}x{size[1]}x24"
    server = subprocess.Popen(
        # Without -noreset it starts anew after each last window, and refuses those that come then.
        ["Xvfb", "-displayfd", str(write), "-screen", "0", wanted, "-nolisten", "tcp", "-noreset"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        ready, _, _ = select.select([read], [], [], 30)
        number = os.read(read, 16).decode().strip() if ready else ""
        if not number:
            raise OSError("Xvfb did not start")
        yield f":{number}"
    finally:
        os.close(read)
        server.terminate()
        server.wait(10)
