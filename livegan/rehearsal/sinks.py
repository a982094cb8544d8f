"""Where the frames of a rehearsal go."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from livegan import film
from livegan.saving import save_png


@contextlib.contextmanager
def sinks(
    out: Path | None, frames: Path | None, fps: float, sound: Callable[[int, int], Any]
) -> Iterator[Callable[[int, Any], None]]:
    """A film ``out``, a folder ``frames`` of pictures, both or neither.

    A film is written beside its place and moved there when it is whole.
    """
    with contextlib.ExitStack() as stack:
        targets: list[Callable[[int, Any], None]] = []
        if out is not None:
            writer = stack.enter_context(film.FilmWriter(out, fps, sound))
            targets.append(lambda index, pixels: writer.write(pixels))
        if frames is not None:
            frames.mkdir(parents=True, exist_ok=True)
            targets.append(lambda index, pixels: save_png(frames / f"{index:06d}.png", pixels))

        def sink(index: int, pixels: Any) -> None:
            for target in targets:
                target(index, pixels)

        yield sink
