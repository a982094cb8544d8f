"""A screen for tests that open a window: an Xvfb of their own."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator

import pytest

from livegan.gremlins.screen import in_memory


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
    with in_memory(size) as display, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPLAY", display)
        patch.delenv("WAYLAND_DISPLAY", raising=False)
        patch.delenv("SDL_VIDEODRIVER", raising=False)
        yield display
