"""The process in which a stranger's network runs: it opens no file and no connection.

It reads messages from its standard input and answers on its standard output: see
`livegan.generators.foreign.isolated`.
"""

from __future__ import annotations

import contextlib
import io
import os
import queue
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import IO, Any

import numpy as np
import psutil
import torch

from livegan.generators.errors import ModelError
from livegan.ipc.pipes import read, write

from .isolated import described
from .onnx_session import Sessions, options, plain

LARGEST = 8 << 30
"""Bytes of memory that it may take on a CPU, or half of what the machine has."""


def main() -> None:
    """Answer until nobody asks any more."""
    commands = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    # What a network prints is nobody's.
    with open(os.devnull, "r+b") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    asked: queue.Queue[tuple[dict[str, Any], bytes]] = queue.Queue()
    threading.Thread(target=listen, args=(commands, asked), daemon=True).start()
    network: Any = None
    while True:
        head, body = asked.get()
        try:
            if head["do"] == "load":
                kind = NETWORKS[head["kind"]]
                kind.prepare()
                confine(head["device"] == "cpu")
                network = kind(body, torch.device(head["device"]))
                write(answers, network.said)
                continue
            torch.set_num_threads(head["threads"])
            began = time.perf_counter()
            given = np.frombuffer(body, head["numbers"]).reshape(head["shape"]).copy()
            out = network.run(given, **head["how"])
            seconds = time.perf_counter() - began
            write(answers, {"seconds": seconds, **described(out)}, out.tobytes())
        except ModelError as error:
            write(answers, {"refused": str(error)})
        except Exception as error:  # whatever the network's program raises
            text = str(error).strip().splitlines()
            write(answers, {"error": text[-1][:300] if text else type(error).__name__})


def listen(commands: IO[bytes], asked: queue.Queue[tuple[dict[str, Any], bytes]]) -> None:
    """Take in what is asked; end the process, whatever it is at, with the one that asks."""
    try:
        while True:
            asked.put(read(commands))
    except (OSError, EOFError, ValueError):
        os._exit(0)


def confine(fully: bool) -> None:
    """From here on no file or connection can be opened, as far as the system can forbid it.

    On Windows it cannot be forbidden so; there the operators alone are refused.  A graphics
    card's driver opens files while it works: for one, `fully` is False.
    """
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(OSError):  # only Linux has it: what runs out of memory is this
        Path("/proc/self/oom_score_adj").write_text("1000")
    limits = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)]
    if fully:
        most = min(LARGEST, psutil.virtual_memory().total // 2)
        if sys.platform == "linux":
            limits.append((resource.RLIMIT_AS, psutil.Process().memory_info().vms + most))
        limits.append((resource.RLIMIT_NOFILE, 0))
    for what, limit in limits:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (limit, limit))


class Scripted:
    """A TorchScript archive."""

    @classmethod
    def prepare(cls) -> None:
        """Have torch import and open what it needs to read and to run one."""
        trace: Any = torch.jit.trace  # untyped in torch
        layer = torch.nn.Conv2d(3, 3, 3).eval()
        stored = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.jit.save(trace(layer, torch.zeros(1, 3, 8, 8)), stored)
        example = cls(stored.getvalue(), torch.device("cpu"))
        for side in (8, 8, 1):  # the last is too small: its error is made on demand
            with contextlib.suppress(RuntimeError):
                example.run(np.zeros((1, 3, side, side), np.float32), dtype="float32")

    def __init__(self, data: bytes, device: torch.device) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # torch calls TorchScript deprecated
                load: Any = torch.jit.load  # untyped in torch
                self.script = load(io.BytesIO(data), map_location=device).eval()
        except Exception as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
            raise ModelError(
                f"a damaged TorchScript archive ({reason}); export it again"
            ) from error
        self.device = device
        numbers = [p.dtype for p in self.script.parameters() if p.is_floating_point()]
        numbers += [b.dtype for b in self.script.buffers() if b.is_floating_point()]
        likely = max(set(numbers), key=numbers.count) if numbers else torch.float32
        tried = dict.fromkeys((likely, torch.float32, torch.float16, torch.bfloat16))
        self.said = {"dtypes": [str(dtype).removeprefix("torch.") for dtype in tried]}

    def run(self, given: np.ndarray[Any, Any], *, dtype: str) -> np.ndarray[Any, Any]:
        with torch.inference_mode():
            out = self.script(torch.from_numpy(given).to(self.device, getattr(torch, dtype)))
            if isinstance(out, (tuple, list)) and out and isinstance(out[0], torch.Tensor):
                out = out[0]
            if isinstance(out, dict) and len(out) == 1:
                (out,) = out.values()
            if not isinstance(out, torch.Tensor):
                raise ModelError(f"TorchScript returns a {type(out).__name__}, not one picture")
            array: np.ndarray[Any, Any] = out.float().cpu().numpy()
            return array


class WorkerGraph:
    """An ONNX graph with loops, or with operators that onnxruntime does not have itself."""

    @classmethod
    def prepare(cls) -> None:
        """Have onnxruntime and the operators beside it opened."""
        options(1, custom=True)

    def __init__(self, data: bytes, device: torch.device) -> None:
        self.sessions = Sessions(data, custom=True)
        inputs, outputs = plain(self.sessions.session)
        self.said = {"inputs": inputs, "outputs": outputs}

    def run(
        self, given: np.ndarray[Any, Any], *, feeds: str, gives: str, held: dict[str, Any]
    ) -> np.ndarray[Any, Any]:
        feed = {name: np.zeros(shape, dtype) for name, (shape, dtype) in held.items()}
        out: np.ndarray[Any, Any] = self.sessions.take().run([gives], {**feed, feeds: given})[0]
        return np.ascontiguousarray(out)


NETWORKS: dict[str, Any] = {"TorchScript": Scripted, "ONNX": WorkerGraph}
