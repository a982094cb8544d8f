"""The gallery: encoders, mixers and picture sources, each with its picture and line of a set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from livegan import portrait, saving
from livegan.picture_sources.test_card import test_card
from livegan.plugin import Operation, registry
from livegan.plugin.catalogue import Offer, canonical, package_of

SIZE = 256
"""Pixels of a picture."""
QUALITIES = (88, 80, 70, 60, 50, 40)
"""Of a JPEG: the first that is small enough is taken."""
LARGEST = 30_000
"""Bytes of a picture: a page of fifty is looked at on a train."""
ACROSS = 3

INTRO = """\
# Gallery

Every encoder, drawn from the same ten seconds of the demo track, every mixer, from the same two
pictures, and picture sources; under each the line of a set that drew it. What their parameters do
is told in [the set language](language.md), or by `livegan plugins show NAME`.

`livegan plugins gallery --out gallery.md` draws such a page of all that is installed.
"""


Shown: TypeAlias = Operation | Offer
"""An encoder, a mixer, or a picture source."""


class NothingToShow(LookupError):
    """There is no encoder, no mixer and no picture source to be drawn."""


def things(packages: Sequence[str] = ()) -> list[Shown]:
    """Encoders, then mixers, then picture sources with an example, of these packages; of all if
    none is named.

    Raises
    ------
    NothingToShow
        If they offer none of these.
    """
    reg = registry.current()
    wanted = {canonical(package) for package in packages}
    sources = [reg.awake(offer) for offer in reg.offered("picture_source")]
    every: list[Shown] = [*reg.all("encoder"), *reg.all("mixer")]
    every += [source for source in sources if source.example]
    found = [each for each in every if not wanted or canonical(package_of(each)) in wanted]
    if not found:
        who = f" by {', '.join(packages)}" if packages else ""
        raise NothingToShow(f"no encoder, no mixer and no picture source is offered{who}")
    return found


def file_of(thing: Shown) -> str:
    """The name of its picture."""
    package = package_of(thing)
    own = "" if package == "livegan" else f"{canonical(package)}-"
    return f"{thing.kind}-{own}{thing.name}.jpg"


def page(found: Sequence[Shown], folder: str) -> str:
    """The text of the page; pictures lie in ``folder`` beside it."""
    parts = [INTRO]
    encoders = [o for o in found if o.kind == "encoder"]
    mixers = [o for o in found if o.kind == "mixer"]
    sources = [o for o in found if o.kind == "picture_source"]
    if encoders:
        parts += ["## Encoders\n", f"```python\n{names()}\n```\n"]
        parts.append(table([entry(o, folder) for o in encoders]))
    if mixers:
        parts += ["## Mixers\n", f"```python\n{names(portrait.PAINTED)}\n```\n"]
        own = [f"![{name}]({folder}/picture-{name}.jpg)<br>`{name}`" for name in "ab"]
        parts.append(table([*own, *(entry(o, folder) for o in mixers)]))
    if sources:
        parts.append("## Picture sources\n")
        parts.append(table([entry(o, folder) for o in sources]))
    return "\n".join(parts)


def names(more: str = "") -> str:
    """What the lines of the page refer to."""
    return (portrait.BEFORE.partition("\n\n")[2] + more).strip()


def entry(thing: Shown, folder: str) -> str:
    """A cell: picture, line, and what it does."""
    if isinstance(thing, Operation):
        line = portrait.line_of(thing).text
    else:
        line = portrait.source_line(thing)
    package = package_of(thing)
    whose = "" if package == "livegan" else f" ({package})"
    said = thing.summary.replace("``", "`").replace("|", "\\|")
    picture = f"![{thing.name}]({folder}/{file_of(thing)})"
    return f"{picture}<br>`{line}`<br>{said}{whose}"


def table(cells: Sequence[str]) -> str:
    """Cells in rows, Markdown."""
    rows = [list(cells[i : i + ACROSS]) for i in range(0, len(cells), ACROSS)]
    rows[-1] += [""] * (ACROSS - len(rows[-1]))
    head = "|" + "   |" * ACROSS + "\n" + "|" + "---|" * ACROSS
    return "\n".join([head, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def write_gallery(out: Path, found: Sequence[Shown], folder: Path) -> int:
    """Draw all, and write page and pictures; gives how many pictures there are.

    A source that is not here is shown as its test card.

    Parameters
    ----------
    out : the page; pictures lie in a folder beside it that is called as the page is.
    folder : the working folder, whose ``models/`` may paint.

    Raises
    ------
    livegan.portrait.NoPortrait
        If one cannot be drawn; nothing is written then.
    """
    pictures = {file_of(o): portrait.line_of(o) for o in found if isinstance(o, Operation)}
    if any(o.kind == "mixer" for o in found):
        # A mixer's line may be any line with the two pictures in it.
        pictures |= {f"picture-{n}.jpg": portrait.SetLine(n, "mixer") for n in "ab"}
    drawn = dict(
        zip(pictures, portrait.draw(list(pictures.values()), folder, size=SIZE), strict=True)
    )
    drawn |= {file_of(o): source_picture(o) for o in found if isinstance(o, Offer)}
    place = out.with_suffix("")
    for name, pixels in drawn.items():
        for quality in QUALITIES:
            portrait.save_picture(place / name, pixels, quality)
            if (place / name).stat().st_size < LARGEST:
                break
    saving.write_bytes(out, page(found, place.name).encode("utf-8"))
    return len(drawn)


def source_picture(offer: Offer) -> portrait.Pixels:
    """What a picture source delivers, or its test card."""
    try:
        return portrait.first_picture(offer, SIZE)
    except portrait.NoPortrait:
        return test_card(portrait.source_line(offer), SIZE, SIZE)
