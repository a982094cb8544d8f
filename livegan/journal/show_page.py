"""The page of a show: one HTML file with all that happened, and pictures to look through."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from livegan.journal.folder import Journal
from livegan.journal.timeline import timeline
from livegan.saving import write_bytes

HEIGHT = 200
"""Pixels of a picture on the page."""
MOST, EVERY = 160, 1.0
"""Pictures of a show at most, and seconds between two of a short one."""
COLUMNS = 10
"""Pictures in a row of the file that holds all."""
PLACE = "{}</script>"


def picture_times(seconds: float, begins: float) -> list[float]:
    """When pictures of a show are looked at, evenly from its first frame to its last."""
    count = int(min(MOST, max(8, (seconds - begins) / EVERY)))
    return [round(begins + (seconds - begins) * (n + 0.5) / count, 3) for n in range(count)]


def write_page(
    journal: Journal, out: Path, times: Sequence[float], pictures: Sequence[Any]
) -> None:
    """Write the page; ``pictures`` are (H, W, 3) uint8 of one size or None, by their time.

    OSError if it cannot be written.
    """
    shown = [(t, p) for t, p in zip(times, pictures, strict=True) if p is not None]
    data = {**timeline(journal), "pictures": sprite_of(shown)}
    # A text of the set must not end the script that holds it.
    said = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    page = resources.files("livegan.journal").joinpath("show_page.html").read_text("utf-8")
    html = page.replace(PLACE, f"{said}</script>", 1)
    write_bytes(out, html.encode(errors="replace"))


def sprite_of(shown: Sequence[tuple[float, Any]]) -> dict[str, Any]:
    """All pictures as one JPEG, in the page."""
    from PIL import Image

    if not shown:
        return {"times": [], "sprite": ""}
    height, width = np.asarray(shown[0][1]).shape[:2]
    rows = -(-len(shown) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * width, rows * height))
    for index, (_, pixels) in enumerate(shown):
        picture = Image.fromarray(np.asarray(pixels))
        sheet.paste(picture, (index % COLUMNS * width, index // COLUMNS * height))
    file = io.BytesIO()
    sheet.save(file, "JPEG", quality=82)
    return {
        "times": [t for t, _ in shown],
        "columns": COLUMNS,
        "width": width,
        "height": height,
        "sprite": "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode(),
    }
