"""The server's end of the processes that run code of sets and plugins for it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SECONDS = 20.0
"""That a job may take."""
PROOF_S = 120.0
"""That building and drawing a set may take."""
LONGEST = 1 << 24
"""Bytes of an answer."""
PYTHON = (sys.executable, "-m", "livegan.editor.worker")
PROVE = "from livegan.editor.worker import gently; gently(); from livegan.cli import main; main()"


class JobFailed(Exception):
    """A process ended without an answer, or took too long; one line."""


class Processes:
    """Does jobs in processes of their own, one of which waits with everything imported."""

    def __init__(self) -> None:
        self._warm: asyncio.subprocess.Process | None = None
        self._all: set[asyncio.subprocess.Process] = set()
        self._turn = asyncio.Lock()
        """One at a time: a show may play on the same machine."""

    async def check(
        self, path: Path, text: str, folder: Path, unsaved: Mapping[str, str]
    ) -> dict[str, Any]:
        """What `livegan.checking.read_set` finds; ``unsaved`` are the texts, by file, that modules
        of the set have in the editor. Raises JobFailed."""
        files = {"path": str(path), "folder": str(folder), "unsaved": dict(unsaved)}
        return await self._job(job="check", text=text, **files)

    async def words(self, path: Path, folder: Path) -> dict[str, Any]:
        """What `livegan.editor.gathering.gathered` finds. Raises JobFailed."""
        return await self._job(job="words", path=str(path), folder=str(folder))

    async def devices(self, path: Path, folder: Path) -> dict[str, list[str]]:
        """The names of devices of this machine, by kind. Raises JobFailed."""
        return await self._job(job="devices", path=str(path), folder=str(folder))

    async def prove(self, path: Path, folder: Path) -> dict[str, Any]:
        """What ``livegan check --json`` prints of a set, as it is saved. Raises JobFailed."""
        words = ("-c", PROVE, "check", "--json", str(path))
        async with self._turn:  # what is typed is tested first
            process = await self._start(sys.executable, *words, folder=folder)
        return await self._answer(process, b"", PROOF_S)

    async def warm_up(self) -> None:
        """Have a process ready for the next job."""
        if self._warm is None or self._warm.returncode is not None:
            self._warm = await self._start(*PYTHON)

    def close(self) -> None:
        """End all processes."""
        for process in list(self._all):
            with contextlib.suppress(ProcessLookupError):
                process.kill()

    async def _job(self, **asked: Any) -> dict[str, Any]:
        async with self._turn:
            await self.warm_up()
            process, self._warm = self._warm, None
            assert process is not None
            try:
                return await self._answer(process, json.dumps(asked).encode() + b"\n", SECONDS)
            finally:
                await self.warm_up()

    async def _answer(
        self, process: asyncio.subprocess.Process, asked: bytes, seconds: float
    ) -> dict[str, Any]:
        try:
            out, _ = await asyncio.wait_for(process.communicate(asked), seconds)
            found = json.loads(out)
        except asyncio.TimeoutError:
            raise JobFailed(f"still running after {seconds:g} s: an endless loop?") from None
        except (ValueError, OSError):
            raise JobFailed("this ended the process that tests the set") from None
        finally:
            self._all.discard(process)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        if not isinstance(found, dict):
            raise JobFailed("this ended the process that tests the set")
        return found

    async def _start(self, *words: str, folder: Path | None = None) -> asyncio.subprocess.Process:
        none, pipe = asyncio.subprocess.DEVNULL, asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *words, stdin=pipe, stdout=pipe, stderr=none, cwd=folder, limit=LONGEST
        )
        self._all.add(process)
        return process
