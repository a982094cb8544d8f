"""Checks of moves of the autopilot: edits of sets that anybody may have written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from livegan import share
from livegan.autopilot.choosing import MoveFailed, made
from livegan.autopilot.ear import MusicHeard
from livegan.autopilot.edit import flaw
from livegan.autopilot.repertoire import words_of
from livegan.autopilot.set_code import SetCode, kept_lines
from livegan.autopilot.sight import PictureSeen
from livegan.engine.commit.script import Refusal, run
from livegan.plugin import registry
from livegan.plugin.move import Move
from livegan.testing.checklist.offers import Offered
from livegan.testing.rows import Flaw, Measured, NotHere, row

SEEDS = 6
SLOWEST_S = 0.5
SAMPLES = ("four", "crossfeed", "feedback", "hands")
ODD = {
    "an empty set": "",
    "a set that shows nothing": "from livegan.live import *\nsound = listen()\n",
    "a set with one line": 'from livegan.live import *\nshow(model("city"))\n',
    "a set with a loop": "from livegan.live import *\nfor i in (1, 2):\n    x = i\nshow(prev())\n",
    "a set of lists": "from livegan.live import *\na, b = [prev(), prev()]\nshow(grid([a, b]))\n",
}
"""Texts that a move must live with, by what they are."""


def samples(offered: Offered) -> dict[str, str]:
    """Texts to try it with, by name: that of ``--sample``, or sets of livegan."""
    if offered.sample:
        path = Path(offered.sample)
        try:
            return {path.name: path.read_text("utf-8")}
        except OSError as error:
            raise NotHere(f"--sample {path}: {error.strerror or error}") from None
    folder = share.folder("sets")
    return {f"{name}.py": (folder / f"{name}.py").read_text("utf-8") for name in SAMPLES}


def move_of(offered: Offered) -> Move:
    """What is checked."""
    assert offered.offer.move is not None
    return offered.offer.move


def asked(offered: Offered, name: str, text: str, seed: int) -> str | None:
    """What it makes of a text, None if nothing; scenes count as nothing."""
    try:
        edit = made(
            move_of(offered),
            SetCode(text, words_of(registry.current())),
            seed=str(seed),
            heard=MusicHeard(),
            seen=PictureSeen(dead=("b",)),
            scenes=("sets/another.py",),
            refused=lambda before, after: False,
        )
    except MoveFailed as failed:
        raise Flaw(f"asked it for an edit of {name}", str(failed), CHANGE) from failed.__cause__
    return edit.after if edit is not None and not edit.scene else None


CHANGE = "return an edited SetCode, or None where there is nothing to do"


def edits_of(offered: Offered) -> Iterator[tuple[str, str, int, str]]:
    """(name, text, seed, edited text) of all edits of the samples."""
    for name, text in samples(offered).items():
        for seed in range(SEEDS):
            after = asked(offered, name, text, seed)
            if after is not None:
                yield name, text, seed, after


@row("move")
def edits(offered: Offered) -> None:
    """It makes small edits of a set, and the set can be played after each"""
    count = 0
    for name, text, _, after in edits_of(offered):
        count += 1
        why = flaw(text, after)
        if why:
            raise Flaw(f"asked it for an edit of {name}", why, "change a few parts of the text")
        try:
            run(share.folder("sets") / name, after)
        except Refusal as refusal:
            seen = f"the set is refused: {refusal.reason}"
            raise Flaw(
                f"read {name} after its edit", seen, "write what the language takes"
            ) from None
    if not count:
        names = ", ".join(samples(offered))
        raise NotHere(f"it found nothing to do in {names}; name a set with --sample")


@row("move", needs=("edits",))
def repeats(offered: Offered) -> None:
    """Equal chances give equal edits"""
    for name, text, seed, after in edits_of(offered):
        if asked(offered, name, text, seed) != after:
            change = "take what is random from chance, and loop over lists instead of sets"
            raise Flaw(f"asked it twice for an edit of {name}", "the edits differ", change)


@row("move")
def kept(offered: Offered) -> None:
    """It leaves lines alone that are marked # keep"""
    for name, text in samples(offered).items():
        lines = [f"{line}  # keep" if line.endswith(")") else line for line in text.splitlines()]
        marked = "\n".join(lines) + "\n"
        for seed in range(SEEDS):
            after = asked(offered, name, marked, seed)
            if after is not None and list(kept_lines(after).values()) != list(
                kept_lines(marked).values()
            ):
                change = "look at .kept of a part before it is replaced"
                raise Flaw(f"marked the lines of {name} with # keep", "it changed one", change)


@row("move")
def odd_sets(offered: Offered) -> None:
    """It finds an edit, or nothing, in sets that are unlike any other"""
    for name, text in ODD.items():
        for seed in range(2):
            after = asked(offered, name, text, seed)
            why = flaw(text, after) if after is not None else ""
            if why:
                raise Flaw(f"asked it for an edit of {name}", why, CHANGE)


@row("move", needs=("edits",))
def quick(offered: Offered) -> Measured:
    """It takes less than half a second"""
    name, text = next(iter(samples(offered).items()))
    times = []
    for seed in range(3):
        began = time.perf_counter()
        asked(offered, name, text, seed)
        times.append(time.perf_counter() - began)
    if min(times) > SLOWEST_S:
        seen = f"{min(times):.1f} s for the quickest"
        raise Flaw(f"asked it for edits of {name}", seen, "read only the parts that you need")
    return {"edit_ms": 1000 * min(times)}
