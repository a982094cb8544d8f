"""The side of checking that outlives what a plugin does: its process is replaced when it dies."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from livegan.testing.samples import Sample, Words, words_of

DEADLINE_S = 60.0
"""How long one check may take."""
START_S = 300.0
"""How long it may take until Python and torch are there, on a machine with other things to do."""
GRACE_S = 30.0
"""How much later than its own deadline a process is given up: it says more when it ends itself."""
OWN = str(Path(__file__).parent.parent)


@dataclass(frozen=True)
class CheckOutcome:
    """What came of one check.

    ``status`` is ``"passed"``, ``"failed"`` or ``"skipped"``; ``line`` says of a failed one what
    was done, what was seen and what to change, of a skipped one why; ``measured`` are numbers by
    name, with their unit.
    """

    thing: str
    name: str
    status: str
    line: str = ""
    measured: dict[str, float] = field(default_factory=dict)
    took: float = 0.0


class NoTarget(LookupError):
    """Nothing is called what was to be checked; one line, with the closest name."""


class Died(Exception):
    """The process that checks ended, or was ended, in the middle of something: how."""


class Process:
    """A process that makes checks, started when it is needed and again after it died."""

    def __init__(self, target: str, folder: Path, deadline_s: float, samples: Words) -> None:
        self.arguments = [target, str(folder), str(deadline_s), *samples]
        self.deadline_s = deadline_s
        self._child: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str | None] = queue.Queue()
        self._log: Any = None
        self._end: Any = None

    def ask(self, **request: Any) -> dict[str, Any]:
        """The answer to a request; a process that is not there is started, and told to load.

        Raises
        ------
        Died
            If it ended, or was ended at its deadline.
        """
        if self._child is None:
            self._start()
            if request["do"] != "load":
                self._answer({"do": "load"}, START_S)
            else:
                return self._answer(request, START_S)
        return self._answer(request, self.deadline_s + GRACE_S)

    def _start(self) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        child = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "livegan.testing.worker", *self.arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
        answers: queue.Queue[str | None] = queue.Queue()
        self._child, self._answers = child, answers
        reader = threading.Thread(target=read_all, args=(child.stdout, answers), daemon=True)
        reader.start()
        self._end = weakref.finalize(self, end, child, reader, self._log)

    def _answer(self, request: dict[str, Any], limit_s: float) -> dict[str, Any]:
        child = self._child
        assert child is not None and child.stdin is not None
        try:
            child.stdin.write(json.dumps(request) + "\n")
            child.stdin.flush()
            line = self._answers.get(timeout=limit_s)
        except (OSError, queue.Empty):
            line = None
        if line is None:
            raise Died(self._post_mortem())
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _post_mortem(self) -> str:
        assert self._child is not None
        try:
            code = self._child.wait(5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            code = self._child.wait()
        self._log.seek(0)
        log = self._log.read().decode("utf-8", "replace")
        self.close()
        place = place_in(log)
        if "Timeout (" in log:
            how = f"it was still running after {self.deadline_s:g} s"
        elif code < 0:
            how = f"it brought its process down ({signal.Signals(-code).name})"
        else:
            how = f"it ended its process (code {code})"
        place = place.removeprefix(str(Path.cwd()) + os.sep)
        return f"{how}{f' at {place}' if place else ''}"

    def close(self) -> None:
        """End the process; the next request starts another."""
        if self._end is not None:
            self._end()
        self._child = None


def read_all(stream: Any, answers: queue.Queue[str | None]) -> None:
    """Hand on lines until there are no more, then None."""
    for line in stream:
        answers.put(line)
    answers.put(None)


def end(child: subprocess.Popen[str], reader: threading.Thread, log: Any) -> None:
    """End a process and let go of all that belongs to it."""
    child.kill()
    child.wait()
    reader.join(5)
    for stream in (child.stdin, child.stdout, log):
        try:
            stream.close()  # type: ignore[union-attr]
        except OSError:
            continue


FRAME = re.compile(r'^\s*File "([^"]+)", line (\d+)', re.M)


def place_in(log: str) -> str:
    """file:line of a plugin in what Python wrote as it died, the innermost first."""
    at = max(log.rfind("Fatal Python error"), log.rfind("Timeout ("), log.rfind("Windows fatal"))
    for file, line in FRAME.findall(log[at:] if at >= 0 else ""):
        inside = file.startswith((OWN, sys.base_prefix, "<")) or "site-packages" in file
        if not inside or f"{os.sep}builtin{os.sep}" in file:
            return f"{file}:{line}"
    return ""


class Examination:
    """The checks of one plugin: a list, made once, and outcomes, each found once."""

    def __init__(
        self,
        target: str | Path,
        *,
        folder: str | Path | None = None,
        deadline_s: float = DEADLINE_S,
        sample: Sample = "",
    ) -> None:
        self.target = str(target)
        where = Path(folder or Path.cwd())
        self._process = Process(self.target, where, deadline_s, words_of(sample))
        self._rows: dict[tuple[str, str], dict[str, Any]] | None = None
        self._outcomes: dict[tuple[str, str], CheckOutcome] = {}

    def rows(self) -> list[dict[str, Any]]:
        """The checks to make: ``thing`` ("encoder chroma"), ``name``, ``summary``, ``needs``.

        Raises
        ------
        NoTarget
            If nothing is called so.
        """
        if self._rows is None:
            try:
                found = self._process.ask(do="load")
                if "none" in found:
                    self._process.close()
                    raise NoTarget(found["none"])
                rows = found["checks"]
            except Died as how:
                line = f"loaded it: {how}; mend that line, then the rest is checked"
                rows = [{"thing": "plugin", "name": "loads", "summary": "It loads", "needs": []}]
                self._outcomes["plugin", "loads"] = CheckOutcome("plugin", "loads", "failed", line)
            self._rows = {(row["thing"], row["name"]): row for row in rows}
        return list(self._rows.values())

    def outcome(self, thing: str, name: str) -> CheckOutcome:
        """What comes of one check; of those that it needs first."""
        key = thing, name
        if key not in self._outcomes:
            self.rows()
            assert self._rows is not None
            for need in self._rows[key]["needs"]:
                if self.outcome(thing, need).status != "passed":
                    line = f"not made: {need} did not pass"
                    self._outcomes[key] = CheckOutcome(thing, name, "skipped", line)
                    break
            else:
                self._outcomes[key] = self._make(thing, name)
        return self._outcomes[key]

    def _make(self, thing: str, name: str) -> CheckOutcome:
        outcome = self._once(thing, name)
        if name in ("import-time", "first-frame") and outcome.status == "failed":
            # Files that were never read are slow the first time: the second one counts.
            self._process.close()
            outcome = self._once(thing, name)
        return outcome

    def _once(self, thing: str, name: str) -> CheckOutcome:
        assert self._rows is not None
        try:
            answer = self._process.ask(do="check", thing=thing, name=name)
        except Died as how:
            summary = self._rows[thing, name]["summary"]
            summary = summary[0].lower() + summary[1:]
            line = f"checked that {summary}: {how}; mend that line"
            return CheckOutcome(thing, name, "failed", line)
        answer["line"] = answer["line"].replace(str(Path.cwd()) + os.sep, "")
        return CheckOutcome(thing, name, **answer)

    def close(self) -> None:
        """End the process that checks."""
        self._process.close()
