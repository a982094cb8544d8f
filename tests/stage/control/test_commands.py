"""What keys ask of others gets there, and what must be done is insisted on."""

from __future__ import annotations

from typing import Any

from livegan.ipc.messages import Commit, Safe, Thumbs, ToEngine, Undo
from livegan.ipc.wire import encode
from livegan.stage.control.commands import Commands
from livegan.stage.control.pending import PATIENCE
from livegan.stage.supervision.state import SupervisorState
from tests.stage.heard import on_air

FIRST, SECOND = on_air("a", 1), on_air("b", 2)


class Others:
    """The supervision, the listening and the stage, as orders reach them."""

    def __init__(self, *good: Commit, safe: bool = True) -> None:
        self.state = SupervisorState(phase="playing", good=good)
        self.told: list[Any] = []
        others: Any = self
        self.orders = Commands(
            others,
            others,
            safe=safe,
            stop=lambda: self.told.append("stop"),
            screenshot=lambda: self.told.append("screenshot"),
            record=lambda: self.told.append("record"),
            blackout=lambda: self.told.append("blackout"),
            fit=lambda: self.told.append("fit"),
            autopilot=lambda: self.told.append("autopilot"),
            veto=lambda: self.told.append("veto"),
            note=self.told.append,
        )

    def tap(self) -> None:
        self.told.append("tap")

    def send(self, message: ToEngine) -> None:
        self.told.append(encode(message)["type"])

    def insist(self, resume: Commit, text: str) -> None:
        self.told.append((resume.version, text))

    def wait(self) -> list[Any]:
        """What was told by the time that an engine should have obeyed."""
        self.orders.look(float("inf"))
        return self.told


def test_each_order_reaches_whom_it_is_for() -> None:
    others = Others()
    for order in ("tap", "screenshot", "quit"):
        others.orders.obey(order)
    others.orders.obey(Thumbs(True))
    assert others.wait() == ["tap", "screenshot", "stop", "thumbs"]


def test_what_the_engine_does_in_time_is_not_insisted_on() -> None:
    others = Others(FIRST, SECOND)
    others.orders.obey(Undo())
    others.orders.look(-PATIENCE)
    others.orders.obeyed("undo")
    assert others.wait() == ["undo"]


def test_an_engine_that_does_not_obey_is_replaced_by_one_that_does() -> None:
    others = Others(FIRST, SECOND)
    others.orders.obey(Undo())
    _, (version, text) = others.wait()
    assert version == 1 and text.endswith("starts with the program before")
    others.orders.obey(Safe())
    version, text = others.wait()[-1]
    assert version == 3 and text.endswith("starts with the safe set")
    assert len(others.wait()) == 4, "once"


def test_where_there_is_nothing_to_go_back_to_it_is_said() -> None:
    others = Others(FIRST, safe=False)
    others.orders.obey(Safe())
    others.orders.obey(Undo())
    missing, sent, nothing = others.wait()
    assert missing == "there is no safe set: start the show with --safe SET"
    assert (sent, nothing) == ("undo", "there is no version before this one")
