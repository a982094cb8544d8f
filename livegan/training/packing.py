"""From a finished training to a model that a set can name: weights, card, picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from livegan import __version__
from livegan.generators.card import Card
from livegan.generators.checkpoint import save_checkpoint
from livegan.saving import replacing
from livegan.training.loop import Trained
from livegan.training.pairs import Pairs, PairsError
from livegan.training.scores import against_truth, record
from livegan.training.sheet import to_bytes

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
) -> Path:
    """Write ``out/model.safetensors``, ``out/model.json`` and ``out/sample.jpg``.

    Parameters
    ----------
    trained : what `train` returned.
    data : the data set it was trained on; its manifest says which encoder drew the conditions.
    out : the model's folder; its name is the model's.
    description : of the data, in words; by default the number of pairs and films.
    scores : further scores for the card, beside those on held-out pairs.
    made_with : the command that makes it again.

    Returns the file of the weights.
    """
    data, out = Path(data), Path(out)
    out.mkdir(parents=True, exist_ok=True)
    encoder, films = _origin(data)
    try:
        shown = Pairs(data / "val", trained.size)
        likeness = record(against_truth(trained.network, shown))
    except PairsError:
        shown, likeness = Pairs(data / "train", trained.size), {}
    picture = _sample(trained, shown)
    with replacing(out / "sample.jpg") as beside:
        picture.save(beside, "jpeg", quality=88)
    card = Card(
        name=out.name,
        title=title,
        encoder=str(encoder.get("name", "")),
        encoder_params=dict(encoder.get("parameters", {})),
        size=trained.size,
        norm="running",
        data=description or f"{trained.pairs} pairs from {films} films",
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
        },
    )
    return save_checkpoint(out, trained.network, card)


def _origin(data: Path) -> tuple[dict[str, Any], int]:
    """The encoder of a data set, and of how many films it is; nothing if it has no manifest."""
    # With several encoders, each has a folder in which its train and val lie.
    for folder, name in ((data, None), (data.parent, data.name)):
        manifest = folder / "manifest.json"
        if manifest.is_file():
            found = json.loads(manifest.read_text(encoding="utf-8"))
            encoders = found["settings"]["encoders"]
            mine = [e for e in encoders if name is None or e["name"] == name]
            films = sum(not film["error"] for film in found["films"])
            return (dict(mine[0]) if mine else {}), films
    return {}, 0


@torch.no_grad()
def _sample(trained: Trained, pairs: Pairs) -> Image.Image:
    """Condition above, painted below, side by side; at most 256 pixels each."""
    side = min(trained.size, 256)
    columns = []
    for place in range(min(SHOWN, len(pairs))):
        # Not the first of a film, which may be silence.
        index = (2 * place + 1) * len(pairs) // (2 * min(SHOWN, len(pairs)))
        condition, _ = pairs.batch([index], torch.device("cpu"))
        both = torch.cat([condition, trained.network(condition)])
        cells = [Image.fromarray(cell).resize((side, side)) for cell in to_bytes(both)]
        columns.append(np.vstack([np.asarray(cell) for cell in cells]))
    return Image.fromarray(np.hstack(columns))
