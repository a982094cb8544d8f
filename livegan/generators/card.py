"""A model's card: what its weights do not say, kept beside them in ``model.json``."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from livegan.saving import write_bytes
from livegan.size import UNSAID, Size

from .errors import ModelError
from .files import INDEX, SAVED, model_in, weights_in


@dataclass
class Card:
    """Everything has a default, so a card may leave out what its author does not know.

    Parameters
    ----------
    name, title : of the model; one word, and one line.
    encoder, encoder_params : what drew the conditions that it was trained on.
    size : that it was trained at, in a file a number for a square or "384x216"; of no pixels if
        unknown.
    norm : ``"frame"``, ``"running"``, or empty for the default.
    data, hours, licence : what it was trained on and for how long, and what one may do with it.
    scores : numbers by name, from the evaluation.
    architecture : as :class:`~livegan.generators.Architecture` prints it, for people.
    picture : file name of an example, beside the card.
    made_with : livegan's version and what else matters for making it again.
    other : keys that this version does not know; they are kept when the card is written.
    """

    name: str = ""
    title: str = ""
    encoder: str = ""
    encoder_params: dict[str, Any] = field(default_factory=dict)
    size: Size = UNSAID
    norm: str = ""
    data: str = ""
    hours: float = 0.0
    licence: str = ""
    scores: dict[str, Any] = field(default_factory=dict)
    architecture: str = ""
    picture: str = ""
    made_with: str = ""
    other: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.size = Size.read(self.size)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Card:
        """Values of a known key but another type are made to fit, or left at the default."""
        card = cls()
        for key, value in values.items():
            if key == "other" or key not in KNOWN:
                card.other[key] = value
                continue
            kind: Callable[..., Any] = Size.read if key == "size" else type(getattr(card, key))
            if value is None or isinstance(value, dict) != (kind is dict):
                continue
            try:
                setattr(card, key, kind(value))
            except (TypeError, ValueError):
                continue
        return card

    def to_dict(self) -> dict[str, Any]:
        """For JSON; unknown keys are put back at the end."""
        values: dict[str, Any] = asdict(self) | {"size": self.size.plain}
        other: dict[str, Any] = values.pop("other")
        return values | other


KNOWN = {each.name for each in fields(Card)}


def card_path(weights: Path) -> Path | None:
    """The card of a weights file: ``NAME.json``, or ``model.json`` in a folder of its own."""
    shared = weights.with_name("model.json")
    if weights.name == INDEX:
        return shared if shared.is_file() else None
    own = weights.with_suffix(".json")
    if own.is_file():
        return own
    if not shared.is_file():
        return None
    if len(weights_in(weights.parent)) == 1:
        return shared
    try:
        # Beside what the project of pix2pix saves of every epoch, it is that of the last.
        last = SAVED.fullmatch(weights.stem) and model_in(weights.parent) == weights
    except ModelError:
        return None
    return shared if last else None


def read_card(path: str | Path) -> Card:
    """The card of a checkpoint (its weights, its folder or the card itself).

    A checkpoint without one has an empty card with its name.

    Raises
    ------
    ModelError
        If there is a card that is not a JSON object.
    """
    path = Path(path)
    if path.is_dir():
        file: Path | None = path / "model.json"
    else:
        file = path if path.suffix == ".json" and path.name != INDEX else card_path(path)
    if file is None or not file.is_file():
        shared = path.stem == "model" or path.name == INDEX
        return Card(name=path.parent.name if shared else path.stem)
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{file}: not a card: {error}; correct it or take it away") from error
    if not isinstance(values, dict):
        raise ModelError(f"{file}: not a card: give one JSON object, {{...}}")
    card = Card.from_dict(values)
    card.name = card.name or (file.parent.name if file.stem == "model" else file.stem)
    return card


def write_card(path: Path, card: Card) -> None:
    """Write ``model.json``; whoever reads at this moment sees the old one or the new one."""
    text = json.dumps(card.to_dict(), indent=2, ensure_ascii=False) + "\n"
    write_bytes(path, text.encode())
