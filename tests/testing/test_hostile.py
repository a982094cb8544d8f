"""What is wrong with a plugin fails its own check, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from livegan.testing import CheckOutcome, Examination

HOSTILE = Path(__file__).parent / "hostile.py"
BY_THE_CLOCK = ("speed", "import-time")

# What is wrong → words of the line that says so. The check is the name itself, as far as it goes.
WRONG = {
    "encoder draws_a_shape": "it returned float32 of shape (4, 8, 5)",
    "encoder draws_a_type": "it returned int64 of shape (64, 64)",
    "encoder draws_nothing": "it returned nothing",
    "encoder draws_raising": "RuntimeError: no ink at ",
    "encoder draws_crashing": "it brought its process down",
    "encoder first_frame": "it was still at it after 2 s",
    "encoder threads": "frame 1: ",
    "encoder sizes_transposed": "asked for 40 x 24 pixels: a picture of 24 x 40",
    "encoder value_range": "values go from 0 to 255",
    "encoder inputs": "it wrote into the array of sound.last",
    "encoder random_generators": "it changed numpy.random, random",
    "encoder deterministic": "of the pixels differ",
    "encoder working_folder": "the working folder changed from",
    "encoder thread_counts": "the thread counts changed from 1 to",
    "encoder number_settings": "numpy.seterr",
    "encoder environment": "it changed HOSTILE: None became 1",
    "encoder warnings_filters": "it changed the warnings filters",
    "encoder logging": "it changed the logging",
    "encoder locale": "the locale changed from",
    "encoder signal_handlers": "it changed SIGINT",
    "encoder threads_left": "it left the thread 'ghost' running",
    "encoder output": "it printed 'drawing 64x64'",
    "encoder memory": "KiB behind",
    "encoder memory_of_torch": "KiB behind",
    "encoder cut": "of the pixels differ",
    "encoder replay": "of the pixels differ",
    "encoder docstring": "there is none",
    "encoder docstring_of_a_parameter": "'gain' has no doc",
    "encoder ranges": "'gain' has no range",
    "encoder silence": "the picture has values that are not numbers",
    "encoder sizes": "asked for 1 x 1 pixels: AssertionError",
    "encoder glide": "KeyError",
    "encoder functions_of_others": "it changed numpy.sin",
    "encoder noise": "ValueError: too much",
    "encoder clipping": "ValueError: too loud",
    "encoder not_a_number": "ValueError: a hole",
    "encoder formats": "ZeroDivisionError",
    "encoder ends": "set count=4: IndexError",
    "mixer mixed_sizes": "gave it pictures of several sizes: RuntimeError",
    "mixer input_counts": "gave it 1 picture: TypeError",
    "mixer reload": "ValueError: too late",
    "mixer inputs_unchanged": "picture 1 was changed",
    "mixer device": "it mixed tensors of two devices",
    "mixer bad_pictures": "not numbers ever after",
    "mixer picture_sizes": "gave it pictures of 1 x 1, after other sizes: a picture of 52 x 33",
    "mixer pauses": "ValueError: too late",
    "mixer value_range_of_a_mixer": "values go from -1 to 1",
    "mixer noise_of_a_mixer": "ValueError: too much",
    "encoder inputs_unchanged_by_an_encoder": "picture 1 was changed",
    "signal draws_words": "and must return a number",
    "signal waits": "one of them took 0.4",
}


@pytest.fixture(scope="module")
def examination() -> Iterator[Examination]:
    made = Examination(HOSTILE, deadline_s=120)
    yield made
    made.close()


def failures(examination: Examination, thing: str) -> dict[str, CheckOutcome]:
    rows = [r for r in examination.rows() if r["thing"] == thing and r["name"] not in BY_THE_CLOCK]
    assert rows, f"{thing} was not loaded"
    made = [examination.outcome(thing, row["name"]) for row in rows]
    return {each.name: each for each in made if each.status == "failed"}


def fails_its_own_check(examination: Examination, thing: str, words: str) -> None:
    found = failures(examination, thing)
    assert len(found) == 1, {name: each.line for name, each in found.items()}
    ((name, outcome),) = found.items()
    assert thing.split()[1].replace("_", "-").startswith(name)
    assert words in outcome.line
    assert outcome.line.count("; ") >= 1, "it says what to change"


@pytest.mark.parametrize("name", ["good", "good_slow_to_make", "good_in_colour", "good_round"])
def test_what_is_good_passes_all(name: str, examination: Examination) -> None:
    assert failures(examination, f"encoder {name}") == {}


@pytest.mark.parametrize(
    "thing",
    [
        "encoder good_traced", "encoder good_fed", "mixer good_alone", "mixer good_outside",
        "signal good_fed_signal", "signal good_outside_signal",
    ],
)  # fmt: skip
def test_what_takes_pictures_or_nothing_or_follows_the_outside_passes_all(
    thing: str, examination: Examination
) -> None:
    assert failures(examination, thing) == {}
    names = {row["name"] for row in examination.rows() if row["thing"] == thing}
    if thing == "encoder good_traced":
        assert {"bad-pictures", "input-counts", "silence", "cut"} <= names
    if thing == "mixer good_alone":
        assert names.isdisjoint({"picture-sizes", "device", "bad-pictures", "silence"})
        assert {"deterministic", "pauses"} <= names
    if "outside" in thing:
        assert names.isdisjoint({"deterministic", "cut", "replay"})
        assert {"waits", "reopens", "threads"} <= names


def test_a_port_that_only_one_object_can_have_is_found(examination: Examination) -> None:
    outcome = examination.outcome("signal reopens", "reopens")
    assert outcome.status == "failed"
    assert "made a second object while the first one played: " in outcome.line
    assert "the port is taken" in outcome.line
    assert "share what only one can have" in outcome.line


@pytest.mark.slow
def test_what_is_made_for_too_long_is_told_which_limit_it_met(examination: Examination) -> None:
    fails_its_own_check(
        examination,
        "encoder first_frame_slow_to_make",
        "made an object of the class: it was still at it after 10 s",
    )


@pytest.mark.parametrize("thing", WRONG)
def test_what_is_wrong_fails_its_own_check_and_no_other(
    thing: str, examination: Examination
) -> None:
    fails_its_own_check(examination, thing, WRONG[thing])


@pytest.mark.parametrize(
    ("thing", "words"), [("encoder speed", "ms at 512"), ("signal speed", "ms for the fastest")]
)
def test_what_is_slow_is_told_so(thing: str, words: str, examination: Examination) -> None:
    outcome = examination.outcome(thing, "speed")
    assert outcome.status == "failed" and words in outcome.line


def test_without_a_picture_nothing_more_is_looked_at(examination: Examination) -> None:
    outcome = examination.outcome("encoder draws_crashing", "silence")
    assert outcome.status == "skipped"
    assert "draws did not pass" in outcome.line


def test_an_endless_loop_costs_its_own_check_and_its_line_is_told() -> None:
    examination = Examination(HOSTILE, deadline_s=2)
    outcome = examination.outcome("encoder draws_endless", "draws")
    assert outcome.status == "failed"
    assert "still running after 2 s at " in outcome.line
    assert "hostile.py:" in outcome.line
    assert examination.outcome("encoder draws_endless", "docstring").status == "passed"
    examination.close()


PLAIN = """
import numpy as np
from livegan.plugin import hookimpl
@hookimpl
def register_encoders(register):
    register(grey)
def grey(sound):
    "Grey."
    return np.full((8, 8), 0.5)
"""


SLOW = "import sys, time; time.sleep(0 if hasattr(sys, 'again') else 2.1); sys.again = True"
"""Slow as it is first imported in a process: some checks import a plugin again and again."""


@pytest.mark.parametrize(
    ("line", "check", "words"),
    [
        (SLOW, "import-time", "imported it: it took "),
        ("import os; os.chdir('/')", "import-effects", "the working folder changed"),
        ("print('hello')", "import-effects", "it printed 'hello'"),
        ("import nothing_like_it", "loads", "No module named 'nothing_like_it'"),
        ("import ctypes; ctypes.string_at(0)", "loads", "brought its process down"),
    ],
    ids=["slow", "chdir", "prints", "missing", "crash"],
)
def test_what_goes_wrong_at_import(line: str, check: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "plain.py"
    file.write_text(line + PLAIN)
    examination = Examination(file, deadline_s=120)
    names = [r["name"] for r in examination.rows() if r["thing"] == "plugin"]
    if check != "import-time":
        names = [n for n in names if n not in BY_THE_CLOCK]
    made = [examination.outcome("plugin", name) for name in names]
    examination.close()
    failed = [each for each in made if each.status == "failed"]
    assert [each.name for each in failed] == [check]
    assert words in failed[0].line
