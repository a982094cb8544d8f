"""One picture through one checkpoint: what ``livegan generate`` does."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from livegan.files import NotAFile, named, need_file
from livegan.picture_file import PictureFileError, read_floats
from livegan.saving import write_bytes

from .cache import load
from .errors import ModelError
from .runner import Generator

log = logging.getLogger("livegan")


def generate(
    checkpoint: str | Path,
    picture: str | Path,
    out: str | Path,
    *,
    norm: str | None = None,
    precision: str = "auto",
    size: int | tuple[int, int] | None = None,
    device: str | torch.device = "auto",
    dropout: bool = False,
    trust: bool = False,
) -> Tensor:
    """Paint the condition in a picture file.

    Parameters
    ----------
    checkpoint : its file.
    picture : PNG, JPEG or whatever else Pillow opens, as `livegan.picture_file` reads it; or
        ``.npy``, (C, H, W) or (H, W), 0..1.
    out : ``.png`` (8 bits a channel), ``.npy`` (float32, (3, H, W), RGB, 0..1: not rounded), or
        another format of Pillow's; written atomically.
    norm, precision, device, dropout : as for :class:`Generator`.
    trust : as for :func:`load`.
    size : of the result, in pixels; that of the picture if None.  If the network cannot paint
        it, the result is resized from the nearest that it can, and the log says so.

    Returns
    -------
    The picture, (3, H, W) float32, 0..1.

    Raises
    ------
    ModelError
        If a file cannot be read, the checkpoint cannot be played, or `out` cannot be written.
    """
    out = Path(out)
    form = Image.registered_extensions().get(out.suffix.lower())
    if out.suffix.lower() != ".npy" and form not in Image.SAVE:
        raise ModelError(f"{out}: give a name that ends in .png or .npy")
    condition = read_picture(Path(picture))
    generator = Generator(load(checkpoint, trust=trust), device, precision, norm, dropout)
    painted = generator.paint(condition, size=size).cpu()
    if not torch.isfinite(painted).all():
        raise ModelError(
            f"{checkpoint}: paints values that are no numbers; "
            'try precision="float32", or an earlier save'
        )
    resized = generator.checkpoint.resizing(*painted.shape[1:])
    for line in filter(None, (resized, generator.checkpoint.repeating())):
        log.warning(line)
    data = io.BytesIO()
    if form is None:
        np.save(data, painted.numpy())
    else:
        bytes_ = (painted * 255).round().to(torch.uint8).permute(1, 2, 0).contiguous()
        Image.fromarray(bytes_.numpy()).save(data, form)
    try:
        write_bytes(out, data.getvalue())
    except OSError as error:
        raise ModelError(f"{out}: cannot be written: {error.strerror or error}") from error
    return painted


def read_picture(path: Path) -> Tensor:
    """(1 or 3, H, W) float32 0..1 of a picture file; grey pictures have one channel.

    Raises
    ------
    ModelError
        If it is not there, or no picture; see `livegan.picture_file.read_floats`.
    """
    try:
        if path.suffix.lower() == ".npy":
            path = named(path)
            need_file(path)
            return torch.from_numpy(np.load(path, allow_pickle=False))
        return torch.from_numpy(read_floats(path)).permute(2, 0, 1).contiguous()
    except (NotAFile, PictureFileError) as error:
        raise ModelError(str(error)) from None
    except (OSError, ValueError, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ModelError(f"{path}: cannot be read: {reason}") from error
