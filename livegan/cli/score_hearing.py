"""``livegan score-hearing``: how well livegan hears annotated recordings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.tables import Column, print_table

if TYPE_CHECKING:
    from livegan.sound.scoring.hearing_score import HearingScores
    from livegan.sound.scoring.tally import Tally

TOTALS = (
    Column("what", ""),
    Column("detector"),
    Column("annotated", right=True, rank=3),
    Column("precision", right=True, rank=2),
    Column("recall", right=True, rank=2),
    Column("f", "F", right=True),
    Column("false", "false a minute", right=True, rank=1),
)
EACH = (
    Column("file"),
    Column("own_kick", "kicks", right=True),
    Column("flux_kick", "flux", right=True),
    Column("own_snare", "snares", right=True, rank=1),
    Column("flux_snare", "flux", right=True, rank=2),
    Column("own_beat", "beats", right=True, rank=1),
)
EXPECTED = (
    "an annotation has the name of its recording and ends in .txt, .csv, .xml, .mid or .beats: "
    'lines of "time label", such as "1.25 KD"'
)


def score_hearing(
    folder: Annotated[Path, typer.Argument(help="Recordings with their annotations.")],
    each: Annotated[bool, typer.Option("--each", help="Print F for each recording, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Score kicks, snares and beats on annotated recordings, beside a plain detector.

    A recording and its annotation have the same name. Formats: lines of "time label" as in MDB
    Drums and ENST-Drums, the XML of IDMT-SMT-Drums, a MIDI file with a drum channel, and beats as
    "time" or "time count". An empty annotation says that there are no drums. Strokes count within
    50 ms, beats within 70 ms, from the fifth second on.
    """
    if not folder.is_dir():
        fail(f"{short(folder)} is no folder; give one with recordings and their annotations", 2)
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from livegan.sound.scoring.annotations import recordings
    from livegan.sound.scoring.hearing_score import HearingScores, score

    found, bare = recordings(folder)
    if not found:
        why = f"none of {len(bare)} recordings has one" if bare else "there are no recordings"
        fail(f"{short(folder)}: nothing to score, for {why}; {EXPECTED}")
    scores = HearingScores()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with (
        clear_errors(),
        Progress(*columns, console=Console(stderr=True), transient=True) as progress,
    ):
        task = progress.add_task("recordings", total=len(found))
        for recording in found:
            progress.update(task, description=recording.sound.name)
            scores.each.append(score(recording, str(recording.sound.relative_to(folder))))
            progress.advance(task)
    if as_json:
        typer.echo(json.dumps(scores.as_dict() | {"without_annotation": [str(b) for b in bare]}))
        return
    print_scores(scores, each)
    if bare:
        names = ", ".join(path.name for path in bare[:3]) + ("..." if len(bare) > 3 else "")
        typer.echo(f"left out, for want of an annotation: {len(bare)} recordings ({names})")


def print_scores(scores: HearingScores, each: bool) -> None:
    """The tables, for people."""
    from livegan.sound.scoring.hearing_score import BASELINE, KINDS, OWN

    if each:
        rows: list[dict[str, Any]] = []
        for score in scores.each:
            cells = {
                f"{'own' if detector == OWN else detector}_{kind}": tally.f
                for (detector, kind), tally in score.tallies.items()
                if tally.wanted
            }
            rows.append({"file": score.name} | cells)
        print_table(EACH, rows, title="F")
    rows = []
    for kind in KINDS:
        for detector in (OWN, BASELINE):
            whole, without = scores.whole(detector, kind), scores.without(detector, kind)
            if whole is not None and whole.wanted:
                rows.append(row(f"{kind}s", detector, whole))
            if without is not None:
                rows.append(row(f"no {kind}s", detector, without))
    minutes = sum(score.seconds for score in scores.each) / 60
    print_table(TOTALS, rows, title=f"{len(scores.each)} recordings, {minutes:.1f} minutes")
    late = scores.late
    if late is not None:
        half, most = (1000 * value for value in late)
        typer.echo(f"true kicks are told {half:.0f} ms after the stroke, 95 % within {most:.0f} ms")


def row(what: str, detector: str, tally: Tally) -> dict[str, Any]:
    """A line of the table; what cannot be scored where nothing was annotated is left empty."""
    cells: dict[str, Any] = {"what": what, "detector": detector, "annotated": tally.wanted}
    cells["false"] = f"{tally.false_a_minute:.1f}"
    if tally.wanted:
        cells |= {"precision": tally.precision, "recall": tally.recall, "f": tally.f}
    return cells
