"""Guesses at a mistyped name."""

from __future__ import annotations

from livegan.plugin.closest import closest, suggestion


def test_the_most_similar_name_is_found_whatever_its_case() -> None:
    assert closest("Waveforn", ["timeline", "waveform"]) == "waveform"
    assert closest("usb audio", ["USB Audio", "HDMI"]) == "USB Audio"
    assert closest("zzz", ["timeline", "waveform"]) is None


def test_without_a_similar_name_the_names_are_listed_twelve_at_most() -> None:
    assert suggestion("blurr", ["blur", "hue"]) == "; did you mean 'blur'?"
    assert suggestion("zzz", ["b", "a"]) == "; there is: a, b"
    assert suggestion("zzz", []) == ""
    many = [f"name{i:02}" for i in range(20)]
    assert suggestion("zzz", many).endswith("name11, ...")
