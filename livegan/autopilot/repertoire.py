"""What a pilot can choose from: the moves and words of the registry."""

from __future__ import annotations

from collections.abc import Sequence

from livegan.autopilot.code_parts import SetWords
from livegan.plugin.catalogue import OWN, Catalogue, UnknownName, canonical, full_name, package_of
from livegan.plugin.closest import suggestion
from livegan.plugin.move import Move


class NoAutopilot(LookupError):
    """There is no autopilot of that name; one line, with the closest."""


def moves_of(registry: Catalogue, name: str = "") -> list[Move]:
    """Moves by name: all that there are, or those of one package.

    A move whose name two packages use has its full name, ``package:name``.

    Raises
    ------
    NoAutopilot
        If no package of that name offers moves.
    """
    offers = registry.offered("move")
    packages = {canonical(package_of(offer)): package_of(offer) for offer in offers}
    if name and canonical(name) not in packages:
        known = sorted(packages.values())
        hint = suggestion(name, known)
        raise NoAutopilot(f"there is no autopilot {name!r}{hint}")
    found: dict[str, Move] = {}
    for offer in offers:
        if name and canonical(package_of(offer)) != canonical(name):
            continue
        try:
            awake = registry.offer("move", full_name(offer))
        except UnknownName:  # its plugin does not load any more
            continue
        if awake.move is not None:
            short = offer.name if offer.name not in found else full_name(offer)
            found[short] = named(awake.move, short)
    return [found[name] for name in sorted(found)]


def named(move: Move, name: str) -> Move:
    """The move under another name."""
    return Move(move.make, name, move.bold, move.when, move.bars)


def words_of(registry: Catalogue) -> SetWords:
    """The encoders and mixers that a set may be given: livegan's own, and those of other plugins
    that are loaded."""
    tables: dict[str, dict[str, object]] = {"encoder": {}, "mixer": {}}
    for kind, table in tables.items():
        for name in registry.names(kind):
            operation = registry.operations[kind, name][0]
            if operation.params or package_of(operation) == OWN:
                table[name] = operation
    return SetWords(tables["encoder"], tables["mixer"])  # type: ignore[arg-type]


def unknown_words(
    never: Sequence[str], moves: Sequence[Move], words: SetWords, text: str
) -> list[str]:
    """A line for each name of ``never`` that stands for nothing here."""
    known = {*words.encoders, *words.mixers, *(m.name for m in moves)}
    return [
        f"autopilot: never has {name!r}, which is neither a move, an encoder nor a mixer"
        + suggestion(name, known)
        for name in never
        if name not in known and f'"{name}"' not in text and f"'{name}'" not in text
    ]
