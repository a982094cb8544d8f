"""Faults of code that does not come back: endless loops, sleep, calls that hold the interpreter."""

from __future__ import annotations

from livegan.gremlins.fault import Gremlin, Sight, either, engine, faulted, refused
from livegan.gremlins.faults.edits import Graft, saves
from livegan.gremlins.graft import at_top, in_leaf

BLAMED = refused(within=10.0)
STOPPED = either(refused(within=12.0), faulted(within=12.0), engine("death", ".py:", within=12.0))
"""However it is stopped, the line of the set is named."""


def hang(name: str, graft: Graft, code: str, must: Sight = STOPPED, back: float = 3.0) -> Gremlin:
    """A set that hangs, as a fault."""
    return Gremlin(name, "hangs", saves(graft, code), (must,), back=back)


LATER = "if gremlin_frames[0] > 20:\n    "
"""In a leaf: not when it is proven, but on the air."""

POWER = "gremlin_power = 9 ** 9 ** 9"
EXPRESSION = 're.match("(a+)+$", "a" * 60 + "b")'

HANGS = (
    hang("an endless loop when the set is read", at_top, "while True:\n    pass", BLAMED),
    hang("an endless loop in a leaf, proven", in_leaf, "while True:\n    pass", BLAMED),
    hang("an endless loop in a leaf, on the air", in_leaf, f"{LATER}while True: pass"),
    hang("time.sleep(3600) when the set is read", at_top, "import time\ntime.sleep(3600)", BLAMED),
    hang(
        "time.sleep(3600) in a leaf, on the air",
        in_leaf,
        f"import time\n{LATER}time.sleep(3600)",
        back=8.0,
    ),
    hang("9**9**9 when the set is read", at_top, POWER, back=8.0),
    hang("9**9**9 in a leaf, on the air", in_leaf, f"{LATER}{POWER}", back=8.0),
    hang("a catastrophic regular expression", at_top, f"import re\n{EXPRESSION}", back=8.0),
    hang(
        "a catastrophic regular expression in a leaf, on the air",
        in_leaf,
        f"import re\n{LATER}{EXPRESSION}",
        back=8.0,
    ),
)
