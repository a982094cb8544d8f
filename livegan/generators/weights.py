"""Tensors out of a file, without running code from it."""

from __future__ import annotations

import io
import pickle
import struct
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from .architecture import Architecture
from .detection import describe, detect
from .errors import ModelError

WRAPPERS = (
    "params_ema",
    "g_ema",
    "netG_ema",
    "ema",
    "netG",
    "generator",
    "G",
    "gen",
    "params",
    "state_dict",
    "model_state_dict",
    "model",
    "net",
    "module",
)
"""Keys under which training scripts keep a generator, the averaged weights first."""


class Pieces(io.BytesIO):
    """Bytes that are handed out a megabyte at a time.

    torch reads a tensor of any size in one call, which would hold the interpreter, and with it the
    running picture, for as long as the copy takes.
    """

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        done = 0
        while done < len(view):
            read = super().readinto(view[done : done + (1 << 20)])
            if not read:
                break
            done += read
        return done


def kind_of(data: bytes) -> str:
    """``"safetensors"``, ``"torch"``, ``"torchscript"``, ``"onnx"`` or ``""``, by content."""
    if data[:4] == b"PK\x03\x04":
        try:
            names = zipfile.ZipFile(io.BytesIO(data)).namelist()
        except (zipfile.BadZipFile, ValueError, OSError):
            return "torch"  # truncated: let its reader say so
        inside = {name.partition("/")[2] for name in names}
        script = "constants.pkl" in inside and any(name.startswith("code/") for name in inside)
        return "torchscript" if script else "torch"
    if len(data) > 9 and struct.unpack("<Q", data[:8])[0] <= 100_000_000 and data[8:9] == b"{":
        return "safetensors"
    if data[:1] == b"\x80":
        return "torch"
    if data[:1] == b"\x08" and b"graph" in data[:4096] + data[-4096:]:
        return "onnx"
    return ""


def read_tensors(data: bytes, kind: str) -> Any:
    """What a file of weights holds: a dict of tensors, or of dicts and other plain values.

    Raises
    ------
    ModelError
        If it is cut off, damaged, or holds code; one line that says which.
    """
    if kind == "safetensors":
        try:
            return safetensors.torch.load(data)
        except (safetensors.SafetensorError, ValueError, RuntimeError, KeyError) as error:
            raise ModelError(f"damaged or cut off ({error}); copy or download it again") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of torch, about formats of older versions
            return torch.load(Pieces(data), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        text = str(error)
        if "Unsupported" in text or "GLOBAL" in text or "weights_only" in text.lower():
            raise ModelError(
                "holds Python objects, not only tensors, and loading those could run code; where "
                "it was made, write torch.save(network.state_dict(), ...) and use that file"
            ) from error
        raise ModelError("damaged or not a PyTorch file; copy or download it again") from error
    except Exception as error:  # torch raises many types for a damaged archive
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise ModelError(f"damaged or cut off ({reason}); copy or download it again") from error


def states(value: Any, depth: int = 0) -> Iterator[dict[str, Tensor]]:
    """Every dict of tensors inside wrappers, the most likely generator first."""
    if not isinstance(value, dict) or depth > 4:
        return
    tensors = {str(k): v.detach() for k, v in value.items() if isinstance(v, Tensor)}
    if any(tensor.ndim == 4 for tensor in tensors.values()):
        yield tensors
    order = [key for key in WRAPPERS if key in value]
    order += [key for key in value if key not in WRAPPERS]
    for key in order:
        yield from states(value[key], depth + 1)


def recognise(value: Any) -> tuple[Architecture, dict[str, Tensor]]:
    """The first generator in a file's content: its architecture and tensors.

    Raises
    ------
    ModelError
        If nothing in it is a generator that livegan knows.
    """
    refusal: ModelError | None = None
    for tensors in states(value):
        try:
            return detect(tensors)
        except ModelError as error:
            refusal = refusal or error
    raise refusal or ModelError(describe({}) + f"; the file holds {summary(value)}")


def summary(value: Any) -> str:
    """A few words about something that is no dict of tensors."""
    if isinstance(value, dict):
        keys = ", ".join(str(key) for key in list(value)[:5])
        return f"a dict with the keys {keys}" if keys else "an empty dict"
    return f"a {type(value).__name__}"
