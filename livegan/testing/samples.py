"""What sources, outputs and loaders are tried with: an argument, a checkpoint, a function that
writes one."""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

One = str | Path | Callable[[Path], Any]
"""A path, a source's argument, or a function that writes a checkpoint into a folder."""
Sample = One | Mapping[str, One] | Sequence[str]
"""One for all; one for each name; or as on the command line, ``["NAME=VALUE", "VALUE"]``."""
Words = tuple[str, ...]
"""Samples as another process understands them: ``NAME=VALUE``, or ``VALUE`` for all others."""


def words_of(sample: Sample) -> Words:
    """Samples as words; ValueError as of :func:`named`."""
    if isinstance(sample, Mapping):
        return tuple(f"{name}={named(each)}" for name, each in sample.items())
    if isinstance(sample, (str, Path)) or callable(sample):
        return (named(sample),)
    return tuple(sample)


def sample_for(name: str, words: Words) -> str:
    """The sample of what is called ``name``; empty if there is none."""
    own = [word.partition("=")[2] for word in words if word.partition("=")[0] == name]
    others = [word for word in words if not re.match(r"[\w.-]+=", word)]
    return next(iter([*own, *others]), "")


def named(sample: One) -> str:
    """A sample as one word, which another process understands: a function is ``file.py:name``.

    Raises
    ------
    ValueError
        For a function that cannot be found by file and name, such as a lambda.
    """
    if isinstance(sample, (str, Path)):
        return str(sample)
    file, name = inspect.getsourcefile(sample), getattr(sample, "__qualname__", "")
    if not file or not name.isidentifier():
        raise ValueError(f"sample={sample!r}: give a path, or a function at the top of a file")
    return f"{Path(file).resolve()}:{name}"


def checkpoint(sample: str, folder: Path) -> Path:
    """The file that is meant; one that a function writes is written into ``folder``.

    Raises
    ------
    LookupError
        If there is no such file, or the function gives none.
    """
    file, _, name = sample.rpartition(":")
    if not file.endswith(".py"):
        if not Path(sample).is_file():
            raise LookupError(f"--sample {sample}: there is no such file")
        return Path(sample)
    spec = importlib.util.spec_from_file_location(f"livegan_sample_{Path(file).stem}", file)
    if spec is None or spec.loader is None or not Path(file).is_file():
        raise LookupError(f"--sample {sample}: there is no such file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    try:
        spec.loader.exec_module(module)
        made = getattr(module, name)(folder)
    finally:
        sys.modules.pop(module.__name__, None)
    if not isinstance(made, (str, Path)) or not Path(made).is_file():
        raise LookupError(f"--sample {sample}: {name}(folder) returned no file it has written")
    return Path(made)
