"""``livegan osc``: the OSC addresses of a set, for a layout in TouchOSC, Max or a light desk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from livegan.cli.console.failing import clear_errors, short
from livegan.cli.console.tables import Column, print_table
from livegan.cli.sets import SetPath, absolute

if TYPE_CHECKING:
    from livegan.graph.graph import Graph

COLUMNS = (
    Column("address"),
    Column("low", rank=2, right=True),
    Column("high", rank=2, right=True),
    Column("default", rank=3, right=True),
    Column("what", rank=1, words=True),
)
READ, WRITTEN = 1, 2
"""Access in OSCQuery: a program can read what a set sends, and write what it hears."""


def osc(
    set: SetPath,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="For programs: a tree of addresses as OSCQuery writes it."),
    ] = False,
) -> None:
    """List the OSC addresses that a set hears and sends.

    Knobs and pads can be reached in every set. livegan listens where a set has `osc(...)`, or
    where you say `perform --osc PORT`.
    """
    from livegan.engine.commit.script import run, text_of
    from livegan.plugin.loading.hot import Hot

    path = absolute(set)
    with clear_errors():
        _ = Hot(Path.cwd() / "plugins").registry
        graph = run(path, text_of(path)).graph
    heard, sent = heard_by(graph), sent_by(graph)
    if as_json:
        typer.echo(json.dumps(tree_of(heard, sent), ensure_ascii=False, indent=1))
        return
    if heard:
        print_table(COLUMNS, heard, title=f"{short(set)} hears", more="--json")
    if sent:
        columns = [Column("address"), Column("values", rank=2, right=True), Column("to", rank=1)]
        print_table(columns, sent, title=f"{short(set)} sends", more="--json")
    if not heard and not sent:
        typer.echo(f"{short(set)} has no knob, no pad, no osc(...) and no send(...)")


def heard_by(graph: Graph) -> list[dict[str, Any]]:
    """A row for each address: of knobs, pads and ``osc(...)``."""
    from livegan.control_names import OSC
    from livegan.stage.hands.osc_controls import address_of

    rows: dict[str, dict[str, Any]] = {}
    for each in graph.controls.values():
        address = address_of(each.name)
        if not address:
            continue
        if each.name.startswith(OSC):
            argument = int(each.name.rpartition("#")[2])
            row = rows.setdefault(address, {"address": address, "arguments": 0, "what": "osc"})
            row["arguments"] = max(row["arguments"], argument + 1)
            row["what"] = f"{row['arguments']} number" + "s" * (row["arguments"] > 1)
            continue
        knob = each.kind == "knob"
        rows[address] = {
            "address": address,
            "low": each.low if knob else 0.0,
            "high": each.high if knob else 1.0,
            "default": each.default if knob else None,
            "arguments": 1,
            "what": each.doc if knob else "a pad: a hit, or how hard",
        }
    return list(rows.values())


def sent_by(graph: Graph) -> list[dict[str, Any]]:
    """A row for each address to which the set sends."""
    return [
        {"address": each.address, "values": len(each.values), "to": each.to}
        for each in graph.sends
        if each.target["by"] == "osc"
    ]


def tree_of(heard: list[dict[str, Any]], sent: list[dict[str, Any]]) -> dict[str, Any]:
    """The addresses as a tree of nodes: "OSCQuery Proposal", github.com/Vidvox/OSCQueryProposal."""
    root: dict[str, Any] = {"FULL_PATH": "/", "ACCESS": 0, "CONTENTS": {}}
    for row in heard:
        node = node_of(root, row["address"])
        node |= {"TYPE": "f" * row["arguments"], "ACCESS": WRITTEN, "DESCRIPTION": row["what"]}
        if "low" in row:
            node["RANGE"] = [{"MIN": row["low"], "MAX": row["high"]}]
        if row.get("default") is not None:
            node["VALUE"] = [row["default"]]
    for row in sent:
        node = node_of(root, row["address"])
        node |= {"TYPE": "f" * row["values"], "ACCESS": node["ACCESS"] | READ}
    return root


def node_of(root: dict[str, Any], address: str) -> dict[str, Any]:
    """The node of an address; those on the way to it are made."""
    node, path = root, ""
    for part in address.strip("/").split("/"):
        path += f"/{part}"
        contents = node.setdefault("CONTENTS", {})
        node = contents.setdefault(part, {"FULL_PATH": path, "ACCESS": 0})
    return node
