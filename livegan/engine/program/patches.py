"""What the stage is told of the patches of a set, so that it plays them."""

from __future__ import annotations

from livegan.engine.commit.script import Script
from livegan.graph.patch import PatchSound
from livegan.ipc.messages import Patches, Row
from livegan.plugin.catalogue import OWN


def patches_message(script: Script, seed: int, digest: str, only: bool) -> Patches:
    """The patches of a set: see `livegan.ipc.messages.Patches`."""
    settings = script.graph.settings
    said = int(settings.get("seed", -1))
    return Patches(
        [row_of(patch) for patch in script.graph.patches],
        str(script.path),
        script.text,
        digest,
        said if said >= 0 else seed,
        int(settings.get("beats_per_bar") or 4),
        only,
    )


def row_of(patch: PatchSound) -> Row:
    """One patch. Code of a plugin is read anew in a new process only, so its fingerprint is told;
    that of a set is in the text."""
    plugin = patch.operation.origin.package != OWN
    return {
        "key": patch.key,
        "where": str(patch.place or ""),
        "audible": patch.audible,
        "code": patch.build if plugin else "",
    }
