"""What is checked: a plugin found by file, package or name, and all that it offers."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution, entry_points
from pathlib import Path
from typing import Any

from livegan.plugin.catalogue import Offer, clash, package_of, where_of
from livegan.plugin.closest import suggestion
from livegan.plugin.declare import Operation
from livegan.plugin.loading.entry import module_of
from livegan.plugin.loading.record import Plugin, Problem
from livegan.plugin.loading.registration import names_of
from livegan.plugin.registry import KINDS, Registry, use
from livegan.testing.checklist.offers import Offered
from livegan.testing.samples import Words, sample_for


class NoSubject(LookupError):
    """There is no such plugin, package, file or name; one line, with the closest."""


@dataclass(frozen=True)
class Loaded:
    """A plugin as it was loaded: rows that checks are made of.

    ``things`` are what it offers, by ``"kind name"``; ``plugins`` how each of its modules loaded.
    """

    target: str
    things: dict[str, Any]
    plugins: tuple[Plugin, ...]
    problems: tuple[Problem, ...]

    def import_again(self) -> None:
        """Import its modules once more, their libraries being there."""
        for plugin in self.plugins:
            file = Path(plugin.file)
            if file.is_file() and plugin.name == file.stem:
                module_of(file)
                continue
            for name, module in list(sys.modules.items()):
                if getattr(module, "__file__", None) == plugin.file and name != "__main__":
                    del sys.modules[name]
                    try:
                        importlib.import_module(name)
                    finally:
                        sys.modules[name] = module
                    break


def load(target: str, folder: Path, samples: Words = ()) -> Loaded:
    """Load what ``target`` names, and make its registry the one in use.

    Parameters
    ----------
    target : a plugin's file; a folder with ``pyproject.toml``; an installed distribution; a module;
        or the name of an operation, source, output or loader, ``package:name`` too.
    folder : the working folder, whose ``plugins/*.py`` have names, too.
    samples : what to try sources, outputs and loaders with: see `livegan.testing.samples`.

    Raises
    ------
    NoSubject
        If there is nothing of that name.
    """
    path = Path(target).expanduser()
    if path.suffix == ".py" or path.is_file():
        if not path.is_file():
            raise NoSubject(f"{target}: there is no such file")
        return alone(str(path.resolve()), target, samples)
    package = target
    project = (path / "pyproject.toml").is_file()
    if project:
        package = distribution_in(path)
    if any(same_name(package, e.dist.name) for e in entry_points(group="livegan") if e.dist):
        registry = Registry().load(folder / "plugins", whole=True)
        use(registry)
        return of_package(registry, package, target, samples)
    if project and not installed(package):
        raise NoSubject(f"{package} is not installed: pip install -e {target}")
    registry = Registry().load(folder / "plugins", whole=True)
    use(registry)
    named = by_name(registry, target, samples)
    if named.things:
        return named
    if any(p.name == target for p in registry.plugins):
        return of_package(registry, target, target, samples)
    if ":" not in target and importable(target):
        return alone(target, target, samples)
    if installed(package):
        raise NoSubject(f"{package} is installed, and {no_entry(package)}")
    known = {n for _, n in (*registry.operations, *registry.offers)}
    known |= {p.name for p in registry.plugins}
    raise NoSubject(
        f"there is no plugin, operation or package {target!r}" + suggestion(target, known)
    )


def installed(package: str) -> bool:
    """Whether a distribution of that name is installed."""
    try:
        return bool(distribution(package))
    except (PackageNotFoundError, ValueError):
        return False


def no_entry(package: str) -> str:
    """Why livegan does not see an installed package."""
    groups = {point.group for point in distribution(package).entry_points}
    # What its author may have meant by it.
    near = sorted(group for group in groups if "livegan" in group.lower())
    if near:
        return (
            f"its entry point is in the group {near[0]!r}. livegan looks into the group 'livegan': "
            "write [project.entry-points.livegan] into pyproject.toml, and install it again"
        )
    return (
        "it has no entry point of livegan's: write [project.entry-points.livegan] into "
        'pyproject.toml, below it NAME = "MODULE", and install it again'
    )


def clashes(registry: Registry, things: Iterable[Any]) -> list[Problem]:
    """Names of these things that another plugin claims, too."""
    found = []
    for thing in things:
        made = thing.offer if isinstance(thing, Offered) else thing
        claims: dict[Any, Any] = {**registry.operations, **registry.offers}
        for name in names_of(made):
            rivals = claims.get((made.kind, name), [])
            if len(rivals) > 1 and any(rival is made for rival in rivals):
                version = made.version if isinstance(made, Offer) else made.origin.version
                reason = clash(made.kind, name, rivals)
                found.append(Problem(package_of(made), version, where_of(made), reason))
    return found


def alone(source: str, target: str, samples: Words) -> Loaded:
    """A plugin of its own, with nothing loaded besides what comes with livegan."""
    registry = Registry().load(installed=False)
    before = len(registry.plugins), len(registry.problems)
    registry.take(source)
    use(registry)
    plugins = tuple(registry.plugins[before[0] :])
    things = things_of(registry, samples, plugins[0].name)
    return Loaded(target, things, plugins, tuple(registry.problems[before[1] :]))


def of_package(registry: Registry, package: str, target: str, samples: Words) -> Loaded:
    """All that one installed package, or the plugins of livegan, offer."""
    plugins = tuple(p for p in registry.plugins if same_name(p.name, package))
    problems = tuple(p for p in registry.problems if same_name(p.plugin, package))
    things = things_of(registry, samples, plugins[0].name) if plugins else {}
    # livegan tells a clash once, with the plugin that came last: here each of the two is told.
    known = {problem.reason for problem in problems}
    more = [p for p in clashes(registry, things.values()) if p.reason not in known]
    return Loaded(target, things, plugins, (*problems, *more))


def by_name(registry: Registry, name: str, samples: Words) -> Loaded:
    """What is called ``name`` or ``package:name``, of whatever kind."""
    things: dict[str, Any] = {}
    packages = set()
    for found in registry.find(name):
        label = f"{found.kind} {found.name}"
        if label in things:
            raise NoSubject(f"two plugins offer the {label}: write PACKAGE:{name}, or a file")
        if isinstance(found, Operation):
            things[label] = found
            packages.add(found.origin.package)
        else:
            things[label] = tried(found, samples)
            packages.add(found.plugin)
    plugins = tuple(p for p in registry.plugins if p.name in packages)
    return Loaded(name, things, plugins, tuple(clashes(registry, things.values())))


def tried(offer: Offer, samples: Words) -> Offered:
    """An offer and what to try it with: a sample for it, or else its own example."""
    return Offered(offer.kind, offer, sample_for(offer.name, samples) or offer.example)


def things_of(registry: Registry, samples: Words, package: str) -> dict[str, Any]:
    """All that a package offers, by kind and name."""
    things: dict[str, Any] = {}
    for kind in KINDS:
        for operation in registry.all(kind):
            if operation.origin.package == package:
                things[f"{kind} {operation.name}"] = operation
    for (offered, name), found in registry.offers.items():
        for offer in found:
            if offer.plugin == package:
                things[f"{offered} {name}"] = tried(offer, samples)
    return things


def distribution_in(folder: Path) -> str:
    """The name of the project in a folder.

    Raises
    ------
    NoSubject
        If its ``pyproject.toml`` gives it none.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    try:
        return str(tomllib.loads(text)["project"]["name"])
    except (KeyError, tomllib.TOMLDecodeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise NoSubject(f"{folder / 'pyproject.toml'} has no project name ({reason})") from None


def same_name(a: str, b: str) -> bool:
    """Whether two names are one distribution's (PEP 503)."""
    return re.sub(r"[-_.]+", "-", a).lower() == re.sub(r"[-_.]+", "-", b).lower()


def importable(name: str) -> bool:
    """Whether there is a module of that name."""
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False
