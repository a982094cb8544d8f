"""Film files: pictures and sound, in sync, whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from livegan.files import location
from livegan.saving import partial
from livegan.sound import RATE

Samples = NDArray[np.float32]
CHUNK = 1024


class FilmError(OSError):
    """A film cannot be written: where, and why."""


@dataclass(frozen=True)
class Form:
    """How films of one suffix are written: container and codecs, as FFmpeg calls them."""

    container: str
    video: str = "libx264"
    audio: str = "aac"
    """Empty for films that are silent."""
    pixels: str = "yuv420p"
    options: dict[str, str] = field(default_factory=dict)
    """For the video codec."""
    wrap: dict[str, str] = field(default_factory=dict)
    """For the container."""
    quality: bool = True
    """Whether the codec takes the writer's ``crf``, ``preset`` and ``tune``."""


MP4 = Form("mp4", wrap={"movflags": "+faststart"})  # players on the web begin before they have all
MOV = Form("mov", wrap={"movflags": "+faststart"})
VP9 = {"crf": "24", "b": "0", "deadline": "realtime", "cpu-used": "5", "row-mt": "1"}
VP8 = {"crf": "8", "b": "8000000", "deadline": "realtime", "cpu-used": "5"}
WEBM = Form("webm", "libvpx-vp9", "libopus", options=VP9, quality=False)
OGG = Form("ogg", "libvpx", "libopus", options=VP8, quality=False)
MPEG_TS = Form("mpegts")
ASF = Form("asf", "wmv2", "wmav2", options={"b": "12000000"}, quality=False)

FORMS: dict[str, Form] = {
    ".mp4": MP4,
    ".m4v": MP4,
    ".mov": MOV,
    ".mkv": Form("matroska"),
    ".webm": WEBM,
    # AVI has no times, only an order: frames have to be written as they are shown.
    ".avi": Form("avi", audio="pcm_s16le", options={"bf": "0"}),
    ".gif": Form("gif", "gif", "", pixels="pal8", quality=False),
    ".webp": Form("webp", "libwebp_anim", "", options={"quality": "85"}, quality=False),
    ".apng": Form("apng", "apng", "", pixels="rgb24", wrap={"plays": "0"}, quality=False),
    ".ts": MPEG_TS,
    ".mts": MPEG_TS,
    ".m2ts": MPEG_TS,
    ".flv": Form("flv"),
    ".ogv": OGG,
    ".wmv": ASF,
    ".asf": ASF,
}
"""Suffix → how such a film is written."""


def form_of(path: Path) -> Form:
    """How a film of this name is written; one without a suffix is an MP4.

    Raises
    ------
    FilmError
        If no film can have that suffix, or the name is that of a folder.
    """
    if path.is_dir():
        raise FilmError(f"{path}: is a folder; name a film in it, such as {path / 'film.mp4'}")
    form = FORMS.get(path.suffix.lower(), None if path.suffix else MP4)
    if form is None:
        known = " ".join(FORMS)
        raise FilmError(
            f"{path}: no film can be written as {path.suffix}; choose one of {known}, "
            f"such as {path.with_suffix('.mp4').name}"
        )
    return form


class FilmWriter:
    """Writes pictures (H, W, 3) uint8 one after the other, with the sound that belongs to them.

    Parameters
    ----------
    path : the film; its suffix says how it is written: see `FORMS`.
    fps : pictures a second.
    sound : (n, 2) float32 at 48 kHz that begins with the first picture, or a function that gives
        its samples ``start <= i < stop`` as such an array; None for a silent film.
    crf, preset, tune : what x264 calls them: quality (lower is better), effort, kind of pictures.

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
        crf: int = 16,
        preset: str = "veryfast",
        tune: str = "",
    ) -> None:
        self.path = path
        self.partial = partial(path)
        self.form = form_of(path)
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
        self.video = self.container.add_stream(self.form.video, rate=self.rate)
        self.video.height, self.video.width = self.shape
        self.video.pix_fmt = self.form.pixels
        self.video.options = self.options
        if self.form.pixels == "pal8":
            self._shrink()
        if self.sound is not None and self.form.audio:
            self.audio = self.container.add_stream(self.form.audio, rate=RATE)
            self.audio.layout = "stereo"
            if not self.form.audio.startswith("pcm"):
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
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
        if pixels.shape[:2] != (height, width):
            frame = frame.reformat(width=width, height=height)
        frame.pts = self.frames
        frame.time_base = 1 / self.rate
        if self.filters is not None:
            self.filters.vpush(frame)
            frame = self.filters.vpull()
        self.container.mux(self.video.encode(frame))
        self.frames += 1
        self._sound_until(int(self.frames / self.rate * RATE))

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
                    for stream in (self.video, self.audio):
                        if stream is not None:
                            self.container.mux(stream.encode(None))
                    self.container.close()
                    os.replace(self.partial, self.path)
        finally:
            with contextlib.suppress(Exception):
                self.container.close()
            self.partial.unlink(missing_ok=True)
