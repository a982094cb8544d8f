"""Picture sources that are built: films, picture files, and what live sources deliver."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from livegan.engine.program.nodes.instance import Instance, Moment
from livegan.files import kind_of, named
from livegan.generators.channels import fitted
from livegan.generators.device import sent
from livegan.graph.binding import alike
from livegan.graph.picture import Picture
from livegan.graph.signals.oscillator import chosen
from livegan.graph.signals.reading import number, read
from livegan.picture_file import SUFFIXES as PICTURES
from livegan.picture_sources.board import Board, Newest, pattern
from livegan.picture_sources.clip import Clip
from livegan.picture_sources.film_clock import FilmClock
from livegan.picture_sources.reading_ahead import ReadingAhead
from livegan.picture_sources.source import (
    FILES,
    TEST,
    PictureSourceError,
    Pixels,
    SourceName,
    Wanted,
)
from livegan.picture_sources.still_files import FILMS, pictures_in, read_still
from livegan.picture_sources.test_card import test_card
from livegan.plugin.closest import suggestion

RETRY = 1.0  # seconds between looks for a film that was not there


def source_instance(node: Picture, folders: list[Path], moment: Moment) -> Instance:
    """Build the node of a picture source; files are looked for in ``folders``, in that order.

    What is not there does not keep a save from the air: a line says so, and it is waited for.
    """
    if node.title == "film":
        return FilmInstance(node, folders, moment)
    if node.title in ("picture", "pictures"):
        return StillInstance(node, folders, moment)
    return LiveInstance(node, moment)


def live_sources(nodes: Iterable[Picture]) -> list[SourceName]:
    """The live sources that a set names; files are read by whoever draws."""
    return [
        SourceName(n.title, n.fixed["argument"])
        for n in nodes
        if n.kind == "source" and n.title not in FILES
    ]


def sources_named(nodes: Iterable[Picture]) -> list[SourceName]:
    """All sources that a set names, each film of a bank by itself."""
    return [
        SourceName(n.title, name)
        for n in nodes
        if n.kind == "source"
        for name in n.fixed.get("paths", (n.fixed["argument"],))
    ]


def found(node: Picture, name: str, folders: list[Path]) -> Path:
    """The file or folder that a set names: beside the set, in the working folder, or absolute.

    Raises `PictureSourceError` in a line that says what to write, if there is none.
    """
    word, path = node.title, Path(name).expanduser()
    places = [named(p) for p in ([path] if path.is_absolute() else [f / path for f in folders])]
    folder = word == "pictures"
    for place in places:
        if place.is_dir() if folder else place.is_file():
            return place
    for place in (each for each in places if each.exists()):
        if folder:
            raise PictureSourceError(f'pictures: {name!r} is a file; write picture("{name}")')
        raise PictureSourceError(f"{word}: {name!r} is {kind_of(place)}; {instead(word, place)}")
    parents = [place.parent for place in places]
    if folder:
        there = [p.name for f in parents if f.is_dir() for p in f.iterdir() if p.is_dir()]
    else:
        there = alike(path.name, parents, FILMS if word == "film" else PICTURES)
    # As it stands in the set, with the folders before it.
    there = [(Path(name).parent / each).as_posix() for each in there]
    what = "folder" if folder else "file"
    raise PictureSourceError(f"{word}: there is no {what} {name!r}" + suggestion(name, there))


def instead(word: str, folder: Path) -> str:
    """What to write for a folder where a file is wanted."""
    suffixes = FILMS if word == "film" else PICTURES
    inside = sorted(p.name for p in folder.iterdir() if p.suffix.lower() in suffixes)
    if not inside:
        return "name a file"
    if word == "picture":
        return f'write pictures("{folder.name}") for all {len(inside)} pictures in it'
    return f'name a file in it, such as film("{folder.name}/{inside[0]}")'


class SourceInstance(Instance):
    """What all sources share: bytes to a picture of the canvas, kept while they stay the same."""

    group = "sources"
    stateful = True

    def __init__(self, node: Picture) -> None:
        super().__init__()
        self._fit = node.fixed["fit"]
        self._turn = int(node.fixed["turn"]) // 90
        self._alpha = node.fixed["plane"] == "alpha"
        self._made: tuple[Any, Any, torch.Tensor] | None = None

    def picture(self, pixels: Pixels, moment: Moment, mirror: bool) -> torch.Tensor:
        """(H, W, 3 or 4) bytes as (3, H, W) float32 0..1 on the canvas."""
        height, width = canvas(moment)
        key = (height, width, mirror)
        if self._made is not None and self._made[0] is pixels and self._made[1] == key:
            return self._made[2]
        plane = pixels
        if self._alpha:
            opaque = np.full_like(pixels[..., :1], 255)
            plane = pixels[..., 3:] if pixels.shape[2] == 4 else opaque
        else:
            plane = pixels[..., :3]
        # PyTorch warns of bytes that nobody may write.
        tensor = torch.from_numpy(plane if plane.flags.writeable else plane.copy())
        tensor = sent(tensor, moment.device)
        whole = tensor.permute(2, 0, 1).to(torch.float32).div_(255.0)
        if self._turn:
            whole = torch.rot90(whole, -self._turn, (1, 2))
        if mirror:
            whole = whole.flip(2)
        drawn = fitted(whole, height, width, self._fit)
        drawn = drawn.expand(3, -1, -1) if drawn.shape[0] == 1 else drawn
        drawn = drawn.contiguous()
        self._made = (pixels, key, drawn)
        return drawn

    def mirrored(self, node: Picture, moment: Moment) -> bool:
        """Whether it is shown as in a mirror in this frame."""
        return number(node.live["mirror"], moment.reading) > 0.5


def canvas(moment: Moment) -> tuple[int, int]:
    """(height, width) of the pictures of this program."""
    return moment.size.height, moment.size.width


def wanted_for(node: Picture, moment: Moment) -> Wanted:
    """The canvas as the source's own sides see it."""
    height, width = canvas(moment)
    return Wanted(width, height) if node.fixed["turn"] % 180 else Wanted(height, width)


class FilmInstance(SourceInstance):
    """Films: one, or several that a signal chooses from; each goes on where it was.

    If one is missing or cannot be read, a line says so, and a test card stands in for it until it
    comes. In a rehearsal ``--with "film:NAME=FILE"`` gives another, or a test pattern is seen.
    """

    def __init__(self, node: Picture, folders: list[Path], moment: Moment) -> None:
        super().__init__(node)
        self._wanted, self._folders = wanted_for(node, moment), folders
        self._films: dict[str, tuple[ReadingAhead, FilmClock]] = {}
        self._missing: dict[str, float] = {}
        self._patterns: set[str] = set()
        """Films that ``--with`` gives a test pattern for."""
        self._opening: threading.Thread | None = None
        for name in node.fixed["paths"]:
            self._open(node, name, moment.sources)

    def _open(self, node: Picture, name: str, sources: Board) -> None:
        fixed = node.fixed
        try:
            given = sources.stand_in(SourceName("film", name))
            if given == TEST:
                self._patterns.add(name)
                return
            path = Path(given) if given else found(node, name, self._folders)
            clip = Clip(path, self._wanted)
            begin, end = fixed["begin"], min(fixed["end"] or clip.duration, clip.duration)
            if begin >= end:
                raise PictureSourceError(
                    f"film: {name} is {clip.duration:.1f} s long; it cannot be played from "
                    f"{begin:g} to {fixed['end'] or clip.duration:g} s"
                )
            self._films[name] = ReadingAhead(clip, begin), FilmClock(begin, end, fixed["ends"])
            self._missing.pop(name, None)
        except PictureSourceError as error:
            if name not in self._missing:
                sources.note(f"{node.name}: {error}")
            self._missing[name] = time.monotonic()

    def _look_again(self, node: Picture, name: str, sources: Board) -> None:
        """Once a second, beside the frames, whether a film that was missing is there now."""
        busy = self._opening is not None and self._opening.is_alive()
        if sources.waits or busy or time.monotonic() - self._missing[name] < RETRY:
            return
        self._opening = threading.Thread(
            target=self._open, args=(node, name, sources), name="opens a film", daemon=True
        )
        self._opening.start()

    def draw(
        self, node: Picture, inputs: list[torch.Tensor | None], moment: Moment
    ) -> torch.Tensor:
        reading, now = moment.reading, moment.now
        name = node.fixed["paths"][0]
        if "path" in node.live:
            chosen_name = read(node.live["path"], reading)
            name = chosen_name if chosen_name in node.fixed["paths"] else name
        mirror = self.mirrored(node, moment)
        if name in self._patterns:
            return self.missing(name, moment)
        if name not in self._films:
            self._look_again(node, name, moment.sources)
            return inputs[0] if inputs[0] is not None else self.missing(name, moment)
        film, clock = self._films[name]
        soon: list[float] = []
        if "position" in node.live:
            place = clock.begin + number(node.live["position"], reading) * (clock.end - clock.begin)
        elif moment.proving:  # what is proven now goes on the air later
            place = clock.begin
        else:
            speed = number(node.live["speed"], reading)
            start = number(node.live["start"], reading) if "start" in node.live else None
            place = clock.at(now.time, speed, start)
            soon = clock.soon(now.time, speed, now.dt or 1 / 30)
        place = min(max(place, clock.begin), math.nextafter(clock.end, 0.0))
        frame = film.frame(place, soon, wait=moment.sources.waits)
        return self.picture(frame.pixels, moment, mirror)

    def missing(self, name: str, moment: Moment) -> torch.Tensor:
        """What is seen in place of a film that is not there."""
        height, width = canvas(moment)
        if moment.sources.waits or name in self._patterns:
            return self.picture(pattern(moment.now.time, Wanted(height, width)), moment, False)
        return self.picture(test_card(name, height, width), moment, False)

    def close(self) -> None:
        """Close the files."""
        for film, _ in self._films.values():
            film.close()


class StillInstance(SourceInstance):
    """A picture file, or the files of a folder in turn; what is missing is waited for."""

    def __init__(self, node: Picture, folders: list[Path], moment: Moment) -> None:
        super().__init__(node)
        self._folders = folders
        self._files: list[Path] = []
        self._read: tuple[int, Pixels] | None = None
        self._looked = 0.0
        name = SourceName(node.title, node.fixed["argument"])
        self._pattern = moment.sources.stand_in(name) == TEST
        if not self._pattern:
            self._find(node, moment, tell=True)

    def _find(self, node: Picture, moment: Moment, *, tell: bool = False) -> None:
        name = node.fixed["argument"]
        self._looked = time.monotonic()
        try:
            given = moment.sources.stand_in(SourceName(node.title, name))
            path = Path(given) if given else found(node, name, self._folders)
            files = pictures_in(path) if path.is_dir() else [path]
            self._read = first_read(files, wanted_for(node, moment))
            self._files = files
        except PictureSourceError as error:
            if tell:
                moment.sources.note(f"{node.name}: {error}")

    def draw(
        self, node: Picture, inputs: list[torch.Tensor | None], moment: Moment
    ) -> torch.Tensor:
        if self._pattern:
            shown = pattern(moment.now.time, wanted_for(node, moment))
            return self.picture(shown, moment, self.mirrored(node, moment))
        if not self._files and time.monotonic() - self._looked > RETRY:
            self._find(node, moment)
        if not self._files or self._read is None:
            height, width = canvas(moment)
            card = test_card(node.fixed["argument"], height, width)
            return inputs[0] if inputs[0] is not None else self.picture(card, moment, False)
        index = 0
        if len(self._files) > 1:
            each = max(0.25, number(node.live["beats"], moment.reading))
            step = math.floor(moment.now.beats / each)
            order = "random" if node.fixed["order"] == "random" else "cycle"
            index = chosen(step, len(self._files), order, moment.now.seed)
        if self._read[0] != index:
            try:
                self._read = index, read_still(self._files[index], wanted_for(node, moment))
            except PictureSourceError:
                self._read = index, self._read[1]  # deleted since: the one before stays
        return self.picture(self._read[1], moment, self.mirrored(node, moment))


def first_read(files: list[Path], wanted: Wanted) -> tuple[int, Pixels]:
    """The first of some picture files that can be read, and its place among them.

    Raises `PictureSourceError`, of the first one, if there is none.
    """
    error: PictureSourceError | None = None
    for index, file in enumerate(files):
        try:
            return index, read_still(file, wanted)
        except PictureSourceError as wrong:
            error = error or wrong
    assert error is not None
    raise error


class LiveInstance(SourceInstance):
    """A camera, a display, a stream: its newest picture; the last one while it is away.

    Before the first one, and with ``away=`` whenever it is away, another picture stands in.
    """

    def __init__(self, node: Picture, moment: Moment) -> None:
        super().__init__(node)
        self._name = SourceName(node.title, node.fixed["argument"])
        self._newest: Newest | None = None
        moment.sources.want(self._name, wanted_for(node, moment))

    def draw(
        self, node: Picture, inputs: list[torch.Tensor | None], moment: Moment
    ) -> torch.Tensor:
        after = self._newest.serial if self._newest is not None else 0
        wanted = wanted_for(node, moment)
        self._newest = (
            moment.sources.newest(self._name, moment.now.time, after, wanted) or self._newest
        )
        away = inputs[0]
        here = moment.sources.here(self._name)
        if away is not None and not here:
            return away
        if self._newest is None:
            height, width = canvas(moment)
            return self.picture(test_card(str(self._name), height, width), moment, False)
        return self.picture(self._newest.pixels, moment, self.mirrored(node, moment))
