"""Contact sheets: condition, painted, truth, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from livegan.saving import replacing


def to_bytes(pictures: Tensor) -> npt.NDArray[np.uint8]:
    """(N, 3, H, W) of -1..1 → (N, H, W, 3) bytes."""
    scaled = ((pictures.float().clamp(-1, 1) + 1) * 127.5).round()
    return scaled.permute(0, 2, 3, 1).to(torch.uint8).cpu().numpy()


def write(path: Path, columns: Sequence[Tensor], across: int = 1) -> None:
    """Save a sheet whose rows show one picture of each of ``columns``, (N, 3, H, W) of -1..1.

    ``across`` rows are put side by side, so that a sheet of many is not a tower.
    """
    bytes_ = [to_bytes(column) for column in columns]
    rows = [np.hstack([column[i] for column in bytes_]) for i in range(len(bytes_[0]))]
    while len(rows) % across:
        rows.append(np.zeros_like(rows[0]))
    lines = [np.hstack(rows[i : i + across]) for i in range(0, len(rows), across)]
    sheet = Image.fromarray(np.vstack(lines))
    suffix = path.suffix.lstrip(".").replace("jpg", "jpeg")
    with replacing(path) as beside:
        sheet.save(beside, suffix)
