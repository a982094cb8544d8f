"""Between two checkpoints: a network whose weights lie on the line from one to the other."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from livegan.generators.card import Card
from livegan.generators.channels import as_size
from livegan.generators.checkpoint import Checkpoint
from livegan.generators.device import choose_device, works_alone
from livegan.generators.errors import ModelError
from livegan.generators.precision import choose_precision
from livegan.generators.runner import Painter, check_norm

from .captured import CapturedNetwork, CardTurns
from .network import NormMode, PaintPlan

STEPS = 256
"""Amounts are rounded to this many steps: finer ones do not show, and each costs a lerp."""
KEPT = 2
"""Networks between the two that are kept: of what plays, and of what is proven."""


def check_pair(a: Checkpoint, b: Checkpoint) -> None:
    """Whether the weights of one can become those of the other.

    Raises
    ------
    ModelError
        If not; names the difference.
    """
    if a.architecture is None or b.architecture is None:
        which = a if a.architecture is None else b
        raise ModelError(
            f"morph({a.name!r}, {b.name!r}): {which.name} is {which.foreign}, whose weights cannot "
            "be mixed; blend the two pictures instead"
        )
    difference = a.architecture.difference(b.architecture)
    if difference:
        raise ModelError(
            f"morph({a.name!r}, {b.name!r}): they differ in {difference}; "
            "give two of one architecture, or blend their pictures instead"
        )


def lerp(a: list[Tensor], b: list[Tensor], amount: float) -> list[Tensor]:
    """a + amount * (b - a), tensor by tensor, in float32; at 0 and 1 exactly a and b."""
    if amount == 0.0:
        return a
    if amount == 1.0:
        return b
    return list(torch._foreach_lerp(a, b, amount))


def limit(amount: float) -> float:
    """0..1, in whole steps; not-a-number is 0."""
    if amount != amount:
        return 0.0
    return round(min(1.0, max(0.0, float(amount))) * STEPS) / STEPS


def morph(a: Checkpoint, b: Checkpoint, amount: float) -> Checkpoint:
    """A checkpoint between two of one architecture: `a` at 0, `b` at 1, running statistics too.

    Raises
    ------
    ModelError
        If their architectures differ; names the difference.
    """
    check_pair(a, b)
    amount = limit(amount)
    keys = [key for key in a.tensors if a.tensors[key].is_floating_point()]
    mixed = lerp([a.tensors[k].float() for k in keys], [b.tensors[k].float() for k in keys], amount)
    tensors = a.tensors | dict(zip(keys, mixed, strict=True))
    name = f"{a.name}-{b.name}-{amount:.3f}"
    digest = hashlib.sha256(f"{a.digest} {b.digest} {amount}".encode()).hexdigest()
    near = a.card if amount < 0.5 else b.card
    card = Card(name=name, encoder=near.encoder, encoder_params=near.encoder_params, size=near.size)
    card.norm = a.card.norm if a.card.norm == b.card.norm else ""
    return Checkpoint(architecture=a.architecture, tensors=tensors, card=card, digest=digest)


class MorphGenerator(Painter):
    """A generator between two checkpoints, with an amount that can be played.

    A new amount costs one lerp of the weights and, with running norms, one folding; none if it
    moved by less than a 256th.  Arguments and painting as for :class:`Generator`.
    """

    def __init__(
        self,
        a: Checkpoint,
        b: Checkpoint,
        amount: float = 0.0,
        device: str | torch.device = "auto",
        precision: str = "auto",
        norm: str | None = None,
        dropout: bool = False,
    ) -> None:
        check_pair(a, b)
        self.checkpoint = a
        self.device = choose_device(device)
        self.dtype = choose_precision(precision, self.device)
        self.exact = precision != "auto" and self.dtype is torch.float32
        self.norm = check_norm(norm or a.card.norm or b.card.norm or "frame")
        self.dropout = dropout
        self.amount = limit(amount)
        self.captured = {}
        self._lock = threading.Lock()
        self._module = a.module(shared=True)
        self._plans: dict[tuple[NormMode, bool], PaintPlan] = {}
        self._mixed: dict[tuple[NormMode, bool, float], nn.Module] = {}
        self._moving: dict[tuple[NormMode, bool], MovingNetwork] = {}
        self._a, self._b = self._ends(a), self._ends(b)
        self.prepared(self.norm, dropout)

    def prepared(self, norm: NormMode, dropout: bool, amount: float | None = None) -> nn.Module:
        """The network at `amount`, from 0 (`a`) to 1 (`b`); None is that it was made with.

        The two that were used last are kept: that of what plays, and that of a save being proven.
        """
        key = (norm, dropout, self.amount if amount is None else limit(amount))
        if works_alone(self.device):
            return MorphAt(self._moving_network(norm, dropout), key[2])
        with self._lock:
            found = self._mixed.pop(key, None)
            if found is not None:
                self._mixed[key] = found
                return found
            # Before it is mixed, so that never more than two are in memory.
            while len(self._mixed) >= KEPT:
                del self._mixed[next(iter(self._mixed))]
        # Not under the lock: what plays does not wait for what is proven.
        found = self._mix(*key)
        with self._lock:
            self._mixed[key] = found
        return found

    def warm_up(self, size: int | tuple[int, int]) -> None:
        """Paint at that size, and mix once, so that the first change of the amount is no jump."""
        super().warm_up(as_size(size))
        self._mix(self.norm, self.dropout, 0.5)

    def capture(self, size: int | tuple[int, int], norms: Iterable[NormMode]) -> None:
        """As for other generators; what is captured goes on as the amount changes."""
        for norm in norms if works_alone(self.device) else ():
            moving = self._moving_network(norm, dropout=False)
            x = self.blank(size)
            if x.shape in moving.captured:
                continue
            with contextlib.suppress(RuntimeError):
                moving.captured[x.shape] = CapturedNetwork(moving.network, x)

    def _moving_network(self, norm: NormMode, dropout: bool) -> MovingNetwork:
        """The one network in this way, whose weights move."""
        with self._lock:
            found = self._moving.get((norm, dropout))
            if found is None:
                found = MovingNetwork(
                    self._mix(norm, dropout, self.amount),
                    lambda network, amount: self._plans[norm, dropout].refill(
                        network, self._tensors(amount)
                    ),
                    self.amount,
                    self.device,
                )
                self._moving[norm, dropout] = found
            return found

    def _ends(self, checkpoint: Checkpoint) -> dict[str, Tensor]:
        """The tensors of one end, on the device, in the layout in which they will be used."""
        layout = torch.contiguous_format if self.exact else torch.channels_last
        return {
            key: tensor.to(
                self.device,
                torch.float32,
                memory_format=layout if tensor.ndim == 4 else torch.preserve_format,
            )
            for key, tensor in sorted(checkpoint.tensors.items())
            if tensor.is_floating_point()
        }

    def _mix(self, norm: NormMode, dropout: bool, amount: float) -> nn.Module:
        plan = self._plans.get((norm, dropout))
        if plan is None:
            plan = self._plans[norm, dropout] = PaintPlan(
                self._module,
                norm,
                dropout=dropout,
                device=self.device,
                dtype=self.dtype,
                exact=self.exact,
            )
        return plan.fill(self._tensors(amount))

    def _tensors(self, amount: float) -> dict[str, Tensor]:
        """Those of a network between the two, by name."""
        mixed = lerp(list(self._a.values()), list(self._b.values()), amount)
        return self._module.state_dict() | dict(zip(self._a, mixed, strict=True))


class MovingNetwork:
    """A network on a graphics card whose weights are moved where they are: a graph of it keeps its
    memory, and no second copy is made.

    ``refill(network, amount)`` moves them. Several threads may paint with it, each at its own
    amount; they take turns.
    """

    def __init__(
        self,
        network: nn.Module,
        refill: Callable[[nn.Module, float], None],
        amount: float,
        device: torch.device,
    ) -> None:
        for layer in network.modules():
            for own in (layer._parameters, layer._buffers):
                for key, value in own.items():
                    if value is not None:  # its own memory: an end of the morph must not move
                        own[key] = nn.Parameter(value.clone(), requires_grad=False)
        self.network = network
        self.captured: dict[torch.Size, CapturedNetwork] = {}
        self._refill, self._amount = refill, amount
        self._turns = CardTurns(device)

    def paint(self, x: Tensor, amount: float) -> Tensor:
        """What it paints at an amount."""
        with self._turns.turn():
            if amount != self._amount:
                self._refill(self.network, amount)
                self._amount = amount
            painted: Tensor = self.captured.get(x.shape, self.network)(x)
            return painted


class MorphAt(nn.Module):
    """A moving network at one amount, as a network."""

    def __init__(self, moving: MovingNetwork, amount: float) -> None:
        super().__init__()
        self.moving, self.amount = moving, amount

    def forward(self, x: Tensor) -> Tensor:
        return self.moving.paint(x, self.amount)
