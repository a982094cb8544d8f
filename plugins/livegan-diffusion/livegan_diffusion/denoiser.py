"""The network: given a picture with noise, and the step of time, it tells the two apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from livegan.generators import ModelError

Array = NDArray[np.float32]


class Denoiser:
    """An ONNX graph with two inputs, as diffusers' ``UNet2DModel`` is exported.

    One is (1, C, H, W), the picture, the other a number or a list of one, the step of time.
    """

    def __init__(self, session: Any, sample: Any, timestep: Any) -> None:
        self.session = session
        self.sample, self.timestep = sample.name, timestep.name
        self.half = "float16" in sample.type
        self.whole = "int" in timestep.type
        self.scalar = len(timestep.shape) == 0
        _, channels, height, width = (n if isinstance(n, int) else None for n in sample.shape)
        self.channels = channels or 3
        self.fixed = (height, width)

    @classmethod
    def read(cls, data: bytes) -> Denoiser | None:
        """The network in a file's bytes; None for an ONNX graph of another kind.

        Raises
        ------
        ModelError
            If it is damaged, or onnxruntime is missing.
        """
        try:
            import onnxruntime
        except ImportError as error:
            raise ModelError("needs onnxruntime: pip install onnxruntime") from error
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        # As many as livegan grants torch: the slots share the cores.
        options.intra_op_num_threads = torch.get_num_threads()
        try:
            session = onnxruntime.InferenceSession(
                data, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime has a type for every way to fail
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
            raise ModelError(f"damaged, or not ONNX ({reason}); export it again") from error
        pictures = [each for each in session.get_inputs() if len(each.shape) == 4]
        numbers = [each for each in session.get_inputs() if len(each.shape) <= 1]
        if len(session.get_inputs()) != 2 or not (pictures and numbers):
            return None
        return cls(session, pictures[0], numbers[0])

    def __call__(self, picture: Array, step: int) -> Array:
        """(1, C, H, W) float32 with the noise of ``step`` → likewise, what the network predicts."""
        time: Any = np.int64(step) if self.whole else np.float32(step)
        given = {
            self.sample: picture.astype(np.float16) if self.half else picture,
            self.timestep: time if self.scalar else np.array([time]),
        }
        out: Array = np.asarray(self.session.run(None, given)[0], np.float32)
        return out
