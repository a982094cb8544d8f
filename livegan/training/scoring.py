"""Scores of a model that is there already, on films and sounds of its user's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from livegan.dataset import drawing
from livegan.generators.card import Card
from livegan.generators.checkpoint import Checkpoint
from livegan.generators.errors import ModelError
from livegan.generators.runner import Generator
from livegan.size import UNSAID, Size, Written
from livegan.sound.media import decode
from livegan.training.layout import PairsError, advice, origin, pair_files
from livegan.training.pairs import pairs_in
from livegan.training.scores import (
    Motion,
    Truth,
    against_truth,
    cross_fed,
    over_sound,
    record,
    together,
)

MISMATCHED = ("waveform", "timeline")
"""What a model is cross-fed if nothing is asked for: the first that it was not trained on."""


@dataclass(frozen=True)
class FedLikeness:
    """Scores on the held-out pairs of one data set."""

    data: str
    pairs: int
    truth: Truth


@dataclass(frozen=True)
class Playing:
    """Scores over one sound, fed by one encoder; ``own`` if it is the one on the card."""

    sound: str
    encoder: str
    own: bool
    motion: Motion
    apart: float | None = None
    """How differently built its pictures are from those of the model's own encoder."""


@dataclass(frozen=True)
class Scores:
    """Everything that was measured."""

    likenesses: list[FedLikeness]
    playings: list[Playing]
    notes: list[str] = field(default_factory=list)
    """Lines about what could not be measured."""

    def truth(self) -> Truth | None:
        """The mean over all pairs; None if there were none."""
        if not self.likenesses:
            return None
        counts = [each.pairs for each in self.likenesses]
        values = [list(asdict(each.truth).values()) for each in self.likenesses]
        return Truth(*map(float, np.average(values, axis=0, weights=counts)))

    def motions(self) -> dict[tuple[str, bool], Motion]:
        """The mean over all sounds, by encoder and whether it is the model's own."""
        kinds = dict.fromkeys((each.encoder, each.own) for each in self.playings)
        return {
            kind: together([p.motion for p in self.playings if (p.encoder, p.own) == kind])
            for kind in kinds
        }

    def on_card(self, card: Card) -> Card:
        """The card with these scores; what was not measured stays as it was."""
        scores: dict[str, Any] = dict(card.scores)
        truth = self.truth()
        if truth is not None:
            scores |= record(truth)
            scores["pairs"] = sum(each.pairs for each in self.likenesses)
        for (encoder, own), motion in self.motions().items():
            if own:
                scores |= record(motion)
            else:
                unlike = [p.apart for p in self.playings if p.encoder == encoder and not p.own]
                scores[f"fed {encoder}"] = record(motion) | apart_record(unlike)
        if self.playings:
            scores["sounds"] = list(dict.fromkeys(Path(p.sound).name for p in self.playings))
        return replace(card, scores=scores)


def score(
    checkpoint: Checkpoint,
    *,
    data: Sequence[str | Path] = (),
    sounds: Sequence[str | Path] = (),
    fed: Sequence[str] = (),
    size: Written = UNSAID,
    norm: str | None = None,
    device: str | torch.device = "cpu",
    progress: Callable[[str, float], None] = lambda what, done: None,
) -> Scores:
    """Measure a model as a show plays it.

    Parameters
    ----------
    data : data sets, whose held-out pairs (``val``) are compared; drawn by the card's encoder.
    sounds : sound or film files; a song or more, none that the model learned from.
    fed : further encoders, such as ``"levels"`` or ``"timeline:seconds=5"``, for the scores of a
        model that is cross-fed; by default those on its card, else one that is not its own.
    size : at which it paints; by default the card's, else 256.
    norm, device : as for `Generator`.
    progress : told in a few words what is measured, and which part of that, 0..1, is done.

    Raises
    ------
    ModelError
        If sounds are given and the card names no encoder, or a data set was drawn by another.
    PairsError, livegan.sound.media.MediaError, livegan.dataset.EncoderError
        If something cannot be read or drawn.
    """
    card = checkpoint.card
    if sounds and not card.encoder and not fed:
        raise ModelError(
            f"{checkpoint.name}: its card names no encoder; score it with --data alone, say with "
            "--fed what draws its conditions, or, if one drew its pairs, write that into "
            'model.json beside the weights: "encoder": "timeline"'
        )
    own = [drawing(card.encoder, card.encoder_params)] if card.encoder else []
    others = [drawing(text) for text in fed or _mismatched(card)] if sounds else []
    generator = Generator(checkpoint, device, norm=norm)
    asked = Size.read(size) or card.size or Size.square(256)
    likenesses = []
    notes = []
    direction = (card.other.get("recipe") or {}).get("direction", "AtoB")
    for folder in map(Path, data):
        unseen = _held_out(folder, card)
        pairs = pairs_in(unseen, asked, direction=direction)
        if pairs is None:
            if not pair_files(unseen.parent / "train")[0]:
                raise PairsError(f"{unseen}: holds no pairs; {advice(unseen)}")
            text = f"{folder}: none of its pairs is held out, so L1 and SSIM are not measured"
            notes.append(f"{text}; hold out a film: livegan dataset ... --val-film FILM --out NEW")
            continue
        what = f"{len(pairs)} pairs of {folder}"
        truth = against_truth(played(generator), pairs, progress=partial(progress, what))
        likenesses.append(FedLikeness(str(folder), len(pairs), truth))
    if notes and not likenesses and not sounds:
        raise PairsError("; ".join(notes))
    playings = []
    for file in sounds:
        progress(f"reading {file}", 0.0)
        samples = decode(file)
        for place, found in enumerate((*own, *others)):
            what = f"{Path(file).name}, fed {found.name}"
            motion = over_sound(
                played(generator), found, samples, size=asked, progress=partial(progress, what)
            )
            mine = place < len(own)
            unlike = None
            if own and not mine:
                unlike = cross_fed(played(generator), own[0], found, samples, size=asked)
            playings.append(Playing(str(file), found.name, mine, motion, unlike))
    return Scores(likenesses, playings, notes)


def apart_record(values: Sequence[float | None]) -> dict[str, float]:
    """For a card: the mean of what was measured of `Playing.apart`; nothing if nothing was."""
    found = [value for value in values if value is not None]
    return {"apart": round(float(np.mean(found)), 4)} if found else {}


def played(generator: Generator) -> Callable[[Tensor], Tensor]:
    """A slot as `livegan.training.scores` wants a network: (1, 3, H, W) of -1..1, in and out."""

    def paint(condition: Tensor) -> Tensor:
        height, width = condition.shape[2:]
        picture = generator.paint((condition[0] + 1) / 2, size=(height, width))
        return picture[None].cpu() * 2 - 1

    return paint


def _mismatched(card: Card) -> list[str]:
    """The encoders that the card has scores for, else one that is not its own."""
    fed = [key.removeprefix("fed ") for key in card.scores if key.startswith("fed ")]
    return fed or [next(name for name in MISMATCHED if name != card.encoder)]


def _held_out(folder: Path, card: Card) -> Path:
    """The folder of held-out pairs of a data set, which may be of several encoders."""
    mine = folder / card.encoder
    folder = mine if (mine / "val").is_dir() else folder
    encoder, _ = origin(folder)
    drew = encoder.get("name", card.encoder)
    if drew != card.encoder:
        raise ModelError(
            f"{folder}: its conditions were drawn by {drew}, and {card.name} learned from "
            f"{card.encoder}; make pairs with --encoder {card.encoder}"
        )
    # A folder of pairs alone is taken as it is.
    sides = ("train", "val", "A", "B", "trainA", "trainB")
    return folder / "val" if any((folder / side).is_dir() for side in sides) else folder
