"""A page to look through the pairs of a data set, and to strike bad ones."""

from __future__ import annotations

import html
import json
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from livegan.dataset.folder import FolderError
from livegan.lock import held
from livegan.saving import write_bytes

PAGE, STRUCK = "look.html", "struck.txt"
"""In the folder of a data set: the page, and the list of the pairs that training leaves out."""


def write_look(folder: Path, groups: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> Path:
    """Write ``folder/look.html``.

    Parameters
    ----------
    groups : a title, such as a film's name, with its pairs: the place of each picture below
        ``folder``, and a word to it.

    The page loads the pictures from where they lie, as they scroll into view.  A click strikes a
    pair or takes that back; the browser remembers it, and gives the list for `strike`.
    """
    parts = []
    for title, pairs in groups:
        parts.append(f"<h2>{html.escape(title)}: {len(pairs)} pairs</h2><div>")
        for place, word in pairs:
            name = html.escape(place.rpartition("/")[2], quote=True)
            parts.append(
                f'<figure data-name="{name}"><img loading="lazy" src="{quote(place)}">'
                f"<figcaption>{html.escape(word)}</figcaption></figure>"
            )
        parts.append("</div>")
    text = TEMPLATE.replace("@TITLE@", html.escape(folder.name))
    text = text.replace("@OUT@", html.escape(shlex.quote(folder.name)))
    names = json.dumps(json.dumps(struck_in(folder))).replace("<", "\\u003c")
    text = text.replace("@STRUCK@", names)
    text = text.replace("@PAIRS@", "\n".join(parts))
    write_bytes(folder / PAGE, text.encode("utf-8", "replace"))
    return folder / PAGE


TEMPLATE = """<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>@TITLE@</title><style>
body { background: #161618; color: #ddd; font: 14px sans-serif; margin: 0 2em 6em }
figure { display: inline-block; margin: 2px; cursor: pointer }
img { height: 128px; min-width: 256px }
figcaption { color: #999; font-size: 11px } .struck { opacity: .25; outline: 2px solid #e55 }
footer { position: fixed; bottom: 0; left: 0; right: 0; background: #333; padding: 1em 2em }
</style></head><body><h1>@TITLE@</h1>
<p>Condition left, picture right. Click a pair to strike it; click again to keep it.</p>
@PAIRS@
<footer><span id="count"></span> <button id="save">Save the list as struck.txt</button>
then: <code>livegan dataset --strike struck.txt --out @OUT@</code></footer>
<script>
const key = "struck " + location.pathname;
const struck = new Set(JSON.parse(localStorage[key] || @STRUCK@));
const figures = [...document.querySelectorAll("figure")];
function show() {
  for (const f of figures) f.classList.toggle("struck", struck.has(f.dataset.name));
  document.getElementById("count").textContent = struck.size + " struck";
  localStorage[key] = JSON.stringify([...struck]);
}
for (const f of figures) f.onclick = () => {
  if (!struck.delete(f.dataset.name)) struck.add(f.dataset.name);
  show();
};
document.getElementById("save").onclick = () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([[...struck].join("\\n") + "\\n"]));
  link.download = "struck.txt";
  link.click();
};
show();
</script></body></html>
"""


def strike(folder: Path, names: Iterable[str]) -> tuple[int, list[str]]:
    """Set which pairs of a data set are struck, by name, of every encoder and side; how many, and
    the names that are not there.

    ``folder/struck.txt`` lists them, and training leaves them out.  Nothing is deleted: another
    list, or an empty one, takes it back.

    Raises
    ------
    FolderError
        If ``folder`` is no data set.
    livegan.lock.HeldError
        If another process writes to it.
    """
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise FolderError(f"{folder}: is no finished data set; there is no manifest.json in it")
    settings = json.loads(manifest.read_text(encoding="utf-8"))["settings"]
    encoders = [encoder["name"] for encoder in settings.get("encoders", [])]
    roots = [folder / name for name in encoders] if len(encoders) > 1 else [folder]
    sides = [root / side for root in roots for side in ("train", "val")]
    there = {path.name for side in sides if side.is_dir() for path in side.glob("*.png")}
    wanted = [name for name in dict.fromkeys(map(str.strip, names)) if name]
    found = [name for name in wanted if name in there]
    with held(folder, "written"):
        write_bytes(folder / STRUCK, "".join(f"{name}\n" for name in found).encode())
    return len(found), [name for name in wanted if name not in there]


def struck_in(folder: Path) -> list[str]:
    """The names of the pairs that are struck from a data set."""
    try:
        lines = (folder / STRUCK).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [line.strip() for line in lines if line.strip()]
