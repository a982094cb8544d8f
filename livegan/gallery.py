"""The gallery: every encoder and mixer with its picture and the line of a set that draws it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from livegan import portrait, saving
from livegan.plugin import Operation, registry
from livegan.plugin.catalogue import canonical

SIZE = 256
"""Pixels of a picture."""
QUALITIES = (88, 80, 70, 60, 50, 40)
"""Of a JPEG: the first that is small enough is taken."""
LARGEST = 30_000
"""Bytes of a picture: a page of fifty is looked at on a train."""
ACROSS = 3

INTRO = """\
# Gallery

Every encoder, drawn from the same ten seconds of the demo track, and every mixer, from the same two
pictures; under each the line of a set that drew it. What their parameters do is told in
[the set language](language.md), or by `livegan plugins show NAME`.

`livegan plugins gallery --out gallery.md` draws such a page of all that is installed.
"""


class NothingToShow(LookupError):
    """There is no encoder and no mixer to be drawn."""


def operations(packages: Sequence[str] = ()) -> list[Operation]:
    """Encoders, then mixers, of these packages; of all if none is named.

    Raises
    ------
    NothingToShow
        If they offer neither.
    """
    reg = registry.current()
    wanted = {canonical(package) for package in packages}
    found = [
        operation
        for operation in [*reg.all("encoder"), *reg.all("mixer")]
        if not wanted or canonical(operation.origin.package) in wanted
    ]
    if not found:
        raise NothingToShow(f"no encoder and no mixer is offered by {', '.join(packages)}")
    return found


def file_of(operation: Operation) -> str:
    """The name of its picture."""
    package = operation.origin.package
    own = "" if package == "livegan" else f"{canonical(package)}-"
    return f"{operation.kind}-{own}{operation.name}.jpg"


def page(found: Sequence[Operation], folder: str) -> str:
    """The text of the page; pictures lie in ``folder`` beside it."""
    parts = [INTRO]
    encoders = [o for o in found if o.kind == "encoder"]
    mixers = [o for o in found if o.kind == "mixer"]
    if encoders:
        parts += ["## Encoders\n", f"```python\n{names()}\n```\n"]
        parts.append(table([entry(o, folder) for o in encoders]))
    if mixers:
        parts += ["## Mixers\n", f"```python\n{names(portrait.PAINTED)}\n```\n"]
        own = [f"![{name}]({folder}/picture-{name}.jpg)<br>`{name}`" for name in "ab"]
        parts.append(table([*own, *(entry(o, folder) for o in mixers)]))
    return "\n".join(parts)


def names(more: str = "") -> str:
    """What the lines of the page refer to."""
    return (portrait.BEFORE.partition("\n\n")[2] + more).strip()


def entry(operation: Operation, folder: str) -> str:
    """A cell: picture, line, and what it does."""
    line = portrait.line_of(operation).text
    package = operation.origin.package
    whose = "" if package == "livegan" else f" ({package})"
    said = operation.summary.replace("``", "`").replace("|", "\\|")
    picture = f"![{operation.name}]({folder}/{file_of(operation)})"
    return f"{picture}<br>`{line}`<br>{said}{whose}"


def table(cells: Sequence[str]) -> str:
    """Cells in rows, Markdown."""
    rows = [list(cells[i : i + ACROSS]) for i in range(0, len(cells), ACROSS)]
    rows[-1] += [""] * (ACROSS - len(rows[-1]))
    head = "|" + "   |" * ACROSS + "\n" + "|" + "---|" * ACROSS
    return "\n".join([head, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def write_gallery(out: Path, found: Sequence[Operation], folder: Path) -> int:
    """Draw all, and write page and pictures; gives how many pictures there are.

    Parameters
    ----------
    out : the page; pictures lie in a folder beside it that is called as the page is.
    folder : the working folder, whose ``models/`` may paint.

    Raises
    ------
    livegan.portrait.NoPortrait
        If one cannot be drawn; nothing is written then.
    """
    pictures = {file_of(o): portrait.line_of(o) for o in found}
    if any(o.kind == "mixer" for o in found):
        # A mixer's line may be any line with the two pictures in it.
        pictures |= {f"picture-{n}.jpg": portrait.SetLine(n, "mixer") for n in "ab"}
    drawn = portrait.draw(list(pictures.values()), folder, size=SIZE)
    place = out.with_suffix("")
    for name, pixels in zip(pictures, drawn, strict=True):
        for quality in QUALITIES:
            portrait.save_picture(place / name, pixels, quality)
            if (place / name).stat().st_size < LARGEST:
                break
    saving.write_bytes(out, page(found, place.name).encode("utf-8"))
    return len(pictures)
