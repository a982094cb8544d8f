"""The picture and the sound of the show as HLS: H.264 and AAC in short files and a list of them.

HTTP Live Streaming is RFC 8216. FFmpeg writes the files, through PyAV, into a temporary folder.
They are encoded only while somebody watches.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import psutil
from numpy.typing import NDArray

from livegan.builtin.outputs.streaming import AUDIO_BITS, encoding
from livegan.stage.fallback.letterbox import boxed
from livegan.stage.record.live_film import KEY_S, LiveFilm, ShowSound

NAME = "hls"
"""What its files are called: ``hls-1.m4s``."""
ROOM = "livegan-hls-"
"""How its folders begin, in that for temporary files; the process that made it follows."""
LISTED = 6
"""Files in the list, of two seconds each; one more is kept for those who are late."""
FIRST = 12.0
"""Seconds that the first viewer waits for the first file."""
IDLE = 15.0
"""Seconds after the last request at which encoding ends."""
AGAIN = 0.1
"""Seconds after which a picture that does not change is encoded again: the sound goes on."""
TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
}
Pixels = NDArray[np.uint8]
NewestPixels = Callable[[int, float], tuple[int, Pixels] | None]
"""``(after, timeout)``: a picture newer than number ``after``, and its number."""


class HlsFiles:
    """The files of one address. `read` is for any thread; it starts a thread that encodes."""

    def __init__(
        self,
        newest: NewestPixels,
        sound: ShowSound,
        note: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._newest, self._sound, self._note, self._clock = newest, sound, note, clock
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._folder: Path | None = None
        self._asked = 0.0
        self._over = False

    def read(self, name: str) -> bytes | None:
        """A file of this name, such as ``hls.m3u8``; None if there is none.

        The list is waited for, at most 12 s: encoding begins with the first request of it.
        """
        asks = name == f"{NAME}.m3u8"
        with self._lock:
            self._asked = self._clock()
            if asks and not self._over and (self._thread is None or not self._thread.is_alive()):
                self._folder = new_folder()
                self._thread = threading.Thread(
                    target=self._encode, args=(self._folder,), name="hls", daemon=True
                )
                self._thread.start()
            folder = self._folder
        end = self._clock() + FIRST
        while folder is not None:
            with contextlib.suppress(OSError):
                return (folder / name).read_bytes()
            if not asks or self._over or self._clock() > end or not folder.is_dir():
                return None
            time.sleep(0.05)
        return None

    def _encode(self, folder: Path) -> None:
        """Write files until nobody has asked for one for a while."""
        try:
            self._write(folder)
        except (OSError, ValueError, av.FFmpegError) as error:
            why = str(getattr(error, "strerror", None) or error)
            self._note(f"HLS cannot be encoded ({why}); livegan tries again when somebody watches")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _write(self, folder: Path) -> None:
        found = None
        while found is None:
            if self._unwatched():
                return
            found = self._newest(0, AGAIN)
        serial, pixels = found
        size = pixels.shape[1] & ~1 or 2, pixels.shape[0] & ~1 or 2
        with av.open(
            str(folder / f"{NAME}.m3u8"), "w", format="hls", options=options(folder)
        ) as to:
            film = LiveFilm(to, self._sound, size, **encoding(), audio_rate=AUDIO_BITS)
            while not self._unwatched():
                film.write(boxed(pixels, size))
                if (found := self._newest(serial, AGAIN)) is not None:
                    serial, pixels = found
            film.finish()

    def _unwatched(self) -> bool:
        return self._over or self._clock() - self._asked > IDLE

    def close(self) -> None:
        """Stop encoding, and remove the files."""
        with self._lock:
            self._over = True
            thread = self._thread
        if thread is not None:
            thread.join(2.0)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def options(folder: Path) -> dict[str, str]:
    """Of FFmpeg's muxer ``hls``: short files in fragments, old ones deleted, no end of the list."""
    return {
        "hls_time": str(KEY_S),
        "hls_list_size": str(LISTED),
        "hls_delete_threshold": "1",
        "hls_flags": "delete_segments+omit_endlist+independent_segments+temp_file",
        "hls_segment_type": "fmp4",
        "hls_segment_filename": str(folder / f"{NAME}-%d.m4s").replace("\\", "/"),
        "hls_fmp4_init_filename": f"{NAME}-begin.mp4",
        # Higher than before when it is started anew: players take the list for one that went on.
        "hls_start_number_source": "epoch",
    }


def new_folder() -> Path:
    """An empty folder for temporary files; those of processes that were killed are removed."""
    place = Path(tempfile.gettempdir())
    for left in place.glob(f"{ROOM}*"):
        pid = left.name.removeprefix(ROOM).partition("-")[0]
        if pid.isdecimal() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{ROOM}{os.getpid()}-"))


def kind_of(name: str) -> str:
    """What a browser is told that a file is."""
    return TYPES[Path(name).suffix]


def is_file(name: Any) -> bool:
    """Whether a file of an HLS address may be called so."""
    path = Path(str(name))
    return path.name == name and path.suffix in TYPES and path.stem.partition("-")[0] == NAME
