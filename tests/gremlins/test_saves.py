"""Broken saves: each has one thing wrong, and the same seed gives the same ones."""

from __future__ import annotations

import itertools
import random

from livegan import share
from livegan.engine.commit.watch import compiles
from livegan.gremlins.saves import broken, cut, line_changed, token_changed, tokens_of, typed_over

SET = (share.folder("sets") / "four.py").read_text(encoding="utf-8")


def first(count: int, seed: int) -> list[str]:
    return [save.text for save in itertools.islice(broken(SET, random.Random(seed)), count)]


def test_the_seed_alone_says_which_they_are() -> None:
    assert first(50, 3) == first(50, 3)
    assert first(50, 3) != first(50, 4)


def test_they_differ_from_the_set_and_most_are_not_even_python() -> None:
    texts = first(400, 1)
    assert sum(text != SET for text in texts) > 380
    assert 100 < sum(not compiles(text) for text in texts) < 390


def test_a_cut_is_a_beginning_of_the_set() -> None:
    for seed in range(20):
        save = cut(SET, random.Random(seed))
        assert SET.startswith(save.text) and save.text != SET


def alike(a: str, b: str) -> int:
    """How many letters both begin with."""
    return next(
        (i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )


def test_a_slip_changes_one_place() -> None:
    longest = max(end - begin for begin, end, _ in tokens_of(SET))
    for seed in range(40):
        text = token_changed(SET, random.Random(seed)).text
        before = alike(SET, text)
        after = alike(SET[before:][::-1], text[before:][::-1])
        assert len(SET) - before - after <= longest


def test_empty_and_odd_texts_are_no_trouble() -> None:
    rng = random.Random(0)
    for text in ("", "\n", "(", "'''", "\0", "é = 1"):
        for kind in (cut, typed_over, token_changed, line_changed):
            assert kind(text, rng).does


def test_tokens_are_found_by_their_place() -> None:
    found = [SET[begin:end] for begin, end, _ in tokens_of(SET)]
    assert found[0].startswith('"""Four networks') and found[0].endswith('"""')
    assert found[1:4] == ["from", "livegan", "."]
