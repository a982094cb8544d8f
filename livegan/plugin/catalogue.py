"""Everything that plugins offer, by kind and name, and errors for unknown and ambiguous names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from livegan.plugin.closest import closest, suggestion
from livegan.plugin.declare import Kind, Operation
from livegan.plugin.move import Move

OWN = "livegan"
"""The package of what comes with livegan: its short names are never taken."""
OF_A_SET: tuple[Kind, ...] = ("mixer", "signal", "patch")
"""Kinds whose names are words of a set: two of them cannot share one."""


@dataclass(frozen=True)
class Offer:
    """A registered source, picture source, loader, backend, output, move, word or command."""

    kind: str
    name: str
    make: Any
    summary: str
    plugin: str
    """Name of the distribution, or of the file, that it comes from."""
    version: str = ""
    file: str = ""
    line: int = 0
    entry: str = ""
    """What it is loaded by, in another process too: see `livegan.plugin.loading.entry.Entry`."""
    files: tuple[Path, ...] = ()
    """What it reads besides its code: watched as code is."""
    stamp: str = ""
    """Of its code and files, where those are edited live: equal means no change."""
    example: str = ""
    """An argument with which it works on any machine: for checks and for pictures of it."""
    check: Any = None
    """Of an output: a function that raises RuntimeError for a value that can never be opened."""
    takes: Any = None
    """Of an output: a function that says what a value takes for itself, in words each."""
    move: Move | None = None
    """Of a move: how bold it is, and when it fits."""


Thing = TypeVar("Thing", Operation, Offer)


class UnknownName(LookupError):
    """A name that no plugin offers, or that two plugins claim."""


FULL_NAME = {
    "encoder": 'encode("{}", sound)',
    "mixer": 'mixer("{}")(picture)',
    "signal": 'signal("{}")()',
    "patch": 'patch("{}")(sound)',
    "source": '--audio "{}"',
    "picture_source": 'source("{}")',
    "output": 'show(picture, **{{"{}": "name"}})',
    "backend": 'model("NAME", backend="{}")',
    "command": "livegan {}",
}
"""How something is called by its full name, ``package:name``."""


def canonical(package: str) -> str:
    """One spelling for all that name the same distribution (PEP 503)."""
    return re.sub(r"[-_.]+", "-", package).lower()


def package_of(thing: Operation | Offer) -> str:
    """Whose it is."""
    return thing.plugin if isinstance(thing, Offer) else thing.origin.package


def full_name(thing: Operation | Offer) -> str:
    """``package:name``."""
    return f"{package_of(thing)}:{thing.name}"


def where_of(thing: Operation | Offer) -> str:
    """file:line of what is offered."""
    place = thing if isinstance(thing, Offer) else thing.origin
    return f"{place.file}:{place.line}" if place.line else place.file


def spoken(kind: str) -> str:
    """A kind as messages write it: ``picture source``."""
    return kind.replace("_", " ")


def call_of(kind: str, full: str) -> str:
    """How a performer writes a full name."""
    return FULL_NAME[kind].format(full) if kind in FULL_NAME else full


def clash(kind: str, name: str, found: Sequence[Operation | Offer]) -> str:
    """What to say of a name that several plugins claim, as a word of a set for different kinds."""
    mixed = len({o.kind for o in found}) > 1
    who = " and ".join(
        f"{f'the {spoken(o.kind)} of ' if mixed else ''}{package_of(o)} ({where_of(o)})"
        for o in found
    )
    call = call_of(found[-1].kind, f"{package_of(found[-1])}:{name}")
    what = "word" if mixed else spoken(kind)
    return f"two plugins claim the {what} {name!r}: {who}; remove one, or write {call}"


@dataclass
class Catalogue:
    """Operations, which a set calls, and offers, which it does not."""

    operations: dict[tuple[str, str], list[Operation]] = field(default_factory=dict)
    """By kind and short name: who claims it.  Two is a clash, of a mixer and a signal too."""
    offers: dict[tuple[str, str], list[Offer]] = field(default_factory=dict)
    full: dict[tuple[str, str, str], Operation | Offer] = field(default_factory=dict)
    """By kind, canonical package and name: all there is, clash or not."""
    missing: list[str] = field(default_factory=list)
    """Names of plugins that were refused: a name that nobody offers may be theirs."""

    def names(self, kind: str) -> list[str]:
        """All short names of a kind that resolve, aliases included, sorted."""
        claims: dict[tuple[str, str], Any] = {**self.operations, **self.offers}
        return sorted(n for (k, n), found in claims.items() if k == kind and len(found) == 1)

    def all(self, kind: str) -> list[Operation]:
        """Each operation of a kind once, in the order of registration."""
        seen: dict[int, Operation] = {}
        for (k, _, _), found in self.full.items():
            if k == kind and isinstance(found, Operation):
                seen.setdefault(id(found), found)
        return [self.awake(found) for found in seen.values()]

    def offered(self, kind: str) -> list[Offer]:
        """Every source, loader, output or command, in the order of registration.

        Those of plugins that are not loaded yet have no ``make`` that can be called: :meth:`offer`
        gives one that can.
        """
        return [o for (k, _, _), o in self.full.items() if k == kind and isinstance(o, Offer)]

    def find(self, name: str) -> list[Operation | Offer]:
        """All that is called ``name`` or ``package:name``, of whatever kind."""
        package, _, short = name.rpartition(":")
        found = [
            thing
            for (_, owner, known), thing in self.full.items()
            if known == short and (not package or owner == canonical(package))
        ]
        each = list({id(thing): thing for thing in found}.values())
        operations = [self.awake(thing) for thing in each if isinstance(thing, Operation)]
        return [*operations, *(self.awake(thing) for thing in each if isinstance(thing, Offer))]

    def operation(self, kind: str, name: str) -> Operation:
        """The operation called ``name`` or ``package:name``.

        Raises
        ------
        UnknownName
            With the closest name, or with both claimants of a name that clashes.
        """
        return self.awake(self.known(kind, name))

    def known(self, kind: str, name: str) -> Operation:
        """As :meth:`operation`, but its plugin may not be loaded yet: its parameters are unknown
        then, and :meth:`awake` loads it."""
        found = self._one(kind, name, self.operations)
        assert isinstance(found, Operation)
        return found

    def offer(self, kind: str, name: str) -> Offer:
        """The source, loader, output or command of that name; errors as of :meth:`operation`."""
        found = self._one(kind, name, self.offers)
        assert isinstance(found, Offer)
        return self.awake(found)

    def awake(self, thing: Thing) -> Thing:
        """``thing``, its plugin loaded: here all are."""
        return thing

    def _one(self, kind: str, name: str, claims: dict[Any, Any]) -> Operation | Offer:
        package, _, short = name.rpartition(":")
        if package:
            thing = self.full.get((kind, canonical(package), short))
            if thing is not None:
                return thing
            known = [full_name(t) for (k, _, _), t in self.full.items() if k == kind]
        else:
            found = claims.get((kind, short), [])
            if len(found) == 1:
                one: Operation | Offer = found[0]
                return one
            if found:
                raise UnknownName(clash(kind, short, found))
            known = self.names(kind)
        lost = ""
        if self.missing and closest(short, known) is None:
            lost = f"; refused: {', '.join(self.missing)} (livegan plugins says why)"
        raise UnknownName(f"there is no {spoken(kind)} {name!r}{suggestion(name, known)}{lost}")
