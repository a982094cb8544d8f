"""The panel of a whole show: its QR code, a phone, and a process that dies."""

from __future__ import annotations

import base64
import io
import os
import signal
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from livegan.stage.panel.panel_address import PanelAddress
from livegan.stage.panel.panel_guest import bound
from tests.stage.panel.fake_show import Client
from tests.stage.performance import Performance
from tests.stage.supervision.test_supervisor_thread import until

pytestmark = [pytest.mark.display, pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb")]


def listener(port: int) -> int:
    """The process that listens at this port."""
    found = psutil.net_connections("tcp4")
    return next(int(c.pid or 0) for c in found if c.status == "LISTEN" and c.laddr.port == port)


def red(phone: Client) -> float:
    """Of the newest picture that it was sent."""
    phone.say("shown")
    seen = len(phone.pictures)
    phone.until(lambda: len(phone.pictures) > seen)
    return float(np.median(np.asarray(Image.open(io.BytesIO(phone.pictures[-1])))[..., 0]))


def test_a_phone_plays_a_show_and_outlives_the_process_that_serves_it(
    tmp_path: Path, screen: str
) -> None:
    with bound("127.0.0.1", 0) as found:
        port = found.getsockname()[1]
    show = Performance(tmp_path, screen, hud=True, panel=PanelAddress(port=port))
    show.set.write_text("colour 10 60 200\nknob red 0 250\n")

    def invited() -> bool:
        """The white of the QR code is on the window."""
        return int((show.look() == 225).all(axis=2).sum()) > 5000

    def act() -> None:
        until(lambda: show.lines("panel") and invited())
        token = (tmp_path / "shows" / ".live" / "panel.token").read_text()
        assert token not in show.log.read_text()
        phone = Client(port, token)
        phone.until(lambda: phone.state.get("values") == {"red": 0.0})
        until(lambda: not invited())
        show.press("i")
        until(invited)
        phone.say({"type": "knob", "name": "red", "value": 180})
        until(lambda: abs(red(phone) - 180) < 9)
        phone.until(lambda: all(phone.state.get("thumbs", [""])))
        thumbs = [Image.open(io.BytesIO(base64.b64decode(t))) for t in phone.state["thumbs"]]
        assert [thumb.size for thumb in thumbs] == [(96, 96)] * 4

        os.kill(listener(port), signal.SIGKILL)
        until(lambda: [n for n in show.lines("note") if "panel: its process ended" in n["text"]])
        phone.leave()
        until(lambda: serves(port))
        again = Client(port, token)
        again.until(lambda: again.state.get("values") == {"red": 180.0})
        assert abs(red(again) - 180) < 9
        again.leave()

    assert show.play(act) == 0
    assert [e for e in show.lines("engine") if e["kind"] == "death"] == []


def serves(port: int) -> bool:
    """Whether somebody listens at this port."""
    try:
        return listener(port) > 0
    except StopIteration:
        return False
