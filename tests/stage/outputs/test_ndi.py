"""NDI goes out and comes in for real, over the loopback of a network of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.namespace import run_alone

pytest.importorskip("cyndilib", reason="NDI needs cyndilib: pip install 'livegan[ndi]'")
SHOWS = Path(__file__).with_name("ndi_shows.py")


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "show",
    [
        "test_a_set_is_received_by_its_name_and_again_at_another_size",
        "test_the_sound_of_the_show_is_received_beside_the_picture",
        "test_a_show_hears_an_ndi_sender_and_again_after_it_was_gone",
        "test_a_sender_is_found_by_part_of_its_name_waited_for_and_found_again",
    ],
)
def test_ndi(show: str) -> None:
    run_alone(SHOWS, show, timeout=380)
