"""Options of a rehearsal, read from their texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livegan.cli.console.failing import fail
from livegan.files import named

if TYPE_CHECKING:
    from livegan.ipc.recorded_controls import RecordedControls
    from livegan.rehearsal import Edit
    from livegan.stage.flash.flash_guard import Mode

FlashGuardMode = Annotated[
    str,
    typer.Option(metavar="on|strict|off", help="Limit flashes to what is safe for the audience."),
]


def guard_mode(text: str) -> Mode:
    """``--flash-guard`` as the guard takes it."""
    from livegan.stage.flash.flash_guard import MODES

    found = [mode for mode in MODES if mode == text]
    if not found:
        fail(f"--flash-guard {text}: write on, strict or off", 2)
    return found[0]


def edits_of(texts: list[str]) -> list[Edit]:
    """``["4=b.py", "8.5=c.py"]`` as edits."""
    from livegan.rehearsal import Edit

    edits = []
    for text in texts:
        seconds, sign, file = text.partition("=")
        try:
            at = float(seconds)
        except ValueError:
            sign = ""
        if not sign or not file:
            fail(f"--edit {text}: write SECONDS=FILE, such as 4.5=next.py", 2)
        path = named(file)
        if not path.is_file():
            fail(f"--edit {text}: there is no file {file}", 2)
        edits.append(Edit(at, path))
    return edits


def controls_of(
    knobs: list[str], take: Path | None, stand_ins: dict[str, str] | None = None
) -> RecordedControls:
    """``--knob`` and ``--controls``: what hands do in the rehearsal.

    Of ``--with``, takes in place of MIDI and OSC are taken out of ``stand_ins``.
    """
    from livegan.control_names import MIDI, OSC
    from livegan.ipc.recorded_controls import RecordedControls
    from livegan.take import TakeError, knob_curve, read_take

    try:
        curves = dict(knob_curve(text) for text in knobs)
        moves = read_take(named(str(take))) if take else {}
        for source, start in (("midi", MIDI), ("osc", f"{OSC}/")):
            file = (stand_ins or {}).pop(source, "")
            if file:
                own = {n: v for n, v in read_take(named(file)).items() if n.startswith(start)}
                if not own:
                    name = Path(file).name
                    fail(
                        f"--with {source}={name}: nothing in this take came by {source.upper()}", 2
                    )
                moves = {n: v for n, v in moves.items() if not n.startswith(start)} | own
        return RecordedControls(moves, curves)
    except TakeError as error:
        fail(str(error), 2)


def backends_of(text: str) -> tuple[str, dict[str, str]]:
    """``--backend``: what plays every slot, and what plays some by their names."""
    if not text.endswith(".json"):
        return text, {}
    import json

    try:
        said = json.loads(named(text).read_text(encoding="utf-8"))["backends"]
        return "torch", {str(slot): str(name) for slot, name in said.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        fail(f"--backend {text}: no report.json of a rehearsal that names its backends", 2)
