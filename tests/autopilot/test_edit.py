"""Which edits are made, and how one is taken back though others came after it."""

from __future__ import annotations

from livegan.autopilot.edit import flaw, taken_back

BEFORE = "a = 1\nb = 2\nc = 3  # keep\nshow(a)\n"


def test_an_edit_changes_something_small_that_is_python() -> None:
    assert flaw(BEFORE, BEFORE) == "it changes nothing"
    assert flaw(BEFORE, BEFORE.replace("b = 2", "b = 4")) == ""
    assert "no Python" in flaw(BEFORE, BEFORE.replace("b = 2", "b = ("))
    assert "11 lines" in flaw(BEFORE, BEFORE + "x = 1\n" * 11)
    assert "characters" in flaw(BEFORE, BEFORE.replace("b = 2", f"b = '{'x' * 120}'"))


def test_a_kept_line_stays() -> None:
    assert "# keep" in flaw(BEFORE, BEFORE.replace("c = 3", "c = 4"))
    assert "# keep" in flaw(BEFORE, BEFORE.replace("c = 3  # keep\n", ""))
    assert flaw(BEFORE, "new = 0\n" + BEFORE) == "", "it may move down"


def test_an_edit_is_taken_back_among_others() -> None:
    after = BEFORE.replace("b = 2", "b = 5")
    assert taken_back(after, BEFORE, after) == BEFORE
    later = "# mine\n" + after.replace("show(a)", "show(a.blur())")
    assert taken_back(later, BEFORE, after) == later.replace("b = 5", "b = 2")


def test_lines_that_somebody_changed_since_are_theirs() -> None:
    after = BEFORE.replace("b = 2", "b = 5")
    assert taken_back(after.replace("b = 5", "b = 6"), BEFORE, after) is None


def test_inserted_and_deleted_lines_are_taken_back() -> None:
    more = BEFORE.replace("show(a)", "echo = a\nshow(echo)")
    assert taken_back("# x\n" + more, BEFORE, more) == "# x\n" + BEFORE
    fewer = BEFORE.replace("b = 2\n", "")
    assert taken_back("# x\n" + fewer, BEFORE, fewer) == "# x\n" + BEFORE
