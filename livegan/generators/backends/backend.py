"""What a backend is: something that is handed a network and gives a function that paints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from torch import Tensor, nn

from livegan.generators.errors import ModelError
from livegan.generators.networks.network import NormMode, PaintPlan, with_picture_norms

if TYPE_CHECKING:
    from livegan.generators.checkpoint import Checkpoint

    from .quantising import Ranges

Run = Callable[[Tensor], Tensor]
"""(1, in_channels, H, W) float32 in -1..1 on the CPU → (1, out_channels, H, W) float32, a tensor of
its own.  Threads may call it at once."""


class CannotPlay(ModelError):
    """This backend does not play this network, or not on this machine; one line that says why."""


@dataclass(frozen=True)
class NetworkSpec:
    """A network at one size, for one number of threads.

    Parameters
    ----------
    checkpoint : whose architecture livegan knows.
    norm : ``"frame"`` or ``"running"``.
    size : (height, width) that it paints, one that ``checkpoint.fit`` gives.
    threads : that it may use at once.
    ranges : of the values in the network, for int8; None without a calibration.
    """

    checkpoint: Checkpoint
    norm: NormMode
    size: tuple[int, int]
    threads: int = 1
    ranges: Ranges | None = None

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Of what it is given."""
        return 1, self.checkpoint.in_channels, *self.size

    def network(self) -> nn.Module:
        """The network in float32: norms folded or taken from the picture, no dropout."""
        module = self.checkpoint.module(shared=True)
        plan = PaintPlan(module, self.norm)
        return with_picture_norms(plan.fill(module.state_dict()))


class Backend(Protocol):
    """What is registered by ``register_backends``; made by calling what was registered.

    Making one costs nothing: what it needs is imported by :meth:`variants` or :meth:`open`.
    """

    known: tuple[str, ...]
    """Every variant, whether or not this machine has it: ``""`` is float32 on the CPU."""

    def missing(self) -> str:
        """What has to be installed, in a line; empty if it is there.  Imports nothing."""

    def version(self) -> str:
        """Of what it runs with; choices are measured anew when it changes."""

    def variants(self) -> tuple[str, ...]:
        """Of :attr:`known`, those that this machine has."""

    def open(self, spec: NetworkSpec, variant: str) -> Run:
        """Get ready to paint; may take seconds.

        Raises
        ------
        CannotPlay
            If it does not play this network so.  Whatever else it raises means the same.
        """
