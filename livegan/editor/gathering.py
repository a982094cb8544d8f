"""Gathers the words of a working folder: what is built in, installed, and in ``plugins/``.

This loads plugins, so the server of an editor has it done in a process of its own.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from livegan import live, share
from livegan.editor.vocabulary import (
    ModelName,
    Vocabulary,
    Word,
    words_of_class,
    words_of_stub,
)
from livegan.gallery import file_of
from livegan.generators.card import Card, card_path, read_card
from livegan.generators.errors import ModelError
from livegan.generators.finding import available, model_folders
from livegan.graph.signals.signal import METHODS, Signal
from livegan.plugin import param, registry, static
from livegan.plugin.catalogue import OF_A_SET, OWN, Offer, package_of
from livegan.plugin.declare import Operation
from livegan.stubs import live_stub, mixers_in


def gathered(path: Path, folder: Path) -> Vocabulary:
    """The words of a set: ``path`` is its file, ``folder`` the working folder."""
    words = words_of_stub(live_stub(mixers_in(folder)))
    words += words_of_class(inspect.getsource(Signal), METHODS)
    words += declared()
    return Vocabulary(
        tuple(complete(word) for word in words), tuple(models_of(model_folders(path, folder)))
    )


def complete(word: Word) -> Word:
    """With where it is defined, and its picture."""
    thing = thing_of(word)
    if thing is not None:
        place = thing.origin if isinstance(thing, Operation) else thing
        picture = ""
        if package_of(thing) == OWN and thing.kind in ("encoder", "mixer", "picture_source"):
            file = share.gallery() / file_of(thing)
            picture = str(file) if file.is_file() else ""
        package = ""
        if package_of(thing) != OWN:
            version = place.version
            package = f"{package_of(thing)} {version}".strip()
        doc = word.doc.removesuffix(f"From {package}").strip() if package else word.doc
        return replace(
            word, file=place.file, line=place.line, picture=picture, package=package, doc=doc
        )
    made = getattr(Signal if word.owner == "Signal" else live, word.name, None)
    if word.owner in ("", "Signal") and inspect.isfunction(made):
        line = inspect.getsourcelines(made)[1]
        return replace(word, file=inspect.getsourcefile(made) or "", line=line)
    if not word.owner and not word.call:
        return replace(word, doc=word.doc or DOCUMENTED.get(word.name, ""))
    return word


def thing_of(word: Word) -> Operation | Offer | None:
    """What the registry has of a word."""
    reg = registry.current()
    kinds = {"Encoders": ("encoder",), "Picture": ("mixer",), "": OF_A_SET}
    for kind in kinds.get(word.owner, ()):
        found = reg.operations.get((kind, word.name), [])
        if found and (word.owner or word.name not in vars(live)):
            return found[0]
    if not word.owner and word.name not in vars(live):
        for kind in ("word", "picture_source"):
            offers = reg.offers.get((kind, word.name), [])
            if offers:
                return offers[0]
    return None


def declared() -> Iterator[Word]:
    """``param`` and ``static``, which the stub takes from elsewhere."""
    for make in (param, static):
        text = inspect.getsource(make)
        (word,) = words_of_stub(text)
        yield word


def documented(text: str) -> dict[str, str]:
    """The texts below values in the source of a module, by name."""
    body = ast.parse(text).body
    found = {}
    for node, after in pairwise(body):
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        said = after.value if isinstance(after, ast.Expr) else None
        if isinstance(target, ast.Name) and isinstance(said, ast.Constant):
            found[target.id] = str(said.value)
    return found


DOCUMENTED = {
    **documented(inspect.getsource(live)),
    "encode": "Every encoder of every plugin, by name.",
}
"""What values of the language are."""


def models_of(folders: list[Path]) -> Iterator[ModelName]:
    """The models that a set can name."""
    for name, file in available(folders):
        try:
            card = read_card(file)
        except ModelError:  # a card that is damaged costs no model its name
            card = Card(name=name)
        beside = card_path(file)
        picture = beside.parent / card.picture if beside and card.picture else None
        yield ModelName(
            name,
            str(file),
            card.title,
            card.encoder,
            str(card.size.plain or "") if card.size else "",
            card.licence,
            str(picture) if picture and picture.is_file() else "",
        )
