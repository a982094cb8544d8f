"""The processes that train one model together, through Lightning Fabric; usually it is one.

They are started by ``torchrun``, which says in the environment how many there are.  Each paints a
share of every batch; gradients are averaged (DDP: Li et al. 2020), so all have the same weights.
"""

from __future__ import annotations

import inspect
import logging
import os
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

T = TypeVar("T")


class RanksError(Exception):
    """Processes that cannot train together; one line: why, and what to do."""


class Ranks:
    """One process: itself, with nobody to agree with.

    ``world`` processes in all, ``local`` of them on this machine; ``rank`` is this one's number,
    and ``main`` is whether it is the one that writes files.
    """

    world, rank, local = 1, 0, 1

    def __init__(self, device: torch.device) -> None:
        self.device = device

    @property
    def main(self) -> bool:
        return self.rank == 0

    def share(self, batch: int) -> slice:
        """Which of a batch this process learns from.

        Raises
        ------
        RanksError
            If a batch cannot be divided among the processes.
        """
        if batch % self.world:
            text = f"a batch of {batch} cannot be shared by {self.world} processes"
            raise RanksError(f"{text}; give --batch a multiple of {self.world}")
        each = batch // self.world
        return slice(self.rank * each, (self.rank + 1) * each)

    def wrap(self, network: nn.Module, *methods: str) -> Any:
        """The network as it is called to learn: its forward and ``methods`` await gradients."""
        return network

    def backward(self, loss: Tensor) -> None:
        """Gradients of ``loss``, averaged over the processes."""
        loss.backward()  # type: ignore[no-untyped-call]

    def mean(self, numbers: list[float]) -> list[float]:
        """Each number, averaged over the processes."""
        return numbers

    def first(self, numbers: list[float]) -> list[float]:
        """The numbers of the main process."""
        return numbers

    def same(self, thing: T) -> T:
        """What the main process has."""
        return thing

    def close(self) -> None:
        """Part."""


class FabricRanks(Ranks):
    """Several processes, on one machine or many."""

    def __init__(self, device: torch.device) -> None:
        try:
            from lightning_fabric import Fabric
            from lightning_fabric.strategies.ddp import DDPStrategy
        except ImportError as error:
            fix = "pip install 'livegan[distributed]'"
            raise RanksError(f"training in several processes needs Fabric: {fix}") from error
        if device.type not in ("cpu", "cuda"):
            raise RanksError(f"several processes train on cpu or cuda, not on {device.type}")
        for logger in ("lightning_fabric", "lightning.fabric"):
            logging.getLogger(logger).setLevel(logging.WARNING)
        self.world, self.rank = int(os.environ["WORLD_SIZE"]), int(os.environ["RANK"])
        self.local = int(os.environ.get("LOCAL_WORLD_SIZE", self.world))
        # Norms share their statistics (see `norms.share`), so there are no buffers to send.
        known = inspect.signature(nn.parallel.DistributedDataParallel).parameters
        name = "forward_sync_buffers" if "forward_sync_buffers" in known else "broadcast_buffers"
        options: dict[str, Any] = {name: False}
        strategy = DDPStrategy(**options)
        self.fabric = Fabric(
            accelerator=device.type,
            devices=self.local,
            num_nodes=self.world // self.local,
            strategy=strategy,
        )
        self.fabric.launch()
        super().__init__(self.fabric.device)

    def wrap(self, network: nn.Module, *methods: str) -> Any:
        wrapped = self.fabric.setup_module(network)
        for method in methods:
            wrapped.mark_forward_method(method)
        return wrapped

    def backward(self, loss: Tensor) -> None:
        self.fabric.backward(loss)

    def mean(self, numbers: list[float]) -> list[float]:
        total = torch.tensor(numbers, dtype=torch.float64, device=self.device)
        torch.distributed.all_reduce(total)
        return [number / self.world for number in total.tolist()]

    def first(self, numbers: list[float]) -> list[float]:
        told = torch.tensor(numbers, dtype=torch.float64, device=self.device)
        torch.distributed.broadcast(told, 0)
        found: list[float] = told.tolist()
        return found

    def same(self, thing: T) -> T:
        found: T = self.fabric.broadcast(thing)
        return found

    def close(self) -> None:
        if torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()


def ranks_of(device: torch.device) -> Ranks:
    """The processes this one was started with.

    Raises
    ------
    RanksError
        If there are several and Fabric is not installed, or the device is none they can share.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        return FabricRanks(device)
    return Ranks(device)


def is_main() -> bool:
    """Whether this process is the one that reports; known before anything is set up."""
    return os.environ.get("RANK", "0") == "0"
