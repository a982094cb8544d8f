"""A graphics card for machines without one: it counts what would make a program wait for it.

A tensor "on the card" says that it is on a CUDA device and keeps its numbers in ordinary memory.
What a real card refuses is refused: tensors of two devices in one operation, numbers read while a
graph is captured. What makes a program wait for a real one is counted, with the line of livegan
that did it: reading a number, a copy to memory that is not pinned, a copy from such memory, an
operation whose result has a size that depends on the numbers.

A graph records the operations of its capture and repeats them on the same memory, as on a card.
"""

from __future__ import annotations

import contextlib
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

import livegan

LIVEGAN = str(Path(livegan.__file__).parent)
COUNT = 2
"""Cards of the machine."""
SIZED_BY_NUMBERS = {
    *("nonzero", "masked_select", "unique_dim", "_unique2", "unique_consecutive", "bincount"),
    *("equal", "repeat_interleave", "nonzero_numpy", "argwhere", "allclose"),
}
"""Operations that a program waits for, whatever they are given."""
MADE_OF_OTHERS = {"is_nonzero", "item"}
"""Made of smaller operations, which are looked at instead."""


class CardTensor(torch.Tensor):
    """A tensor on the card; `held` are its numbers."""

    held: torch.Tensor
    place: torch.device

    @staticmethod
    def __new__(cls, held: torch.Tensor, device: torch.device) -> CardTensor:
        made = torch.Tensor._make_wrapper_subclass(  # type: ignore[attr-defined]
            cls, held.shape, strides=held.stride(), dtype=held.dtype, device="cpu"
        )
        made.held, made.place = held, device
        return made  # type: ignore[no-any-return]

    __torch_function__ = torch._C._disabled_torch_function_impl

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        assert FakeCard.there is not None, "a tensor of a card that is gone"
        return FakeCard.there.run(func, args, kwargs or {})

    @property
    def device(self) -> torch.device:  # type: ignore[override]
        """The card. Torch's own code believes that it is on the CPU: a build for CPUs knows no
        other device."""
        return self.place

    def tolist(self) -> Any:
        """Its numbers, waited for."""
        FakeCard.waits("tolist")
        return self.held.tolist()

    def numpy(self, **_: Any) -> Any:
        """No card gives that."""
        raise TypeError("can't convert cuda:0 device type tensor to numpy")

    def record_stream(self, stream: Any) -> None:
        """Its memory is used by a stream, too."""

    def __repr__(self) -> str:  # type: ignore[override]
        return f"on {self.device}: {self.held!r}"


class FakeStream:
    """A stream: all there is to it is that somebody waits for it."""

    def __init__(self, device: Any = None, **_: Any) -> None:
        self.device = device

    def wait_stream(self, stream: FakeStream) -> None:
        """Later work of this one comes after what was given to the other: no wait here."""

    def wait_event(self, event: FakeEvent) -> None:
        """Likewise."""

    def record_event(self, event: FakeEvent | None = None) -> FakeEvent:
        """An event after what was given to it."""
        return event or FakeEvent()

    def synchronize(self) -> None:
        """Wait here."""
        FakeCard.waits("stream.synchronize")


class FakeEvent:
    """A place in a stream, which is reached as soon as somebody asks or waits."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.reached = True

    def record(self, stream: Any = None) -> None:
        """After all that was given to the stream so far."""
        assert FakeCard.there is not None
        self.reached = False
        FakeCard.there.recorded.append(self)

    def query(self) -> bool:
        """Whether it was waited for: a card that is always late."""
        return self.reached

    def synchronize(self) -> None:
        """Wait, unless it was reached; what was recorded before is reached then, too."""
        assert FakeCard.there is not None
        if not self.reached:
            FakeCard.waits("event.synchronize")
        while not self.reached:
            FakeCard.there.recorded.pop(0).reached = True

    def wait(self, stream: Any = None) -> None:
        """A stream waits, not the program."""


class FakeGraph:
    """What was done between the two ends of its capture, to be done again."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.steps: list[tuple[Any, Any, Any, Any]] = []

    def capture_begin(self, *_: Any, **__: Any) -> None:
        """From here on operations are recorded."""
        assert FakeCard.there is not None
        FakeCard.there.capturing = self
        FakeCard.there.captures += 1

    def capture_end(self) -> None:
        """Up to here."""
        assert FakeCard.there is not None
        FakeCard.there.capturing = None

    def replay(self) -> None:
        """Do it again, on the same memory."""
        assert FakeCard.there is not None
        FakeCard.there.replays += 1
        for func, args, kwargs, before in self.steps:
            now = func(*args, **kwargs)
            for was, made in zip(tensors(before), tensors(now), strict=True):
                if was.data_ptr() != made.data_ptr():  # else a view, or changed in place
                    was.copy_(made)


class FakeCard:
    """The card; `counted` are the waits, by operation and line."""

    there: FakeCard | None = None

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()
        self.uploads = self.downloads = 0
        """Copies to the card, and from it."""
        self.captures = self.replays = 0
        self.room: int | None = None
        """Bytes that fit besides what is there; None: any number."""
        self.pinned: set[int] = set()
        self.capturing: FakeGraph | None = None
        self.recorded: list[FakeEvent] = []
        """Events that are still to be reached."""

    @staticmethod
    def waits(what: str) -> None:
        """Count one wait."""
        card = FakeCard.there
        assert card is not None
        if card.capturing is not None:
            error = "CUDA error: operation not permitted when stream is capturing"
            raise RuntimeError(f"{error}: {what}")
        card.counted[f"{what} at {line_of_livegan()}"] += 1

    def run(self, func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        """One operation, on the card or not."""
        name = func._schema.name.partition("::")[2]
        if name == "is_pinned":
            return address(args[0]) in self.pinned
        if name == "pin_memory":
            return self.pin(args[0].clone())
        if name in MADE_OF_OTHERS:
            return func.decompose(*args, **kwargs)
        if name in ("to", "_to_copy"):
            return self.converted(func, args, kwargs)
        on = [each for each in tensors((args, kwargs)) if isinstance(each, CardTensor)]
        device = torch.device(kwargs.get("device") or (on[0].device if on else "cpu"))
        if not on and device.type != "cuda":
            pinned = kwargs.pop("pin_memory", False)
            made = func(*args, **kwargs)
            return self.pin(made) if pinned else made
        self.look(name, args, kwargs, device)
        if "device" in kwargs:
            kwargs = {**kwargs, "device": torch.device("cpu"), "pin_memory": False}
        if name == "copy_":
            args = args[:2]
        given = mapped((args, kwargs), lambda x: x.held if isinstance(x, CardTensor) else x)
        with torch._C._ExcludeDispatchKeyGuard(KEYS):
            made = func(*given[0], **given[1])
        if self.capturing is not None:
            self.capturing.steps.append((func, *given, made))
        changed = changed_argument(func, args, kwargs)
        if changed is not None:
            return changed
        if device.type != "cuda":
            return made
        device = indexed(device)
        return mapped(made, lambda x: CardTensor(x, device) if isinstance(x, torch.Tensor) else x)

    def converted(self, func: Any, args: Any, kwargs: dict[str, Any]) -> torch.Tensor:
        """``to``: another device, number format or layout."""
        rows = [row.name for row in func._schema.arguments]
        said = dict(zip(rows, args, strict=False)) | kwargs
        source: torch.Tensor = said["self"]
        other = said.get("other")
        device = said.get("device") if other is None else other.device
        dtype = said.get("dtype") if other is None else other.dtype
        device = indexed(torch.device(device or source.device))
        if device != source.device:
            later = bool(said.get("non_blocking"))
            if on_card(source) != (device.type == "cuda"):
                self.moved(source, device.type == "cuda", None, later)
            held = source.held if isinstance(source, CardTensor) else source
            with torch._C._ExcludeDispatchKeyGuard(KEYS):
                held = held.clone()
            source = CardTensor(held, device) if device.type == "cuda" else held
        layout = said.get("memory_format")
        if dtype in (None, source.dtype) and layout is None and not said.get("copy"):
            return source
        whole = torch.ops.aten._to_copy.default
        if not isinstance(source, CardTensor):
            return whole(source, dtype=dtype, memory_format=layout)  # type: ignore[no-any-return]
        with torch._C._ExcludeDispatchKeyGuard(KEYS):
            made = whole(source.held, dtype=dtype, memory_format=layout)
        if self.capturing is not None:
            self.capturing.steps.append(
                (whole, (source.held,), {"dtype": dtype, "memory_format": layout}, made)
            )
        return CardTensor(made, source.device)

    def look(self, name: str, args: Any, kwargs: dict[str, Any], device: torch.device) -> None:
        """Count an operation that is waited for; refuse one that no card does."""
        given = tensors((args, kwargs))
        if name == "_local_scalar_dense" or name in SIZED_BY_NUMBERS:
            return self.waits(name)
        if name == "copy_":
            to, source = given[0], given[1]
            later = kwargs.get("non_blocking") or (len(args) > 2 and args[2])
            return self.moved(source, on_card(to), to, bool(later))
        if name in ("index", "index_put_", "index_put"):
            for each in tensors(args[1]):
                if each.dtype in (torch.bool, torch.uint8) or not on_card(each):
                    return self.waits(name)
            return None
        devices = {str(each.device) for each in given if on_card(each) or each.ndim}
        assert len(devices) <= 1, f"{name} of tensors on {devices} at {line_of_livegan()}"
        return None

    def moved(
        self, source: torch.Tensor, to_card: bool, to: torch.Tensor | None, later: bool
    ) -> None:
        """A copy between two places."""
        if self.room is not None and to_card and not on_card(source):
            self.room -= source.nbytes
            if self.room < 0:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")
        self.uploads += to_card and not on_card(source)
        self.downloads += on_card(source) and not to_card
        if on_card(source) and not to_card:
            if not (later and to is not None and address(to) in self.pinned):
                self.waits("a copy to memory")
        elif (
            to_card
            and not on_card(source)
            and source.ndim
            and not (later and address(source) in self.pinned)
        ):
            self.waits("a copy from memory")

    def pin(self, tensor: torch.Tensor) -> torch.Tensor:
        """Say of memory that it is pinned."""
        self.pinned.add(address(tensor))
        return tensor


class Operations(TorchDispatchMode):
    """Every operation is the card's to look at."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        assert FakeCard.there is not None
        return FakeCard.there.run(func, args, kwargs or {})


@contextlib.contextmanager
def known_here() -> Iterator[None]:
    """Torch asks the card in this thread: each thread must say so for itself."""
    with Operations(), Inference():
        yield


def is_of_card(tree: Any) -> bool:
    """Whether something in it is on a card, or names one."""
    if isinstance(tree, (tuple, list)):
        return any(map(is_of_card, tree))
    if isinstance(tree, dict):
        return any(map(is_of_card, tree.values()))
    if isinstance(tree, (str, torch.device)):
        return str(tree).startswith("cuda")
    return isinstance(tree, CardTensor)


class Inference(TorchFunctionMode):
    """What has to do with a card runs in inference mode: only there are others asked before torch
    looks at the device, which a build for CPUs does not know."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func is torch.as_tensor and set(map(type, args)) == {CardTensor} and not kwargs:
            return args[0]  # which torch would take for one of the CPU
        if func is torch.Tensor.new_tensor and isinstance(args[0], CardTensor):
            return torch.tensor(*args[1:], dtype=args[0].dtype).to(args[0].device)
        if func is not torch.Tensor.pin_memory and not is_of_card((args, kwargs)):
            return func(*args, **kwargs)
        with torch.inference_mode():
            return func(*args, **kwargs)


KEYS = torch._C.DispatchKeySet(torch._C.DispatchKey.Python)


def indexed(device: torch.device) -> torch.device:
    """A card with its number."""
    return device if device.type != "cuda" else torch.device(device.type, device.index or 0)


def on_card(tensor: torch.Tensor) -> bool:
    """Whether it is on the card."""
    return isinstance(tensor, CardTensor)


def address(tensor: torch.Tensor) -> int:
    """Of its memory."""
    return tensor.untyped_storage().data_ptr()


def tensors(tree: Any) -> list[torch.Tensor]:
    """All that are in it."""
    if isinstance(tree, torch.Tensor):
        return [tree]
    inner = tree.values() if isinstance(tree, dict) else tree
    if not isinstance(tree, (tuple, list, dict)):
        return []
    return [each for part in inner for each in tensors(part)]


def mapped(tree: Any, change: Callable[[Any], Any]) -> Any:
    """The same with all in it changed."""
    if isinstance(tree, (tuple, list)):
        return type(tree)([mapped(part, change) for part in tree])
    if isinstance(tree, dict):
        return {key: mapped(part, change) for key, part in tree.items()}
    return change(tree)


def changed_argument(func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """What an operation that changes an argument returns: that argument."""
    schema = func._schema
    if not schema.returns or schema.returns[0].alias_info is None:
        return None
    if not schema.returns[0].alias_info.is_write:
        return None
    for place, row in enumerate(schema.arguments):
        if row.alias_info is not None and row.alias_info.is_write:
            return args[place] if place < len(args) else kwargs[row.name]
    return None


def line_of_livegan() -> str:
    """The innermost line of livegan's that runs."""
    for frame in reversed(traceback.extract_stack()):
        if frame.filename.startswith(LIVEGAN):
            return f"{Path(frame.filename).name}:{frame.lineno}: {frame.line}"
    return "a test"


@contextlib.contextmanager
def fake_card() -> Iterator[FakeCard]:
    """A machine with cards; ``cuda`` and ``cuda:1`` are there."""
    card = FakeCard()
    current = FakeStream()

    @contextlib.contextmanager
    def stream(wanted: Any) -> Iterator[None]:
        yield

    instead: dict[str, Any] = {
        "_lazy_init": lambda: None,
        "is_available": lambda: True,
        "device_count": lambda: COUNT,
        "get_device_name": lambda device=None: "a card that is not there",
        "synchronize": lambda device=None: FakeCard.waits("synchronize"),
        "empty_cache": lambda: None,
        "Stream": FakeStream,
        "Event": FakeEvent,
        "CUDAGraph": FakeGraph,
        "stream": stream,
        "current_stream": lambda device=None: current,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, made in instead.items():
            patch.setattr(torch.cuda, name, made)
        lifted = torch._C._only_lift_cpu_tensors()
        torch._C._set_only_lift_cpu_tensors(True)
        FakeCard.there = card
        try:
            with known_here():
                yield card
        finally:
            FakeCard.there = None
            torch._C._set_only_lift_cpu_tensors(lifted)
