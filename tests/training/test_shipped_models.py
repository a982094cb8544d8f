"""The models that come with livegan are whole: weights, card, picture, recipe."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from livegan.dataset import Conditions, drawing
from livegan.demo.composer import compose
from livegan.generators import Generator, find, load, read_card
from livegan.operation.source import drew_alike
from livegan.share import folder

NAMES = sorted(card.parent.name for card in folder("models").glob("*/model.json"))


def half_silent() -> np.ndarray:
    """(n, 2) float32: six seconds of silence, then ten of a song."""
    song = compose("techno", 5, 40.0).samples
    return np.concatenate([np.zeros((6 * 48000, 2), np.float32), song[20 * 48000 : 30 * 48000]])


@pytest.fixture(params=NAMES)
def path(request: pytest.FixtureRequest) -> Path:
    return find(request.param, [folder("models")])


def test_there_are_models_of_every_encoder_of_the_article() -> None:
    encoders = {read_card(find(name, [folder("models")])).encoder for name in NAMES}
    assert {"waveform", "timeline", "levels", "levels_timeline"} <= encoders
    listed = (folder("models") / "README.md").read_text(encoding="utf-8")
    assert all(f"| {name} |" in listed for name in NAMES)


def test_the_card_says_what_a_performer_must_know(path: Path) -> None:
    card = read_card(path)
    assert card.name in NAMES and card.title and card.licence and card.data
    assert card.size.plain == 512 and card.norm == "running" and card.hours > 0
    assert {"l1", "ssim"} <= card.scores.keys()
    assert (path.parent / card.picture).stat().st_size < 300_000
    with Image.open(path.parent / card.picture) as picture:
        assert picture.size == (1024, 512)
    assert path.stat().st_size < 8_000_000
    if not card.encoder:  # it repaints pictures
        return
    assert {"flicker", "response", "variety"} <= card.scores.keys()
    encoder = drawing(card.encoder, card.encoder_params)
    assert encoder.values == card.encoder_params
    # Else each show says that the encoder was changed after the model was trained: train it anew,
    # or name the version before in `drawn_alike` of the encoder if it draws the same picture.
    assert drew_alike(encoder.operation, str(card.other["encoder_sha256"]))


def test_it_paints_sound_and_silence_differently_and_neither_is_flat(path: Path) -> None:
    card = read_card(path)
    fed = drawing(card.encoder or "timeline", card.encoder_params)
    conditions = Conditions(half_silent(), [fed], card.size)
    generator = Generator(load(path), precision="float32")
    painted = []
    for seconds in (4.0, 15.03):
        drawn = torch.from_numpy(conditions.at(int(seconds * 48000))[0]).permute(2, 0, 1)
        painted.append(generator.paint(drawn))
    silence, sound = painted
    assert sound.std() > 0.05 and silence.std() > 0.02
    assert (sound - silence).abs().mean() > 0.02
