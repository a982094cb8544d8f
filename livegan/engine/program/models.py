"""Where the models of a show are, and how livegan sees that one was written again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from livegan import share
from livegan.generators import Card, ModelError, clash, find, read_card
from livegan.generators.card import card_path
from livegan.generators.files import files_of
from livegan.generators.finding import weights_at
from livegan.graph.graph import Graph


@dataclass(frozen=True)
class Models:
    """Models by name: in ``folders``, in order, but those that are ``followed`` at their place.

    A followed one may not be there yet: its training has not saved it so far.
    """

    folders: list[Path]
    followed: Mapping[str, Path] = field(default_factory=dict)

    def find(self, name: str) -> Path:
        """The weights file.

        Raises
        ------
        ModelError
            If there is none.
        """
        place = self.followed.get(name)
        if place is None:
            return find(name, self.folders)
        found = weights_at(place)
        if found is None:
            raise ModelError(f"no model at {place} yet; it plays as soon as it is written")
        return found

    def clash(self, name: str) -> str:
        """A line that says so if other files of the performer's are called so too; else empty."""
        if name in self.followed:
            return ""
        own = [folder for folder in self.folders if folder != share.folder("models")]
        return clash(name, own)

    def card(self, name: str) -> Card:
        """Its card; `ModelError` if there is no such model, or the card is none."""
        return read_card(self.find(name))

    def stamp(self, name: str) -> str:
        """Which file it is and when that and its card were written; empty while there is none."""
        try:
            path = self.find(name)
            stamp = f"|{path}"
            for file in filter(None, (*files_of(path), card_path(path))):
                status = file.stat()
                stamp += f"|{status.st_mtime_ns}|{status.st_size}|{status.st_ino}"
        except (ModelError, OSError):
            return ""
        return stamp

    def watched(self, names: Iterable[str]) -> list[Path]:
        """Files and folders whose change may be that of a model, there or not."""
        found: list[Path] = []
        for name in names:
            place = self.followed.get(name)
            found += [place] if place is not None else [f / name for f in self.folders]
            try:
                path = self.find(name)
            except ModelError:
                continue
            found += [*files_of(path), path.with_suffix(".json"), path.with_name("model.json")]
        return found


class News:
    """The models that were written since the previous program, in lines for the performer."""

    def __init__(self) -> None:
        self._played: dict[str, str] | None = None

    def lines(self, models: Models, stamps: dict[str, str]) -> list[str]:
        """``stamps`` are those of the models of a new program, by name."""
        before = {} if self._played is None else self._played
        lines = []
        for name, stamp in stamps.items():
            if before.get(name, stamp) != stamp:
                try:
                    state = state_of(models.card(name))
                except ModelError:
                    state = ""
                lines.append(f"the file of {name} has changed" + (f": {state}" if state else ""))
        if self._played is None:
            for name in sorted(models.followed.keys() - stamps.keys()):
                fix = f'write model("{name}") where it should play'
                lines.append(f"the set plays no model {name!r}; {fix}")
        self._played = before | stamps
        return lines


def checkpoints_of(graph: Graph) -> set[str]:
    """The names of all models that a set plays or morphs."""
    names = [(n.fixed["checkpoint"], n.fixed["other"]) for n in graph.nodes if n.kind == "model"]
    return {name for pair in names for name in pair if name is not None}


def state_of(card: Card) -> str:
    """How far a model's training is, in a few words; empty if its card does not say."""
    said = []
    if card.other.get("steps"):
        said.append(f"{card.other['steps']} steps")
    if card.hours:
        said.append(f"{card.hours:g} h")
    if isinstance(card.scores.get("l1"), float):
        said.append(f"l1 {card.scores['l1']:.4f}")
    return ", ".join(said)
