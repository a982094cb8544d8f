"""What a set needs to be installed, said in its first lines.

Nothing is installed, looked up or resolved: the set is refused with the command that helps.
"""

from __future__ import annotations

import importlib.util
import shlex
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from livegan.graph.place import SetError
from livegan.plugin import registry
from livegan.plugin.catalogue import canonical

if TYPE_CHECKING:
    from packaging.requirements import Requirement


def require(*requirements: str) -> None:
    """Refuse the set if a package is missing: ``require("livegan-chroma>=0.2")``.

    Give package names with version ranges, as in a requirements file.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    for text in requirements:
        if not isinstance(text, str):
            raise SetError('require takes names in quotes: require("livegan-chroma>=0.2")')
        try:
            wanted = Requirement(text)
        except InvalidRequirement as error:
            said = str(error).splitlines()[0]
            raise SetError(
                f'require: {text!r} is not a requirement ({said}); write "livegan-chroma>=0.2"'
            ) from None
        if wanted.marker is None or wanted.marker.evaluate():
            check(wanted)


def check(wanted: Requirement) -> None:
    """Refuse what is missing, too old, or installed but not loaded.

    Raises
    ------
    SetError
        With the command that installs it, or why its plugin was refused.
    """
    try:
        have = version(wanted.name)
    except PackageNotFoundError:
        command = install_command(str(wanted))
        raise SetError(f"this set needs {wanted}, which is not installed: {command}") from None
    if not wanted.specifier.contains(have, prereleases=True):
        command = install_command(str(wanted), upgrade=True)
        raise SetError(f"this set needs {wanted}, and {have} is installed: {command}")
    registry.current().wake(package=wanted.name)
    for problem in registry.current().problems:
        if canonical(problem.plugin) == canonical(wanted.name):
            raise SetError(f"this set needs {wanted}, which was not loaded completely: {problem}")


def install_command(requirement: str, upgrade: bool = False) -> str:
    """What to type into a terminal to install a package for this very Python."""
    words = [sys.executable, "-m", "pip", "install"]
    if importlib.util.find_spec("pip") is None:  # an environment that uv made
        words = ["uv", "pip", "install", "--python", sys.executable]
    words += ["--upgrade", requirement] if upgrade else [requirement]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)
