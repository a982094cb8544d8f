"""The process that proves patches: it builds them as a show would, and plays them for a moment.

pyo ends a process for mistakes that a set can make, so this is done where nothing plays. Messages
come on the standard input and are answered on the standard output: see `livegan.patches.proof`.
"""

from __future__ import annotations

import faulthandler
import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from livegan.engine.commit.script import Refusal, refusal_of
from livegan.engine.isolation.unattended import unattended
from livegan.graph.patch import PatchSound
from livegan.ipc.pipes import read, write
from livegan.patches.built_patch import BuiltPatch, Values
from livegan.patches.live_patch import read_patch
from livegan.patches.player import BURST
from livegan.patches.pyo_library import NoPyo, load_pyo
from livegan.plugin.loading.hot import Hot
from livegan.sound import HOP, RATE

SPARE_S = 5.0
"""A process that is not ended when its time is over ends itself so much later."""
HOPS = 30
"""Hops that are played with the values of now, then a third of that at each end of the ranges."""
QUICK, HOP_S = 8, 0.75 * HOP / RATE
"""A patch that takes longer than three quarters of a hop, for all but so many, is not played."""


def main() -> None:
    """Answer until nobody asks any more."""
    commands = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "r+b") as nothing:  # sets print
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
    quiet = open(os.devnull, "w")  # noqa: SIM115  # as long as the process
    plugins: Hot | None = None
    while True:
        try:
            head, body = read(commands)
        except (OSError, EOFError, ValueError):
            os._exit(0)
        # Nobody may be left to end this.
        faulthandler.dump_traceback_later(head["limit"] + SPARE_S, exit=True, file=quiet)
        try:
            load_pyo()
            folder = Path(head["folder"]) / "plugins"
            if plugins is None or plugins.folder != folder:
                plugins = Hot(folder)
            plugins.renew()
            with unattended():
                prove(head, np.frombuffer(body, np.float32).reshape(-1, 2))
            write(answers, {"proven": True})
        except NoPyo as missing:
            write(answers, {"missing": str(missing)})
        except Refusal as refusal:
            write(answers, {"refused": refusal.reason, "where": str(refusal.place or "")})
        except BaseException as error:
            write(answers, {"refused": f"{type(error).__name__}: {error}", "where": ""})
        finally:
            faulthandler.cancel_dump_traceback_later()


def prove(asked: dict[str, Any], sound: Any) -> None:
    """Build a patch of a set and play it on real sound, (n, 2) float32.

    Raises
    ------
    Refusal
        With the line, if it fails, or cannot be played in time.
    """
    path = Path(asked["set"])
    patch = read_patch(asked["key"], path, asked["text"])
    if isinstance(patch, Refusal):
        raise patch
    values = {name: as_value(value) for name, value in asked["values"].items()}
    try:
        built = BuiltPatch(
            patch.operation,
            patch.fixed,
            values,
            len(patch.inputs),
            seed=asked["seed"],
            name=patch.name,
        )
    except BaseException as error:
        found = refusal_of(error, path, 0.0, None, asked["text"])
        reason = found.reason if found.reason.startswith("the patch") else named(patch, found)
        raise Refusal(reason, found.place or patch.place) from None
    try:
        play(patch, built, values, sound)
    finally:
        built.close()


def play(patch: PatchSound, built: BuiltPatch, values: Values, sound: Any) -> None:
    """Play it for a moment: with the values of now, and at both ends of every range."""
    hops = [sound[at : at + HOP] for at in range(0, len(sound) - HOP + 1, HOP)]
    hops = hops or [np.zeros((HOP, 2), np.float32)]
    took, burst = [], 0
    low, high = extremes(patch, values, True), extremes(patch, values, False)
    for index in range(HOPS + 2 * (HOPS // 3)):
        given = values if index < HOPS else low if index < HOPS + HOPS // 3 else high
        began = time.thread_time()
        out = built.play([hops[index % len(hops)]] * len(patch.inputs), given)
        took.append(time.thread_time() - began)
        error = built.failure()
        if error is not None:
            raise refusal_of(error, Path(), 0.0)
        burst += index < HOPS and not np.abs(out).max() < BURST
    if burst > HOPS // 2:
        raise Refusal(f"patch {patch.name}: it is not-a-number, or endlessly loud", patch.place)
    if sorted(took)[QUICK] > HOP_S:
        slow = sorted(took)[len(took) // 2] * 1000
        reason = (
            f"patch {patch.name} takes {slow:.0f} ms for 10 ms of sound and cannot be played; use "
            "fewer objects, or fewer voices"
        )
        raise Refusal(reason, patch.place)


def extremes(patch: PatchSound, values: Values, low: bool) -> Values:
    """The values with each parameter that has a range at one end of it."""
    found = dict(values)
    for name, value in values.items():
        row = patch.operation.param(name)
        end = None if row is None else row.low if low else row.high
        if end is not None:
            found[name] = (float(end),) * len(value) if isinstance(value, tuple) else float(end)
    return found


def named(patch: PatchSound, refusal: Refusal) -> str:
    """The reason, with the patch's name."""
    return f"patch {patch.name} cannot be built: {refusal.reason}"


def as_value(value: Any) -> float | tuple[float, ...]:
    """A value that came as JSON."""
    return tuple(map(float, value)) if isinstance(value, list) else float(value)
