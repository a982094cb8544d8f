"""Checks of a plugin as a whole: that it loads, quickly, and changes nothing by that."""

from __future__ import annotations

from livegan.testing.checklist.state import PIECES, kept, left_alone
from livegan.testing.rows import SLOWEST_IMPORT_S, Flaw, Measured, row
from livegan.testing.subject import Loaded


@row("plugin")
def loads(plugin: Loaded) -> None:
    """It is imported, its hooks are called, and it offers something"""
    rest = "; what did load is checked below" if plugin.things else ""
    for problem in plugin.problems:
        raise Flaw("loaded it", str(problem), f"mend that{rest}")
    if not plugin.things:
        raise Flaw(
            "loaded it",
            "it offers nothing",
            "register something in a function marked @hookimpl, or mark functions with @encoder, "
            "@mixer or @signal",
        )


@row("plugin")
def import_time(plugin: Loaded) -> Measured:
    """It is imported in less than two seconds"""
    seconds = sum(p.load_ms for p in plugin.plugins if p.name != "livegan") / 1000
    if seconds > SLOWEST_IMPORT_S:
        raise Flaw(
            "imported it",
            f"it took {seconds:.1f} s",
            "import heavy libraries, and read large files, in __init__ of a class, which may take "
            "its time; not inside a function, whose first frame may not",
        )
    return {"import_ms": 1000 * seconds}


@row("plugin")
def deprecated(plugin: Loaded) -> None:
    """It uses nothing of livegan's that will go, and marks its hooks"""
    for each in plugin.plugins:
        for warning in each.warnings:
            raise Flaw("loaded it", warning, "mend that line, though the plugin loads today")


@row("plugin", needs=("loads",))
def import_effects(plugin: Loaded) -> None:
    """Importing it leaves alone what belongs to all"""
    if any(p.name == "livegan" for p in plugin.plugins):
        return
    for piece in PIECES:
        with kept():  # so that the import before this one has not done it already
            said = left_alone(piece, plugin.import_again)
        if said:
            raise Flaw("imported it", said, piece.change)
