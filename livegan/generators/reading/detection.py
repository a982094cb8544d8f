"""Which network tensors belong to, read off their numbers and shapes alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from livegan.generators.architecture import Architecture
from livegan.generators.errors import ModelError

from .families import Match, read_family, read_small
from .tree import Layer, branches

EXPECTED = (
    "a U-Net or ResNet generator of pix2pix/CycleGAN, a pix2pixHD generator, or livegan's small one"
)

OTHERS = ("disc", "netd", "criterion", "loss", "vgg", "lpips", "percep", "metric", "inception")
"""How the names of what a training script keeps beside a generator begin; and a lone D."""


def detect(
    tensors: Mapping[str, Tensor], network: str = ""
) -> tuple[Architecture, dict[str, Tensor]]:
    """The architecture that these tensors belong to, and the tensors under its own names.

    Parameters
    ----------
    network : a word before the numbers, such as ``"netG_A"``, where there is more than one.

    Raises
    ------
    ModelError
        If they belong to none, or to more than one network, or to one that has more than livegan
        would play; says what was seen.
    """
    for prefix in [
        key[: -len("stem.0.weight")] for key in tensors if key.endswith("stem.0.weight")
    ]:
        own = {
            key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)
        }
        small = read_small(own)
        if small and (not network or network in prefix.split(".")):
            return small, own
    groups = branches(tensors)
    matches: dict[str, Match] = {}
    for prefix in groups:
        found = read_family(prefix, groups)
        if found and (not network or network in prefix.split(".")):
            matches[prefix] = found
    if not matches:
        what = f"has no generator {network!r}; " if network else ""
        raise ModelError(what + describe(tensors))
    chosen = prefer(list(matches))
    if chosen is None:
        words = ", ".join(matches)
        raise ModelError(
            f"holds {len(matches)} generators ({words}); say which to play on its card, "
            f'{{"network": "{telling(matches)}"}}, or save that one alone'
        )
    architecture, layers = matches[chosen]
    check_leftover(architecture, chosen, layers, tensors, matches)
    return architecture, assign(architecture, layers)


def prefer(prefixes: list[str]) -> str | None:
    """Of several networks in one file, the averaged one, else the one called a generator."""
    if len(prefixes) == 1:
        return prefixes[0]
    for words in (("ema",), ("netg", "generator", "g", "gen")):
        wanted = [
            prefix
            for prefix in prefixes
            if any(part in words or part.endswith("_ema") for part in prefix.lower().split("."))
        ]
        if len(wanted) == 1:
            return wanted[0]
    return None


def telling(prefixes: Iterable[str]) -> str:
    """The first word that the first has and no other."""
    first, *others = (prefix.split(".") for prefix in prefixes)
    return next((word for word in first if all(word not in each for each in others)), first[0])


def check_leftover(
    architecture: Architecture,
    prefix: str,
    layers: list[Layer],
    tensors: Mapping[str, Tensor],
    matches: Iterable[str],
) -> None:
    """Refuse a generator with more in it than the network that was recognised.

    What lies in the same module belongs to it, such as attention between its numbered layers: left
    out, it would paint something else.  Another network beside it is not part of it.

    Raises
    ------
    ModelError
        If there is something; names it.
    """
    owner = prefix.rpartition(".")[0]
    within = f"{owner}." if owner else ""
    used = {key for layer in layers for key in layer.keys}
    others = tuple(f"{each}." for each in matches if each != prefix and each.startswith(within))
    left = [
        key
        for key in tensors
        if key.startswith(within)
        and key not in used
        and not (others and key.startswith(others))
        and not is_other(key.removeprefix(within))
        and not key.endswith("num_batches_tracked")
    ]
    if left:
        shown = ", ".join(f"{key} {tuple(tensors[key].shape)}" for key in left[:3])
        more = f", … {len(left)} in all" if len(left) > 3 else ""
        raise ModelError(
            f"is {architecture.name} with more in it ({shown}{more}), which livegan cannot place; "
            "export it as ONNX or TorchScript, which carry the whole network, and use that file"
        )


def is_other(name: str) -> bool:
    """Whether a name below a generator's module is of something that only its training needs."""
    word = name.partition(".")[0].lower()
    return word in ("d", "dis") or word.startswith(OTHERS)


def describe(tensors: Mapping[str, Tensor]) -> str:
    """The refusal of tensors that no architecture here has."""
    keys = list(tensors)
    if any(key.endswith(".filt") for key in keys):
        return (
            "its ResNet resamples with blur filters (anti-aliasing, as CUT does), which livegan "
            "does not have; export it as TorchScript or ONNX and use that file"
        )
    if any(key.endswith(("weight_orig", "weight_g")) or "parametrizations" in key for key in keys):
        return (
            "its weights are split by a norm of theirs that livegan does not know; remove that "
            "(torch.nn.utils.parametrize.remove_parametrizations), save again"
        )
    if is_discriminator(tensors):
        return (
            "is a discriminator (D), which judges pictures and paints none; "
            "use the generator (G) that was saved with it"
        )
    shown = ", ".join(f"{key[:60]} {tuple(tensors[key].shape)}" for key in keys[:4])
    more = f", … {len(keys)} in all" if len(keys) > 4 else ""
    return f"its tensors match no known network; seen: {shown or 'none'}{more}; expected {EXPECTED}"


def is_discriminator(tensors: Mapping[str, Tensor]) -> bool:
    """Whether these are the patch discriminator of pix2pix or pix2pixHD: 4x4 convolutions in a
    row, the last with one channel."""
    convolutions = [t.shape for t in tensors.values() if t.ndim == 4]
    return (
        len(convolutions) > 2
        and all(shape[2:] == (4, 4) for shape in convolutions)
        and convolutions[-1][0] == 1
    )


def assign(architecture: Architecture, layers: list[Layer]) -> dict[str, Tensor]:
    """The tensors of `layers` under the names of the module, layer by layer in running order."""
    own: dict[str, Tensor] = {}
    try:
        built = architecture.build()
    except (ValueError, RuntimeError, ZeroDivisionError) as error:
        raise ModelError(f"looks like {architecture}, which cannot be: {error}") from error
    places = [
        (name, module)
        for name, module in built.named_modules()
        if module._parameters and any(p is not None for p in module._parameters.values())
    ]
    used = [
        layer for layer in layers if not (layer.letter == "n" and "weight" not in layer.tensors)
    ]
    if len(places) != len(used):
        raise ModelError(
            f"looks like {architecture.name} but has {len(used)} layers with weights and not "
            f"{len(places)}"
        )
    for (name, module), layer in zip(places, used, strict=True):
        wanted = module.state_dict()
        for key, value in wanted.items():
            tensor = layer.tensors.get(key)
            if tensor is None and key == "num_batches_tracked":
                tensor = torch.zeros((), dtype=torch.long)
            if tensor is None or tensor.shape != value.shape:
                has = "nothing" if tensor is None else str(tuple(tensor.shape))
                raise ModelError(
                    f"looks like {architecture.name} but {layer.path}.{key} has {has}, "
                    f"not {tuple(value.shape)}"
                )
            own[f"{name}.{key}"] = tensor
    return own
