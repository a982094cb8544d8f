"""What a show would send: a rehearsal sends nothing, and writes it into its report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from livegan.engine.program.sends import SentNumbers
from livegan.saving import write_bytes


class RehearsedSends:
    """The messages of a rehearsal: one when a number changes, at most one for each frame."""

    def __init__(self, keep: bool = True) -> None:
        """``keep``: they are written at the end; else they are only counted."""
        self._keep = keep
        self._last: dict[str, tuple[float, ...]] = {}
        self._lines: list[str] = []
        self.counts: dict[str, int] = {}
        """How many there were, by ``ADDRESS RECEIVER``."""

    def take(self, sent: SentNumbers, seconds: float) -> None:
        """A frame was drawn at this time."""
        for send, values in sent:
            if self._last.get(send.key) == values:
                continue
            self._last[send.key] = values
            name = f"{send.address} {send.to}"
            self.counts[name] = self.counts.get(name, 0) + 1
            if not self._keep:
                continue
            line: dict[str, Any] = {"time": round(seconds, 4), "to": send.to}
            self._lines.append(json.dumps({**line, "address": send.address, "values": values}))

    def write(self, path: Path) -> None:
        """Write them, a line of JSON each; no file if there were none."""
        path.unlink(missing_ok=True)  # that of the rehearsal before
        if self._lines:
            write_bytes(path, "".join(f"{line}\n" for line in self._lines).encode())
