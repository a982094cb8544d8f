"""What a show was made with, looked for before it is played again: models, films, plugins."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from livegan import __version__
from livegan.engine.program.build import Builder
from livegan.engine.program.models import Models
from livegan.engine.program.nodes.instance import Instance, ModelInstance, Moment
from livegan.engine.program.probe import Busy
from livegan.engine.program.program import Program
from livegan.generators import Checkpoint, Generator, ModelError, find, read_card
from livegan.generators.card import card_path
from livegan.generators.finding import available
from livegan.graph.picture import Picture
from livegan.gremlins.copying import link
from livegan.journal.engine_record import KEY, digest
from livegan.journal.folder import Journal
from livegan.journal.lines import JournalError
from livegan.journal.made_with import KeptFile, kept_files, print_of, short, versions
from livegan.plugin import registry

CHANNELS = 3


class Unpainted:
    """A network that gives its condition back: in place of a model that is gone."""

    in_channels = out_channels = CHANNELS
    concurrent = True

    def fit(self, height: int, width: int) -> tuple[int, int]:
        """Any size."""
        return height, width

    def run(self, x: torch.Tensor) -> torch.Tensor:
        """(1, 3, H, W) as it came."""
        return x

    def to(self, device: torch.device) -> None:
        """Anywhere."""


class ReplayBuilder(Builder):
    """Builds programs of a show, with its conditions in place of models that are ``gone``.

    ``gone`` are places of those models by name, each with the card that the model had.
    """

    gone: dict[str, Path]
    tell: Callable[[str], None]

    def make(
        self, node: Picture, models: Models, moment: Moment, busy: Busy, beside: Path
    ) -> Instance:
        """As any builder; a slot whose model is gone shows its condition."""
        if node.kind == "model" and {node.fixed["checkpoint"], node.fixed["other"]} & set(
            self.gone
        ):
            card = models.card(node.fixed["checkpoint"])
            shown = Checkpoint(
                architecture=None, tensors={}, card=card, digest="", foreign=Unpainted()
            )
            return ModelInstance(Generator(shown, self.device))
        return super().make(node, models, moment, busy, beside)


class Materials:
    """Compares what a show was made with to what is there, and finds what lies elsewhere by now.

    ``instead`` are models to play in place of those of the show, by name.
    """

    def __init__(
        self,
        journal: Journal,
        room: Path,
        builder: ReplayBuilder,
        instead: Mapping[str, Path],
        note: Callable[[str], None],
    ) -> None:
        self._journal, self._room, self._builder, self._note = journal, room, builder, note
        self._instead = dict(instead)
        self._told: set[str] = set()
        self._plays: dict[str, str] = {}
        builder.gone, builder.tell = {}, note
        builder.followed |= self._instead

    def prepare(self, said: Mapping[str, Any], set_path: Path) -> None:
        """Before a version of the set is built: say what is missing or another one, and put
        something in its place."""
        for name, files in kept_files(said, "models").items():
            if name not in self._instead:
                self._look_at_model(name, files, set_path)
        for name, files in kept_files(said, "pictures").items():
            self._look_at_picture(name, files[0])
        for package, was in ((said.get("made") or {}).get("plugins") or {}).items():
            try:
                now = version(package)
            except PackageNotFoundError:
                self._tell(f"the plugin {package} {was} is not installed: pip install {package}")
                continue
            if now != was:
                self._tell(
                    f"the plugin {package} is {now}, and was {was} in the show: pictures may "
                    f"differ; pip install {package}=={was} brings it back"
                )

    def _look_at_model(self, name: str, files: list[KeptFile], set_path: Path) -> None:
        models = self._builder.models(set_path)
        weights, *rest = files
        try:
            found = models.find(name)
        except ModelError:
            found = None
        if found is not None and name not in self._builder.gone:
            card = card_path(found)
            there = [found, *([card] if card else [])]
            for kept in files:
                now = next((f for f in there if f.suffix == Path(kept.path).suffix), None)
                if now is not None and not kept.is_that(now):
                    what = "card of model" if now == card else "model"
                    self._tell(
                        f"the {what} {name!r} is another file now: sha256 "
                        f"{short(print_of(now)[1])}, in the show {kept}; pictures with it differ, "
                        f"--model {name}=FILE plays the one of the show"
                    )
            return
        elsewhere = lying_elsewhere(weights, models.folders)
        place = self._room / "models" / digest(name.encode(errors="surrogateescape"))
        place.mkdir(parents=True, exist_ok=True)
        for kept in rest:
            if kept.path.endswith(".json"):
                with contextlib.suppress(JournalError):
                    card_text = self._journal.text(kept.sha256[:KEY])
                    (place / "model.json").write_bytes(card_text)
        self._builder.followed[name] = place
        if elsewhere is not None:
            link(elsewhere, place / f"model{elsewhere.suffix}")
            self._tell(
                f"the model {name!r} lies at {elsewhere.resolve()} now: it has the same content"
            )
            return
        self._tell(
            f"the model {name!r} is missing ({weights}): its condition is shown in its place; "
            f"put the file back, or name one: --model {name}=FILE"
        )
        (place / "model.safetensors").touch()
        self._builder.gone[name] = place

    def _look_at_picture(self, name: str, kept: KeptFile) -> None:
        path = Path(kept.path)
        if not path.exists():
            self._tell(f"{name} is missing ({kept}): put the file back")
        elif not kept.is_that(path):
            now = short(print_of(path)[1])
            self._tell(f"{name} is another file now: sha256 {now}, in the show {kept}")

    def changed_plugins(self, texts: Mapping[Path, bytes]) -> set[Path]:
        """Files of packages that are installed from a folder: they are played as they are now."""
        records = registry.current().records
        editable = {f for r in records if r.entry.origin == "editable" for f in r.files}
        for file in sorted(editable & texts.keys()):
            if not file.is_file() or file.read_bytes() != texts[file]:
                self._tell(
                    f"{file}: this file of a plugin has changed since the show; the replay uses it "
                    "as it is now, so pictures may differ"
                )
        return editable

    def play_with(self, plays: Mapping[str, str], programs: Iterable[Program]) -> None:
        """Let slots paint with the backends that they had in the show: these, and those before."""
        self._plays |= plays
        for step in (step for program in programs for step in program.slots):
            wanted, own = self._plays.get(step.name), step.instance
            if wanted is None or type(own) is not ModelInstance:
                continue
            generator = own.generator
            if not isinstance(generator, Generator) or generator.plays == wanted:
                continue
            if isinstance(generator.checkpoint.foreign, Unpainted):
                continue
            try:
                own.generator = Generator(
                    generator.checkpoint,
                    generator.device,
                    step.node.fixed["precision"],
                    backend=wanted,
                    note=self._tell,
                )
            except ModelError as error:
                self._tell(
                    f"{step.name} was played by {wanted} in the show, and is played by "
                    f"{generator.plays} now ({error}): its pictures may differ"
                )

    def _tell(self, line: str) -> None:
        if line not in self._told:
            self._told.add(line)
            self._note(line)


def lying_elsewhere(kept: KeptFile, folders: Iterable[Path]) -> Path | None:
    """A model with the same content, whatever it is called by now."""
    return next((path for _, path in available(folders) if kept.is_that(path)), None)


def other_versions(show: Mapping[str, Any]) -> Iterator[str]:
    """What of livegan and the libraries that decide about bits is of another version now."""
    was = {"livegan": str(show.get("livegan") or __version__), **(show.get("versions") or {})}
    now = {"livegan": __version__, **versions()}
    for name, then in was.items():
        if now.get(name) != then:
            yield f"{name} {then} (now {now.get(name) or 'not installed'})"


def models_instead(texts: Iterable[str]) -> dict[str, Path]:
    """``NAME=FILE`` each, as models by name.

    Raises
    ------
    JournalError
        With what to write.
    """
    found: dict[str, Path] = {}
    for text in texts:
        name, sign, file = text.partition("=")
        if not sign or not name or not file:
            raise JournalError(f"--model {text}: write NAME=FILE, such as city=models/night")
        place = Path(file).expanduser()
        try:
            weights = find(str(place.absolute()), [])
            read_card(weights)
        except ModelError as error:
            raise JournalError(f"--model {text}: {error}") from None
        found[name] = weights
    return found
