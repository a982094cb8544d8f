"""Checks of what an operation declares: its docstring, and the range of each parameter."""

from __future__ import annotations

from livegan.plugin import Operation, Param
from livegan.testing.checklist.frames import ALL
from livegan.testing.rows import Flaw, row


@row(*ALL)
def docstring(operation: Operation) -> None:
    """Its docstring begins with a line that says what it does, and each parameter has a doc"""
    where = f"{operation.origin.file}:{operation.origin.line}"
    if not operation.summary:
        raise Flaw(
            f"read the docstring at {where}",
            "there is none",
            'write one line under the signature: """What is seen, and of what."""',
        )
    for each in operation.params:
        if not each.doc:
            raise Flaw(
                "read the parameters",
                f"{each.name!r} has no doc",
                f'say in a few words what it does: {each.name}=param(..., doc="how much")',
            )


@row(*ALL)
def ranges(operation: Operation) -> None:
    """Every number has a range that its default lies in"""
    for each in operation.params:
        if each.type not in ("number", "integer", "vector"):
            if each.choices and each.default not in each.choices:
                seen = f"{each.name!r} has the default {each.default!r}, which is no choice of it"
                raise Flaw("read the parameters", seen, "make it one of them")
            continue
        check_range(each)


def check_range(each: Param) -> None:
    """A :class:`Flaw` for a range that no control can be mapped to."""
    done = "read the parameters"
    if each.low is None or each.high is None:
        # What goes round, or on for ever, says in which unit: turns, widths of the picture.
        if each.live and each.low is None and each.high is None and each.unit:
            return
        raise Flaw(
            done,
            f"{each.name!r} has no range, so no control can be mapped to it",
            f"give both ends: {each.name}=param({each.default}, low, high, ...); only what goes on "
            'for ever has none, and a unit: unit="turns"',
        )
    if not each.low < each.high:
        raise Flaw(done, f"{each.name!r} goes from {each.low} to {each.high}", "put low below high")
    parts = each.default if each.type == "vector" else (each.default,)
    if not all(each.low <= part <= each.high for part in parts):
        seen = f"{each.name!r} has the default {each.default}, outside {each.low} to {each.high}"
        raise Flaw(done, seen, "move the default or the range")
