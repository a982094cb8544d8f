"""Diffusers' pipeline of a folder: from this disk alone, from safetensors alone."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import torch

from livegan.generators.errors import ModelError
from livegan.generators.files import files_in

from .folder import DiffusionFolder, variant_of
from .repainter import Repainter

OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY")
"""The libraries ask no server for anything."""

_repainters: WeakValueDictionary[tuple[Any, ...], Repainter] = WeakValueDictionary()
_lock = threading.Lock()


@contextmanager
def silent() -> Iterator[None]:
    """The libraries warn their own developers of what will be named otherwise."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def library() -> Any:
    """diffusers, offline and silent.

    Raises
    ------
    ModelError
        If the extra is missing.
    """
    for name in OFFLINE:
        os.environ[name] = "1"  # before the import, which reads them
    with silent():
        try:
            import diffusers
            import peft  # noqa: F401  what LoRA needs
            import transformers
        except ImportError as error:
            raise ModelError(
                f"diffusion models need {error.name}: pip install 'livegan[diffusers]'"
            ) from error
    for each in (diffusers, transformers):
        each.utils.logging.set_verbosity_error()
        each.utils.logging.disable_progress_bar()
    return diffusers


def load_repainter(
    folder: DiffusionFolder,
    device: torch.device,
    dtype: torch.dtype,
    *,
    controlnet: Path | None = None,
    lora: Path | None = None,
    lora_amount: float = 1.0,
) -> Repainter:
    """The pipeline of a folder; one in memory for all that play it in the same way.

    Raises
    ------
    ModelError
        If it cannot be loaded; one line.
    """
    beside = [f.stat().st_mtime_ns for p in (controlnet, lora) if p for f in files_in(p)]
    key = (folder.digest, str(device), dtype, controlnet, lora, lora_amount, *beside)
    with _lock:
        found = _repainters.get(key)
        if found is None:
            pipe = assembled(folder, dtype, controlnet)
            if lora is not None:
                fuse(pipe, lora, lora_amount)
            found = Repainter(pipe, device, library())
            _repainters[key] = found
    return found


def assembled(folder: DiffusionFolder, dtype: torch.dtype, controlnet: Path | None) -> Any:
    """diffusers' pipeline that repaints pictures, on the processor."""
    diffusers = library()
    said: dict[str, Any] = {"local_files_only": True, "use_safetensors": True}
    said["torch_dtype"] = dtype
    parts: dict[str, Any] = {}
    try:
        with silent():
            if controlnet is not None:
                variant_of(controlnet)
                parts["controlnet"] = diffusers.ControlNetModel.from_pretrained(controlnet, **said)
            needed = expected(diffusers, folder, controlnet is not None)
            absent = dict.fromkeys(needed - folder.parts.keys() - parts.keys())
            pipe = diffusers.AutoPipelineForImage2Image.from_pretrained(
                folder.folder, variant=folder.variant, **said, **parts, **absent
            )
    except ModelError:
        raise
    except Exception as error:  # the libraries have many ways to fail
        raise ModelError(f"diffusers cannot load it: {one_line(error)}") from error
    pipe.set_progress_bar_config(disable=True)
    return pipe


def expected(diffusers: Any, folder: DiffusionFolder, controlled: bool) -> set[str]:
    """The names of the parts that the folder's pipeline for pictures is made of."""
    name = folder.pipeline
    if controlled and "ControlNet" not in name:
        name = name.replace("Img2Img", "").replace("Pipeline", "ControlNetPipeline")
    if "Img2Img" not in name:
        name = name.replace("Pipeline", "Img2ImgPipeline")
    kind = getattr(diffusers, name, None)
    if kind is None:
        raise ModelError(f"diffusers {diffusers.__version__} has no {name}; upgrade it")
    needed, _ = kind._get_signature_keys(kind)
    return set(needed) | set(kind._optional_components)


def fuse(pipe: Any, lora: Path, amount: float) -> None:
    """Add a LoRA to the weights: it costs nothing when it plays.

    Raises
    ------
    ModelError
        If it cannot be read, or belongs to another network.
    """
    try:
        with silent():
            pipe.load_lora_weights(
                lora.parent, weight_name=lora.name, local_files_only=True, use_safetensors=True
            )
            if not any(pipe.get_list_adapters().values()):
                raise ValueError("none of its layers is one of the model's")
            pipe.fuse_lora(lora_scale=amount)
            pipe.unload_lora_weights()
    except Exception as error:  # the libraries have many ways to fail
        reason = one_line(error)
        raise ModelError(f"{lora}: no LoRA of this model: {reason}; use one made for it") from error


def one_line(error: BaseException) -> str:
    """The first words of what a library says."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:200]
