"""Syphon servers of this Mac as pictures, through syphon-python (Metal).

Servers are found only while the run loop of the process's main thread turns, so a source is made
and read there.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from livegan.builtin.outputs.syphon import MISSING
from livegan.picture_sources.frame import SentPictures
from livegan.picture_sources.senders import STILL, SenderSearch, newest
from livegan.picture_sources.source import Pixels, Unavailable, Wanted

BGRA, RGBA = 80, 70
"""Metal's numbers of the pixel formats that syphon-python can copy."""
TURN = 0.001  # seconds that the run loop turns at each look for servers
LAYOUTS = {BGRA: "bgra", RGBA: "rgba"}


class SyphonSource:
    """Waits for a server, receives it, and finds it again by its name when it comes back."""

    def __init__(
        self, argument: str, wanted: Wanted, note: Callable[[str], None], library: Any
    ) -> None:
        self._bytes, self._library = SentPictures(wanted), library
        self._search = SenderSearch("Syphon server", argument.strip(), note)
        self._directory: Any = library.SyphonServerDirectory()
        self._directory.run_loop_interval = TURN
        self._client: Any = None
        self._texture: Any = None
        self._delivered = 0.0

    def read(self) -> Pixels | None:
        """The newest picture, waiting 0.2 s for one; see `PictureSource.read`."""
        return newest(self._look)

    def _look(self, now: float) -> Pixels | None:
        self._directory.update_run_loop()
        if self._client is not None and not self._client.is_valid:
            self._let_go()
        if self._client is None and not self._choose(now):
            return None
        if self._client.has_new_frame:
            self._texture = self._client.new_frame_image
        elif now - self._delivered < STILL:
            return None
        if self._texture is None:
            return None
        self._delivered = now
        layout = LAYOUTS.get(int(self._texture.pixelFormat()), "bgra")
        image = self._library.copy_mtl_texture_to_image(self._texture)
        # Syphon's pictures have their bottom row first, as OpenGL's do.
        return self._bytes.pixels(image[::-1], layout)

    def _choose(self, now: float) -> bool:
        """Look for the server."""
        there: dict[str, Any] = {}

        def titles() -> dict[str, Any]:
            there.update((title(server), server) for server in self._directory.servers)
            return there

        found = self._search.find(titles, now)
        if found is None:
            return False
        try:
            self._client = self._library.SyphonMetalClient(there[found])
        except RuntimeError as error:  # it went meanwhile, or there is no Metal device
            self._search.say(f"{found} cannot be received ({error})")
            return False
        self._search.received(found)
        return True

    def _let_go(self) -> None:
        client, self._client, self._texture = self._client, None, None
        if client is not None:
            client.stop()

    def close(self) -> None:
        """Stop receiving and looking."""
        self._let_go()
        self._directory.close()


def title(server: Any) -> str:
    """A server's name as its users know it: ``APP (name)``, or one of the two."""
    app, name = str(server.app_name), str(server.name)
    return f"{app} ({name})" if app and name else app or name


def syphon_library() -> Any:
    """What is used of syphon-python.

    Raises
    ------
    Unavailable
        Elsewhere than on macOS, and where it is missing; one line with what to do.
    """
    if sys.platform != "darwin":
        other = "spout_in" if sys.platform == "win32" else "ndi_in"
        raise Unavailable(f"Syphon is on macOS only; use {other}(...) here")
    try:
        import syphon
        from syphon.utils.numpy import copy_mtl_texture_to_image
    except ImportError as error:
        missing = isinstance(error, ModuleNotFoundError)
        raise Unavailable(MISSING if missing else f"Syphon cannot be loaded: {error}") from None
    return SimpleNamespace(
        SyphonMetalClient=syphon.SyphonMetalClient,
        SyphonServerDirectory=syphon.SyphonServerDirectory,
        copy_mtl_texture_to_image=copy_mtl_texture_to_image,
    )


def open_syphon_in(argument: str, wanted: Wanted, *, note: Callable[[str], None]) -> SyphonSource:
    """A Syphon server by part of its name ``APP (name)``, the first one if ``argument`` is empty.

    Raises
    ------
    Unavailable
        Without Syphon on this machine.
    """
    return SyphonSource(argument, wanted, note, syphon_library())


def syphon_servers(seconds: float = 1.0) -> list[str]:
    """The Syphon servers of this Mac; `Unavailable` without Syphon."""
    directory = syphon_library().SyphonServerDirectory()
    directory.run_loop_interval = 0.1
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        directory.update_run_loop()
    return sorted(title(server) for server in directory.servers)
