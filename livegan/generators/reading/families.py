"""The families of generators, each recognised by the numbers and shapes of its layers."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from livegan.generators.architecture import Architecture
from livegan.generators.networks.small import LOWEST

from .tree import Branch, Layer

Match = tuple[Architecture, list[Layer]]


def read_family(prefix: str, groups: Mapping[str, Branch]) -> Match | None:
    """The network whose layers are numbered under ``prefix``, and its layers in running order."""
    tree = groups[prefix]
    return read_enhancer(prefix, groups) or read_unet(tree) or read_resnet(tree)


def norm_of(layers: list[Layer]) -> tuple[str, bool]:
    """(norm, bias) of a network; bias is that of the convolutions next to a norm.

    The first and last convolutions of these networks have a bias in any case, so a middle one
    tells.  Running statistics without weights are what old instance norms left behind.
    """
    convs = [layer for layer in layers if layer.letter == "c"]
    bias = "bias" in convs[len(convs) // 2].tensors
    norms = [layer for layer in layers if layer.letter == "n" and "weight" in layer.tensors]
    if norms:
        batch = "running_mean" in norms[0].tensors
        return ("batch" if batch else "affine instance"), bias
    if any(layer.letter == "n" for layer in layers) or bias:
        return "instance", bias
    return "none", bias


def read_unet(tree: Branch) -> Match | None:
    """pix2pix's U-Net: each level holds the next between its two convolutions."""
    channels: list[int] = []
    here: Branch | None = tree
    convs: list[Layer] = []
    while here is not None:
        pattern = here.pattern.replace("n", "")
        if pattern not in ("ctc", "cc") or (pattern == "cc" and not channels):
            return None
        down, up = [c for _, c in here.sorted() if isinstance(c, Layer) and c.letter == "c"]
        if down.shape[2:] != (4, 4) or up.shape[2:] != (4, 4):
            return None
        channels.append(down.shape[0])
        convs += [down, up]
        here = next((c for _, c in here.sorted() if isinstance(c, Branch)), None)
    layers = list(tree.layers())
    norm, bias = norm_of(layers)
    options = {"channels": channels, "norm": norm, "bias": bias}
    side = 2 ** len(channels)
    architecture = Architecture(
        "unet", convs[0].shape[1], convs[1].shape[1], options, multiple=side, minimum=side
    )
    return architecture, layers


def read_resnet(tree: Branch, *, headless: bool = False) -> Match | None:
    """CycleGAN's and pix2pixHD's: a 7x7, halvings, residual blocks, doublings, a 7x7."""
    letters = tree.pattern.replace("n", "")
    blocks = letters.count("t")
    if not blocks:
        return None
    head, found, tail = letters.partition("t" * blocks)
    if not found or set(head + tail) != {"c"}:
        return None
    halvings = len(head) - 1
    if halvings < 1 or len(tail) != halvings + (not headless):
        return None
    children = [(i, c) for i, c in tree.sorted() if not isinstance(c, Layer) or c.letter == "c"]
    first, last = children[0][1], children[-1][1]
    number, block = children[halvings + blocks]
    after, up = children[halvings + blocks + 1]
    if not (isinstance(first, Layer) and isinstance(last, Layer) and isinstance(up, Layer)):
        return None
    if first.shape[2:] != (7, 7) or up.shape[2:] != (3, 3) or not isinstance(block, Branch):
        return None
    if block.pattern.replace("n", "") != "cc" or (not headless and last.shape[2:] != (7, 7)):
        return None
    layers = list(tree.layers())
    norm, bias = norm_of(layers)
    one, two = [i for i, c in block.sorted() if isinstance(c, Layer) and c.letter == "c"]
    zero = one == 0  # no padding layer before the first convolution
    options = {
        "width": first.shape[0],
        "norm": norm,
        "bias": bias,
        "halvings": halvings,
        "blocks": blocks,
        "upsampling": {1: "transposed", 2: "nearest", 3: "bilinear"}.get(after - number, "?"),
        "padding": "zero" if zero else "reflect",
        "dropout": two - one == (4 if zero else 5),
    }
    if options["upsampling"] == "?":
        return None
    architecture = Architecture(
        "resnet",
        first.shape[1],
        0 if headless else last.shape[0],
        options,
        multiple=2**halvings,
        minimum=max(8, 2 * 2**halvings),
    )
    return architecture, layers


def read_enhancer(prefix: str, groups: Mapping[str, Branch]) -> Match | None:
    """pix2pixHD's local enhancer: branches ``model``, ``model1_1``, ``model1_2``, ..."""
    enhancers = 0
    while f"{prefix}{enhancers + 1}_1" in groups and f"{prefix}{enhancers + 1}_2" in groups:
        enhancers += 1
    coarse = read_resnet(groups[prefix], headless=True) if enhancers else None
    if coarse is None:
        return None
    architecture, layers = coarse
    last = layers
    for n in range(1, enhancers + 1):
        for part in (1, 2):
            last = list(groups[f"{prefix}{n}_{part}"].layers())
            layers = layers + last
    given = architecture.options
    options = {
        "width": given["width"] // 2**enhancers,
        **{key: given[key] for key in ("norm", "bias", "halvings", "blocks")},
        "enhancers": enhancers,
        "enhancer_blocks": groups[f"{prefix}1_2"].pattern.count("t"),
    }
    side = 2 ** (given["halvings"] + enhancers)
    final = Architecture(
        "local enhancer",
        architecture.in_channels,
        last[-1].shape[0],
        options,
        multiple=side,
        minimum=max(2 * side, 8 * 2**enhancers),
    )
    return final, layers


def read_small(tensors: Mapping[str, Tensor]) -> Architecture | None:
    """livegan's own: recognised by its names."""
    try:
        width, into, reach = tensors["stem.0.weight"].shape[:3]
        fold = reach // 2
        options = {
            "width": width,
            "blocks": len({key.split(".")[1] for key in tensors if key.startswith("body.")}),
            "side": tensors["places.0.map"].shape[-1] * fold,
            "fold": fold,
        }
        out = tensors["head.weight"].shape[0] // 4
        cell = fold * LOWEST
        # A norm of one frame needs more than one cell at the lowest level.
        found = Architecture("small", into, out, options, multiple=cell, minimum=2 * cell)
        wanted = found.build().state_dict()
    except (KeyError, IndexError, ValueError):
        return None
    same = all(key in tensors and tensors[key].shape == wanted[key].shape for key in wanted)
    return found if same and len(tensors) == len(wanted) else None
