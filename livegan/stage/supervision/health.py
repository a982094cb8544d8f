"""The engine's health: what is seen of it, what it may take, and whether it is ill. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from livegan.ipc.pulse import Work
from livegan.stage.supervision.state import SupervisorState

GB = 1e9
STOPPED = "it was stopped"
SILENT = "it has not answered"


@dataclass(frozen=True)
class Limits:
    """Seconds of patience, and bytes."""

    alive: float = 5.0
    """Without a beat of its pulse, or a message, while it plays."""
    overdue: float = 1.0
    """The same while code of a set is over its deadline by as much: it holds the interpreter, and
    cannot be interrupted."""
    building: float = 30.0
    """Likewise while livegan's own code builds: loading a large model may hold everything."""
    starting: float = 60.0
    """Before the first message of a process: a cold disk, a device that wakes up."""
    frame: float = 8.0
    """For one frame: code of a set has its own deadline, so what takes longer does not end."""
    stopped: float = 0.2
    """Stopped by a signal or a debugger."""
    memory: int = 0
    """Bytes that an engine may hold in memory; 0 is no limit."""
    settled: float = 20.0
    """After so long on air, in all, the count of the deaths under a program starts anew."""
    backoff: float = 0.5
    """The second death in a row waits this long, then twice as long each time; the first, not."""
    longest_backoff: float = 15.0


@dataclass(frozen=True)
class EngineSigns:
    """What is seen of a process without asking it."""

    beats: int = 0
    frame_since: float | None = None
    """When the frame began that is being drawn."""
    work: Work | None = None
    """What it is at."""
    memory: int = 0
    """Bytes that it holds (resident)."""
    stopped: bool = False


def patience(state: SupervisorState, limits: Limits, seen: EngineSigns | None = None) -> float:
    """Seconds the engine may be silent in this state."""
    if not state.greeted:
        return limits.starting
    # Code of a set has deadlines of its own, whatever livegan builds.
    foreign = seen is not None and seen.work is not None and seen.work.limit > 0
    if not foreign and (state.building or state.phase in ("starting", "returning")):
        return limits.building
    return limits.alive


def illness(state: SupervisorState, seen: EngineSigns | None, now: float, limits: Limits) -> str:
    """Why the engine has to be replaced; empty if it has not."""
    silent = now - state.heard
    if seen is not None:
        if state.stopped_since is not None and now - state.stopped_since > limits.stopped:
            return STOPPED
        if limits.memory and seen.memory > limits.memory:
            had, may = seen.memory / GB, limits.memory / GB
            return f"it took {had:.1f} GB of memory; --memory allows {may:.1f} GB"
        late = now - seen.frame_since if seen.frame_since is not None else 0.0
        if late > limits.frame and silent < limits.alive:
            return f"one frame took more than {limits.frame:g} s"
        work = seen.work
        held = work is not None and 0 < work.limit < now - work.since - limits.overdue
        if held and silent > limits.overdue:
            return f"{SILENT} for {silent:.0f} s"
    if silent > patience(state, limits, seen):
        return f"{SILENT} for {silent:.0f} s"
    return ""
