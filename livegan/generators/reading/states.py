"""Which of the dicts of tensors in a file is the generator: what training scripts wrap it in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor

from livegan.generators.architecture import Architecture
from livegan.generators.errors import ModelError

from .detection import describe, detect
from .parts import joined
from .tensors import Content, StandIn, check_tensors

AVERAGED = ("params_ema", "g_ema", "netG_ema", "ema", "generator_ema", "G_ema", "ema_model")
"""Keys under which training scripts keep the averaged weights, which paint best."""

WRAPPERS = (
    *AVERAGED,
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
"""Keys under which training scripts keep a generator, the likeliest first."""

DEEPEST = 4
MOST = 16
"""Things in a list that are looked into."""


def states(value: Any, depth: int = 0, path: tuple[str, ...] = ()) -> Iterator[StateDict]:
    """Every dict of tensors inside wrappers, the likeliest generator first."""
    if isinstance(value, StandIn):
        module = module_state(value)
        value = module if module else value.state
    if isinstance(value, (list, tuple)):
        value = dict(enumerate(value[:MOST]))
    if not isinstance(value, dict) or depth > DEEPEST:
        return
    tensors = {str(k): v.detach() for k, v in value.items() if isinstance(v, Tensor)}
    if any(tensor.ndim >= 4 for tensor in tensors.values()):
        yield StateDict(path, tensors)
    order = [key for key in WRAPPERS if key in value]
    order += [key for key in value if key not in WRAPPERS]
    for key in order:
        yield from states(value[key], depth + 1, (*path, str(key)))


class StateDict:
    """A dict of tensors, and the keys that lead to it."""

    def __init__(self, path: tuple[str, ...], tensors: dict[str, Tensor]) -> None:
        self.path = path
        self.tensors = tensors

    @property
    def rank(self) -> int:
        """How surely its keys say that it is the generator to play; the lowest wins."""
        return min((WRAPPERS.index(key) for key in self.path if key in WRAPPERS), default=99)


def module_state(pickled: StandIn, prefix: str = "", depth: int = 0) -> dict[str, Tensor]:
    """The state dict of a module that was pickled whole; empty for anything else."""
    inside = pickled.state
    if not isinstance(inside, dict) or "_parameters" not in inside or depth > 64:
        return {}
    found: dict[str, Tensor] = {}
    for own in (inside.get("_parameters"), inside.get("_buffers")):
        if isinstance(own, dict):
            found |= {f"{prefix}{k}": v.detach() for k, v in own.items() if isinstance(v, Tensor)}
    children = inside.get("_modules")
    for name, child in children.items() if isinstance(children, dict) else ():
        if isinstance(child, StandIn):
            found |= module_state(child, f"{prefix}{name}.", depth + 1)
    return found


def recognise(content: Content, network: str = "") -> tuple[Architecture, dict[str, Tensor]]:
    """The generator in a file's content: its architecture and tensors.

    Parameters
    ----------
    network : the key under which the one to play lies, such as ``"netG_A"``; empty if the file
        has one, or says itself which it is.

    Raises
    ------
    ModelError
        If nothing in it is a generator that livegan knows, or several are.
    """
    found: list[tuple[StateDict, Architecture, dict[str, Tensor]]] = []
    refusal: ModelError | None = None
    for state in states(content.value):
        try:
            own = detect(joined(state.tensors), "" if network in state.path else network)
        except ModelError as error:
            refusal = refusal or error
            continue
        found.append((state, *own))
    if not found:
        raise refused(content, refusal)
    best = min(each[0].rank for each in found)
    chosen = [each for each in found if each[0].rank == best]
    if len(chosen) > 1:
        raise several([" / ".join(state.path) or "the first" for state, _, _ in chosen])
    _, architecture, tensors = chosen[0]
    return architecture, check_tensors(tensors)


def several(names: list[str]) -> ModelError:
    """The refusal of a file with more than one generator."""
    word = names[0].rpartition(" / ")[2]
    return ModelError(
        f"holds {len(names)} generators ({', '.join(names)}); say which to play on its card, "
        f'{{"network": "{word}"}}, or save that one alone'
    )


def refused(content: Content, refusal: ModelError | None) -> ModelError:
    """Why a file's content is no generator."""
    if content.stand_ins and refusal is None:
        names = ", ".join(content.stand_ins[:3]) + (", …" if len(content.stand_ins) > 3 else "")
        return ModelError(
            f"holds Python objects ({names}) and no weights of a generator beside them; where it "
            "was made, write torch.save(network.state_dict(), ...) and use that file"
        )
    return refusal or ModelError(describe({}) + f"; the file holds {summary(content.value)}")


def summary(value: Any) -> str:
    """A few words about something that is no dict of tensors."""
    if isinstance(value, dict):
        keys = ", ".join(str(key)[:40] for key in list(value)[:5])
        return f"a dict with the keys {keys}" if keys else "an empty dict"
    return f"a {type(value).__name__}"
