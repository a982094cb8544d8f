"""The standby: when a second engine is started, and which program it keeps ready. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from livegan.ipc.messages import Commit, Keep, Row
from livegan.ipc.wire import encode

PAUSE = 3.0  # seconds an engine plays before another is started beside it
GOOD = 4.0  # seconds on the air after which a program is good enough to be kept ready
BACKOFF, LONGEST = 5.0, 120.0  # seconds until a standby that died returns, doubled each time


@dataclass(frozen=True)
class Warm:
    """Do: start a second engine that makes ``resume`` ready and waits."""

    resume: Row | None
    blocked: tuple[str, ...]


@dataclass(frozen=True)
class Standby:
    """What is known of the second engine."""

    wanted: bool = False
    there: bool = False
    """A process runs, ready or not."""
    ready: bool = False
    kept: tuple[str, int] | None = None
    """Digest and version of the program that it was told of last."""
    return_at: float = 0.0
    deaths: int = 0


def named(report: Commit) -> tuple[str, int]:
    """Which program a commit brought."""
    return report.digest, report.version


def look(
    standby: Standby,
    resume: Commit | None,
    blocked: tuple[str, ...],
    *,
    playing_since: float | None,
    on_air_since: float,
    now: float,
) -> tuple[Standby, list[Warm | Keep]]:
    """What is to be done beside an engine that plays ``resume`` since ``on_air_since``."""
    if not standby.wanted or playing_since is None or resume is None:
        return standby, []
    if not standby.there:
        if now < max(playing_since + PAUSE, standby.return_at):
            return standby, []
        fresh = replace(standby, there=True, ready=False, kept=named(resume))
        return fresh, [Warm(encode(resume), blocked)]
    if named(resume) != standby.kept and now - on_air_since > GOOD:
        return replace(standby, kept=named(resume)), [Keep(encode(resume))]
    return standby, []


def gone(standby: Standby, now: float) -> Standby:
    """It died by itself."""
    wait = min(LONGEST, BACKOFF * 2.0 ** min(standby.deaths, 10))
    deaths = standby.deaths + 1
    return replace(
        standby, there=False, ready=False, kept=None, return_at=now + wait, deaths=deaths
    )


def taken(standby: Standby) -> Standby:
    """It is the engine that plays now."""
    return replace(standby, there=False, ready=False, kept=None)
