"""Make one of the two models that repaint pictures, from photographs of your own.

    python models/recipes/pictures.py painter --photographs FOLDER --work WORK
    python models/recipes/pictures.py dreamer --photographs FOLDER --work WORK

``painter``: photographs → oil paintings of them (`painting.py`).  ``dreamer``: blurred colours →
the photographs.  ``--films`` adds frames of films to what the painter learns to paint, so that it
paints other models too.  Killed and started again it goes on where it was.
"""

# ruff: noqa: E402 (how torch waits is settled before it is loaded)

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from livegan.openmp import wait_asleep

wait_asleep()

import av
import typer
from PIL import Image
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from livegan.dataset import build_from_pictures
from livegan.dataset.pairs import png, write
from livegan.picture_file import pictures_in, read_bytes
from livegan.training import TrainingStep, pack, train
from livegan.training.presets import recipe_of

sys.path.insert(0, str(Path(__file__).resolve().parent))
from painting import painted

Pixels = NDArray[np.uint8]

TITLES = {
    "painter": "Any picture, painted in oil with a broad brush",
    "dreamer": "Blurred colours become photographs",
}
BLUR = "blur:radius=10"
"""What the dreamer's conditions are drawn with."""
HELD_OUT = 12
"""One of so many crops is for validation."""


def main(
    model: Annotated[str, typer.Argument(help=", ".join(TITLES))],
    photographs: Annotated[Path, typer.Option(help="folder of pictures, however deep")],
    work: Annotated[Path, typer.Option(help="folder for pairs and state")],
    out: Annotated[Path | None, typer.Option(help="the model's folder")] = None,
    films: Annotated[Path | None, typer.Option(help="folder of films to paint as well")] = None,
    each: Annotated[int, typer.Option(min=1, help="crops of a photograph")] = 8,
    frames: Annotated[int, typer.Option(min=1, help="frames of a film")] = 2,
    minutes: Annotated[float, typer.Option(min=0.05, help="of training")] = 20.0,
    size: Annotated[int, typer.Option(help="height and width in pixels")] = 512,
    licence: Annotated[str, typer.Option(help="of the model, as the photographs allow")] = "",
    source: Annotated[str, typer.Option(help="of the photographs, in words for the card")] = "",
    device: Annotated[str, typer.Option(help="cpu, cuda, mps")] = "cpu",
) -> None:
    """Crops, pairs, training, card."""
    if model not in TITLES:
        raise typer.BadParameter(f"no model {model!r}; there are {', '.join(TITLES)}")
    found = pictures_in(photographs)
    if not found:
        raise typer.BadParameter(f"{photographs} holds no picture")
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns) as bars:
        cutting = bars.add_task("crops", total=len(found))
        crops = work / "crops"
        crops.mkdir(parents=True, exist_ok=True)
        for path in found:
            cut(path, crops, each, size)
            bars.advance(cutting)
        data = work / f"{model}-pairs"
        if model == "dreamer":
            build_from_pictures([crops], BLUR, out=data, size=size)
        else:
            given = [*sorted(crops.glob("*.png")), *(stills(films, work, frames, size))]
            painting = bars.add_task("painting", total=len(given))
            for number, path in enumerate(given):
                side = "val" if number % HELD_OUT == HELD_OUT - 1 else "train"
                paint(path, data / side / path.name)
                bars.advance(painting)
        training = bars.add_task("training", total=1.0)

        def on_step(step: TrainingStep) -> None:
            bars.update(training, completed=step.done, description=f"step {step.number}")

        recipe = recipe_of("live", hours=minutes / 60, mixture=0.0)
        trained = train(data, work / f"{model}-state", recipe, device=device, progress=on_step)
    trained.network.to("cpu")
    pack(
        trained,
        data,
        out or Path(__file__).resolve().parent.parent / model,
        title=TITLES[model],
        licence=licence,
        description=f"{trained.pairs} pairs from {len(found)} photographs"
        + (" and frames of livegan's own films" if films and model == "painter" else "")
        + (f"; {source}" if source else ""),
        made_with=f"models/recipes/pictures.py {model} --minutes {minutes:g} --each {each}",
    )


def cut(path: Path, crops: Path, each: int, size: int) -> None:
    """Write ``each`` square crops of a photograph, of other places and scales, half mirrored."""
    names = [crops / f"{path.stem[:40]}-{number:02d}.png" for number in range(each)]
    if all(name.is_file() for name in names):
        return
    pixels = read_bytes(path)
    height, width, _ = pixels.shape
    rng = np.random.default_rng(sum(path.stem.encode()))
    for number, name in enumerate(names):
        side = int(min(height, width) * rng.uniform(0.45, 1.0))
        top, left = rng.integers(0, height - side + 1), rng.integers(0, width - side + 1)
        square = Image.fromarray(pixels[top : top + side, left : left + side])
        small = np.asarray(square.resize((size, size), Image.Resampling.LANCZOS))
        write(name, png(small[:, ::-1] if number % 2 else small))


def stills(films: Path | None, work: Path, frames: int, size: int) -> Iterator[Path]:
    """Some frames of each film, written as pictures."""
    for film in sorted(films.glob("*.mp4")) if films else []:
        names = [work / "stills" / f"{film.stem}-{number}.png" for number in range(frames)]
        if not all(name.is_file() for name in names):
            (work / "stills").mkdir(exist_ok=True)
            shown = list(_decoded(film, size))
            for number, name in enumerate(names):
                write(name, png(shown[(2 * number + 1) * len(shown) // (2 * frames)]))
        yield from names


def _decoded(film: Path, size: int) -> Iterator[Pixels]:
    with av.open(str(film)) as opened:
        for frame in opened.decode(video=0):
            yield frame.to_ndarray(format="rgb24", width=size, height=size)


def paint(path: Path, pair: Path) -> None:
    """Write the pair of a picture and its painting, if it is not there."""
    if pair.is_file():
        return
    pair.parent.mkdir(parents=True, exist_ok=True)
    picture = read_bytes(path)
    made = painted((picture / np.float32(255)).astype(np.float32))
    both: Sequence[Pixels] = (picture, np.round(made * 255).astype(np.uint8))
    write(pair, png(np.concatenate(both, axis=1)))


if __name__ == "__main__":
    typer.run(main)
