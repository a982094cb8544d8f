"""Live pictures through PyAV: a thread that reads, and the newest picture it has."""

from __future__ import annotations

import threading
from typing import Any

import av

from livegan.picture_sources.frame import as_pixels
from livegan.picture_sources.source import PictureSourceError, Pixels, Wanted

WAIT = 0.2  # seconds that `read` waits for a picture
SILENT = 5.0  # seconds without a picture after which a source is taken to be gone


class Grabber:
    """A device or stream that is read as fast as it delivers; older pictures are dropped.

    ``file``, ``format`` and ``options`` are those of `av.open`; ``name`` is for messages. Raises
    `PictureSourceError` if it cannot be opened, or has no pictures.
    """

    def __init__(
        self,
        name: str,
        file: str,
        wanted: Wanted,
        *,
        format: str | None = None,
        options: dict[str, str] | None = None,
    ) -> None:
        self.name, self._wanted = name, wanted
        try:
            self._container = av.open(file, format=format, options=options or {})
            self._stream: Any = self._container.streams.video[0]
        except IndexError:
            self._container.close()
            raise PictureSourceError(f"{name}: delivers no pictures") from None
        except (av.FFmpegError, ValueError) as error:
            text = str(getattr(error, "strerror", None) or error)
            raise PictureSourceError(f"{name}: cannot be opened ({text})") from None
        ratio = self._stream.sample_aspect_ratio
        self._aspect = float(ratio) if ratio else 1.0
        self._stream.thread_type = "SLICE"  # frame threads would delay each picture
        self._came = threading.Condition()
        self._newest: Any = None
        self._ended = ""
        self._closed = False
        self._waited = 0.0
        self._thread = threading.Thread(target=self._read, name=f"grab {name}", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        why = "it ended"
        try:
            while not self._closed:
                try:
                    self._take()
                    break
                except av.BlockingIOError:  # nothing there at this moment
                    continue
        except av.EOFError:
            pass
        except (av.FFmpegError, ValueError, OSError) as error:
            why = str(getattr(error, "strerror", None) or error)
        finally:
            self._container.close()
        with self._came:
            self._ended = why
            self._came.notify()

    def _take(self) -> None:
        for packet in self._container.demux(self._stream):
            try:
                frames = packet.decode()
            except av.InvalidDataError:  # a damaged picture; the next one is whole
                continue
            for frame in frames:
                with self._came:
                    self._newest = frame
                    self._came.notify()
            if self._closed:
                return

    def read(self) -> Pixels | None:
        """The newest picture, waiting 0.2 s for one; see `PictureSource.read`."""
        with self._came:
            if self._newest is None and not self._ended:
                self._came.wait(WAIT)
            frame, self._newest = self._newest, None
            if frame is None and self._ended:
                raise PictureSourceError(f"{self.name}: {self._ended}")
        if frame is not None:
            self._waited = 0.0
            # Here and not as it comes: of a camera that is faster than the show, most are dropped.
            return as_pixels(frame, self._wanted, self._aspect)
        self._waited += WAIT
        if self._waited > SILENT:
            raise PictureSourceError(f"{self.name}: no picture came for {SILENT:g} s")
        return None

    def close(self) -> None:
        """Stop reading. The thread closes the device when it comes back from it."""
        self._closed = True
        self._thread.join(1.0)
