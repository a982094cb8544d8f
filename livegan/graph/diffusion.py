"""The options of ``model(...)`` that only diffusion models have."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from livegan.graph.binding import bind, describe, look_for
from livegan.graph.place import SetError
from livegan.plugin.declare import Param
from livegan.plugin.painting import PAINTING

FIXED = (
    Param(
        "",
        doc="what to paint: a text, a file of stored embeddings (.safetensors), or several in "
        "brackets for prompt_mix",
        live=False,
        name="prompt",
    ),
    Param("", doc="what not to paint; needs guidance above 1", live=False, name="negative"),
    Param(
        "",
        doc="a LoRA (.safetensors) that is added to the weights when the slot is built",
        live=False,
        name="lora",
    ),
    Param(1.0, -4.0, 4.0, "how much of the LoRA is added", live=False, name="lora_amount"),
    Param(
        "",
        doc="the folder of a ControlNet, for a model that has none of its own",
        live=False,
        name="controlnet",
    ),
)
DIFFUSION = (*PAINTING.values(), *FIXED)
"""What they mean, and what is valid; a set gives some of them, or none."""

STORED = ".safetensors"


def bind_diffusion(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Live and fixed values of those that a set gives (not None); none for any other model.

    Prompts are a tuple of (text, path), one of which is empty.  The paths of files are absolute.
    """
    values = {name: value for name, value in given.items() if value is not None}
    prompt = values.pop("prompt", None)
    live, fixed = bind("model", [row for row in DIFFUSION if row.name in values], values)
    if prompt is not None:
        several = prompt if isinstance(prompt, (tuple, list)) else (prompt,)
        if not several:
            raise SetError('model: prompt is empty; give a text: prompt="a forest in fog"')
        fixed["prompt"] = tuple(map(as_prompt, several))
    if fixed.get("lora"):
        if Path(fixed["lora"]).suffix != STORED:
            raise SetError(
                f"model: lora is a file that ends in {STORED}, got {fixed['lora']!r}; other files "
                "could run code"
            )
        fixed["lora"] = str(look_for("model: lora", fixed["lora"]))
    return live, fixed


def as_prompt(given: Any) -> tuple[str, str]:
    """(text, "") or ("", path) of one prompt."""
    if not isinstance(given, str):
        raise SetError(f"model: prompt is a text in quotes, got {describe(given)}")
    if given.endswith(STORED):
        return "", str(look_for("model: prompt", given))
    return given, ""
