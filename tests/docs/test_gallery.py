"""The gallery has every encoder and mixer, each with a picture and the line that draws it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from livegan import gallery, portrait
from livegan.cli import app
from livegan.engine.commit.script import run
from livegan.plugin import registry
from tests.shaders.painters import need_shaders

DOCS = Path(__file__).parent.parent.parent / "docs"
SETS = DOCS.parent / "sets"
FILE = DOCS / "gallery.md"
PAGE = FILE.read_text(encoding="utf-8")


def test_the_page_is_current_and_nothing_is_missing() -> None:
    found = gallery.things(["livegan"])
    again = "run: livegan plugins gallery --out docs/gallery.md --package livegan"
    assert gallery.Page(found, "gallery").text() == PAGE, again
    names = {(o.kind, o.name) for o in found}
    reg = registry.current()
    every = {(o.kind, o.name) for kind in ("encoder", "mixer") for o in reg.all(kind)
             if o.origin.package == "livegan"}  # fmt: skip
    every |= {("picture_source", o.name) for o in reg.offered("picture_source")
              if o.plugin == "livegan"}  # fmt: skip
    folder = SETS / "shaders"
    assert names == every | {("shader", f"shaders/{f.name}") for f in folder.iterdir()}


def test_every_picture_is_there_is_small_and_shows_something() -> None:
    shown = re.findall(r"\((gallery/[\w-]+\.jpg)\)", PAGE)
    files = sorted((DOCS / "gallery").iterdir())
    assert sorted(DOCS / name for name in shown) == files
    assert len(shown) == sum(map(gallery.drawn_from, gallery.things(["livegan"]))) + 2
    sizes = {file.name: file.stat().st_size for file in files}
    assert [name for name, size in sizes.items() if size >= 30_000] == []
    assert sum(sizes.values()) < 1_500_000
    for file in files:
        picture = np.asarray(Image.open(file))
        assert picture.shape == (gallery.SIZE, gallery.SIZE, 3)
        assert picture.std() > 3, file.name


def test_every_line_is_a_line_of_a_set() -> None:
    found = gallery.things(["livegan"])
    lines = [gallery.line_and_summary(each)[0] for each in found]
    text = f"{portrait.BEFORE}{portrait.PAINTED}show(grid({', '.join(lines)}))\n"
    script = run(SETS / "gallery.py", text)
    drawn = {node.title for node in script.graph.nodes}
    assert drawn >= {Path(each.name).name for each in found}


PLUGIN = '''
from livegan.plugin import hookimpl, param

def stripes(sound, *, size, count=param(8.0, 1, 64, "how many")):
    """Stripes, brighter as it gets louder."""
    import numpy as np
    height, width = size
    return np.tile((np.arange(width) * count // width % 2) * (0.5 + sound.level / 2), (height, 1))

def doubled(picture, *, amount=param(1.0, 0, 1, "how far")):
    """Twice side by side."""
    return picture * (1 - amount) + amount * picture.roll(picture.shape[-1] // 2, -1)

@hookimpl
def register_encoders(register):
    register(stripes)

@hookimpl
def register_mixers(register):
    register(doubled, name="blur")

class Red:
    def read(self):
        import numpy as np
        return np.full((32, 32, 3), (200, 0, 0), np.uint8)

    def close(self): ...

def open_red(argument, wanted):
    from livegan.picture_sources.source import PictureSourceError
    if argument == "gone":
        raise PictureSourceError("it is not plugged in")
    return Red()

@hookimpl
def register_picture_sources(register):
    register(open_red, "red", "red light", example="1")
    register(open_red, "gone", "not here", example="gone")
    register(open_red, "unshown", "has no example")
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "mine.py").write_text(PLUGIN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def livegan(command: str) -> Result:
    return CliRunner().invoke(app, shlex.split(command))


def test_a_gallery_is_drawn_of_what_a_package_offers(folder: Path) -> None:
    result = livegan("plugins gallery --out all.md --package mine")
    assert result.exit_code == 0, (result.output, result.exception)
    assert "with 6 pictures" in result.output
    text = (folder / "all.md").read_text()
    assert "`encode.stripes(sound)`" in text
    assert '`red("1")`<br>red light (mine)' in text and "* `unshown(...)`: has no example" in text
    red = np.asarray(Image.open(folder / "all" / "picture_source-mine-red.jpg")).mean((0, 1))
    assert red[0] > 190 and red[2] < 10
    card = np.asarray(Image.open(folder / "all" / "picture_source-mine-gone.jpg"))
    assert card.std() > 3, "what is not here is its test card"
    # A built-in has the short name, so the line says whose it is.
    assert '`mixer("mine:blur")(a)`' in text
    stripes = np.asarray(Image.open(folder / "all" / "encoder-mine-stripes.jpg")).mean((0, 2))
    assert stripes[16 + 32] > stripes[16] + 100
    a = np.asarray(Image.open(folder / "all" / "picture-a.jpg")).astype(float)
    twice = np.asarray(Image.open(folder / "all" / "mixer-mine-blur.jpg")).astype(float)
    assert np.abs(np.roll(a, 128, 1) - twice).mean() < 8 < np.abs(a - twice).mean()


def test_a_package_that_offers_nothing_is_said_in_one_line(folder: Path) -> None:
    result = livegan("plugins gallery --out all.md --package none")
    assert result.exit_code == 1
    assert "no encoder, no mixer and no picture source is offered by none" in result.output
    assert livegan("plugins gallery --out all.txt").exit_code == 2


ISF = """/*{"ISFVSN": "2", "DESCRIPTION": "Turns red.", "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"}]}*/
void main() { gl_FragColor = vec4(1.0, IMG_THIS_PIXEL(inputImage).gb * 0.1, 1.0); }
"""


def test_a_folder_of_shaders_has_a_gallery_and_one_with_a_mistake_is_named(folder: Path) -> None:
    need_shaders()
    mine = folder / "isf" / "more"
    mine.mkdir(parents=True)
    (mine / "Röd | filter.fs").write_text(ISF, encoding="utf-8")
    (mine.parent / "broken.fs").write_text(ISF.replace("gb", "gbx"))
    (mine.parent / "none.frag").write_text("no shader")
    result = livegan("plugins gallery --out all.md --shaders isf")
    assert result.exit_code == 0, (result.output, result.exception)
    assert "not drawn: isf/broken.fs:3: " in result.output
    assert "not drawn: isf/none.frag:1: there is no main()" in result.output
    text = (folder / "all.md").read_text(encoding="utf-8")
    assert '`shader("isf/more/Röd \\| filter.fs", a)`<br>Turns red.' in text
    assert "encode." not in text.partition("## Shaders")[2].partition("|   |")[2]
    (picture,) = (folder / "all").glob("shader-*.jpg")
    red = np.asarray(Image.open(picture)).mean((0, 1))
    assert red[0] > 190 and red[2] < 60
    assert "there is no shader in the folder plugins" in (
        livegan("plugins gallery --out all.md --shaders plugins").output
    )
