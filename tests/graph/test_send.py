"""``send(...)`` declares what goes to other programs, and refuses what cannot."""

from __future__ import annotations

from typing import Any

import pytest

from livegan.graph.graph import collecting
from livegan.graph.place import SetError
from livegan.live import listen, send


def test_numbers_and_signals_are_declared_with_where_they_go() -> None:
    with collecting() as graph:
        send("/low", listen().low, to="10.0.0.7:7000")
        send("/rgb", 0.5, listen().kick, 1, to="lights.local:9000")
        send("/low", 0.5, to="10.0.0.8:7000")
    low, rgb, other = graph.sends
    assert (low.address, low.to, len(low.values)) == ("/low", "10.0.0.7:7000", 1)
    assert (rgb.host, rgb.port, rgb.values[0], rgb.values[2]) == ("lights.local", 9000, 0.5, 1.0)
    assert len({low.key, rgb.key, other.key}) == 3
    assert low.row == {
        "key": low.key, "address": "/low", "host": "10.0.0.7", "port": 7000, "count": 1,
    }  # fmt: skip
    with collecting() as again:
        send("/low", 7, to=" 10.0.0.7:7000 ")
    assert again.sends[0].key == low.key, "a save keeps it"


@pytest.mark.parametrize(
    ("given", "to", "why"),
    [
        (["low", 1], "a:1", "send: an address begins with a slash"),
        (["/a b", 1], "a:1", "' ' cannot be in an address"),
        (["/" + "a" * 100, 1], "a:1", "100 characters at most"),
        ([3, 1], "a:1", "send needs an address in quotes, got the number 3"),
        (["/low"], "a:1", "needs a number or a signal"),
        (["/low", *range(17)], "a:1", "takes 16 values at most, got 17"),
        (["/low", "loud"], "a:1", "sends numbers and signals, got the text 'loud'"),
        (["/low", None], "a:1", "sends numbers and signals, got None"),
        (["/low", 1], 7000, "to is a host and a port in quotes"),
        (["/low", 1], "7000", "to is a host and a port in quotes"),
        (["/low", 1], ":7000", "to is a host and a port in quotes"),
        (["/low", 1], "a:0", "a port is a whole number from 1 to 65535"),
        (["/low", 1], "a:65536", "a port is a whole number"),
        (["/low", 1], "a:", "a port is a whole number"),
        (["/low", 1], "10.0.0.256:1", "'10.0.0.256' is no address of a machine"),
        (["/low", 1], "my desk:1", "'my desk' is no name or IPv4 address"),
        (["/low", 1], "http://a:1", "is no name or IPv4 address"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_in_one_line(given: Any, to: Any, why: str) -> None:
    with pytest.raises(SetError) as refused:
        send(*given, to=to)
    assert why in str(refused.value) and "\n" not in str(refused.value)


def test_the_same_address_of_the_same_receiver_is_sent_once() -> None:
    with collecting(), pytest.raises(SetError, match=r"sent to a:1 in line \d+ already"):
        send("/low", 1, to="a:1")
        send("/low", 2, to="a:1")
