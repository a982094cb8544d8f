"""Trying a plugin in a test: a picture from a sound, and a set played without a stage."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from livegan.engine.program.picture_bytes import as_bytes
from livegan.plugin import Operation, declare, registry
from livegan.rehearsal import Rehearsal, rehearse
from livegan.size import Written
from livegan.sound import RATE
from livegan.testing import sounds
from livegan.testing.playing import Play


@dataclass(frozen=True)
class Played:
    """What a set showed: ``frames`` (n, H, W, 3) uint8, and the ``report`` of the rehearsal."""

    frames: NDArray[np.uint8]
    report: dict[str, Any]

    @property
    def faults(self) -> list[dict[str, Any]]:
        """What failed while it played: ``node``, ``where``, ``reason``, ``at``."""
        return list(self.report["faults"])


def render(
    encoder: Any,
    sound: NDArray[np.float32] | None = None,
    *,
    at: float = 3.0,
    size: Written = 256,
    **values: Any,
) -> NDArray[np.uint8]:
    """The condition that an encoder draws: (H, W, 3) uint8, as a show would.

    Parameters
    ----------
    encoder : the function or class itself, or the name of one that is loaded.
    sound : (n, channels) float32, -1..1, at 48 kHz; four seconds of music if None.
    at : the moment that is drawn, in seconds of the sound.
    size : in pixels: a side, or width and height.
    values : parameters of the encoder.

    Raises
    ------
    livegan.plugin.registry.UnknownName
        If there is no encoder of that name.
    livegan.plugin.DeclarationError
        If the function's signature is no encoder's.
    """
    operation = getattr(encoder, "livegan_operation", encoder)
    if isinstance(encoder, str):
        operation = registry.current().operation("encoder", encoder)
    if not isinstance(operation, Operation):
        operation = declare("encoder", operation)
    heard = "music" if sound is None else sounds.heard(np.asarray(sound, np.float32))
    pixels: NDArray[np.uint8] = as_bytes(Play(operation, heard, size=size, values=values).at(at))
    return pixels


def play(
    text: str,
    *,
    plugins: Iterable[str | Path] = (),
    sound: NDArray[np.float32] | None = None,
    seconds: float = 1.0,
    size: Written = 64,
    fps: float = 30.0,
) -> Played:
    """Play a set without window and sound card, as fast as it goes, and look at what it showed.

    Parameters
    ----------
    text : the set; its first line is ``from livegan.live import *``.
    plugins : plugin files that it is played with; installed ones are there by themselves.
    sound : (n, channels) float32 at 48 kHz; four seconds of music if None.
    seconds, size, fps : how much is played, in pixels and frames a second.

    Raises
    ------
    livegan.engine.commit.script.Refusal
        If the set cannot be played; the message says where, what, and what to do.
    """
    before = registry.current()
    frames: list[NDArray[np.uint8]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "plugins").mkdir()
        for file in plugins:
            shutil.copy(file, folder / "plugins")
        (folder / "set.py").write_text(text, encoding="utf-8")
        samples = sounds.music() if sound is None else np.asarray(sound, np.float32)
        soundfile.write(folder / "sound.wav", samples, RATE, subtype="FLOAT")
        what = Rehearsal(
            set=folder / "set.py",
            audio=folder / "sound.wav",
            seconds=seconds,
            size=size,
            fps=fps,
            folder=folder,
        )
        try:
            result = rehearse(what, on_frame=lambda frame, pixels: frames.append(pixels.copy()))
        finally:
            registry.use(before)
    return Played(np.stack(frames), result.report)
