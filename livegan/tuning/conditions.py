"""The conditions that a model is calibrated and checked with: drawn as a show draws them."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from livegan import share
from livegan.dataset.condition import Conditions, Drawing, EncoderError, drawing
from livegan.generators import Card
from livegan.size import Size
from livegan.sound import RATE
from livegan.sound.media import decode
from livegan.training.scores import Samples

CROSS_FED = ("waveform", "timeline", "levels", "levels_timeline")
"""The encoders that a set is likely to feed to a model that learned from another one."""
CALIBRATED_S = 24.0
"""Seconds of the demo track to calibrate with; what follows is for the check."""
SECONDS = 12.0
"""Of the sounds to check with: longer than the past that most encoders draw."""


def calibration_sounds() -> list[Samples]:
    """The demo track's first part, and silence: (n, 2) float32."""
    track = decode(share.demo_track())
    return [track[: round(CALIBRATED_S * RATE)], np.zeros((2 * RATE, 2), np.float32)]


def check_sounds() -> list[Samples]:
    """What is not calibrated with: the end of the demo track, and a loud made sound."""
    track = decode(share.demo_track())
    return [track[round(CALIBRATED_S * RATE) :][: round(SECONDS * RATE)], made_sound(SECONDS)]


def made_sound(seconds: float) -> Samples:
    """Strokes at full scale over a rising tone and noise, (n, 2): nothing in it is in the demo."""
    rng = np.random.default_rng(5)
    time = np.arange(round(seconds * RATE)) / RATE
    tone = 0.3 * np.sin(2 * np.pi * (60 * time + 40 * time**2))
    noise = 0.1 * rng.standard_normal((time.size, 2)) * (time % 4 > 2)[:, None]
    stroke = np.sin(2 * np.pi * 55 * (time % 0.47)) * np.exp(-9 * (time % 0.47))
    sound: Samples = np.clip(noise + (tone + stroke)[:, None], -1, 1).astype(np.float32)
    return sound


def drawings_of(card: Card) -> list[Drawing]:
    """The encoder on a card, and those that it may be cross-fed; those that can be drawn here."""
    found: list[Drawing] = []
    named = [(card.encoder, dict(card.encoder_params))] if card.encoder else []
    named += [(name, {}) for name in CROSS_FED if name != card.encoder]
    for name, values in named:
        try:
            found.append(drawing(name, values))
        except EncoderError:  # of a plugin that is not here, or one that needs a picture
            continue
    return found


def conditions(
    card: Card, sounds: Sequence[Samples], size: Size, each: int
) -> dict[str, list[Tensor]]:
    """By the name of the encoder: what it draws, ``each`` times over every sound.

    Returns
    -------
    (3, H, W) float32 tensors, 0..1.  An encoder that fails is left out.
    """
    drawings = drawings_of(card)
    try:
        return drawn(drawings, sounds, size, each)
    except EncoderError:
        found: dict[str, list[Tensor]] = {}
        for one in drawings:
            with contextlib.suppress(EncoderError):
                found |= drawn([one], sounds, size, each)
        return found


def drawn(
    drawings: Sequence[Drawing], sounds: Sequence[Samples], size: Size, each: int
) -> dict[str, list[Tensor]]:
    """The same; `EncoderError` if one fails.  A sound is analysed once for all of them."""
    found: dict[str, list[Tensor]] = {one.name: [] for one in drawings}
    for sound in sounds:
        source = Conditions(sound, drawings, size)
        for place in range(each):
            for one, pixels in zip(
                drawings, source.at(round((place + 1) / each * source.end)), strict=True
            ):
                picture = torch.from_numpy(pixels.copy()).permute(2, 0, 1)
                found[one.name].append(picture.float() / 255)
    return found
