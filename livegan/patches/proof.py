"""Proving patches before they are heard, from the engine's side: in a process that may die."""

from __future__ import annotations

import atexit
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from livegan.engine.commit.script import Refusal, Script
from livegan.graph.patch import PatchSound
from livegan.graph.place import Place
from livegan.graph.signals.reading import Reading, live_values
from livegan.ipc.asked_process import AskedProcess, ProcessGone, ProcessHung
from livegan.patches.player import held
from livegan.sound.history import Sound

PROVER = "livegan.patches.prover"
LIMIT_S = 4.0
"""How long building a patch and playing it for half a second may take."""
FIRST_S = 20.0
"""The same with the start of the process."""
RECENT_S = 0.3
"""Seconds of sound that patches are proven on."""


class PatchProver:
    """Asks a process whether patches can be played. From any thread; one is asked at a time."""

    def __init__(self) -> None:
        self._process: AskedProcess | None = None
        self._asking = threading.Lock()
        self._fresh = True
        self._path: list[str] = []

    def prove(
        self, patch: PatchSound, script: Script, folder: Path, reading: Reading, seed: int
    ) -> str:
        """Build it as the show would, and play it for a moment; a line if it cannot be tried at
        all here, because pyo is missing.

        Raises
        ------
        Refusal
            With the line of the set, if it fails, hangs, or takes its process with it.
        """
        sound: Sound = reading.heard(*patch.sounds[:1])
        recent = np.ascontiguousarray(sound.last(RECENT_S), np.float32)
        values = held(patch.operation, live_values(patch.operation, patch.live, reading))
        asked = {
            "set": str(script.path),
            "text": script.text,
            "folder": str(folder),
            "key": patch.key,
            "values": values,
            "seed": seed,
        }
        with self._asking:
            answer = self._ask(asked, recent.data.cast("B"), patch)
        if "refused" in answer:
            place = Place.read(str(answer["where"])) or patch.place
            raise Refusal(str(answer["refused"]), place)
        return str(answer.get("missing", ""))

    def _ask(
        self, asked: Mapping[str, object], sound: memoryview, patch: PatchSound
    ) -> Mapping[str, object]:
        if self._path != sys.path:  # it would not find a plugin's package
            self.close()
        if self._process is None or not self._process.alive:
            self._path = list(sys.path)
            self._process, self._fresh = AskedProcess(PROVER), True
        limit = FIRST_S if self._fresh else LIMIT_S
        try:
            answer, _ = self._process.ask(dict(asked), (sound,), limit_s=limit)
        except ProcessHung:
            reason = f"patch {patch.name} does not return: an endless loop?"
            raise Refusal(reason, patch.place) from None
        except ProcessGone as gone:
            how = f" ({signal.Signals(-gone.how).name})" if gone.how and gone.how < 0 else ""
            reason = (
                f"patch {patch.name} ends the process that it is tried in{how}: pyo does that for "
                "not-a-number, and for numbers beyond what its objects take; give its parameters "
                "ranges"
            )
            raise Refusal(reason, patch.place) from None
        self._fresh = False
        return answer

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.end()
            self._process = None


prover = PatchProver()
"""Of this process: what it proves with plays nothing."""
atexit.register(prover.close)
