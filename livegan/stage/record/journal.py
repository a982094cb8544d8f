"""The journal of a show: what of it the stage keeps."""

from __future__ import annotations

import contextlib
import json
import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from livegan import __version__
from livegan.ipc.sound_ring import SoundRing
from livegan.journal.folder import SHOW
from livegan.journal.made_with import versions
from livegan.journal.shows import make_room
from livegan.journal.sound_writer import SoundWriter
from livegan.saving import write_bytes
from livegan.size import Size
from livegan.stage.options import Options
from livegan.stage.patch_guests.guests import PatchGuests
from livegan.stage.show_memory import ShowMemory


def begin_journal(
    options: Options,
    log: Path | None,
    memory: ShowMemory,
    patches: PatchGuests,
    stack: contextlib.ExitStack,
    note: Callable[[str], None],
) -> Path | None:
    """Keep a journal from now on, until ``stack`` ends it: its folder, beside the show's log and
    with its name. The sound of ``memory``, its named inputs and ``patches`` are kept.

    None where there is none: the show goes on without.
    """
    if not options.journal or log is None:
        return None
    folder = log.with_suffix("")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for line in make_room(folder.parent, options.journal_limit, but=folder):
            note(line)
        write_bytes(folder / SHOW, json.dumps(began(options), indent=1).encode())
    except OSError as error:
        note(f"this show has no journal: {folder} cannot be written ({error.strerror or error})")
        return None

    def sounds() -> dict[str, SoundRing]:
        return {"": memory.sound, **memory.inputs.rings, **patches.rings}

    writer = SoundWriter(folder, sounds, note, small=options.journal == "small")
    stack.callback(writer.close)
    return folder


def began(options: Options) -> dict[str, Any]:
    """What a show was started with, and on which machine."""
    return {
        "livegan": __version__,
        "began": datetime.now(UTC).isoformat(timespec="seconds"),
        "set": os.path.abspath(options.set),
        "folder": str(options.working),
        "audio": options.audio,
        "size": Size.read(options.size).plain,
        "fps": options.fps,
        "seed": options.seed,
        "device": options.device,
        "flash_guard": options.flash_guard,
        "followed": {name: str(path) for name, path in options.followed.items()},
        "stand_ins": dict(options.stand_ins),
        "machine": {
            "system": platform.platform(),
            "processor": platform.processor() or platform.machine(),
            "python": platform.python_version(),
        },
        "versions": versions(),
        "process": os.getpid(),
    }
