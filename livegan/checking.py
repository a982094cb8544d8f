"""A set tested without a show: what is wrong with it, by file and line.

`read_set` runs the set, which takes milliseconds and draws nothing. `prove_set` builds and draws
it as well. Both run code of the set in this process.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from livegan.engine.commit.script import Refusal, Script, run
from livegan.generators.errors import ModelError
from livegan.generators.finding import find, model_folders
from livegan.graph.place import Place
from livegan.plugin.loading.hot import Hot
from livegan.plugin.loading.record import Problem
from livegan.size import UNSAID, Size

SCHEMA = 1
"""Of what ``livegan check --json`` prints: raised when a field changes its meaning."""
DEADLINE_S = 2.0
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class SetProblem:
    """One thing that is wrong, or that may not be meant."""

    file: str
    line: int | None
    """From 1; None where no line is to blame."""
    message: str
    severity: Literal["error", "warning"] = "error"


@dataclass(frozen=True)
class SetCheck:
    """What a test of a set found."""

    set: str
    problems: tuple[SetProblem, ...]
    nodes: tuple[str, ...] = ()
    """Names of what it draws; none if it cannot be read."""
    frame_ms: float | None = None
    """Median time of a picture; None if nothing was drawn."""
    rate: str = ""
    """Which rate this machine reaches with it, in words; empty if nothing was drawn."""
    advice: tuple[str, ...] = ()
    """If that is less than the set asks for: what would raise it, a line each."""

    @property
    def good(self) -> bool:
        """Whether a show would play it."""
        return all(problem.severity != "error" for problem in self.problems)

    @property
    def plain(self) -> dict[str, Any]:
        """For JSON: see docs/editors.md."""
        return {"schema": SCHEMA, "good": self.good, **asdict(self)}


def read_set(path: Path, text: str, folder: Path, deadline_s: float = DEADLINE_S) -> SetCheck:
    """Run the text of a set, and look for its models; nothing is drawn.

    ``folder`` is the working folder: its ``plugins`` and ``models`` are there.
    """
    hot = Hot(folder / "plugins")
    loaded = hot.registry
    problems = [
        of_plugin(each, path)
        for record in loaded.records
        if record.entry.hot
        for each in record.problems
    ]
    loaded.wake({*WORD.findall(text)})
    try:
        script = run(path, text, deadline_s)
    except Refusal as refusal:
        return SetCheck(str(path), (*problems, of_refusal(refusal, path)))
    problems += notes_of(script)
    problems += models_missing(script, model_folders(path, folder))
    return SetCheck(str(path), tuple(problems), tuple(n.name for n in script.graph.nodes))


def prove_set(path: Path, folder: Path, size: Size = UNSAID, device: str = "auto") -> SetCheck:
    """Build a set, and draw it on the demo track and on silence.

    Raises
    ------
    livegan.sound.media.MediaError
        If the demo track cannot be read.
    """
    from livegan import share
    from livegan.rehearsal import Rehearsal, rehearse

    problems: list[SetProblem] = []

    def told(message: dict[str, Any]) -> None:
        if message["type"] == "note":
            problems.append(of_note(str(message["text"]), path))

    results = []
    for audio in (share.demo_track(), None):
        what = Rehearsal(
            set=path,
            audio=audio,
            same_input=True,
            start=12.0 if audio else 0.0,
            seconds=0.25,
            size=size,
            device=device,
            folder=folder,
        )
        try:
            results.append(rehearse(what, on_message=told if audio else lambda message: None))
        except Refusal as refusal:
            return SetCheck(str(path), (*problems, of_refusal(refusal, path)))
    for result in results:
        for fault in result.faults:
            place = Place.read(fault["where"])
            problem = SetProblem(*placed(place, path), str(fault["reason"]))
            problems += [] if problem in problems else [problem]
    report = results[0].report
    nodes = tuple(report["commits"][0]["built"])
    frame_ms, reached = report["frame_ms"]["median"], report["reach"]
    advice = tuple(reached["advice"])
    return SetCheck(str(path), tuple(problems), nodes, frame_ms, reached["line"], advice)


def of_refusal(refusal: Refusal, path: Path) -> SetProblem:
    """Why a set is refused, as a problem."""
    return SetProblem(*placed(refusal.place, path), refusal.reason)


def of_plugin(problem: Problem, path: Path) -> SetProblem:
    """What is wrong with a plugin of the working folder. The set may play without it."""
    whose = f"plugin {f'{problem.plugin} {problem.version}'.strip()}"
    place = placed(Place.read(problem.where), path)
    return SetProblem(*place, f"{whose}: {problem.reason}", "warning")


def of_note(text: str, path: Path) -> SetProblem:
    """A line for the performer, at the line that it names."""
    said = text.removeprefix(f"{path.name}: ")
    line = re.match(r"line (\d+): ", said)
    if line:
        return SetProblem(str(path), int(line[1]), said[line.end() :], "warning")
    return SetProblem(str(path), None, said, "warning")


def notes_of(script: Script) -> list[SetProblem]:
    """What may not be meant."""
    return [
        SetProblem(
            *placed(note.place, script.path), re.sub(r"^line \d+: ", "", note.text), "warning"
        )
        for note in script.notes
    ]


def models_missing(script: Script, folders: list[Path]) -> list[SetProblem]:
    """Models that are not there; whether one can be loaded is seen when the set is proven."""
    problems = []
    for node in script.graph.models:
        for name in filter(None, (node.fixed["checkpoint"], node.fixed["other"])):
            try:
                find(name, folders)
            except ModelError as error:
                problems.append(SetProblem(*placed(node.place, script.path), str(error)))
    return problems


def placed(place: Place | None, path: Path) -> tuple[str, int | None]:
    """File and line; the set where neither is known."""
    return (str(path), None) if place is None else (place.file, place.line)
