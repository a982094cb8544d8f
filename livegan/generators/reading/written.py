"""What a safetensors file says of its own network, where its tensors leave it open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from torch import Tensor

from livegan.generators.architecture import NORMS, Architecture

OPEN = ("norm", "dropout")
"""Options that tensors may not show: an instance norm without weights looks like none at all."""


def as_written(data: bytes, found: Architecture, tensors: Mapping[str, Tensor]) -> Architecture:
    """``found`` with the options that the file names, if its tensors fit that network too.

    So a file that livegan wrote is played as it was then, whatever a later version reads off the
    tensors alone.  What is no such file, or names another network, changes nothing.
    """
    said = _said(data)
    options = {key: said[key] for key in OPEN if key in said and key in found.options}
    if said.get("family") != found.family or options.items() <= found.options.items():
        return found
    if options.get("norm", "batch") not in NORMS or options.get("dropout", True) not in (0, 1):
        return found
    named = replace(found, options={**found.options, **options})
    shapes = {key: value.shape for key, value in named.build().state_dict().items()}
    return named if shapes == {key: value.shape for key, value in tensors.items()} else found


def _said(data: bytes) -> dict[str, Any]:
    """What `save_checkpoint` wrote; empty for a file of others."""
    try:
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        said = json.loads(header["__metadata__"]["architecture"])
    except (KeyError, TypeError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
