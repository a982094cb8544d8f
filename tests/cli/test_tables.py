"""Tables fit the terminal, and what stays in them can be read."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text
from typer.testing import CliRunner

from livegan.cli import app
from livegan.cli.console.tables import Column, print_table

WIDTHS = (60, 80, 120)
SUMMARY = "The newest sound as two traces, left above right; the ground is white where it is high."
COLUMNS = (
    Column("name"),
    Column("what", "what it does", words=True),
    Column("ms", rank=1, right=True),
    Column("architecture", rank=2),
    Column("licence", rank=3),
    Column("path", "file", rank=4),
)
ROWS = [
    {
        "name": f"model_{number}",
        "what": SUMMARY,
        "ms": 12.3456,
        "architecture": "pix2pixHD global generator",
        "licence": "CC-BY-4.0",
        "path": "/home/someone/music/models/corridor.safetensors",
    }
    for number in range(3)
]


def printed(width: int, rows: list[dict[str, object]] = ROWS, **how: str) -> str:
    terminal = io.StringIO()
    print_table(COLUMNS, rows, console=Console(file=terminal, width=width), **how)
    return terminal.getvalue()


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(cell_len(line) for line in printed(width).splitlines()) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_a_name_stays_on_one_line_whatever_the_width(width: int) -> None:
    for row in ROWS:
        assert str(row["name"]) in printed(width)


def test_columns_are_left_out_by_rank_and_the_line_below_names_them() -> None:
    at_60, at_120, at_200 = printed(60), printed(120), printed(200)
    assert "12.35" in at_60
    assert "pix2pixHD" not in at_60
    assert "Not shown here: architecture, licence, file" in " ".join(at_60.split())
    assert "pix2pixHD global generator" in at_120
    assert "CC-BY-4.0" in at_120
    assert "Not shown here: file" in at_120
    assert "corridor.safetensors" in at_200
    assert "Not shown" not in at_200


def test_the_line_below_says_how_to_see_the_rest() -> None:
    assert "or use --json" in " ".join(printed(60, more="--json").split())


def test_prose_is_broken_between_words() -> None:
    words = " ".join(line.split("│")[2].strip() for line in printed(60).splitlines() if "│" in line)
    assert SUMMARY in " ".join(words.split())


def test_square_brackets_are_text() -> None:
    rows: list[dict[str, object]] = [{"name": "[a].wav", "what": Text("[red]loud[/]")}]
    assert "[a].wav" in printed(80, rows, title="[b]")
    assert "[red]loud[/]" in printed(80, rows)
    assert printed(80, rows, title="[b]").startswith("[b]")


def test_a_column_that_nothing_fills_is_not_shown() -> None:
    rows: list[dict[str, object]] = [{"name": "a", "what": "b", "licence": ""}]
    assert "licence" not in printed(120, rows)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "command",
    [["plugins"], ["devices"], ["doctor"], ["plugins", "show", "waveform"]],
    ids=" ".join,
)
def test_what_a_command_prints_fits(
    width: int, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", str(width))
    told = CliRunner().invoke(app, command)
    tables = [line for line in told.stdout.splitlines() if line[:1] in "┏┃┡│└"]
    assert max((cell_len(line) for line in tables), default=0) <= width
    for line in tables:
        cells = [cell.strip() for cell in line.split("│")[1:-1]]
        assert len(cells) == 0 or max(map(len, cells)) > 1, "a column of letters"
