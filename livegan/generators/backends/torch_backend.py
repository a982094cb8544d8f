"""torch as a backend: what paints when nothing else does, so that it is measured like the rest."""

from __future__ import annotations

import torch

from livegan.generators.networks.network import PaintPlan
from livegan.generators.precision import cpu_likes_bfloat16

from .backend import NetworkSpec, Run

DTYPES = {"float32": torch.float32, "bf16": torch.bfloat16}


class TorchBackend:
    """torch on the CPU: ``""`` is the precision that this CPU does well."""

    known = ("", *DTYPES)

    def missing(self) -> str:
        return ""

    def version(self) -> str:
        return str(torch.__version__)

    def variants(self) -> tuple[str, ...]:
        return tuple(DTYPES) if cpu_likes_bfloat16() else ("float32",)

    def open(self, spec: NetworkSpec, variant: str) -> Run:
        dtype = DTYPES[variant or self.variants()[-1]]
        module = spec.checkpoint.module(shared=True)
        network = PaintPlan(module, spec.norm, dtype=dtype).fill(module.state_dict())

        def run(x: torch.Tensor) -> torch.Tensor:
            with torch.inference_mode():
                given = x.to(dtype).contiguous(memory_format=torch.channels_last)
                out: torch.Tensor = network(given).float()
                return out

        return run
