"""How films of each suffix are written, and with which codecs: rows of data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import av


class FilmError(OSError):
    """A film cannot be written: where, and why."""


@dataclass(frozen=True)
class Codec:
    """How pictures are written: as FFmpeg calls it."""

    video: str
    pixels: str
    options: dict[str, str] = field(default_factory=dict)
    audio: str = ""
    """What it usually has beside it; empty for what the container usually has."""
    tag: str = ""
    """By which players of Apple know it in MP4 and MOV."""
    deep: bool = False
    """Whether it keeps more than 8 bits: the pictures of a set are not rounded to those."""
    quality: bool = False
    """Whether it takes the writer's ``crf``, ``preset`` and ``tune``."""
    least: tuple[int, int] = (2, 2)
    """The smallest (height, width)."""


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
    codecs: tuple[str, ...] = ()
    """Names of `CODECS` that may be chosen, the usual one first."""
    tag: str = ""
    deep: bool = False
    least: tuple[int, int] = (2, 2)
    joins: bool = False
    """Whether a film may be joined of pieces without encoding them again."""

    @property
    def files(self) -> bool:
        """Whether it is a file for each picture, and one of the sound."""
        return self.container == "image2"


CODECS: dict[str, Codec] = {
    "h264": Codec("libx264", "yuv420p", quality=True),
    "h265": Codec(
        "libx265", "yuv420p10le", {"x265-params": "log-level=none"}, tag="hvc1", deep=True,
        quality=True,
    ),
    "prores": Codec("prores_ks", "yuv422p10le", {"profile": "hq", "vendor": "apl0"},
        "pcm_s24le", deep=True,
    ),
    "prores4444": Codec("prores_ks", "yuv444p10le", {"profile": "4444", "vendor": "apl0"},
        "pcm_s24le", deep=True,
    ),
    "dnxhr": Codec("dnxhd", "yuv422p10le", {"profile": "dnxhr_hqx"}, "pcm_s24le", deep=True,
        least=(120, 256),
    ),
    "ffv1": Codec("ffv1", "bgr0", {"level": "3", "slicecrc": "1"}, "flac"),
    "vp9": Codec(
        "libvpx-vp9", "yuv420p",
        {"crf": "24", "b": "0", "deadline": "realtime", "cpu-used": "5", "row-mt": "1"}, "libopus",
    ),
    "vp8": Codec(
        "libvpx", "yuv420p", {"crf": "8", "b": "8000000", "deadline": "realtime", "cpu-used": "5"},
        "libopus",
    ),
    "wmv2": Codec("wmv2", "yuv420p", {"b": "12000000"}, "wmav2"),
    "png": Codec("png", "rgb24"),
    "png16": Codec("png", "rgb48be", deep=True),
    "exr": Codec("exr", "gbrpf32le", {"compression": "zip16", "format": "half"}, deep=True),
}  # fmt: skip
"""How pictures are written, by the word of ``--codec``."""

FAST = {"movflags": "+faststart"}  # players on the web begin before they have all
DEFAULT = ".mp4"
FORMS: dict[str, Form] = {
    ".mp4": Form("mp4", wrap=FAST, codecs=("h264", "h265"), joins=True),
    ".m4v": Form("mp4", wrap=FAST, codecs=("h264", "h265"), joins=True),
    ".mov": Form(
        "mov",
        wrap=FAST,
        codecs=("h264", "h265", "prores", "prores4444", "dnxhr"),
        joins=True,
    ),
    ".mkv": Form("matroska", codecs=("h264", "h265", "ffv1", "vp9")),
    ".webm": Form("webm", codecs=("vp9",)),
    # AVI has no times, only an order: frames have to be written as they are shown.
    ".avi": Form("avi", audio="pcm_s16le", options={"bf": "0"}, codecs=("h264",)),
    ".gif": Form("gif", "gif", "", pixels="pal8", quality=False),
    ".webp": Form("webp", "libwebp_anim", "", options={"quality": "85"}, quality=False),
    ".apng": Form("apng", "apng", "", pixels="rgb24", wrap={"plays": "0"}, quality=False),
    ".ts": Form("mpegts", codecs=("h264", "h265")),
    ".mts": Form("mpegts", codecs=("h264", "h265")),
    ".m2ts": Form("mpegts", codecs=("h264", "h265")),
    ".flv": Form("flv", codecs=("h264",)),
    ".ogv": Form("ogg", codecs=("vp8",)),
    ".wmv": Form("asf", codecs=("wmv2",)),
    ".asf": Form("asf", codecs=("wmv2",)),
}
"""Suffix → how such a film is written; of a form with codecs the first is the usual one."""
FRAMES: dict[str, Form] = {
    ".png": Form("image2", codecs=("png", "png16")),
    ".exr": Form("image2", codecs=("exr",)),
}
"""The same for a file for each picture: see `livegan.film.frames`."""


def with_codec(form: Form, codec: Codec) -> Form:
    """That form with this codec."""
    return replace(
        form,
        video=codec.video,
        pixels=codec.pixels,
        audio=codec.audio or form.audio,
        options={**form.options, **codec.options},
        quality=codec.quality,
        tag=codec.tag if form.container in ("mp4", "mov") else "",
        deep=codec.deep,
        least=codec.least,
    )


for _forms in (FORMS, FRAMES):
    for _suffix, _form in _forms.items():
        if _form.codecs:
            _forms[_suffix] = with_codec(_form, CODECS[_form.codecs[0]])
ALL = FORMS | FRAMES


def form_of(path: Path, codec: str = "") -> Form:
    """How a film of this name is written; one without a suffix is an MP4.

    Raises
    ------
    FilmError
        If no film can have that suffix, with that codec; if this FFmpeg has no such codec; or if
        the name is that of a folder.
    """
    if path.is_dir():
        raise FilmError(f"{path}: is a folder; name a film in it, such as {path / 'film.mp4'}")
    suffix = path.suffix.lower() if path.suffix else DEFAULT
    form = ALL.get(suffix)
    if form is None:
        known = " ".join(ALL)
        raise FilmError(
            f"{path}: no film can be written as {path.suffix}; choose one of {known}, "
            f"such as {path.with_suffix('.mp4').name}"
        )
    if codec:
        if codec not in CODECS:
            raise FilmError(f"--codec {codec}: there is no such codec; choose {listed(CODECS)}")
        if codec not in form.codecs:
            where = [suffix for suffix, each in ALL.items() if codec in each.codecs]
            has = listed(form.codecs) or "one codec only"
            raise FilmError(
                f"--codec {codec}: {suffix} films have no such codec, but {has}; "
                f"{codec} can be written as {listed(where)}"
            )
        form = with_codec(form, CODECS[codec])
    if not can_write(form.video):
        raise FilmError(
            f"{path}: the FFmpeg that PyAV brings here cannot write {form.video}; with --codec it "
            f"can write {listed(name for name, each in CODECS.items() if can_write(each.video))}"
        )
    return form


def can_write(video: str) -> bool:
    """Whether this FFmpeg has an encoder of that name."""
    try:
        av.Codec(video, "w")
    except ValueError:
        return False
    return True


def listed(names: Iterable[Any]) -> str:
    """Names, for a sentence."""
    return ", ".join(map(str, names))


def choices() -> str:
    """What can be chosen, for help: ``.mp4: h264, h265; ...``."""
    return "; ".join(
        f"{suffix}: {listed(form.codecs)}" for suffix, form in ALL.items() if len(form.codecs) > 1
    )
