"""onnxruntime's sessions: one for each number of threads with which a network is played."""

from __future__ import annotations

import threading
from typing import Any

import torch

from livegan.generators.errors import ModelError


def runtime() -> Any:
    """The module onnxruntime.

    Raises
    ------
    ModelError
        If it is not installed.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelError("ONNX needs onnxruntime: pip install 'livegan[onnx]'") from error
    return onnxruntime


def options(threads: int, *, custom: bool = False) -> Any:
    """Of a session; `custom` adds the operators of onnxruntime-extensions, if installed."""
    chosen = runtime().SessionOptions()
    chosen.log_severity_level = 4
    chosen.intra_op_num_threads = threads
    # Its threads would turn round for a while after each picture, and others want their cores.
    chosen.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if custom:
        try:
            import onnxruntime_extensions
        except ImportError:
            return chosen
        chosen.register_custom_ops_library(onnxruntime_extensions.get_library_path())
    return chosen


def open_session(data: bytes, chosen: Any, providers: list[str]) -> Any:
    """A session of a graph that has all its weights in it.

    Raises
    ------
    ModelError
        If onnxruntime does not take it.
    """
    try:
        return runtime().InferenceSession(data, chosen, providers=providers)
    except Exception as error:  # it has a type for every way to fail
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
        raise ModelError(f"damaged, or not ONNX ({reason}); export it again") from error


class Sessions:
    """A graph in this process.

    A session keeps the number of threads with which it was opened, and a slot that plays alone has
    more of them than one of four.  A further session is opened beside what plays, and until it is
    there, the others serve.
    """

    def __init__(self, data: bytes, *, custom: bool = False) -> None:
        self.data = data
        self.custom = custom
        self.providers = ["CPUExecutionProvider"]
        self._lock = threading.Lock()
        self._open: dict[int, Any] = {}
        self._opening: set[int] = set()
        self.session = self.take()

    def to(self, device: torch.device) -> None:
        """Open it for a graphics card, if this onnxruntime can play there."""
        cuda = "CUDAExecutionProvider"
        wanted = ["CPUExecutionProvider"]
        if device.type == "cuda" and cuda in runtime().get_available_providers():
            wanted.insert(0, cuda)
        if wanted != self.providers:
            self.providers = wanted
            with self._lock:
                self._open.clear()
            self.session = self.take()

    def take(self) -> Any:
        """The session for the threads that this thread may use."""
        threads = torch.get_num_threads()
        with self._lock:
            found = self._open.get(threads)
            if found is not None:
                return found
            if not self._open:
                self._open[threads] = self._session(threads)
                return self._open[threads]
            if threads not in self._opening:
                self._opening.add(threads)
                threading.Thread(target=self._widen, args=(threads,), daemon=True).start()
            return next(iter(self._open.values()))

    def _session(self, threads: int) -> Any:
        return open_session(self.data, options(threads, custom=self.custom), self.providers)

    def _widen(self, threads: int) -> None:
        session = self._session(threads)
        with self._lock:
            self._open[threads] = session


def plain(session: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Names, shapes and types of what a session takes and gives."""
    inputs, outputs = (
        [{"name": each.name, "shape": list(each.shape), "type": each.type} for each in group]
        for group in (session.get_inputs(), session.get_outputs())
    )
    return inputs, outputs
