"""A flash guard that says when it acted, on the terminal and in the log."""

from __future__ import annotations

from livegan.stage.flash.flash_guard import FlashGuard, GuardMoment, Mode
from livegan.stage.record.show_log import ShowLog


def told_guard(stream: str, mode: Mode, log: ShowLog) -> FlashGuard:
    """The flash guard of a stream."""

    def told(moment: GuardMoment) -> None:
        fields = {"since": round(moment.since, 2), "until": round(moment.until, 2)}
        kinds, area = list(moment.kinds), round(moment.area, 2)
        log.record("flash_guard", output=stream, area=area, kinds=kinds, **fields)
        log.say(f"flash guard acted on {stream}, {moment}", "yellow")

    return FlashGuard(mode, told)
