"""One save that is being built and proven."""

from __future__ import annotations

from dataclasses import dataclass, field

from livegan.engine.commit.script import Refusal
from livegan.engine.isolation.process_state import ProcessState
from livegan.ipc.messages import Commit
from livegan.plugin.loading.hot import Trial


class Superseded(Refusal):
    """Something took the place of what is being proven: it is not gone on with."""

    def __init__(self) -> None:
        super().__init__("another version replaced it")


@dataclass
class Attempt:
    """One save that is being built and proven."""

    commit: Commit
    text: str
    seen: str
    """Its fingerprint: see `livegan.engine.commit.set_inputs`."""
    surroundings: ProcessState
    """How the process was before."""
    checkpoints: set[str]
    """The models that the set before it named."""
    nodes: frozenset[str] | None = None
    """Names of the nodes of its graph; None until the set has run."""
    trial: Trial | None = None
    news: list[str] = field(default_factory=list)
    """What there is to say of its models once it is on the air."""
    notes: list[str] = field(default_factory=list)
    """What there is to say of it once it is proven."""
    apart: bool = False
    """It is at work of livegan's own that touches nothing of the set, such as loading a model."""
