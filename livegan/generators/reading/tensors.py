"""Tensors out of a file, without running code from it."""

from __future__ import annotations

import io
import pickle
import pickletools
import threading
import warnings
import zipfile
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from livegan.generators.errors import ModelError

INFLATES = 20
"""How many times larger than the file its content may be: weights hardly compress."""
PICKLES = 8
"""The most pickles that a PyTorch file before version 1.6 begins with: it has five."""

_allowing = threading.Lock()


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


class StandIn:
    """Takes the place of a Python object in a file: it takes whatever it is given, and does
    nothing.  ``state`` is what the object would have remembered."""

    state: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The object's own constructor is not called."""

    def __setstate__(self, state: Any) -> None:
        self.state = state


class Content:
    """What a file of weights holds.

    Attributes
    ----------
    value : tensors, dicts, lists, numbers and texts, and stand-ins for all else.
    stand_ins : the names of the Python classes and functions that were not used.
    """

    def __init__(self, value: Any, stand_ins: tuple[str, ...] = ()) -> None:
        self.value = value
        self.stand_ins = stand_ins


def read_content(data: bytes, kind: str) -> Content:
    """Read ``"safetensors"`` or a ``"torch"`` file.

    Options, counters of numpy's and whole modules that are pickled beside or around the tensors
    are stood in for: no class or function that a file names is looked up, let alone called.

    Raises
    ------
    ModelError
        If it is cut off, damaged, or claims more than it has; one line that says which.
    """
    if kind == "safetensors":
        try:
            return Content(safetensors.torch.load(data))
        except (safetensors.SafetensorError, ValueError, RuntimeError, KeyError) as error:
            raise ModelError(f"damaged or cut off ({error}); copy or download it again") from error
    check_zip(data)
    try:
        return Content(load_tensors(data))
    except pickle.UnpicklingError as error:
        names = names_in(data) if "GLOBAL" in str(error) else set()
        if not names:
            raise unreadable(error) from error
    with _allowing, torch.serialization.safe_globals([(StandIn, name) for name in names]):
        try:
            return Content(load_tensors(data), tuple(sorted(names)))
        except pickle.UnpicklingError as error:
            raise unreadable(error) from error


def load_tensors(data: bytes) -> Any:
    """By torch's own reader for files of strangers."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of torch, about formats of older versions
            return torch.load(Pieces(data), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise
    except Exception as error:  # torch raises many types for a damaged archive
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise ModelError(f"damaged or cut off ({reason}); copy or download it again") from error


def unreadable(error: pickle.UnpicklingError) -> ModelError:
    """The refusal of a pickle that torch's reader stops at."""
    text = str(error)
    if "Unsupported" in text or "GLOBAL" in text or "Can only" in text or "Trying" in text:
        return ModelError(
            "holds Python objects, not only tensors, and loading those could run code; where "
            "it was made, write torch.save(network.state_dict(), ...) and use that file"
        )
    return ModelError("damaged or not a PyTorch file; copy or download it again")


def names_in(data: bytes) -> set[str]:
    """``module.name`` of every class and function that the pickles of a file name but torch's
    reader does not know; the pickles are taken apart, not run."""
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            pickles = [
                archive.read(name)
                for name in archive.namelist()
                if name == "data.pkl" or name.endswith("/data.pkl")
            ]
    else:
        pickles = [data]
    names: set[str] = set()
    for each in pickles:
        stream = io.BytesIO(each)
        try:
            for _ in range(PICKLES):
                for code, value, _at in pickletools.genops(stream):
                    if code.name == "GLOBAL":
                        names.add(spelt(*str(value).split(" ", 1)))
        except (ValueError, IndexError, EOFError, UnicodeDecodeError):
            continue  # behind the pickles are the numbers
    return names - known_names()


def spelt(module: str, name: str) -> str:
    """A name as Python 3 has it: torch writes those of Python 2."""
    if (module, name) in NAME_MAPPING:
        return ".".join(NAME_MAPPING[module, name])
    return f"{IMPORT_MAPPING.get(module, module)}.{name}"


def known_names() -> set[str]:
    """What torch's reader of tensors is made of: it must stay itself."""
    from torch._weights_only_unpickler import _get_allowed_globals

    return set(_get_allowed_globals())


def check_zip(data: bytes) -> None:
    """Refuse a zip that unpacks to far more than it is.

    Raises
    ------
    ModelError
        If it does.
    """
    if data[:4] != b"PK\x03\x04":
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            claimed = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return  # truncated: torch's reader says so
    if claimed > INFLATES * len(data) + (1 << 20):
        raise ModelError(
            f"a zip of {len(data) / 1e6:.1f} MB that claims {claimed / 1e6:.0f} MB, which no "
            "weights do; download it again from where you trust"
        )


def check_tensors(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of a generator, if they are numbers that can be painted with.

    Raises
    ------
    ModelError
        If one claims more values than it has, holds whole numbers, or is not finite.
    """
    broken: list[str] = []
    for key, tensor in tensors.items():
        if tensor.layout is not torch.strided or tensor.is_quantized or tensor.is_complex():
            what = "quantised" if tensor.is_quantized else str(tensor.dtype).removeprefix("torch.")
            raise ModelError(f"{key} is {what}; save the weights in float32 or float16")
        if tensor.device.type != "cpu":
            raise ModelError(f"{key} has a shape and no values; save the weights themselves")
        size = tensor.numel() * tensor.element_size()
        if size > tensor.untyped_storage().nbytes():
            raise ModelError(
                f"{key} claims {tuple(tensor.shape)}, {size / 1e6:.0f} MB, and the file has "
                f"{tensor.untyped_storage().nbytes() / 1e6:.1f} MB of it; save it again"
            )
        if tensor.is_floating_point():
            # A sum is finite if all is; only where it is not, all is looked at.
            total = tensor.sum(dtype=torch.float32)
            if not torch.isfinite(total) and not torch.isfinite(tensor.float()).all():
                broken.append(key)
        elif not key.endswith("num_batches_tracked"):
            what = str(tensor.dtype).removeprefix("torch.")
            raise ModelError(
                f"its weights are {what} ({key}), whose scale is not in the file; save them in "
                "float32 or float16, or export the network as ONNX"
            )
    if broken:
        raise ModelError(
            f"{len(broken)} of its {len(tensors)} tensors hold values that are no numbers "
            f"({broken[0]}): its training diverged; use an earlier save"
        )
    return tensors
