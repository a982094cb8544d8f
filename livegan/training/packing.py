"""From a training to a model that a set can name: weights, card, picture."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from livegan import __version__
from livegan.generators.card import Card
from livegan.generators.checkpoint import save_checkpoint
from livegan.generators.errors import ModelError
from livegan.saving import replacing
from livegan.training.layout import PairsError, condition_of, origin
from livegan.training.loop import Trained
from livegan.training.pairs import Pairs, pairs_in
from livegan.training.report.sheet import to_bytes
from livegan.training.scores import against_truth, record

SHOWN = 4
"""Pairs on a model's picture."""


def pack(
    trained: Trained,
    data: str | Path,
    out: str | Path,
    *,
    title: str = "",
    licence: str = "",
    description: str = "",
    scores: dict[str, Any] | None = None,
    made_with: str = "",
    measure: bool = True,
) -> Path:
    """Write ``out/model.safetensors``, ``out/model.json`` and ``out/sample.jpg``, each whole.

    Parameters
    ----------
    trained : what `train` returned; its network on the CPU.
    data : the data set it was trained on; its manifest says which encoder drew the conditions.
    out : the model's folder; its name is the model's.
    description : of the data, in words; by default the number of pairs and films.
    scores : further scores for the card, beside those on held-out pairs.
    made_with : the command that makes it again.
    measure : score it on held-out pairs; else the card has the distance that `trained` knows.

    Returns the file of the weights.

    Raises
    ------
    PairsError, ModelError, OSError
        If a pair cannot be read, the weights are not finite, or it cannot be written.
    """
    data, out = Path(data), Path(out)
    out.mkdir(parents=True, exist_ok=True)
    encoder, films = origin(data)
    condition = condition_of(data)
    if trained.recipe.direction == "BtoA":  # it is fed pictures, and paints what was drawn of them
        encoder, condition = {}, {}
    likeness = {} if trained.val_l1 is None else {"l1": round(trained.val_l1, 4)}
    held_out = pairs_in(data / "val", trained.size, direction=trained.recipe.direction)
    if held_out is not None and measure:
        likeness = record(against_truth(trained.network, held_out))
    shown = held_out or Pairs(data / "train", trained.size, direction=trained.recipe.direction)
    card = Card(
        name=out.name,
        title=title,
        encoder=str(encoder.get("name", "")),
        encoder_params=dict(encoder.get("parameters", {})),
        size=trained.size,
        norm="running",
        data=description or described(trained.pairs, films),
        hours=round(trained.seconds / 3600, 2),
        licence=licence,
        scores={**likeness, **(scores or {})},
        picture="sample.jpg",
        made_with=f"livegan {__version__}; {made_with}".rstrip("; "),
        other={
            "pairs": trained.pairs,
            "steps": trained.steps,
            "recipe": trained.recipe.record(),
            "encoder_sha256": encoder.get("sha256", ""),
            **({"condition": condition} if condition else {}),
        },
    )
    path = save_checkpoint(out, trained.network, card)
    picture = _sample(trained, shown)
    with replacing(out / "sample.jpg") as beside:
        picture.save(beside, "jpeg", quality=88)
    return path


def described(pairs: int, films: int) -> str:
    """What a model learned from, in words."""
    return f"{pairs} pairs from {films} films" if films else f"{pairs} pairs"


def publish(trained: Trained, data: str | Path, out: str | Path, *, made_with: str = "") -> str:
    """Write the model of a training that goes on, for shows that follow it.

    Arguments as for :func:`pack`; the network may be on any device and stays as it is.  Returns
    an empty line, or why it could not be written: the training goes on, and the next save tries
    again.
    """
    network = trained.network
    if any(tensor.device.type != "cpu" for tensor in network.state_dict().values()):
        # Only where it must be: a copy of `unet_256` is 218 MB, at the moment of the largest need.
        network = copy.deepcopy(network).cpu()
    learning = network.training
    network.eval()
    try:
        pack(replace(trained, network=network), data, out, made_with=made_with, measure=False)
    except (OSError, ModelError, PairsError) as error:
        return f"{out}: not written: {error}"
    finally:
        network.train(learning)
    return ""


@torch.no_grad()
def _sample(trained: Trained, pairs: Pairs) -> Image.Image:
    """Condition above, painted below, side by side; at most 256 pixels each."""
    size = trained.size.scaled(min(trained.size.height, 256))
    columns = []
    for place in range(min(SHOWN, len(pairs))):
        # Not the first of a film, which may be silence.
        index = (2 * place + 1) * len(pairs) // (2 * min(SHOWN, len(pairs)))
        condition, _ = pairs.batch([index], torch.device("cpu"))
        both = torch.cat([condition, trained.network(condition)])
        cells = [Image.fromarray(cell).resize((size.width, size.height)) for cell in to_bytes(both)]
        columns.append(np.vstack([np.asarray(cell) for cell in cells]))
    return Image.fromarray(np.hstack(columns))
