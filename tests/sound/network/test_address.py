"""Addresses of sound in a network, as performers write them."""

from __future__ import annotations

import pytest

from livegan.sound.network.address import AddressError, VbanAddress, resolved, split_delay
from livegan.sound.network.sending import RtpAddress


@pytest.mark.parametrize(
    ("text", "address", "delay"),
    [
        ("udp://:5000", "udp://:5000", None),
        ("udp://:5000?delay=200", "udp://:5000", 0.2),
        ("http://radio/live?a=1&delay=50&b=2", "http://radio/live?a=1&b=2", 0.05),
        ("Resolume?delay=0", "Resolume", 0.0),
    ],
)
def test_the_delay_is_livegans_and_the_rest_stays(
    text: str, address: str, delay: float | None
) -> None:
    assert split_delay(text) == (address, delay)


@pytest.mark.parametrize("wrong", ["x", "-1", "30000", "nan", ""])
def test_a_delay_is_a_number_of_milliseconds(wrong: str) -> None:
    with pytest.raises(AddressError, match="0 to 20000 milliseconds"):
        split_delay(f"udp://:5000?delay={wrong}")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("vban://", VbanAddress()),
        ("vban://:7000/drums", VbanAddress("", 7000, "drums")),
        ("VBAN://10.0.0.2/Stream1", VbanAddress("10.0.0.2", 6980, "Stream1")),
        ("vban://[::1]:6981", VbanAddress("::1", 6981)),
    ],
)
def test_a_vban_address_has_a_host_a_port_and_a_stream(text: str, address: VbanAddress) -> None:
    assert VbanAddress.read(text) == address


@pytest.mark.parametrize(
    "text", ["vban://a:0/x", "vban://a:port", "vban://a/b/c", "vban://a/a-name-of-17-bytes"]
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        VbanAddress.read(text)


@pytest.mark.parametrize("text", ["rtp://", "rtp://a:99999", "rtp://a:5005", "rtp://a/x"])
def test_rtp_takes_a_host_and_an_even_port(text: str) -> None:
    with pytest.raises(AddressError):
        RtpAddress.read(text)
    assert RtpAddress.read("rtp://studio.local") == RtpAddress("studio.local", 5004)


def test_a_host_that_is_not_there_is_told() -> None:
    with pytest.raises(AddressError, match=r"no host 'nobody\.invalid'"):
        resolved("nobody.invalid", 1)
