"""RTMP: pictures and sound to a streaming service, or to a media server of your own.

H.264 and AAC by FFmpeg, through PyAV. The key of a service is not in the set, which stands on the
wall and in the log: ``$NAME`` in the address is the environment variable of that name.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import av
import numpy as np
from numpy.typing import NDArray

from livegan.builtin.outputs.streaming import AUDIO_BITS, encoding, heard
from livegan.stage.record.live_film import LiveFilm, ShowSound
from livegan.stage.streams.formats import RGB, Format

FIRST, LONGEST = 1.0, 30.0
"""Seconds before it is opened again, doubled each time up to the longest."""
STEADY = 20.0
"""Seconds that a connection has to hold for the next wait to be the first one again."""
VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)\}")
EXAMPLE = 'rtmp="rtmp://a.rtmp.youtube.com/live2/$KEY"'


def checked(text: str) -> str:
    """The address as the set says it.

    Raises
    ------
    RuntimeError
        In one line, for what is no address, and for a key that is written out.
    """
    address = text.strip()
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("rtmp", "rtmps") or not host or len(parts.path) < 2:
        raise RuntimeError(f"rtmp={shown(text)!r} is no address: write {EXAMPLE}")
    secret = parts.path.strip("/").count("/") >= 1 or parts.query or parts.password
    if secret and not VARIABLE.search(address) and not near(host):
        raise RuntimeError(
            f"rtmp={shown(text)!r}: write $KEY in place of the key and set the environment "
            "variable KEY, because the wall and the log show what the set says"
        )
    return address


def near(host: str) -> bool:
    """Whether it is this machine or one of the local network, where a key is no secret."""
    if host == "localhost" or host.endswith(".local"):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def shown(text: str) -> str:
    """An address without what may be a secret: only its scheme and host are left."""
    found = re.match(r"\s*(\w+://)?(?:[^/@\s]*@)?([^/\s?]*)", text)
    return f"{found[1] or ''}{found[2]}/..." if found else "..."


def filled(address: str) -> str:
    """The address with the values of its variables.

    Raises
    ------
    RuntimeError
        For a variable that is not set.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if not os.environ.get(name):
            raise RuntimeError(
                f"rtmp: the environment variable {name} is not set; set it to the key of the "
                "service before you start livegan"
            )
        return os.environ[name].strip()

    return VARIABLE.sub(value, address)


class RtmpOutput:
    """One stream. A connection that breaks is made again, at longer and longer intervals.

    Pictures of another size than the first are fitted to it: a service takes one size.

    FFmpeg waits for a network that does not answer, for minutes. The stage ends this process then,
    as it does with all that do not answer, and starts another.
    """

    endless = True
    """It is started again however often that was."""

    def __init__(
        self,
        address: str,
        sound: ShowSound,
        note: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address, self._sound, self._note, self._clock = address, sound, note, clock
        self.format: Format = RGB
        self._container: Any = None
        self._film: LiveFilm | None = None
        self._wait, self._due, self._since = FIRST, 0.0, 0.0

    def send(self, pixels: NDArray[np.uint8]) -> None:
        """Send a (H, W, 3) uint8 picture, and the sound up to now."""
        if self._film is None and self._clock() < self._due:
            return
        try:
            film = self._film or self._open((pixels.shape[1], pixels.shape[0]))
            film.write(pixels)
        except (OSError, ValueError, av.FFmpegError) as error:
            self._lost(str(getattr(error, "strerror", None) or type(error).__name__))

    def _open(self, size: tuple[int, int]) -> LiveFilm:
        self.format = Format(RGB.layout, size)
        options = {"flvflags": "no_duration_filesize"}
        self._container = av.open(filled(self._address), "w", format="flv", options=options)
        film = LiveFilm(self._container, self._sound, size, **encoding(), audio_rate=AUDIO_BITS)
        self._container.start_encoding()
        self._film, self._since = film, self._clock()
        self._note(f"sends to {shown(self._address)}")
        return film

    def _lost(self, why: str) -> None:
        now = self._clock()
        if self._film is not None and now - self._since > STEADY:
            self._wait = FIRST
        self._let_go()
        again = f"livegan tries again in {self._wait:g} s"
        self._note(f"{shown(self._address)} is not reached ({why}); {again}")
        self._due = now + self._wait
        self._wait = min(LONGEST, 2 * self._wait)

    def _let_go(self) -> None:
        film, self._film = self._film, None
        container, self._container = self._container, None
        for end in (film.finish if film else None, container.close if container else None):
            with contextlib.suppress(OSError, ValueError, av.FFmpegError):
                if end is not None:
                    end()

    def close(self) -> None:
        """End the stream."""
        self._let_go()


def open_rtmp(name: str, *, note: Callable[[str], None], sound: str) -> RtmpOutput:
    """A stream to an address; ``sound`` is the name of the show's sound ring.

    Raises
    ------
    RuntimeError
        In one line, for what is no address, and for a variable that is not set.
    """
    address = checked(name)
    filled(address)
    return RtmpOutput(address, heard(sound), note)
