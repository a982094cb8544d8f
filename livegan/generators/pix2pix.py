"""The files of the project of pix2pix and CycleGAN, for those who test or train on there."""

from __future__ import annotations

import io

import torch

from livegan.size import UNSAID, Size

from .architecture import Architecture
from .checkpoint import Checkpoint
from .errors import ModelError
from .runner import check_norm


def as_reference(checkpoint: Checkpoint) -> bytes:
    """The weights as the project of pix2pix and CycleGAN saves ``latest_net_G.pth``.

    A state dict in float32 with that project's names, which its ``test.py`` loads, and any
    ``torch.load(weights_only=True)``.

    Raises
    ------
    ModelError
        If that project has no such network.
    """
    test_options(checkpoint)
    data = io.BytesIO()
    torch.save(checkpoint.module().state_dict(), data)
    return data.getvalue()


def test_options(checkpoint: Checkpoint, *, norm: str | None = None, size: Size = UNSAID) -> str:
    """The options with which that project's ``test.py`` paints what livegan paints.

    Raises
    ------
    ModelError
        If that project has no such network; says what differs, and what to do.
    """
    architecture = checkpoint.architecture
    lacks = unlike(architecture) if architecture is not None else f"is {checkpoint.foreign}"
    if architecture is None or lacks:
        way = "export it with --to onnx" if architecture is not None else "use the file as it is"
        raise ModelError(
            f"{checkpoint.name} {lacks}, which the pix2pix project's .pth layout has no place "
            f"for; {way}"
        )
    given = architecture.options
    width = given["width"] if architecture.family == "resnet" else given["channels"][0]
    words = ["--model test", f"--netG {architecture.name}", f"--norm {architecture.norm}"]
    numbers = {"ngf": (width, 64), "input_nc": (architecture.in_channels, 3)}
    numbers["output_nc"] = (architecture.out_channels, 3)
    size = size or checkpoint.card.size or Size.square(256)
    if size.height == size.width:
        numbers |= {"load_size": (size.width, 256), "crop_size": (size.width, 256)}
    else:  # it knows no other way to leave the shape of a picture as it is
        words.append("--preprocess none")
    words += [f"--{key} {value}" for key, (value, usual) in numbers.items() if value != usual]
    if not (architecture.family == "resnet" and given["dropout"]):
        words.append("--no_dropout")
    if check_norm(norm or checkpoint.card.norm or "frame") == "running":
        words.append("--eval")
    return " ".join(words)


def unlike(architecture: Architecture) -> str:
    """What the pix2pix project's generators do not have; empty if it has this one."""
    given = architecture.options
    if architecture.family == "small":
        return "is livegan's own small network"
    if architecture.family not in ("unet", "resnet"):
        return f"is {architecture.name}"
    if architecture.norm not in ("batch", "instance", "none"):
        return f"has a norm that is {architecture.norm}"
    if given["bias"] != (architecture.norm == "instance"):
        biases = "with" if given["bias"] else "without"
        return f"has {architecture.norm} norms beside convolutions {biases} bias"
    if architecture.family == "unet":
        channels = given["channels"]
        usual = [channels[0] * min(2**i, 8) for i in range(len(channels))]
        if len(channels) not in (7, 8):
            return f"is {architecture.name} (unet_128 and unet_256 are there)"
        return "" if channels == usual else f"has the channels {channels}"
    if given["halvings"] != 2 or given["blocks"] not in (6, 9):
        return f"is {architecture.name} (6 and 9 blocks are there)"
    if given["upsampling"] != "transposed":
        return f"has {given['upsampling']} upsampling"
    return "" if given["padding"] == "reflect" else f"has {given['padding']} padding"
