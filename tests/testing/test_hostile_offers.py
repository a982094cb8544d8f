"""What is wrong with a source, output, loader or command fails its own check, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from livegan.testing import Examination
from livegan.testing.samples import checkpoint, named

from .hostile_offers import write_toy
from .test_hostile import fails_its_own_check, failures

WRONG = {
    "source opens": "KeyError: 'device'",
    "source opens_without_a_rate": "its rate is 48000.5",
    "source pulls": "it returned float64 of shape (480, 2)",
    "source pulls_waiting": "pulled 480 frames: it took 0.6 s",
    "source closes": "closed it twice: IndexError",
    "source leaves_nothing": "it left the thread 'reader' running",
    "source summary": "there is no summary",
    "picture_source strange_names": "its PictureSourceError is several lines",
    "picture_source pictures_of_floats": "it returned float32 of shape (64, 85)",
    "picture_source pictures_waiting": "one of them took 1.2 s",
    "picture_source canvases": "a picture of 640 x 480, and there is room for",
    "picture_source fresh_pictures": "it had changed",
    "picture_source closes": "closed it twice: ValueError: closed already",
    "picture_source after_the_end": "AttributeError: no device",
    "picture_source leaves_nothing": "it printed 'bye'",
    "picture_source summary": "there is no summary",
    "output shows": "sent a picture of 97 x 33: AssertionError: one size for ever",
    "output pictures_unchanged": "it changed it",
    "output waits": "0.6 s for the fastest",
    "output full_disk": "sent it pictures with the disk full: OSError: [Errno 27]",
    "output full_disk_for_good": "AssertionError: closed for good",
    "output leaves_nothing_unsaid": "it printed 'sent'",
    "output summary": "there is no summary",
    "loader declines": "gave it picture.png: ValueError: this is no toy",
    "loader runs_no_code": "the code was run",
    "loader reads": "it returned None",
    "loader reads_another_every_time": "the same condition gave two pictures",
    "loader several_at_once": "a picture is not the one that it paints alone",
    "loader damage": "it was taken for whole",
    "loader damage_untold": "AssertionError",
    "loader summary": "there is no summary",
    "command help-without-words": "'track' says nothing of what it is for",
    "command bad-words": "FileNotFoundError",
    "command bad-words-taken": "it ended well",
    "command summary": "there is no summary",
}


@pytest.fixture(scope="module")
def examination() -> Iterator[Examination]:
    file = Path(__file__).parent / "hostile_offers.py"
    made = Examination(file, deadline_s=120, sample=write_toy)
    yield made
    made.close()


@pytest.mark.parametrize("kind", ["source", "picture_source", "output", "loader", "command"])
def test_what_is_good_passes_all(kind: str, examination: Examination) -> None:
    assert failures(examination, f"{kind} good") == {}


def test_a_loader_that_keeps_a_buffer_is_let_in_once_at_a_time(examination: Examination) -> None:
    assert failures(examination, "loader good_buffered") == {}
    assert examination.outcome("loader good_buffered", "several-at-once").status == "skipped"


@pytest.mark.parametrize("thing", WRONG)
def test_what_is_wrong_fails_its_own_check_and_no_other(
    thing: str, examination: Examination
) -> None:
    fails_its_own_check(examination, thing, WRONG[thing])


def test_what_does_not_open_here_is_left_out_and_says_so(examination: Examination) -> None:
    outcome = examination.outcome("source opens_nowhere", "opens")
    assert outcome.status == "skipped"
    assert "there is no such card here" in outcome.line
    outcome = examination.outcome("picture_source opens_nowhere", "opens")
    assert outcome.status == "skipped"
    assert "there is no such camera here; name one that does with --sample" in outcome.line
    outcome = examination.outcome("picture_source opens", "opens")
    assert outcome.status == "failed"
    assert outcome.line.startswith("opened it: OSError: no such camera")
    assert "PictureSourceError with one line" in outcome.line


def test_a_sample_is_a_file_or_a_function_that_writes_one(tmp_path: Path) -> None:
    word = named(write_toy)
    assert word.endswith("hostile_offers.py:write_toy")
    assert checkpoint(word, tmp_path) == tmp_path / "toy.toy"
    assert checkpoint(str(tmp_path / "toy.toy"), tmp_path) == tmp_path / "toy.toy"
    with pytest.raises(LookupError, match="there is no such file"):
        checkpoint(str(tmp_path / "none.toy"), tmp_path)
    with pytest.raises(ValueError, match="a function at the top of a file"):
        named(lambda folder: folder)
