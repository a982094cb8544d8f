"""Documentation is executed: the reference is current, and the sets in the pages play."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from livegan import share
from livegan.reference import reference
from livegan.rehearsal import Rehearsal, rehearse

ROOT = Path(__file__).parent.parent.parent
SET = re.compile(r"^```python[^\n]*\n(from livegan\.live import \*\n.*?)^```", re.S | re.M)


def sets_in(page: Path) -> list[str]:
    return SET.findall(page.read_text(encoding="utf-8"))


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SETS = [(page, i, text) for page in PAGES for i, text in enumerate(sets_in(page))]


def test_the_reference_is_current() -> None:
    page = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    assert page == reference(), "run: python -m livegan.reference > docs/language.md"


def test_the_first_set_grows_in_six_steps() -> None:
    assert len(sets_in(ROOT / "docs" / "first-set.md")) == 6


@pytest.mark.parametrize(("page", "index", "text"), SETS, ids=lambda v: getattr(v, "name", None))
def test_a_set_in_a_page_plays(page: Path, index: int, text: str, tmp_path: Path) -> None:
    file = tmp_path / "set.py"
    file.write_text(text, encoding="utf-8")
    what = Rehearsal(set=file, audio=share.demo_track(), start=12, seconds=0.2, size=64)
    result = rehearse(what)
    assert result.faults == []
    assert result.report["frames"] == 6


def test_links_between_pages_lead_somewhere() -> None:
    missing = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                missing.append(f"{page.name}: {target}")
    assert missing == []
