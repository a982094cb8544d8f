"""What keys ask of others gets there, and what must be done is insisted on."""

from __future__ import annotations

from typing import Any

from livegan.stage.control.commands import Commands
from livegan.stage.control.pending import PATIENCE
from livegan.stage.supervision.state import SupervisorState

FIRST = {"type": "commit", "status": "on_air", "digest": "a", "version": 1}
SECOND = {"type": "commit", "status": "on_air", "digest": "b", "version": 2}


class Others:
    """The supervision, the listening and the stage, as orders reach them."""

    def __init__(self, *good: dict[str, Any], safe: bool = True) -> None:
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
            note=self.told.append,
        )

    def tap(self) -> None:
        self.told.append("tap")

    def send(self, message: dict[str, Any]) -> None:
        self.told.append(message["type"])

    def insist(self, resume: dict[str, Any], text: str) -> None:
        self.told.append((resume["version"], text))

    def wait(self) -> list[Any]:
        """What was told by the time that an engine should have obeyed."""
        self.orders.look(float("inf"))
        return self.told


def test_each_order_reaches_whom_it_is_for() -> None:
    others = Others()
    for order in ("tap", "screenshot", "quit"):
        others.orders.obey(order)
    others.orders.obey({"type": "thumbs", "on": True})
    assert others.wait() == ["tap", "screenshot", "stop", "thumbs"]


def test_what_the_engine_does_in_time_is_not_insisted_on() -> None:
    others = Others(FIRST, SECOND)
    others.orders.obey({"type": "undo"})
    others.orders.look(-PATIENCE)
    others.orders.obeyed("undo")
    assert others.wait() == ["undo"]


def test_an_engine_that_does_not_obey_is_replaced_by_one_that_does() -> None:
    others = Others(FIRST, SECOND)
    others.orders.obey({"type": "undo"})
    _, (version, text) = others.wait()
    assert version == 1 and text.endswith("starts with the program before")
    others.orders.obey({"type": "safe"})
    version, text = others.wait()[-1]
    assert version == 3 and text.endswith("starts with the safe set")
    assert len(others.wait()) == 4, "once"


def test_where_there_is_nothing_to_go_back_to_it_is_said() -> None:
    others = Others(FIRST, safe=False)
    others.orders.obey({"type": "safe"})
    others.orders.obey({"type": "undo"})
    missing, sent, nothing = others.wait()
    assert missing == "there is no safe set: start the show with --safe SET"
    assert (sent, nothing) == ("undo", "there is no program before this one")
