"""The modules and files that a hot plugin is made of, and which of them are to be read anew."""

from __future__ import annotations

import sys
from pathlib import Path

from livegan.plugin import source
from livegan.plugin.loading.entry import Entry

MOST_FILES = 500
"""Files of a package that are looked at while it does not load."""


def own_modules(entry: Entry) -> list[str]:
    """The loaded modules that a hot plugin is made of."""
    if entry.origin == "editable":
        return source.modules_of(entry.top)
    return [name for name in source.closure([entry.module]) if name in sys.modules]


def stale(entry: Entry) -> list[str]:
    """Modules to read anew: of a package all of them if one changed; of a file what changed.

    The file itself is always read anew.
    """
    names = own_modules(entry)
    if entry.origin == "editable":
        return names if any(map(is_stale, names)) else []
    # What imports a changed helper holds on to the old one.
    helpers = [n for n in names if n != entry.module]
    changed = any(is_stale(n) or holds_on(n) for n in helpers)
    return [entry.module, *(helpers if changed else [])]


def is_stale(name: str) -> bool:
    """Whether a module's file says something else than what was loaded."""
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None)
    known = getattr(module, "livegan_digest", None)
    return bool(file and known) and source.file_digest(Path(str(file))) != known


def holds_on(name: str) -> bool:
    """Whether a module was made of another text of what it imports: that was read anew since,
    with another plugin that was saved."""
    made = getattr(sys.modules.get(name), "livegan_made", None)
    return made is not None and made != source.text_digest(name)


def files_of(entry: Entry, failed: bool) -> dict[Path, str]:
    """The files that a change of makes a plugin worth loading anew, with their hashes.

    One that failed to load may be mended by any file beside it, there or not.
    """
    found: dict[Path, str] = {}
    for name in {*own_modules(entry), *source.closure([entry.module])}:
        module = sys.modules.get(name)
        file = getattr(module, "__file__", None) or source.file_of(name)
        if file is None or not str(file).endswith(".py"):
            continue
        path = Path(file)
        known = getattr(module, "livegan_digest", None)
        if module is not None and known is None and name != source.FOLDER:
            known = source.file_digest(path)  # imported before we knew of it
            module.livegan_digest = known  # type: ignore[attr-defined]
            source.OWN.add(name)
        found[path] = known or source.file_digest(path)
    others: list[Path] = []
    if entry.origin == "file":
        others = [Path(entry.value), *([Path(entry.value).parent] if failed else [])]
    elif failed and entry.near:
        place = Path(entry.near)
        others = [place, *(sorted(place.rglob("*.py"))[:MOST_FILES] if place.is_dir() else [])]
    for path in others:
        found.setdefault(path, source.file_digest(path))
    return found
