"""Film files: pictures and sound, in sync, whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from numpy.typing import NDArray

from livegan.files import location
from livegan.film.form import FilmError, Form, form_of
from livegan.saving import partial
from livegan.sound import RATE
from livegan.sound.grid import STEPS

Samples = NDArray[np.float32]
CHUNK = 1024
WHOLE_NUMBERS = ("flac", "pcm_s24le")
"""Codecs of sound that hold it as 24 bits."""
COLOURS = Colorspace.ITU709
"""Of films that do not keep red, green and blue: what players take pictures of HD for."""


class FilmWriter:
    """Writes pictures one after the other, with the sound that belongs to them.

    Pictures are (H, W, 3) uint8, or uint16 for a form that is ``deep``.

    Parameters
    ----------
    path : the film; its suffix says how it is written: see `FORMS`.
    fps : pictures a second.
    sound : (n, 2) float32 at 48 kHz that begins with the first picture, or a function that gives
        its samples ``start <= i < stop`` as such an array; None for a silent film.
    form : how it is written; None is what the suffix says.
    crf, preset, tune : what x264 and x265 call them: quality (lower is better), effort, kind of
        pictures.

    Raises
    ------
    FilmError
        If no film can have that suffix.
    """

    def __init__(
        self,
        path: Path,
        fps: float,
        sound: Samples | Callable[[int, int], Samples] | None = None,
        *,
        form: Form | None = None,
        crf: int = 16,
        preset: str = "veryfast",
        tune: str = "",
    ) -> None:
        self.path = path
        self.partial = partial(path)
        self.form = form or form_of(path)
        self.rate = Fraction(fps).limit_denominator(100_000)
        self.sound = sound
        own = {"crf": str(crf), "preset": preset, **({"tune": tune} if tune else {})}
        self.options = {**(own if self.form.quality else {}), **self.form.options}
        self.frames = 0
        self.sent = 0
        self.video: Any = None
        self.audio: Any = None
        self.filters: Any = None
        self.shape: tuple[int, int] = (0, 0)
        self._copied = False

    def __enter__(self) -> FilmWriter:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            name, form = location(self.partial), self.form
            self.container = av.open(name, "w", format=form.container, options=form.wrap)
        except (OSError, ValueError, av.FFmpegError) as error:
            why = getattr(error, "strerror", None) or error
            raise FilmError(f"{self.path}: a film cannot be written there: {why}") from None
        return self

    def _begin(self, height: int, width: int) -> None:
        self.shape = (height - height % 2, width - width % 2)
        least = self.form.least
        if height < least[0] or width < least[1]:
            raise FilmError(
                f"{self.path}: {self.form.video} takes pictures of {least[1]}x{least[0]} or more, "
                f"not {width}x{height}; give a --size, or another --codec"
            )
        self.video = self.container.add_stream(self.form.video, rate=self.rate)
        self.video.height, self.video.width = self.shape
        self.video.pix_fmt = self.form.pixels
        self.video.options = self.options
        if self.form.tag:
            self.video.codec_context.codec_tag = self.form.tag
        if self.form.pixels.startswith("yuv"):  # else players guess by the size
            context = self.video.codec_context
            context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
            context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        if self.form.pixels == "pal8":
            self._shrink()
        self._begin_sound()

    def _begin_sound(self) -> None:
        if self.sound is not None and self.form.audio:
            self.audio = self.container.add_stream(self.form.audio, rate=RATE)
            self.audio.layout = "stereo"
            if self.form.audio in WHOLE_NUMBERS:
                self.audio.format = "s32"
            elif not self.form.audio.startswith("pcm"):
                self.audio.bit_rate = 192_000

    def _shrink(self) -> None:
        """Give each picture the 256 colours that suit it best."""
        graph = self.filters = av.filter.Graph()
        height, width = self.shape
        colours = av.VideoFormat("rgb24", width, height)
        source = graph.add_buffer(
            width=width, height=height, format=colours, time_base=1 / self.rate
        )
        split = graph.add("split")
        palette = graph.add("palettegen", "stats_mode=single")
        use = graph.add("paletteuse", "new=1")
        sink = graph.add("buffersink")
        source.link_to(split)
        split.link_to(palette, 0)
        split.link_to(use, 1, 0)
        palette.link_to(use, 0, 1)
        use.link_to(sink)
        graph.configure()

    def write(self, pixels: Any) -> None:
        """Append one picture; one of another size is fitted to the size of the first.

        `FilmError` where it cannot be written: the disk is full, the drive is gone.
        """
        with self._told():
            self._write(pixels)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError, av.FFmpegError) as error:
            why = getattr(error, "strerror", None) or error
            raise FilmError(f"{self.path}: the film cannot be written: {why}") from None

    def _write(self, pixels: Any) -> None:
        if self.video is None:
            self._begin(*pixels.shape[:2])
        height, width = self.shape
        layout = "rgb48le" if pixels.dtype == np.uint16 else "rgb24"
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format=layout)
        if self.form.pixels.startswith("yuv"):
            frame = frame.reformat(width, height, self.form.pixels, dst_colorspace=COLOURS)
            frame.color_primaries, frame.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        elif pixels.shape[:2] != (height, width):
            frame = frame.reformat(width=width, height=height)
        frame.pts = self.frames
        frame.time_base = 1 / self.rate
        if self.filters is not None:
            self.filters.vpush(frame)
            frame = self.filters.vpull()
        self.container.mux(self.video.encode(frame))
        self.frames += 1
        self._sound_until(int(self.frames / self.rate * RATE))

    def copy(self, piece: Path) -> None:
        """Append the pictures of a film as they are; it was written in the same form, at the same
        rate, and all pieces have the same size.

        `FilmError` where it cannot be read or written.
        """
        with self._told(), av.open(location(piece)) as source:
            (stream,) = source.streams.video
            if self.video is None:
                self.video = self.container.add_stream_from_template(stream)
                # Else the muxer guesses it, and ProRes 4444 is taken for 422.
                self.video.codec_context.codec_tag = stream.codec_context.codec_tag
                self._begin_sound()
            for packet in source.demux(stream):
                if packet.dts is None or packet.pts is None:
                    continue  # the end
                begins = round(self.frames / self.rate / packet.time_base)
                packet.pts += begins
                packet.dts += begins
                at = packet.pts * packet.time_base
                packet.stream = self.video
                self.container.mux(packet)
                self._sound_until(int(at * RATE))
            self.frames += stream.frames
            self._copied = True

    def _sound_until(self, position: int, last: bool = False) -> None:
        if self.audio is None or self.sound is None:
            return
        if not callable(self.sound):
            position = min(position, len(self.sound))
        while self.sent + CHUNK <= position or (last and self.sent < position):
            stop = min(self.sent + CHUNK, position)
            found = self.sound
            block = found(self.sent, stop) if callable(found) else found[self.sent : stop]
            planar = np.ascontiguousarray(block.T, np.float32)
            frame = av.AudioFrame.from_ndarray(planar, format="fltp", layout="stereo")
            if self.form.audio in WHOLE_NUMBERS:  # as the journal keeps it, without loss
                frame = whole_numbers(block)
            frame.sample_rate = RATE
            frame.pts = self.sent
            frame.time_base = Fraction(1, RATE)
            self.container.mux(self.audio.encode(frame))
            self.sent += len(block)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None and self.video is not None:
                with self._told():
                    self._sound_until(int(self.frames / self.rate * RATE), last=True)
                    for stream in (None if self._copied else self.video, self.audio):
                        if stream is not None:
                            self.container.mux(stream.encode(None))
                    self.container.close()
                    os.replace(self.partial, self.path)
        finally:
            with contextlib.suppress(Exception):
                self.container.close()
            self.partial.unlink(missing_ok=True)


def whole_numbers(block: Samples) -> Any:
    """(n, 2) float32 as a frame of 24 bits in 32."""
    whole = np.clip(np.rint(block.astype(np.float64) * STEPS), -STEPS, STEPS - 1).astype(np.int32)
    return av.AudioFrame.from_ndarray((whole << 8).reshape(1, -1), "s32", "stereo")
