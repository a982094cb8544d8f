"""What is on offer, by kind and name, and the error where a name is nobody's or two plugins'."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from livegan.plugin.closest import suggestion
from livegan.plugin.declare import Operation


@dataclass(frozen=True)
class Offer:
    """Something registered that is not called in a set: a source, a loader, an output."""

    name: str
    make: Any
    summary: str
    plugin: str


class UnknownName(LookupError):
    """A set names an operation that nobody offers, or that two plugins claim."""


FULL_NAME = {
    "encoder": 'encode("{}", sound)',
    "mixer": 'mixer("{}")(picture)',
    "signal": 'signal("{}")()',
}
"""How a set calls an operation by its full name, ``package:name``."""


def clash(kind: str, name: str, found: list[Operation]) -> str:
    """What to say of a name that several plugins claim."""
    who = " and ".join(f"{o.origin.package} ({o.origin.file})" for o in found)
    call = FULL_NAME[kind].format(f"{found[-1].origin.package}:{name}")
    return f"two plugins claim the {kind} {name!r}: {who}; remove one, or write {call}"


@dataclass
class Catalogue:
    """Operations, which a set calls, and offers, which it does not."""

    operations: dict[tuple[str, str], list[Operation]] = field(default_factory=dict)
    offers: dict[tuple[str, str], list[Offer]] = field(default_factory=dict)

    def names(self, kind: str) -> list[str]:
        """All short names of a kind that resolve, aliases included, sorted."""
        return sorted(
            n for (k, n), found in self.operations.items() if k == kind and len(found) == 1
        )

    def all(self, kind: str) -> list[Operation]:
        """Each operation of a kind once, in the order of registration."""
        seen: dict[int, Operation] = {}
        for (k, _), found in self.operations.items():
            if k == kind:
                for operation in found:
                    seen.setdefault(id(operation), operation)
        return list(seen.values())

    def operation(self, kind: str, name: str) -> Operation:
        """The operation called ``name`` or ``package:name``.

        Raises
        ------
        UnknownName
            With the closest name, or with both claimants of a name that clashes.
        """
        package, _, short = name.rpartition(":")
        found = self.operations.get((kind, short), [])
        if package:
            found = [o for o in found if o.origin.package == package]
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            raise UnknownName(clash(kind, short, found))
        raise UnknownName(f"there is no {kind} {name!r}" + suggestion(name, self.names(kind)))

    def offer(self, kind: str, name: str) -> Offer:
        """The source, loader or output called ``name``; errors as for :meth:`operation`."""
        found = self.offers.get((kind, name), [])
        if len(found) == 1:
            return found[0]
        if found:
            who = " and ".join(f"{o.plugin}:{name}" for o in found)
            raise UnknownName(f"two plugins claim the {kind} {name!r}: {who}")
        names = [n for k, n in self.offers if k == kind]
        raise UnknownName(f"there is no {kind} {name!r}" + suggestion(name, names))

    def add(self, operation: Operation) -> None:
        """Take in one operation under its name and aliases."""
        for name in (operation.name, *operation.aliases):
            found = self.operations.setdefault((operation.kind, name), [])
            if not any(o.make is operation.make for o in found):
                found.append(operation)
