"""The generator that a slot plays: a condition of any size in, a picture out."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable
from typing import Any, cast
from weakref import WeakValueDictionary

import torch
from torch import Tensor, nn

from .backends.names import AUTO, EXACT, TORCH, choice_named
from .backends.slot import BackendSlot, Opened
from .channels import adapt, as_picture, as_size, resize
from .checkpoint import Checkpoint, is_concurrent
from .device import choose_device, works_alone
from .errors import ModelError
from .networks.captured import CapturedNetwork
from .networks.network import NormMode, PaintPlan, seeded
from .precision import choose_precision

_ready: WeakValueDictionary[tuple[Any, ...], nn.Module] = WeakValueDictionary()
_ready_lock = threading.Lock()


def check_norm(norm: str) -> NormMode:
    """`norm`, if it is one.

    Raises
    ------
    ModelError
        If it is not.
    """
    if norm not in ("frame", "running"):
        raise ModelError(f'norm={norm!r}: give "frame" (as it was tested) or "running"')
    return cast(NormMode, norm)


class Painter:
    """What :class:`Generator` and :class:`~livegan.generators.MorphGenerator` share.

    What a picture is painted with are arguments of painting: two threads may paint with one
    generator, each in its own way.  A save that is proven never changes what plays.
    """

    checkpoint: Checkpoint
    device: torch.device
    dtype: torch.dtype
    exact: bool
    norm: NormMode
    """What is painted with where `paint` is given none."""
    dropout: bool
    captured: dict[tuple[nn.Module, torch.Size], CapturedNetwork]
    """Graphs of networks, by the shape of what they are given: on a graphics card."""
    backend: BackendSlot | None = None
    """What else than torch may paint; None where only torch does: dropout, morphs, exact work."""

    @property
    def plays(self) -> str:
        """What paints, as ``backend=`` takes it."""
        own = EXACT if self.exact and self.checkpoint.foreign is None else TORCH
        return own if self.backend is None else self.backend.playing

    def prepared(
        self, norm: NormMode, dropout: bool, amount: float | None = None
    ) -> nn.Module | None:
        """The network that paints in this way; None for a foreign checkpoint."""
        raise NotImplementedError

    @property
    def network(self) -> nn.Module | None:
        """The one that paints where `paint` is given no norm, dropout or amount."""
        return self.prepared(self.norm, self.dropout)

    def paint(
        self,
        condition: Any,
        *,
        size: int | tuple[int, int] | None = None,
        seed: int = 0,
        norm: str | None = None,
        dropout: bool | None = None,
        amount: float | None = None,
    ) -> Tensor:
        """Paint one picture.

        Parameters
        ----------
        condition : (C, H, W) or (H, W), float 0..1 or uint8; any size and number of channels.
        size : of the picture, a side or (height, width); that of the condition if None.  The
            network paints at the nearest size that it can, and the picture is resized if that
            is another.
        seed : of the dropout, if it is on; the same seed drops the same values.
        norm, dropout : as for :class:`Generator`; None is what the generator was made with.  The
            first picture in another way costs the making of that network, later ones nothing.
        amount : of a :class:`~livegan.generators.MorphGenerator`, 0..1.

        Returns
        -------
        (3, height, width) float32, 0..1, on the generator's device.  Not-a-number in the
        condition or the weights stays so.

        Raises
        ------
        ModelError
            If the condition is no picture, `norm` is none, or the network fails at this size.
        """
        mode = check_norm(norm) if norm is not None else self.norm
        drop = self.dropout if dropout is None else bool(dropout)
        network = self.prepared(mode, drop, amount)
        with torch.inference_mode():
            picture = as_picture(condition)
            height, width = as_size(size) if size is not None else picture.shape[1:]
            own = self.checkpoint.fit(height, width)
            picture = picture.to(self.device, torch.float32)
            picture = resize(adapt(picture, self.checkpoint.in_channels), *own)
            x = torch.add(-1.0, picture[None], alpha=2.0)
            out = self.elsewhere(x, mode) if amount is None and not drop else None
            if out is None:
                out = self.here(network, x, seed if drop else None)
            out = out[0].to(self.device, torch.float32)
        # Outside: an inference tensor cannot be saved for a gradient or changed by who receives it.
        painted = torch.add(0.5, out, alpha=0.5).clamp_(0.0, 1.0)
        return resize(adapt(painted, 3), height, width).contiguous()

    def elsewhere(self, x: Tensor, norm: NormMode) -> Tensor | None:
        """What another backend paints; None where torch is to, because it fails for one."""
        if self.backend is None:
            return None
        opened: Opened | None = self.backend.run_for(norm, (x.shape[2], x.shape[3]))
        if opened is None:
            return None
        try:
            return opened.run(x.cpu())
        except Exception as error:  # whatever a library raises
            self.backend.give_up(opened.name, error)
            return None

    def here(self, network: nn.Module | None, x: Tensor, seed: int | None) -> Tensor:
        """What torch paints; `seed` is that of the dropout, if it is on."""
        # Converted first, laid out then: half the time of both at once.
        x = x.to(self.dtype).contiguous(memory_format=self.layout)
        if seed is None:
            return self.run(network, x)
        with seeded(seed, self.device):
            return self.run(network, x)

    def run(self, network: nn.Module | None, x: Tensor) -> Tensor:
        """The network alone: (1, in_channels, H, W) → (1, out_channels, H, W), -1..1."""
        if network is None:
            foreign = self.checkpoint.foreign
            assert foreign is not None
            if is_concurrent(foreign):
                return foreign.run(x)
            with self.checkpoint.using_foreign():
                # A copy: what it returns may be a buffer that the next picture is painted into.
                return foreign.run(x).clone()
        try:
            out: Tensor = self.captured.get((network, x.shape), network)(x)
        except torch.OutOfMemoryError as error:
            height, width = x.shape[2:]
            raise ModelError(
                f"{self.checkpoint.name}: not enough memory on {self.device} to paint "
                f"{width}x{height}; lower size="
            ) from error
        return out

    @property
    def layout(self) -> torch.memory_format:
        """Of what a network is given."""
        return torch.contiguous_format if self.exact else torch.channels_last

    def blank(self, size: int | tuple[int, int]) -> Tensor:
        """What a network is given at that size, as `here` makes it: of zeros."""
        shape = (1, self.checkpoint.in_channels, *self.checkpoint.fit(*as_size(size)))
        x = torch.zeros(shape, device=self.device, dtype=self.dtype)
        return x.contiguous(memory_format=self.layout)

    def capture(self, size: int | tuple[int, int], norms: Iterable[NormMode]) -> None:
        """Make graphs for painting at that size, on a graphics card; do it while building.

        A network that cannot be captured paints layer by layer, as it does at other sizes, with
        dropout, and everywhere else.
        """
        for norm in norms if works_alone(self.device) else ():
            network = self.prepared(norm, dropout=False)
            x = self.blank(size)
            if network is not None and (network, x.shape) not in self.captured:
                with contextlib.suppress(RuntimeError):
                    self.captured[network, x.shape] = CapturedNetwork(network, x)

    def warm_up(self, size: int | tuple[int, int]) -> None:
        """Paint twice at that size, so that the first picture on the air is as quick as any."""
        grey = torch.full((self.checkpoint.in_channels, *as_size(size)), 0.5)
        backend, self.backend = self.backend, None  # torch must be ready when a backend fails
        try:
            for _ in range(2):
                self.paint(grey)
        finally:
            self.backend = backend
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


class Generator(Painter):
    """A checkpoint, ready to paint.

    Parameters
    ----------
    checkpoint : from :func:`livegan.generators.load`.
    device : ``"auto"``, ``"cpu"``, ``"cuda"``, ``"cuda:1"``, ``"mps"`` or a torch device.
    precision : ``"auto"`` is the fastest that the device does well; ``"float32"`` gives the
        original's picture to its rounding, and takes longer; ``"bfloat16"``, ``"float16"``.
    norm : ``"frame"``: batch norms use the statistics of the frame, as the pix2pix project
        does when it tests; ``"running"``: those of the training.  None is what the card says,
        else frame.
    dropout : keep dropout on, as that project does when it tests.
    backend : ``"torch"``; ``"exact"`` is torch in float32; ``"auto"`` is what was measured to be
        the fastest on this machine; or a backend by name.  See `livegan.generators.backends`.
    note, waits : as for `BackendSlot`.

    Raises
    ------
    ModelError
        If there is no such norm, device, precision or backend here, or they do not go together.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        device: str | torch.device = "auto",
        precision: str = "auto",
        norm: str | None = None,
        dropout: bool = False,
        backend: str = TORCH,
        note: Callable[[str], None] = lambda text: None,
        *,
        waits: bool = True,
    ) -> None:
        self.checkpoint = checkpoint
        self.device = choose_device(device)
        if backend == EXACT:
            precision, backend = check_exact(precision), TORCH
        self.norm = check_norm(norm or checkpoint.card.norm or "frame")
        self.dropout = dropout
        self._networks: dict[tuple[NormMode, bool], nn.Module] = {}
        self.captured = {}
        dtype = choose_precision(precision, self.device)
        if checkpoint.foreign is not None:
            with checkpoint.using_foreign():
                checkpoint.foreign.to(self.device)
            self.dtype = torch.float32
            self.exact = True
        else:
            self.dtype = dtype
            self.exact = precision != "auto" and dtype is torch.float32
            self.prepared(self.norm, dropout)
        self.backend = backend_of(self, backend, precision, note, waits)

    def prepared(
        self, norm: NormMode, dropout: bool, amount: float | None = None
    ) -> nn.Module | None:
        """The network in this way; None for a foreign checkpoint.  `amount` has no meaning here."""
        if self.checkpoint.foreign is not None:
            return None
        own = self._networks.get((norm, dropout))
        if own is None:
            own = ready(self.checkpoint, norm, dropout, self.device, self.dtype, self.exact)
            self._networks[norm, dropout] = own
        return own


def check_exact(precision: str) -> str:
    """The precision of ``backend="exact"``; `ModelError` if another was asked for."""
    if precision not in ("auto", "float32"):
        raise ModelError(f'backend="exact" paints in float32; leave out precision={precision!r}')
    return "float32"


def backend_of(
    generator: Generator, name: str, precision: str, note: Callable[[str], None], waits: bool
) -> BackendSlot | None:
    """What else than torch may paint for a generator; None where only torch does.

    Raises
    ------
    ModelError
        If it was asked for and cannot be.
    """
    if name == TORCH:
        return None
    if name != AUTO:
        choice_named(name)
        if precision != "auto":
            raise ModelError(
                f"precision={precision!r} is for torch; leave it out, or write backend={TORCH!r}"
            )
        if generator.checkpoint.foreign is not None:
            raise ModelError(
                f"{generator.checkpoint.name} is {generator.checkpoint.foreign}, which has a "
                f"program of its own; leave out backend={name!r}"
            )
    elif (
        precision != "auto"
        or generator.device.type != "cpu"
        or generator.checkpoint.foreign is not None
    ):
        return None
    return BackendSlot(generator.checkpoint, name, note, waits=waits)


def ready(
    checkpoint: Checkpoint,
    norm: NormMode,
    dropout: bool,
    device: torch.device,
    dtype: torch.dtype,
    exact: bool,
) -> nn.Module:
    """The network of a checkpoint, shared by all generators that play it in the same way."""
    key = (checkpoint.digest, norm, dropout, str(device), dtype, exact)
    with _ready_lock:
        network = _ready.get(key)
    if network is None:
        module = checkpoint.module(shared=True)
        plan = PaintPlan(module, norm, dropout=dropout, device=device, dtype=dtype, exact=exact)
        network = plan.fill(module.state_dict())
        with _ready_lock:
            network = _ready.setdefault(key, network)
    return network
