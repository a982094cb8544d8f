"""The page of the address of a show has every message and field of the schema, and no others."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import typer

from livegan.cli.show.tell import tell
from livegan.ipc.remote.schema import COMMANDS, ShowState

PAGE = (Path(__file__).parents[2] / "docs" / "remote.md").read_text("utf-8")


def rows(head: str) -> list[tuple[str, str]]:
    """The first two columns of the table with this head."""
    table = PAGE.split(head, 1)[1].split("\n\n", 1)[0]
    found = re.findall(r"^\| ([^|]+) \|([^|]*)\|", table, re.M)
    return [(first, second) for first, second in found if "-" not in first]


def test_every_command_and_its_fields_are_on_the_page() -> None:
    listed = dict(rows("| `type` | fields | meaning |"))
    assert [name.strip("`") for name in listed] == sorted(
        COMMANDS, key=[n.strip("`") for n in listed].index
    )
    for name, kind in COMMANDS.items():
        fields = {field.name for field in dataclasses.fields(kind)}
        assert fields <= set(re.findall(r"`(\w+)`", listed[f"`{name}`"])), name


def test_every_field_of_the_state_is_on_the_page() -> None:
    listed = [n for first, _ in rows("| field | meaning |") for n in re.findall(r"`(\w+)`", first)]
    assert sorted(listed) == sorted(field.name for field in dataclasses.fields(ShowState))


def test_every_command_of_tell_is_on_the_page() -> None:
    group = typer.main.get_command(tell)
    typed = re.findall(r"^livegan tell (\w+)", PAGE, re.M)
    assert set(typed) == set(vars(group)["commands"])
