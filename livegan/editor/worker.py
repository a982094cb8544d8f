"""A process that does one job for the server of an editor, and ends: it runs code of sets and
plugins, which may do anything.

It imports what a job needs, waits for a line of JSON on its standard input, and answers with one.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

USES_TORCH = re.compile(r"\btorch\b")


def gently() -> None:
    """Let a show on this machine go first."""
    import psutil

    low = 10 if sys.platform != "win32" else psutil.BELOW_NORMAL_PRIORITY_CLASS
    psutil.Process().nice(low)


def main() -> None:
    """Do one job."""
    gently()
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answer:
        os.dup2(2, 1)  # what code of sets prints is no answer
        from livegan import checking
        from livegan.editor import gathering
        from livegan.plugin import registry
        from livegan.plugin.source import instead

        registry.current()
        asked: dict[str, Any] = json.loads(sys.stdin.readline() or "{}")
        if not asked:
            return
        path, folder = Path(asked["path"]), Path(asked["folder"])
        os.chdir(folder)
        if asked["job"] == "devices":
            done: dict[str, Any] = device_names()
        elif asked["job"] == "words":
            from livegan.plugin.loading.hot import Hot

            Hot(folder / "plugins").begin()
            done = gathering.gathered(path, folder).plain
        else:
            text = str(asked["text"])
            unsaved = {Path(file): said for file, said in asked["unsaved"].items()}
            if USES_TORCH.search(text + beside(path)):
                import torch  # noqa: F401  # seconds, of which the deadline of a set knows nothing
            with instead(unsaved):
                done = checking.read_set(path, text, folder).plain
        answer.write(json.dumps(done) + "\n")
        answer.flush()
        # Threads of a set, and what it does at the end, are of no interest.
        os._exit(0)


def device_names() -> dict[str, Any]:
    """The names of devices of this machine, by kind; kinds that it cannot have are left out."""
    from livegan.cli.console.device_kinds import device_kinds
    from livegan.editor.quoted import DEVICES
    from livegan.picture_sources.ndi import senders

    looks = {each.kind: each.look for each in device_kinds() if each.kind in DEVICES}
    looks["NDI sender"] = senders  # which waits for them to answer
    found: dict[str, Any] = {}
    for kind, look in looks.items():
        try:
            found[kind] = [str(name) for name in look()]
        except Exception:  # of a library or a driver: others are found all the same
            continue
    return found


def beside(path: Path) -> str:
    """The texts of the modules beside a set."""
    texts = []
    for file in sorted(path.parent.glob("*.py"))[:50]:
        try:
            texts.append(file.read_text("utf-8", "replace"))
        except OSError:
            continue
    return "\n".join(texts)


if __name__ == "__main__":
    main()
