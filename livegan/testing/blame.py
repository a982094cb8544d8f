"""What a plugin raised, in one line that names its own line."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Iterator

from livegan.builtin.pictures import NoPicture
from livegan.plugin.guard import place_of, said
from livegan.testing.process import OWN
from livegan.testing.rows import Flaw, NotHere


def told(error: BaseException) -> str:
    """An error in one line, with the line of the plugin it came from."""
    text = said(error).strip().splitlines()
    frames = [f"{f.filename}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)]
    known = (OWN, sys.base_prefix, "<")
    own = [f for f in frames if not f.startswith(known) and "site-packages" not in f]
    # What is installed lies where libraries do: then it is the innermost that is not livegan's.
    place = own[-1] if own else place_of(error, "")
    return (
        f"{type(error).__name__}{': ' + text[0] if text else ''}{f' at {place}' if place else ''}"
    )


@contextlib.contextmanager
def doing(did: str, change: str) -> Iterator[None]:
    """Turn what a plugin raises into a :class:`Flaw` that says what was done and what to do."""
    try:
        yield
    except (Flaw, NotHere):
        raise
    except NoPicture as error:
        raise Flaw(did, f"it returned what is no picture ({error})", change) from None
    except Exception as error:
        raise Flaw(did, told(error), change) from error
