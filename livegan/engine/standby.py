"""An engine that stands by: it keeps the last good program ready, unseen, until it is needed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from livegan.engine.commit.lineup import Forget, Hurry
from livegan.engine.link import Link
from livegan.ipc.messages import Keep, Ready, Row, TakeOver
from livegan.ipc.sound_ring import SoundRing
from livegan.sound import HOP

if TYPE_CHECKING:  # what is heavy is imported quietly
    from livegan.engine.program.assembly import Assembly
    from livegan.engine.program.player import Player

WARM_FRAMES = 2
"""Frames that a standby draws unseen, so that the first one it shows is as quick as any."""


def import_quietly() -> None:
    """Import what is heavy in the time that the playing engine leaves."""
    from livegan.engine.commit.saves import lower_priority

    def load() -> None:
        lower_priority()
        import livegan.engine.program.assembly  # noqa: F401

    thread = threading.Thread(target=load, name="imports")
    thread.start()
    thread.join()


def stand_by(link: Link, engine: Assembly, sound: SoundRing, resume: Row | None) -> TakeOver | None:
    """Keep the last good program ready, until told to take over; that message.

    None if the engine is not needed any more: the link is not open then.
    """
    player, pipeline, saves = engine.player, engine.pipeline, engine.saves
    warm = threading.Event()
    """There is something new to draw unseen."""
    if resume:
        saves.keep(resume, warm.set)
    while link.open:
        if warm.is_set():
            warm.clear()
            draw_unseen(player, sound)
            program = player.program
            version = program.version if program is not None else None
            link.send(Ready(version))
        message = link.receive(0.1)
        if isinstance(message, Keep):
            saves.keep(message.resume, warm.set)
        elif isinstance(message, TakeOver):
            pipeline.blocked = frozenset(message.blocked)
            wanted, program = message.resume or {}, player.program
            if program is not None and program.script.text != wanted.get("source"):
                # What is ready is not what shall play: it may be what ended the other engine.
                player.happen(Forget())
                pipeline.recall()
            return message
    return None


def draw_unseen(player: Player, sound: SoundRing) -> None:
    """Put what is cued on the air of this engine, which nobody sees."""
    player.happen(Hurry())
    for _ in range(WARM_FRAMES):
        player.frame(sound.hops * HOP)
