"""Sound from a file, heard through the loudspeakers or not."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.sound import RATE
from livegan.sound.inputs.devices import SoundStream, SourceError, find_device, refresh
from livegan.sound.inputs.fifo import Fifo
from livegan.sound.media import MediaError, open_media
from livegan.sound.source import FILES, Note, SourceGone

Array = NDArray[np.float32]

RETRY = 2.0
"""Seconds between two attempts to be heard again."""

AHEAD = RATE
"""Samples that are decoded ahead."""


class Playback:
    """A media file, paced by the default output where it is audible, else by the show's clock.

    It plays on, unheard, while there is no output. A looped file that is gone when it should begin
    again is waited for.
    """

    rate = RATE

    def __init__(
        self,
        path: Path,
        *,
        loop: bool = True,
        audible: bool = False,
        start: float = 0.0,
        name: str | None = None,
    ) -> None:
        self.name = name or path.name
        self._path, self._loop, self._audible, self._start = path, loop, audible, start
        # Four times what is decoded ahead: the fifo drops old sound only when it is nearly full.
        self._decoded = Fifo(4 * AHEAD, 2)
        self._heard = Fifo(2 * RATE, 2)
        self._output: SoundStream | None = None
        self._decoder: threading.Thread | None = None
        self._closed = threading.Event()
        self._finished = False
        self._lost = ""
        # While an output is opened its callback reads the fifo, and nobody else may.
        self._opening = False
        self._note: Note = lambda text: None

    def open(self, note: Note) -> None:
        """Open the file, and the output; without an output it plays unheard, and says so."""
        self._note = note
        first = self._decoder is None
        if first or self._lost:
            try:
                blocks = open_media(self._path, self._start if first else 0.0, self._loop, note)
            except MediaError as error:
                more = "" if self._path.exists() else f"; {FILES}"
                raise SourceError(f"{error}{more}") from None
            self._closed.clear()
            self._lost = ""
            self._decoder = threading.Thread(
                target=self._decode, args=(blocks,), name="decode sound", daemon=True
            )
            self._decoder.start()
            self._wait_for_sound()
        if self._audible and first:
            try:
                self._play()
            except Exception as error:
                note(f"{self.name} plays unheard: {error}")
                self._seek_output(None)

    def pull(self, frames: int) -> Array:
        """What was heard since the last call, or what the clock asks for."""
        if self._lost and not len(self._decoded):
            raise SourceGone(self._lost)
        if self._opening:
            return np.zeros((0, 2), np.float32)
        output = self._output
        if output is not None and not output.alive:
            gone, self._output, output = output, None, None
            self._note(f"the sound output is gone; {self.name} plays unheard until it is back")
            self._seek_output(gone)
        if output is not None:
            block = self._heard.read()
        else:
            block = self._decoded.read(frames)
            if self._finished and len(block) < frames:
                rest = np.zeros((frames - len(block), 2), np.float32)
                block = np.concatenate([block, rest])
        if self._finished and not len(self._decoded) and self._note is not _quiet:
            self._note(f"{self.name} has ended")
            self._note = _quiet
        return block

    def close(self) -> None:
        """Stop playing."""
        self._closed.set()
        self._stop_output()
        if self._decoder is not None:
            self._decoder.join(2.0)

    def _stop_output(self) -> None:
        output, self._output = self._output, None
        if output is not None:
            output.close()

    def _wait_for_sound(self) -> None:
        for _ in range(200):
            if self._finished or self._lost or len(self._decoded) > RATE // 4:
                return
            time.sleep(0.01)

    def _decode(self, blocks: Any) -> None:
        try:
            for block in blocks:
                while len(self._decoded) > AHEAD and not self._closed.is_set():
                    self._closed.wait(0.05)
                if self._closed.is_set():
                    return
                self._decoded.write(block)
        except Exception as error:
            if self._loop:
                there = self._path.is_file()
                self._lost = f"{self.name}: {error}" if there else f"{self.name} is gone"
                return
            self._note(f"{self.name}: {error}")
        self._finished = True

    def _seek_output(self, gone: SoundStream | None) -> None:
        threading.Thread(
            target=self._be_heard, args=(gone,), name="sound output", daemon=True
        ).start()

    def _be_heard(self, gone: SoundStream | None) -> None:
        if gone is not None:
            gone.close()
        while not self._closed.wait(RETRY):
            try:
                refresh()
                self._play()
            except Exception as error:
                logging.getLogger("livegan").debug("still unheard: %s", error)
            else:
                self._note(f"{self.name} is heard again")
                return

    def _play(self) -> None:
        device = find_device(None, "output")
        channels = min(2, device.channels)
        opened: list[SoundStream] = []

        def callback(data: Array, frames: int, times: Any, status: Any) -> None:
            if opened and self._output is not opened[0]:  # given up: others read the fifo now
                data[:] = 0
                return
            block = self._decoded.read(frames)
            count = len(block)
            data[:count] = block if channels == 2 else block.mean(axis=1, keepdims=True)
            data[count:] = 0
            self._heard.write(block)
            if count < frames:
                self._heard.write(np.zeros((frames - count, 2), np.float32))
            for stream in opened:
                stream.touch()

        def open_stream(sd: Any) -> Any:
            # WASAPI refuses other rates than its own unless it is asked to convert.
            wasapi = device.host == "Windows WASAPI"
            extra = sd.WasapiSettings(auto_convert=True) if wasapi else None
            return sd.OutputStream(
                device=device.index,
                samplerate=RATE,
                channels=channels,
                dtype="float32",
                latency="high",
                callback=callback,
                extra_settings=extra,
            )

        self._heard = Fifo(2 * RATE, 2)
        self._opening = True
        try:
            self._output = stream = SoundStream(open_stream)
            opened.append(stream)
        finally:
            self._opening = False
        if self._closed.is_set():
            self._stop_output()


def _quiet(text: str) -> None:
    pass
