"""The process of one patch. The stage starts it by name; see `livegan.stage.patch_guests`."""

from __future__ import annotations

import gc
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from livegan.engine.commit.script import Refusal
from livegan.engine.isolation.unattended import unattended
from livegan.patches.live_patch import LivePatch
from livegan.patches.pyo_library import NoPyo, load_pyo
from livegan.plugin.loading.hot import Hot
from livegan.stage.outputs.hosting import GuestPipe

LOOK_S = 0.0007
"""Between two looks for the next hop: most of what a patch is late by, at 2 % of a core."""


def play(connection: Connection, options: dict[str, Any]) -> None:
    """Play the patch that ``options["key"]`` names, hop by hop, until told to end.

    Without a key it gets ready, and waits for the options of a patch: see
    `livegan.stage.patch_guests.spare`.
    """
    line = GuestPipe(connection)
    try:
        load_pyo()
    except NoPyo as missing:
        line.tell("unavailable", text=str(missing))
        return
    plugins = Hot(Path(options["folder"]) / "plugins")
    plugins.renew()
    if "key" not in options:
        begin = line.receive()
        if begin is None:
            return
        options = begin["begin"]
        plugins.renew()  # a plugin may have been saved since
    try:
        patch = LivePatch(options["key"], options, line.note)
    except FileNotFoundError:  # the stage that made the memory is gone
        return
    try:
        with unattended():
            patch.prepare(options)
            line.opened()
            told = False
            gc.freeze()
            while (message := line.next()) is not None and not patch.ended:
                if "use" in message:
                    patch.prepare_beside(message["use"])
                elif "end" in message:
                    patch.end()
                if patch.step():
                    if not told:
                        told = True
                        line.tell("open")
                else:
                    time.sleep(LOOK_S)
    except Refusal as refusal:
        where = f" (line {refusal.place.line})" if refusal.place is not None else ""
        line.tell("failed", text=f"{refusal.reason}{where}")
    finally:
        patch.close()
