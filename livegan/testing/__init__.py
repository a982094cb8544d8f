"""Tests for plugin authors: the checks of ``livegan plugins check`` as pytest tests.

These two lines are a complete test file with one test for each check:

>>> from livegan.testing import conformance
>>> test_embers = conformance("plugins/embers.py")  # doctest: +SKIP

Importing this module imports neither pytest nor torch.
"""

from __future__ import annotations

import unittest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livegan.testing.process import DEADLINE_S, CheckOutcome, Examination, NoTarget
from livegan.testing.samples import Sample

if TYPE_CHECKING:
    from livegan.testing.listening import listen_to as listen_to
    from livegan.testing.show import Played as Played
    from livegan.testing.show import play as play
    from livegan.testing.show import render as render

__all__ = [
    "Check",
    "CheckFailed",
    "Examination",
    "NoTarget",
    "Outcome",
    "check",
    "checks",
    "conformance",
    "listen_to",
    "play",
    "render",
]


class CheckFailed(AssertionError):
    """A failed check, in one line: what was done, what happened, what to change."""


class Check:
    """One check of one thing that a plugin offers. Call it to run it.

    Attributes
    ----------
    thing : ``"encoder embers"``, or ``"plugin"`` for checks of the whole plugin.
    name : name of the check, such as ``"silence"``.
    summary : what it checks, in one line.
    """

    def __init__(self, examination: Examination, thing: str, name: str, summary: str) -> None:
        self._examination = examination
        self.thing, self.name, self.summary = thing, name, summary
        # What pytest calls a test by; a plugin's name may have a colon or a slash in it.
        self.__name__ = f"{thing.split()[-1]}-{name}"

    def __repr__(self) -> str:
        return f"<check {self.__name__}: {self.summary}>"

    def outcome(self) -> CheckOutcome:
        """The outcome. The check runs once, however often you ask for it."""
        return self._examination.outcome(self.thing, self.name)

    def __call__(self) -> None:
        """Make the check.

        Raises
        ------
        CheckFailed
            If it is not met.
        unittest.SkipTest
            If it cannot be made here, or another one failed that it needs; pytest knows this one.
        """
        __tracebackhide__ = True
        outcome = self.outcome()
        if outcome.status == "failed":
            raise CheckFailed(f"{self.thing}: {outcome.line}") from None
        if outcome.status == "skipped":
            raise unittest.SkipTest(outcome.line)


def checks(
    target: str | Path,
    *,
    folder: str | Path | None = None,
    deadline_s: float = DEADLINE_S,
    sample: Sample = "",
) -> list[Check]:
    """Every check of a plugin, for ``@pytest.mark.parametrize("check", checks("chroma"))``.

    Parameters
    ----------
    target : the plugin's file; a folder with ``pyproject.toml``; an installed package; a module; or
        the name of one thing it offers (``"chroma"``, ``"package:chroma"``).
    folder : the working folder, whose ``plugins/`` are loaded; the current folder if None.
    deadline_s : time limit for one check, in seconds.
    sample : what to test with: the argument of a source or output; for a loader the path of a
        checkpoint, or a function ``write(folder) -> path`` in a module other than the test file.
        For several things, a dictionary: ``{"hum": "55", "average": "lamps.txt"}``.

    The plugin loads and each check runs in a separate process.  A check that crashes or never
    returns fails, and the next one runs in a new process.

    Raises
    ------
    NoTarget
        If there is nothing of that name; the message has the closest name.
    """
    examination = Examination(target, folder=folder, deadline_s=deadline_s, sample=sample)
    return [Check(examination, r["thing"], r["name"], r["summary"]) for r in examination.rows()]


def check(name: str, target: str | Path, **options: Any) -> None:
    """Run the checks of one name, to use in your own test: ``check("silence", "embers")``.

    Arguments and errors as for :func:`checks` and :class:`Check`; ``LookupError`` if there is no
    check of that name.
    """
    __tracebackhide__ = True
    found = [each for each in checks(target, **options) if each.name == name]
    if not found:
        raise LookupError(f"{target} has no check {name!r}")
    for each in found:
        each()


def conformance(target: str | Path, **options: Any) -> Any:
    """A pytest test function that runs every check: ``test_embers = conformance("embers")``.

    Arguments and errors as for :func:`checks`.  Tests are called ``test_embers[embers-silence]``.
    """
    import pytest

    @pytest.mark.parametrize("check", checks(target, **options))
    def test(check: Check) -> None:
        __tracebackhide__ = True
        check()

    return test


def __getattr__(name: str) -> Any:
    # These import torch, which who only lists checks does not need.
    if name in ("play", "render", "Played"):
        from livegan.testing import show

        return getattr(show, name)
    if name == "listen_to":
        from livegan.testing import listening

        return listening.listen_to
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
