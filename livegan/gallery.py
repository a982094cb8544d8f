"""The gallery: what draws, each with its picture and its line of a set."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from livegan import portrait, saving, shader_portrait, share
from livegan.picture_sources.test_card import test_card
from livegan.plugin import Operation, registry
from livegan.plugin.catalogue import OWN, Offer, canonical, package_of
from livegan.shader_portrait import ShaderFile, shader_files
from livegan.shaders.shader import ShaderError

SIZE = 256
"""Pixels of a picture."""
QUALITIES = (88, 80, 70, 60, 50, 40)
"""Of a JPEG: the first that is small enough is taken."""
LARGEST = 30_000
"""Bytes of a picture: a page of fifty is looked at on a train."""
ACROSS = 3
SHADERS = "shaders"
"""The folder of shaders that come with livegan, beside its sets."""

INTRO = """\
# Gallery

Every encoder and shader, drawn from the same ten seconds of the demo track, every mixer, from the
same two pictures, and picture sources; under each the line of a set that drew it. Their parameters
are explained in [the set language](language.md), or by `livegan plugins show NAME`.

`livegan plugins gallery --out gallery.md` draws such a page of all that is installed, and
`livegan plugins gallery --out mine.md --shaders FOLDER` one of your own shaders.
"""

Shown: TypeAlias = Operation | Offer | ShaderFile
"""An encoder, a mixer, a picture source, or a shader."""


class NothingToShow(LookupError):
    """There is nothing to be drawn; one line."""


def things(packages: Sequence[str] = (), shaders: Sequence[Path] = ()) -> list[Shown]:
    """Encoders, mixers and picture sources of these packages, of all if none is named; then the
    shader files of folders.

    livegan's own shaders are those that lie beside its sets. If folders are given and no packages,
    only the folders are shown.

    Raises
    ------
    NothingToShow
        If they offer none of these, or a folder has no shaders.
    """
    found: list[Shown] = []
    wanted = {canonical(package) for package in packages}
    if wanted or not shaders:
        reg = registry.current()
        every: list[Shown] = [*reg.all("encoder"), *reg.all("mixer")]
        every += [reg.awake(offer) for offer in reg.offered("picture_source")]
        found = [each for each in every if not wanted or canonical(owner(each)) in wanted]
        if not found:
            who = f" by {', '.join(packages)}" if packages else ""
            raise NothingToShow(f"no encoder, no mixer and no picture source is offered{who}")
        if not wanted or OWN in wanted:
            found += shader_files(share.folder("sets") / SHADERS, SHADERS)
    for folder in shaders:
        files = shader_files(folder)
        if not files:
            ends = ", ".join(shader_portrait.SUFFIXES)
            raise NothingToShow(f"there is no shader in the folder {folder} ({ends})")
        found += files
    return found


def owner(thing: Shown) -> str:
    """The package that it comes from."""
    return OWN if isinstance(thing, ShaderFile) else package_of(thing)


def drawn_from(thing: Shown) -> bool:
    """Whether there is a picture of it: a picture source is opened only with its example."""
    return not isinstance(thing, Offer) or bool(thing.example)


def file_of(thing: Shown) -> str:
    """The name of its picture."""
    own = "" if owner(thing) == OWN else f"{canonical(owner(thing))}-"
    name = thing.name
    if isinstance(thing, ShaderFile):
        name = re.sub(r"[^\w-]+", "-", name.removeprefix(f"{SHADERS}/")).strip("-")
    return f"{thing.kind}-{own}{name}.jpg"


@dataclass(frozen=True)
class Page:
    """The page of some things; pictures lie in ``folder`` beside it."""

    found: Sequence[Shown]
    folder: str
    missing: Mapping[str, str] = field(default_factory=dict)
    """Why there is no picture of a shader, by the picture's name."""

    def text(self) -> str:
        """Markdown."""
        encoders, mixers, sources, shaders = (
            [each for each in self.found if each.kind == kind]
            for kind in ("encoder", "mixer", "picture_source", "shader")
        )
        parts = [INTRO]
        if encoders:
            parts += ["## Encoders\n", f"```python\n{names()}\n```\n"]
            parts.append(table([self.entry(each) for each in encoders]))
        if mixers:
            parts += ["## Mixers\n", f"```python\n{names(portrait.PAINTED)}\n```\n"]
            parts.append(table([*map(self.painted, "ab"), *map(self.entry, mixers)]))
        if shaders:
            parts.append(self.shaders(shaders, bool(mixers)))
        if sources:
            parts.append("## Picture sources\n")
            seen = [self.entry(each) for each in sources if drawn_from(each)]
            parts += [table(seen)] if seen else []
            parts += [self.unseen(each) for each in sources if not drawn_from(each)]
            parts.append("")
        return "\n".join(parts).rstrip("\n") + "\n"

    def shaders(self, files: Sequence[Shown], introduced: bool) -> str:
        """Their section; ``introduced`` says that ``a`` and ``b`` are on the page already."""
        parts = ["## Shaders\n"]
        before = []
        if not introduced:
            parts.append(f"```python\n{names(portrait.PAINTED)}\n```\n")
            before = list(map(self.painted, "ab"))
        return "\n".join([*parts, table([*before, *map(self.entry, files)])])

    def painted(self, name: str) -> str:
        """The cell of one of the two pictures that others are drawn from."""
        return f"![{name}]({self.folder}/picture-{name}.jpg)<br>`{name}`"

    def entry(self, thing: Shown) -> str:
        """A cell: picture, line, and what it does."""
        file = file_of(thing)
        line, said = line_and_summary(thing)
        whose = "" if owner(thing) == OWN else f" ({owner(thing)})"
        named = re.sub(r"[][]", "", thing.name)
        picture = f"![{named}]({self.folder}/{file})"
        if file in self.missing:
            picture = f"*not drawn: {' '.join(self.missing[file].split())}*"
        said = said.replace("``", "`")
        return f"{picture}<br>`{line}`<br>{said}{whose}".replace("|", "\\|")

    def unseen(self, thing: Shown) -> str:
        """A line for a source of which nothing can be shown here."""
        line, said = line_and_summary(thing)
        whose = "" if owner(thing) == OWN else f" ({owner(thing)})"
        return f"* `{line.replace('()', '(...)')}`: {said}{whose}"


def line_and_summary(thing: Shown) -> tuple[str, str]:
    """The line of a set, and what it draws."""
    if isinstance(thing, Operation):
        return portrait.line_of(thing).text, thing.summary
    if isinstance(thing, Offer):
        return portrait.source_line(thing), thing.summary
    try:
        shader = thing.read()
    except ShaderError:
        return f'shader("{thing.name}")', ""
    return shader_portrait.line_of(thing.name, shader), " ".join(shader.doc.split())


def names(more: str = "") -> str:
    """What the lines of the page refer to."""
    return (portrait.BEFORE.partition("\n\n")[2] + more).strip()


def table(cells: Sequence[str]) -> str:
    """Cells in rows, Markdown."""
    rows = [list(cells[i : i + ACROSS]) for i in range(0, len(cells), ACROSS)]
    rows[-1] += [""] * (ACROSS - len(rows[-1]))
    head = "|" + "   |" * ACROSS + "\n" + "|" + "---|" * ACROSS
    return "\n".join([head, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def write_gallery(out: Path, found: Sequence[Shown], folder: Path) -> tuple[int, list[str]]:
    """Draw all, and write page and pictures; gives how many pictures there are, and a line for each
    shader that cannot be drawn.

    A source that is not here is shown as its test card.

    Parameters
    ----------
    out : the page; pictures lie in a folder beside it that is called as the page is.
    folder : the working folder, whose ``models/`` may paint.

    Raises
    ------
    livegan.portrait.NoPortrait
        If an encoder or mixer cannot be drawn; nothing is written then.
    """
    pictures = {file_of(o): portrait.line_of(o) for o in found if isinstance(o, Operation)}
    if any(each.kind in ("mixer", "shader") for each in found):
        # A mixer's line may be any line with the two pictures in it.
        pictures |= {f"picture-{n}.jpg": portrait.SetLine(n, "mixer") for n in "ab"}
    drawn = dict(
        zip(pictures, portrait.draw(list(pictures.values()), folder, size=SIZE), strict=True)
    )
    drawn |= {file_of(o): source_picture(o) for o in found if isinstance(o, Offer) and o.example}
    missing: dict[str, str] = {}
    for file in (each for each in found if isinstance(each, ShaderFile)):
        given = [drawn[f"picture-{name}.jpg"] for name in "ab"]
        try:
            drawn[file_of(file)] = shader_portrait.draw(file, folder, given, size=SIZE)
        except portrait.NoPortrait as error:
            missing[file_of(file)] = str(error)
    place = out.with_suffix("")
    for name, pixels in drawn.items():
        for quality in QUALITIES:
            portrait.save_picture(place / name, pixels, quality)
            if (place / name).stat().st_size < LARGEST:
                break
    saving.write_bytes(out, Page(found, place.name, missing).text().encode("utf-8"))
    return len(drawn), list(missing.values())


def source_picture(offer: Offer) -> portrait.Pixels:
    """What a picture source delivers, or its test card."""
    try:
        return portrait.first_picture(offer, SIZE)
    except portrait.NoPortrait:
        return test_card(portrait.source_line(offer), SIZE, SIZE)
