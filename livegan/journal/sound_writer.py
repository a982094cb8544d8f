"""The stage's part of a journal: the sound that was heard, and what was heard in it."""

from __future__ import annotations

import contextlib
import struct
import threading
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import av
import numpy as np
from numpy.typing import NDArray

from livegan.journal.appending import Appender
from livegan.sound import RATE
from livegan.sound.features import Rows
from livegan.sound.grid import STEPS

Array = NDArray[np.float32]

EVERY = 0.25
"""Seconds between two looks at the sound."""
RETRY = 5.0
"""Seconds until it is tried again, where a disk is full or away."""
PIECE_S = 600
"""Seconds of sound in a file."""
HEAD = struct.Struct("<qII")
"""Before some rows of features: the first hop, how many rows, how many bytes they take."""


class HeardRing(Protocol):
    """A `livegan.ipc.sound_ring.SoundRing`."""

    @property
    def position(self) -> int: ...
    @property
    def hops(self) -> int: ...
    def samples(self, start: int, stop: int) -> Array: ...
    def features(self, start: int, stop: int) -> Rows: ...


class SoundFile:
    """A film's worth of sound without a film: FLAC of 24 bits, or Opus; whole up to the last second
    however it ends."""

    def __init__(self, path: Path, small: bool) -> None:
        path.parent.mkdir(exist_ok=True)  # not the journal itself: it is on a drive that is away
        self._path, self._begun = path, False
        options = {"flush_packets": "1"}
        self._file = av.open(str(path), "w", options=options)
        self._stream = self._file.add_stream("libopus" if small else "flac", rate=RATE)
        self._stream.layout = "stereo"
        if small:
            self._stream.bit_rate = 128_000
        else:
            self._stream.format = "s32"
        self._small = small
        self._at = 0

    def write(self, block: Array) -> None:
        """Append (n, 2) samples."""
        if self._small:
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(block.reshape(1, -1)), "flt", "stereo"
            )
        else:
            whole = np.rint(block * STEPS).astype(np.int32) << 8
            frame = av.AudioFrame.from_ndarray(whole.reshape(1, -1), "s32", "stereo")
        frame.sample_rate = RATE
        frame.pts = self._at
        self._at += len(block)
        for packet in self._stream.encode(frame):
            self._file.mux(packet)
            self._begun = True

    @property
    def gone(self) -> bool:
        """Whether somebody removed it: what is written goes nowhere."""
        return self._begun and not self._path.exists()

    def close(self) -> None:
        """End the file."""
        for packet in self._stream.encode(None):
            self._file.mux(packet)
        self._file.close()


class SoundWriter:
    """A thread that keeps what rings hear, from where they are now on.

    ``rings`` gives them by name, "" for the show's own; new ones may come.
    """

    def __init__(
        self,
        folder: Path,
        rings: Callable[[], Mapping[str, HeardRing]],
        note: Callable[[str], None],
        *,
        small: bool = False,
    ) -> None:
        self._folder, self._rings, self._note, self._small = folder, rings, note, small
        self._features = Appender(folder, note)
        self._tracks: dict[str, Track] = {}
        self._told = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal sound", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Keep what was heard until now, and end."""
        self._stop.set()
        self._thread.join(3.0)
        self._features.close()

    def _run(self) -> None:
        while not self._stop.wait(EVERY):
            self._look()
        self._look()
        for track in self._tracks.values():
            track.close()

    def _look(self) -> None:
        for name, ring in self._rings().items():
            if name not in self._tracks:
                self._tracks[name] = Track(self._folder, name, ring, self._features, self._small)
            elif self._tracks[name].ring is not ring:  # a patch that died has another
                self._tracks[name].go_on(ring)
            try:
                self._tracks[name].look()
            except Exception as error:  # whatever it is, the show needs this thread no more
                why = getattr(error, "strerror", None) or str(error)
                if why != self._told:
                    self._told = why
                    self._note(f"the journal cannot keep the sound ({why}); livegan keeps trying")
                self._stop.wait(RETRY)


def file_name(key: str) -> str:
    """Under which a sound is kept: "main" for the show's own."""
    return f"as-{quote(key, safe='')}" if key else "main"


class Track:
    """One ring, kept in pieces: ``sound/NAME-POSITION.flac`` begins at that sample."""

    def __init__(
        self, folder: Path, name: str, ring: HeardRing, features: Appender, small: bool
    ) -> None:
        self._folder, self._name, self._ring = folder, file_name(name), ring
        self._features, self._small = features, small
        self._file: SoundFile | None = None
        self._began = 0
        # From the first sample that the ring still has; a multiple of a hop.
        self._position, self._hop = 0, 0

    @property
    def ring(self) -> HeardRing:
        """What is kept."""
        return self._ring

    def go_on(self, ring: HeardRing) -> None:
        """The same sound comes from another ring from now on."""
        self._ring = ring

    def look(self) -> None:
        """Keep what is new."""
        newest, hops = self._ring.position, self._ring.hops
        oldest = max(0, newest - 60 * RATE)
        if self._position < oldest:  # nobody looked for a minute: what is lost is silence
            self._end()
            self._position = oldest
        if newest > self._position:
            block = self._ring.samples(self._position, newest)
            if self._file is None:
                self._began = self._position
                suffix = "opus" if self._small else "flac"
                name = f"{self._name}-{self._position:012d}.{suffix}"
                self._file = SoundFile(self._folder / "sound" / name, self._small)
            try:
                if self._file.gone:
                    raise FileNotFoundError(2, "its file is gone")
                self._file.write(block)
            except BaseException:
                self._file = None
                raise
            finally:
                self._position = newest
            if self._position - self._began >= PIECE_S * RATE:
                self._end()
        self._hop = max(self._hop, hops - 6000)
        if hops > self._hop:
            rows = np.ascontiguousarray(self._ring.features(self._hop, hops))
            data = zlib.compress(rows.tobytes(), 1)
            head = HEAD.pack(self._hop, len(rows), len(data))
            self._features.append(f"sound/{self._name}.features", head + data)
            self._hop = hops

    def _end(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            file.close()

    def close(self) -> None:
        """End the piece that is written."""
        with contextlib.suppress(OSError, av.FFmpegError):
            self._end()
