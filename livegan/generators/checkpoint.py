"""A checkpoint: a generator's weights, what network they are for, and its card."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from livegan.plugin import registry
from livegan.plugin.calling import taken
from livegan.plugin.catalogue import Offer
from livegan.saving import replacing
from livegan.size import Size

from .architecture import Architecture
from .card import Card, read_card, write_card
from .errors import ModelError
from .files import INDEX, SUFFIXES, suffixes
from .foreign import Foreign
from .reading.detection import detect
from .reading.kind import kind_of, mistaken
from .reading.states import recognise
from .reading.tensors import read_content
from .reading.written import as_written

LARGEST = 8 << 30
"""Bytes; a generator is a few hundred megabytes, so a larger file is a mistake."""


class Checkpoint:
    """Immutable; generators that play the same file share one.

    Attributes
    ----------
    path : where it was read, or None.
    architecture : what network, or None for TorchScript and ONNX, which carry their own.
    in_channels, out_channels : of the condition and of the picture.
    card : see :class:`Card`.
    digest : SHA-256 of the weights file, hexadecimal.
    tensors : by the names of the architecture's module, as stored (empty for a foreign network).
    foreign : the network of a TorchScript or ONNX file, or None.
    """

    def __init__(
        self,
        *,
        architecture: Architecture | None,
        tensors: Mapping[str, Tensor],
        card: Card,
        digest: str,
        path: Path | None = None,
        foreign: Foreign | None = None,
    ) -> None:
        self.path = path
        self.architecture = architecture
        self.tensors = dict(tensors)
        self.card = card
        self.digest = digest
        self.foreign = foreign
        self._using = threading.RLock()

    def using_foreign(self) -> AbstractContextManager[Any]:
        """Inside, ``foreign`` is used, by one thread at a time: two slots may play one checkpoint.

        A network that may run on several threads at once says so: ``concurrent = True``.
        """
        return nullcontext() if is_concurrent(self.foreign) else self._using

    @property
    def in_channels(self) -> int:
        if self.architecture is not None:
            return self.architecture.in_channels
        assert self.foreign is not None
        return self.foreign.in_channels

    @property
    def out_channels(self) -> int:
        if self.architecture is not None:
            return self.architecture.out_channels
        assert self.foreign is not None
        return self.foreign.out_channels

    @property
    def name(self) -> str:
        """For messages: of the card, else of the file."""
        return self.card.name or (self.path.stem if self.path else "model")

    def __repr__(self) -> str:
        return f"<Checkpoint {self.name}: {self.architecture or self.foreign}>"

    @property
    def any_shape(self) -> bool:
        """Whether it paints other shapes as well as its own: it is convolutional all through.

        Our own networks hold what stands still in a scene as a picture, which would be distorted.
        """
        return self.architecture is None or self.architecture.family != "small"

    @property
    def own_size(self) -> Size:
        """What it learned to paint, as its card or its layers say; `UNSAID` if they do not."""
        if self.card.size or self.architecture is None:
            return self.card.size
        return Size.square(int(self.architecture.options.get("side", 0)))

    def fit(self, height: int, width: int) -> tuple[int, int]:
        """The nearest size that the network can paint."""
        if self.architecture is None:
            assert self.foreign is not None
            with self.using_foreign():
                return self.foreign.fit(height, width)
        multiple, minimum = self.architecture.multiple, self.architecture.minimum
        rounded = [max(minimum, round(side / multiple) * multiple) for side in (height, width)]
        return rounded[0], rounded[1]

    def resizing(self, height: int, width: int) -> str:
        """One line that says so if the network cannot paint this size itself; else empty."""
        own = self.fit(height, width)
        if own == (height, width):
            return ""
        what, rule = str(self.foreign), ""
        if self.architecture is not None:
            what = self.architecture.name
            multiple, minimum = self.architecture.multiple, self.architecture.minimum
            rule = f" (its sides are multiples of {multiple}"
            rule += f", {minimum} or more)" if minimum > multiple else ")"
        return (
            f"{self.name}: {what} cannot paint {width}x{height}{rule}; painted at "
            f"{own[1]}x{own[0]} and resized"
        )

    def repeating(self) -> str:
        """One line that says so if it takes more channels than a picture has; else empty."""
        if self.in_channels <= 4:
            return ""
        return (
            f"{self.name} takes {self.in_channels} channels, such as maps of labels; it is given "
            "the three of a picture over and over"
        )

    def module(self, *, shared: bool = False) -> nn.Module:
        """The network in float32 with these weights, in eval mode, as its project would build it.

        It may be trained; `shared` saves the copy for those who will not change a tensor.

        Raises
        ------
        ModelError
            For a TorchScript or ONNX checkpoint, which has no module of ours.
        """
        if self.architecture is None:
            raise ModelError(
                f"{self.name}: {self.foreign} is no module that livegan can take apart"
            )
        module = self.architecture.build()
        wide = {
            key: tensor.to(torch.float32 if tensor.is_floating_point() else None, copy=not shared)
            for key, tensor in self.tensors.items()
        }
        module.load_state_dict(wide, assign=True)
        return module.requires_grad_(False).eval()


def read_checkpoint(path: Path, *, trust: bool = False) -> Checkpoint:
    """Read a file afresh; :func:`livegan.generators.load` shares what is already in memory."""
    path = Path(path)
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise ModelError(f"{path}: a folder; name a file in it, or use find()")
        if not path.is_file():
            raise ModelError(f"{path}: no file (a pipe or a device); copy the checkpoint to a disk")
        if size > LARGEST:
            raise ModelError(f"{path}: {size / 2**30:.1f} GiB is too large for a generator")
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror or error}") from error
    card = read_card(path)
    try:
        return parse(data, path, card, trust=trust)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error


def is_concurrent(foreign: Foreign | None) -> bool:
    """Whether a network may run on several threads at once: livegan's own, and who says so."""
    own = type(foreign).__module__.startswith("livegan.")
    return own or bool(getattr(foreign, "concurrent", False))


def parse(data: bytes, path: Path, card: Card, *, trust: bool = False) -> Checkpoint:
    """The checkpoint in a file's bytes; errors do not yet name the file."""
    if not data:
        raise ModelError("empty; copy or download it again")
    what = mistaken(data)
    if what:
        raise ModelError(what)
    refusal = ModelError(f"not a checkpoint; expected one of {', '.join(suffixes())}")
    for offer in loaders(path):
        try:
            make = registry.current().awake(offer).make
            more = taken(make, {"trust": trust})
            checkpoint: Checkpoint | None = make(data, path, card, **more)
        except ModelError as error:
            if offer.plugin != "livegan":
                raise
            # Tensors of a network that livegan does not know may be a plugin's.
            refusal = error
            continue
        if checkpoint is not None:
            return checkpoint
    raise refusal


def loaders(path: Path) -> list[Offer]:
    """What reads checkpoints: ``make(data, path, card)`` gives a :class:`Checkpoint`, or None for
    a file of another format.  The one that a file is named for comes first, then the built-in."""
    offers = registry.current().offered("loader")
    return sorted(offers, key=lambda o: (f".{o.name}" != path.suffix, o.plugin != "livegan"))


def read_diffusers(data: bytes, path: Path, card: Card) -> Checkpoint | None:
    """A folder in the layout of diffusers, by its index."""
    if path.name != INDEX:
        return None
    from .diffusion.folder import read_folder

    folder = read_folder(data, path, card)
    return Checkpoint(
        architecture=None, tensors={}, card=card, digest=folder.digest, path=path, foreign=folder
    )


def read_onnx(data: bytes, path: Path, card: Card, *, trust: bool = False) -> Checkpoint | None:
    """An ONNX file, by its suffix or content."""
    if path.suffix != ".onnx" and kind_of(data) != "onnx":
        return None
    from .foreign.onnx_network import OnnxNetwork

    network = OnnxNetwork(data, path, card, trust=trust)
    return foreign_checkpoint(network, network.data, path, card)


def read_torchscript(
    data: bytes, path: Path, card: Card, *, trust: bool = False
) -> Checkpoint | None:
    """A TorchScript archive, by its content."""
    if kind_of(data) != "torchscript":
        return None
    from .foreign.torchscript import ScriptedNetwork

    return foreign_checkpoint(ScriptedNetwork(data, path, card, trust=trust), data, path, card)


def foreign_checkpoint(network: Foreign, data: bytes, path: Path, card: Card) -> Checkpoint:
    return Checkpoint(
        architecture=None,
        tensors={},
        card=card,
        digest=hashlib.sha256(data).hexdigest(),
        path=path,
        foreign=network,
    )


def read_weights(data: bytes, path: Path, card: Card) -> Checkpoint | None:
    """Safetensors or a PyTorch file: tensors of a network that livegan knows."""
    kind = kind_of(data)
    if kind not in ("safetensors", "torch"):
        if kind or path.suffix not in SUFFIXES or path.suffix == ".onnx":
            return None
        kind = "safetensors" if path.suffix == ".safetensors" else "torch"
    network = card.other.get("network", "")
    architecture, tensors = recognise(read_content(data, kind), str(network))
    if kind == "safetensors":
        architecture = as_written(data, architecture, tensors)
    return Checkpoint(
        architecture=architecture,
        tensors=tensors,
        card=card,
        digest=hashlib.sha256(data).hexdigest(),
        path=path,
    )


def save_checkpoint(
    path: str | Path,
    network: nn.Module | Mapping[str, Tensor],
    card: Card | None = None,
    *,
    dtype: torch.dtype = torch.float16,
) -> Path:
    """Write weights as safetensors and the card beside them, each atomically.

    Parameters
    ----------
    path : a ``.safetensors`` file, or a folder, which gets ``model.safetensors`` and
        ``model.json``.
    network : a module of a known architecture, or its state dict.
    dtype : of the convolutions' weights; norms and biases, which are small, stay in float32.

    Returns
    -------
    The file of the weights.

    Raises
    ------
    ModelError
        If the tensors are of no known architecture, or not finite in `dtype`.
    """
    path = Path(path)
    if path.suffix != ".safetensors":
        path.mkdir(parents=True, exist_ok=True)
        path = path / "model.safetensors"
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
    state: Mapping[str, Any] = network.state_dict() if isinstance(network, nn.Module) else network
    architecture, tensors = detect(dict(state))
    stored: dict[str, Tensor] = {}
    for key, tensor in tensors.items():
        kept = tensor.detach().to("cpu", dtype if tensor.ndim > 1 else tensor.dtype)
        if not bool(torch.isfinite(kept).all()):
            raise ModelError(f"{path}: {key} has values that are not finite in {dtype}")
        stored[key] = kept.contiguous()
    metadata = {"architecture": json.dumps({"family": architecture.family, **architecture.options})}
    with replacing(path) as beside:
        beside.touch()
        mode = beside.stat().st_mode
        try:  # from the tensors themselves: no copy of a large network is made to write it
            safetensors.torch.save_file(stored, beside, metadata)
            beside.chmod(mode)  # it would be for the owner alone
        except safetensors.SafetensorError as error:
            raise OSError(f"{path}: cannot be written ({error})") from error
    if card is not None:
        card.architecture = card.architecture or str(architecture)
        file = "model.json" if path.stem == "model" else f"{path.stem}.json"
        write_card(path.with_name(file), card)
    return path
