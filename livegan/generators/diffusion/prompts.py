"""Prompts: what a text encoder makes of words, stored or made anew, and mixtures of them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from livegan.generators.errors import ModelError

KEYS = (
    "prompt_embeds",
    "negative_prompt_embeds",
    "pooled_prompt_embeds",
    "negative_pooled_prompt_embeds",
)
"""Tensors of a prompt, by diffusers' names, in the order in which its pipelines return them."""

Prompt = Mapping[str, Tensor]


def encoded(pipe: Any, text: str, negative: str) -> Prompt:
    """What the text encoders of a pipeline make of a prompt."""
    takes = inspect.signature(pipe.encode_prompt).parameters
    given = {
        "prompt": text,
        "prompt_2": None,
        "prompt_3": None,
        "device": pipe.device,
        "num_images_per_prompt": 1,
        "do_classifier_free_guidance": True,
        "negative_prompt": negative,
    }
    found = pipe.encode_prompt(**{key: given[key] for key in given if key in takes})
    return {key: each for key, each in zip(KEYS, found, strict=False) if each is not None}


def stored(path: Path) -> Prompt:
    """A prompt from a safetensors file with tensors of diffusers' names.

    What a prompt is kept away from may be missing: it is zeros then.

    Raises
    ------
    ModelError
        If it cannot be read, or holds something else.
    """
    try:
        found = safetensors.torch.load_file(path)
    except (OSError, safetensors.SafetensorError) as error:
        raise ModelError(f"{path}: cannot be read ({error}); write it again") from None
    if "prompt_embeds" not in found or not set(found) <= set(KEYS):
        raise ModelError(
            f"{path}: holds {', '.join(sorted(found)) or 'nothing'}; a stored prompt holds "
            f"prompt_embeds, and may hold {', '.join(KEYS[1:])}"
        )
    for key in set(KEYS[::2]) & set(found):
        dimensions = 3 if key == "prompt_embeds" else 2
        for each in {key, f"negative_{key}"} & set(found):
            found[each] = found[each].reshape(-1, *found[each].shape[1 - dimensions :])
        found.setdefault(f"negative_{key}", torch.zeros_like(found[key]))
    return found


def alike(prompts: Sequence[Prompt]) -> None:
    """Refuse prompts that cannot be mixed.

    Raises
    ------
    ModelError
        If their tensors have other names or shapes.
    """
    shapes = [{key: tuple(each.shape) for key, each in prompt.items()} for prompt in prompts]
    for shape in shapes[1:]:
        if shape != shapes[0]:
            raise ModelError(
                f"its prompts have different shapes, {shapes[0]} and {shape}; make all of them "
                "with the text encoder of one model"
            )


def mixed(prompts: Sequence[Prompt], amount: float) -> Prompt:
    """The prompt at ``amount``, 0 the first, 1 the last, the others evenly between them."""
    place = amount * (len(prompts) - 1)
    first = min(int(place), len(prompts) - 1)
    share = place - first
    if share <= 0:
        return prompts[first]
    before, after = prompts[first], prompts[first + 1]
    return {key: spherical(before[key], after[key], share) for key in before}


def spherical(a: Tensor, b: Tensor, share: float) -> Tensor:
    """Spherical interpolation of each token (Shoemake 1985): the direction turns at an even pace.

    Tokens that point the same way, or opposite ways, are mixed in a straight line.
    """
    wide_a, wide_b = a.float(), b.float()
    one = torch.nn.functional.normalize(wide_a, dim=-1)
    other = torch.nn.functional.normalize(wide_b, dim=-1)
    cosine = (one * other).sum(-1, keepdim=True).clamp(-1, 1)
    angle = torch.acos(cosine)
    sine = torch.sin(angle)
    straight = sine < 1e-4
    safe = torch.where(straight, torch.ones_like(sine), sine)
    left = torch.where(straight, 1 - share, torch.sin((1 - share) * angle) / safe)
    right = torch.where(straight, share, torch.sin(share * angle) / safe)
    return (left * wide_a + right * wide_b).to(a.dtype)
