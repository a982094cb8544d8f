"""A plugin that changes what belongs to all."""

from __future__ import annotations

import os
import random
import sys
import warnings
from typing import Any

import numpy as np

from livegan.plugin import hookimpl


def greedy(sound: Any) -> Any:
    """The level, and the whole process besides."""
    os.chdir(os.path.sep)
    random.seed(1)
    np.random.seed(1)
    np.seterr(all="raise")
    np.hypot = None  # type: ignore[assignment]
    sys.setrecursionlimit(60)
    warnings.simplefilter("error")
    print("mine " * 1000)
    return np.full((8, 8), sound.level, np.float32)


@hookimpl
def register_encoders(register: Any) -> None:
    register(greedy)
