"""A screen for a show that nobody watches: the one there is, one in memory, or none."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping

SIZE = (1280, 1024)
QUIET = subprocess.DEVNULL
OPTIONS = ("-nolisten", "tcp", "-noreset")
"""Without -noreset it starts anew after each last window, and refuses those that come then."""


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
def in_memory(size: tuple[int, int], *more: str) -> Iterator[str]:
    """An Xvfb of one's own; gives its display (":99"). Raises OSError if it does not start.

    ``more`` are further options of Xvfb.
    """
    server, display = start_server(size, *more)
    try:
        yield display
    finally:
        server.terminate()
        server.wait(10)


@contextlib.contextmanager
def managed(size: tuple[int, int] = SIZE, *more: str) -> Iterator[str]:
    """Likewise, with a window manager (icewm). Raises OSError if one of them does not start."""
    with in_memory(size, *more) as display:
        env = {**os.environ, "DISPLAY": display}
        manager = subprocess.Popen(["icewm"], env=env, stdout=QUIET, stderr=QUIET)
        try:
            end = time.monotonic() + 30
            # Only a window manager tells how many desktops there are (EWMH).
            asked = ["xdotool", "get_num_desktops"]
            while subprocess.run(asked, env=env, stdout=QUIET, stderr=QUIET).returncode:
                if time.monotonic() > end:
                    raise OSError("icewm did not start")
                time.sleep(0.1)
            yield display
        finally:
            manager.terminate()
            manager.wait(10)


def start_server(size: tuple[int, int] = SIZE, *more: str) -> tuple[subprocess.Popen[bytes], str]:
    """Start an Xvfb: its process and its display. Raises OSError if it does not start."""
    read, write = os.pipe()
    wanted = f"{size[0]}x{size[1]}x24"
    try:
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", wanted, *OPTIONS, *more],
            pass_fds=[write],
            stderr=QUIET,
        )
        os.close(write)
        number = b""
        # To the end of the line: a pipe that is closed before ends the server.
        while not number.endswith(b"\n") and select.select([read], [], [], 30)[0]:
            data = os.read(read, 16)
            if not data:
                break
            number += data
    finally:
        os.close(read)
    if not number.endswith(b"\n"):
        server.kill()
        server.wait(10)
        raise OSError("Xvfb did not start")
    return server, f":{number.decode().strip()}"
