"""The registry: what built-in plugins, installed ones and those of the working folder offer.

livegan loads each plugin separately and with a time limit.  If one fails, the others still load,
and its :class:`Problem` names the fault.  If two plugins claim one name, neither gets it; livegan's
own names stay livegan's.  All remain available as ``package:name``.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from livegan.plugin.catalogue import (
    OF_A_SET,
    OWN,
    Catalogue,
    Offer,
    Thing,
    call_of,
    canonical,
    clash,
    full_name,
    package_of,
    spoken,
    where_of,
)
from livegan.plugin.catalogue import UnknownName as UnknownName
from livegan.plugin.declare import Kind, Operation
from livegan.plugin.guard import working_folder
from livegan.plugin.loading.entry import Entry, entries
from livegan.plugin.loading.load import load
from livegan.plugin.loading.record import Plugin, Problem, Record
from livegan.plugin.loading.registration import names_of
from livegan.plugin.loading.remembered import Asleep, asleep, recall, remember, wake
from livegan.plugin.words import holder

KINDS: tuple[Kind, ...] = ("encoder", "mixer", "signal", "patch")


@dataclass
class Registry(Catalogue):
    """The catalogue of every plugin that loads, and what became of the others."""

    records: list[Record] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def plugins(self) -> list[Plugin]:
        """Every plugin there is, loaded or refused."""
        return [record.plugin for record in self.records]

    @property
    def loaders_stamp(self) -> str:
        """Of the text of loaders that are edited live; empty if there are none."""
        stamps = [offer.stamp for offer in self.offered("loader") if offer.stamp]
        return hashlib.sha256("".join(stamps).encode()).hexdigest() if stamps else ""

    def load(
        self, folder: Path | None = None, *, installed: bool = True, whole: bool = False
    ) -> Registry:
        """Load the built-in plugins, installed ones (entry points), and ``folder/*.py``.

        An installed one whose offers are known from before is loaded when one of them is used;
        with ``whole`` at once.
        """
        found = entries(folder, installed=installed)
        self.records = [load(entry) for entry in found if entry.origin == "built in"]
        with standing_in(self.settle()):
            for entry in found:
                if entry.origin != "built in":
                    self.records.append((None if whole else recall(entry)) or fresh(entry))
        return self.settle()

    def awake(self, thing: Thing) -> Thing:
        """``thing``, its plugin loaded if it was known by name only.

        Raises
        ------
        UnknownName
            If that plugin does not load any more, with the reason.
        """
        if not isinstance(thing.make, Asleep):
            return thing
        record: Record = thing.make.record
        self._wake([record])
        for found in things_of(record):
            if (found.kind, found.name) == (thing.kind, thing.name):
                assert isinstance(found, type(thing))
                return found
        told = [str(problem) for problem in record.problems]
        raise UnknownName(told[0] if told else f"{full_name(thing)} is not offered any more")

    def wake(self, words: Collection[str] | None = None, package: str = "") -> None:
        """Load what is known by name only: what has one of these names, or is of the package;
        without either, all."""
        wanted = []
        for record in self.records:
            names = {name for thing in things_of(record) for name in names_of(thing)}
            named = words is not None and not names.isdisjoint(words)
            own = bool(package) and canonical(record.entry.package) == canonical(package)
            if asleep(record) and (named or own or (words is None and not package)):
                wanted.append(record)
        self._wake(wanted)

    def _wake(self, records: Sequence[Record]) -> None:
        for record in records:
            wake(record, load)
        if records:
            # Other threads look names up meanwhile: they find the old ones, or the new.
            settled = Registry(records=self.records).settle()
            vars(self).update(vars(settled))

    def again(self, wanted: Iterable[Entry], changed: Collection[str]) -> Registry:
        """A registry of the entries ``wanted``: those that are here are taken over as they are.

        What is new, and those whose value is in ``changed``, are loaded.
        """
        known = {record.entry.value: record for record in self.records}
        fresh = Registry()
        for entry in wanted:
            record = known.get(entry.value)
            if record is None or entry.value in changed:
                others = record.changed() if record is not None else []
                record = load(entry, anew=any(file.suffix != ".py" for file in others))
            fresh.records.append(record)
        return fresh.settle()

    def take(self, source: str | Path) -> Plugin:
        """Load one plugin more: a Python file, or a module by its name."""
        text = str(source)
        if text.endswith(".py"):
            entry = Entry(text, Path(text).stem, "", "file")
        else:
            entry = Entry(text, text.partition(".")[0].partition(":")[0])
        record = load(entry)
        self.records.append(record)
        self.settle()
        return record.plugin

    def settle(self) -> Registry:
        """Give each thing its names, and find those that clash."""
        self.operations, self.offers, self.full = {}, {}, {}
        self.problems = [problem for record in self.records for problem in record.problems]
        self.missing = [p.name for p in self.plugins if p.state != "loaded"]
        for record in self.records:
            for operation in record.operations:
                for name in names_of(operation):
                    self._claim(operation.kind, name, operation)
            for offer in record.offers:
                self._claim(offer.kind, offer.name, offer)
        self._share_words()
        claims: list[tuple[tuple[str, str], Sequence[Operation | Offer]]] = [
            *self.operations.items(),
            *self.offers.items(),
        ]
        for (kind, name), found in claims:
            if len(found) > 1:
                self._tell(found[-1], clash(kind, name, found))
        return self

    def _claim(self, kind: str, name: str, thing: Operation | Offer) -> None:
        package = package_of(thing)
        known = self.full.setdefault((kind, canonical(package), name), thing)
        if known is not thing:
            self._tell(thing, f"it registers the {spoken(kind)} {name!r} twice")
            return
        claims: dict[tuple[str, str], Any] = (
            self.operations if isinstance(thing, Operation) else self.offers
        )
        alike = OF_A_SET if kind in OF_A_SET else (kind,)
        own = [k for k in alike if any(package_of(o) == OWN for o in claims.get((k, name), ()))]
        if package != OWN and (own or holder(kind, name)):
            what = kind if not own or kind in own else own[0]
            this = "this one" if what == kind else f"this {spoken(kind)}"
            call = call_of(kind, f"{package}:{name}")
            self._tell(thing, f"the {spoken(what)} {name!r} is livegan's own; {this} is {call}")
            return
        claims.setdefault((kind, name), []).append(thing)

    def _share_words(self) -> None:
        """A word that a mixer, a signal or a patch claim, two of them, belongs to none; words and
        picture sources give way to them, and picture sources to words."""
        names = [{n for k, n in self.operations if k == kind} for kind in OF_A_SET]
        for offered in ("word", "picture_source"):
            for word in [n for k, n in self.offers if k == offered]:
                rivals: list[Operation | Offer] = []
                for kind in OF_A_SET:
                    rivals += self.operations.get((kind, word), [])
                if offered == "picture_source":
                    rivals += self.offers.get(("word", word), [])
                own = [o for o in self.offers[offered, word] if package_of(o) == OWN]
                if not rivals or own:  # livegan's own `screen` is a mixer and a display
                    continue
                for offer in self.offers.pop((offered, word)):
                    whose = f"{package_of(rivals[0])} ({where_of(rivals[0])})"
                    reason = f"the word {word!r} is the {spoken(rivals[0].kind)} of {whose} already"
                    full = call_of(offered, f"{package_of(offer)}:{word}")
                    change = "rename it" if offered == "word" else f"rename it, or write {full}"
                    self._tell(offer, f"{reason}; {change}")
        claims = Counter(name for each in names for name in each)
        for name in [name for name, count in claims.items() if count > 1]:
            found = [o for kind in OF_A_SET for o in self.operations.get((kind, name), ())]
            for kind in OF_A_SET:
                self.operations[kind, name] = found

    def _tell(self, thing: Operation | Offer, reason: str) -> None:
        version = thing.version if isinstance(thing, Offer) else thing.origin.version
        problem = Problem(package_of(thing), version, where_of(thing), reason)
        if problem not in self.problems:
            self.problems.append(problem)


def things_of(record: Record) -> list[Operation | Offer]:
    """All that a plugin offers."""
    return [*record.operations, *record.offers]


def fresh(entry: Entry) -> Record:
    """A plugin, loaded; what it offers is remembered."""
    record = load(entry)
    remember(record)
    return record


_current: Registry | None = None


def current() -> Registry:
    """The registry in use: what is built in, installed, and in ``plugins/`` here, on first use."""
    global _current
    if _current is None:
        _current = Registry().load(Path("plugins").absolute() if working_folder() else None)
    return _current


@contextlib.contextmanager
def standing_in(registry: Registry) -> Iterator[None]:
    """Inside, ``registry`` is in use if none is.

    A plugin that says ``from livegan.live import *`` asks for every word as it is loaded. It is
    given livegan's own: to load all plugins for it would load it again, and so on without end.
    """
    global _current
    nobody = _current is None
    if nobody:
        _current = registry
    try:
        yield
    finally:
        if nobody and _current is registry:
            _current = None


def use(registry: Registry) -> None:
    """Make ``registry`` the one in use."""
    global _current
    _current = registry
