"""The process in which a plugin is loaded and checked: what it does there costs one check.

Requests come as lines of JSON, and are answered so.  A check that does not come back is ended by a
thread of C's, which needs neither the interpreter nor its lock, and which writes down the line
where it hung.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

LOAD_S = 60.0
"""At least so long a plugin may take to load."""


def serve(target: str, folder: str, deadline_s: float, samples: tuple[str, ...]) -> None:
    """Answer requests until there are no more."""
    # What the plugin prints must not be taken for an answer, nor what it reads be a request.
    requests, answers = os.fdopen(os.dup(0), "r"), os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    faulthandler.enable(2)
    import torch

    torch.set_num_threads(1)
    from livegan.testing import checklist  # noqa: F401
    from livegan.testing.checklist.state import kept
    from livegan.testing.rows import ROWS
    from livegan.testing.subject import NoSubject, load

    loaded: Any = None
    for line in requests:
        asked = json.loads(line)
        # Loading imports much of livegan, too.
        limit_s = deadline_s if asked["do"] == "check" else max(deadline_s, LOAD_S)
        faulthandler.dump_traceback_later(limit_s, exit=True, file=2)
        try:
            if asked["do"] == "load":
                with kept():
                    loaded = load(target, Path(folder), samples)
                answer: dict[str, Any] = {"checks": listed(loaded)}
            else:
                thing = loaded if asked["thing"] == "plugin" else loaded.things[asked["thing"]]
                kind = asked["thing"].split()[0]
                (found,) = [r for r in ROWS if r.name == asked["name"] and kind in r.kinds]
                answer = made(found, thing)
        except NoSubject as error:
            answer = {"none": str(error)}
        finally:
            faulthandler.cancel_dump_traceback_later()
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def listed(loaded: Any) -> list[dict[str, Any]]:
    """The checks to make, as plain data."""
    from livegan.testing.rows import rows_of

    found = []
    for thing, what in {"plugin": loaded, **loaded.things}.items():
        rows = rows_of(thing.split()[0], what)
        names = {row.name for row in rows}
        for row in rows:
            needs = [name for name in row.needs if name in names]
            found.append({"thing": thing, "name": row.name, "summary": row.summary, "needs": needs})
    return found


def made(row: Any, thing: Any) -> dict[str, Any]:
    """One check: its status, what was measured, and the line if it failed."""
    from livegan.testing.blame import told
    from livegan.testing.checklist.state import kept
    from livegan.testing.rows import Flaw, NotHere

    began = time.perf_counter()
    line, status = "", "passed"
    measured: dict[str, Any] = {}
    try:
        with kept():
            measured = row.run(thing) or {}
    except Flaw as fault:
        status, line = "failed", str(fault)
    except NotHere as reason:
        status, line = "skipped", str(reason)
    except BaseException as error:
        status, line = "failed", f"{row.summary}: {told(error)}"
        traceback.print_exc()
    took = time.perf_counter() - began
    return {"status": status, "line": " ".join(line.split()), "measured": measured, "took": took}


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], float(sys.argv[3]), tuple(sys.argv[4:]))
