"""A screen for tests that open a window: an Xvfb of their own."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
from collections.abc import Iterator

import pytest


@contextlib.contextmanager
def xvfb(size: tuple[int, int] = (1280, 720)) -> Iterator[str]:
    """An X server without a screen; gives its display (":99") and ends it afterwards.

    ``DISPLAY`` is set for the time, for this process and those it starts. Skips the test where
    there is no Xvfb; fails where the environment says that this is CI.
    """
    if shutil.which("Xvfb") is None:
        if os.environ.get("CI"):
            pytest.fail("Xvfb is missing: apt-get install xvfb", pytrace=False)
        pytest.skip("needs Xvfb (apt-get install xvfb)")
    read, write = os.pipe()
    screen = f"{size[0]}x{size[1]}x24"
    server = subprocess.Popen(
        # Without -noreset it starts anew after each last window, and refuses those that come then.
        ["Xvfb", "-displayfd", str(write), "-screen", "0", screen, "-nolisten", "tcp", "-noreset"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        ready, _, _ = select.select([read], [], [], 30)
        number = os.read(read, 16).decode().strip() if ready else ""
        if not number:
            pytest.fail("Xvfb did not start", pytrace=False)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DISPLAY", f":{number}")
            patch.delenv("WAYLAND_DISPLAY", raising=False)
            patch.delenv("SDL_VIDEODRIVER", raising=False)
            yield f":{number}"
    finally:
        os.close(read)
        server.terminate()
        server.wait(10)
