"""Make one of livegan's own models from its films.

    python models/films/catalogue.py FILMS
    python models/recipes/train.py nebula --films FILMS --work WORK

Killed and started again it goes on where it was.
"""

# ruff: noqa: E402 (how torch waits is settled before it is loaded)

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from livegan.openmp import wait_asleep

wait_asleep()

import torch
import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from livegan.dataset import Drawing, Split, build, drawing
from livegan.sound.media import decode
from livegan.training import Recipe, Trained, TrainingStep, pack, train
from livegan.training.presets import recipe_of
from livegan.training.scores import cross_fed, over_sound, record

sys.path.insert(0, str(Path(__file__).parent))
from strokes import strokes


@dataclass(frozen=True)
class World:
    """What a model is made of: its encoder, and one that it is cross-fed for its scores."""

    encoder: str
    mismatched: str
    title: str


WORLDS = {
    "nebula": World("timeline", "levels_timeline", "Clouds of light between the stars"),
    "corridor": World("waveform", "timeline", "A hall of lights that runs ahead"),
    "city": World("levels", "waveform", "A city at night, by the water"),
    "ocean": World("levels_timeline", "timeline", "The sea under a changing sky"),
    "dunes": World("waveform", "levels", "Dunes that the wave heaps up, from night to noon"),
    "moth": World("levels", "timeline", "A moth in a garden, whose wings are the music"),
    "forest": World("levels_timeline", "waveform", "Wooded hills in the mist, and lanterns"),
    "fjord": World("timeline", "levels", "Mountains in still water that one sails past"),
}

STRIKES: dict[str, Any] = {"lr": 3e-4, "settle": 0.0, "change": 48.0}
"""The last stretch: twos around strokes, and how a picture changes between them."""


QUICK: dict[str, Any] = {"batch": 2, "filters": 16, "patch": 128}
"""Half the pairs in a step and a discriminator of a tenth of the cost: where a step takes seconds,
more steps of less are worth more."""


def main(
    world: Annotated[str, typer.Argument(help=", ".join(WORLDS))],
    films: Annotated[Path, typer.Option(help="folder of models/films/catalogue.py")],
    work: Annotated[Path, typer.Option(help="folder for pairs and state")],
    out: Annotated[Path | None, typer.Option(help="the model's folder")] = None,
    minutes: Annotated[float, typer.Option(min=0.1, help="of training")] = 35.0,
    strikes: Annotated[float, typer.Option(min=0, help="minutes of the last stretch")] = 0.0,
    half: Annotated[float, typer.Option(min=0, help="minutes at half the size before that")] = 0.0,
    start: Annotated[Path | None, typer.Option(help="model to begin from")] = None,
    rate: Annotated[float, typer.Option(help="pairs a second")] = 4.0,
    size: Annotated[int, typer.Option(help="height and width in pixels")] = 512,
    quick: Annotated[bool, typer.Option("--quick", help="for a slow machine: see QUICK")] = False,
    scored: Annotated[
        bool, typer.Option(help="measure it on held-out songs; takes minutes")
    ] = True,
    device: Annotated[str, typer.Option(help="cpu, cuda, mps")] = "cpu",
) -> None:
    """Pairs, training, scores, card."""
    if world not in WORLDS:
        raise typer.BadParameter(f"no world {world!r}; there are {', '.join(WORLDS)}")
    made, less = WORLDS[world], QUICK if quick else {}
    found = sorted(films.glob(f"{world}-*.mp4"))
    held_out = [film for film in found if "-val-" in film.name]
    if not held_out or len(held_out) == len(found):
        raise typer.BadParameter(f"{films} lacks films of {world}; models/films/catalogue.py")
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[note]}"),
        TimeRemainingColumn(),
    ) as bars:  # fmt: skip
        pairing = bars.add_task("pairs", total=len(found), note="")
        seen: dict[str, float] = {}

        def on_pairs(name: str, done: float, count: int) -> None:
            seen[name] = done
            bars.update(pairing, completed=sum(seen.values()), note=name)

        data = work / f"{world}-pairs"
        result = build(
            [film for film in found if film not in held_out],
            [made.encoder],
            val_films=held_out,
            out=data,
            size=size,
            rate=rate,
            split=Split(share=0),
            near=0.001,
            crop="none",
            progress=on_pairs,
        )
        for film in result.films:
            if film.error or film.note:
                bars.print(film.error or film.note)

        def stretch(name: str, data: Path, recipe: Recipe, start: Path | None) -> Trained:
            bar = bars.add_task(name, total=1.0, note="")

            def on_step(step: TrainingStep) -> None:
                score = f", held out {step.val_l1:.4f}" if step.val_l1 is not None else ""
                note = f"step {step.number}, near {step.losses['near']:.3f}{score}"
                bars.update(bar, completed=step.done, note=note)

            state = work / f"{world}-{name}-state"
            return train(data, state, recipe, device=device, start=start, progress=on_step)

        earlier = 0.0, 0
        if half:  # a step costs a quarter, and light and layout are learned first anyway
            less_still = {**less, "batch": 4, "sizes": (size // 2,), "patch": 96, "hold": 1.0}
            begun = stretch("half", data, recipe_of("live", hours=half / 60, **less_still), start)
            earlier = begun.seconds, begun.steps
            start = pack(begun, data, work / f"{world}-half", measure=False)
        trained = stretch("training", data, recipe_of("live", hours=minutes / 60, **less), start)
        trained = replace(
            trained, seconds=trained.seconds + earlier[0], steps=trained.steps + earlier[1]
        )
        if strikes:
            first = pack(trained, data, work / f"{world}-first")
            drawing_strokes = bars.add_task("strokes", total=len(found) - len(held_out), note="")
            twos = strokes(
                world,
                made.encoder,
                [film for film in found if film not in held_out],
                data,
                work / f"{world}-twos",
                size=size,
                progress=lambda film: bars.update(drawing_strokes, advance=1, note=film),
            )
            last = stretch("strikes", twos, recipe_of("live", hours=strikes / 60, **STRIKES), first)
            trained = replace(
                last, steps=trained.steps + last.steps, seconds=trained.seconds + last.seconds
            )
    trained.network.to(torch.device("cpu"))
    scores = heard(trained, made, held_out, size) if scored else {}
    pack(
        trained,
        data,
        out or Path(__file__).resolve().parent.parent / world,
        title=made.title,
        licence="CC0-1.0",
        description=f"{trained.pairs} pairs from {len(found) - len(held_out)} films that livegan "
        "renders and composes itself (models/films)",
        scores=scores,
        made_with=f"models/films/catalogue.py; models/recipes/train.py {world} "
        f"--minutes {minutes:g}"
        + (f" --strikes {strikes:g}" if strikes else "")
        + (f" --half {half:g}" if half else "")
        + (" --quick" if quick else "")
        + (" --start" if start and not half else ""),
    )


def heard(trained: Trained, made: World, films: list[Path], size: int) -> dict[str, Any]:
    """For the card: how it moves with the sound of films that it did not learn from."""
    sounds = [decode(film) for film in films]
    own, other = drawing(made.encoder), drawing(made.mismatched)

    def motion(encoder: Drawing) -> dict[str, float]:
        return record(over_sound(trained.network, encoder, sounds, size=size))

    unlike = [cross_fed(trained.network, own, other, sound, size=size) for sound in sounds]
    apart = {"apart": round(sum(unlike) / len(unlike), 4)}
    return {**motion(own), f"fed {made.mismatched}": motion(other) | apart}


if __name__ == "__main__":
    typer.run(main)
