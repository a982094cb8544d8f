"""Shaders as nodes of a set: their pictures, their values, and what goes wrong with them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from livegan.engine.program.nodes.shader_instance import ShaderInstance
from livegan.ipc import asked_process
from livegan.shaders import painting
from tests.engine.playing import Show
from tests.shaders.painters import need_shaders

HEAD = 'from livegan.live import *\nsettings(swap="now", dissolve=0)\nsound = listen()\n'
GRADIENT = """
@encoder
def gradient(sound, *, size):
    import numpy as np
    rows, columns = np.mgrid[0:size[0], 0:size[1]]
    return np.stack([columns / size[1], rows / size[0], 0 * rows], axis=2)

picture = gradient(sound)
"""


@pytest.fixture(autouse=True)
def _shaders() -> None:
    need_shaders()


@pytest.fixture
def isf(tmp_path: Path) -> Callable[..., Path]:
    """Writes an ISF file beside the set."""

    def write(name: str, main: str, **header: Any) -> Path:
        (tmp_path / "sets").mkdir(exist_ok=True)
        path = tmp_path / "sets" / name
        path.write_text(f"/*{json.dumps(header)}*/\nvoid main() {{\n{main}\n}}\n")
        return path

    return write


def painted(folder: Path, text: str, frames: int = 1, size: int = 32) -> list[Any]:
    """The pictures of a set, (H, W, 3), 0..1."""
    show = Show(folder, HEAD + GRADIENT + text, size=size)
    commit = show.save()
    assert commit is not None and commit.status != "refused", commit and commit.reason
    found = [frame.picture.permute(1, 2, 0).numpy() for frame in show.play(frames / 25)]
    assert show.faults == []
    return found


def refused(folder: Path, text: str) -> tuple[str, str]:
    """Why a set is refused, and where."""
    commit = Show(folder, HEAD + GRADIENT + text, size=32).save()
    assert commit is not None and commit.status == "refused"
    return str(commit.reason), str(commit.where)


FLOAT = {"NAME": "amount", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0, "MAX": 1}
IMAGE = {"NAME": "inputImage", "TYPE": "image"}


def test_a_generator_paints_what_its_values_say(tmp_path: Path, isf: Any) -> None:
    isf("g.fs", "gl_FragColor = vec4(amount, tint.gb, 1.0);",
        INPUTS=[FLOAT, {"NAME": "tint", "TYPE": "color"}])  # fmt: skip
    (picture,) = painted(tmp_path, 'show(shader("g.fs", tint="#ff8000"))')
    assert picture.shape == (32, 32, 3)
    assert picture[3, 4] == pytest.approx([0.25, 0.5, 0], abs=0.005)


def test_a_filter_sees_its_picture_upright_and_in_its_colours(tmp_path: Path, isf: Any) -> None:
    isf("same.fs", "gl_FragColor = IMG_THIS_PIXEL(inputImage);", INPUTS=[IMAGE])
    isf("up.fs", "gl_FragColor = vec4(isf_FragNormCoord.y);", INPUTS=[])
    same, up = "shader('same.fs', picture)", "shader('up.fs')"
    (plain,) = painted(tmp_path, "show(picture)")
    (through,) = painted(tmp_path, f"show({same})")
    assert np.abs(plain - through).max() <= 1 / 255
    (height,) = painted(tmp_path, f"show({up})")
    assert height[0].mean() > 0.9 > 0.1 > height[-1].mean()  # ISF counts from below


def test_pixels_are_counted_from_the_lower_left_on_a_canvas_of_any_shape(
    tmp_path: Path, isf: Any
) -> None:
    sizes = "vec4(0.0, RENDERSIZE.x / 255.0, IMG_SIZE(inputImage).y / 255.0, 1.0)"
    corner = "gl_FragCoord.x < 8.0 && gl_FragCoord.y < 4.0"
    isf("p.fs", f"gl_FragColor = {corner} ? vec4(1.0) : {sizes};", INPUTS=[IMAGE])
    text = 'settings(size=(48, 16))\nshow(shader("p.fs", picture))'
    (picture,) = painted(tmp_path, text, size=0)
    assert picture.shape == (16, 48, 3)
    assert picture[12:, :8].min() == 1.0 and picture[:12].max() < 0.9
    assert picture[0, 0] * 255 == pytest.approx([0, 48, 16], abs=0.01)


def test_a_point_that_the_shader_divides_by_its_size_is_given_in_pixels(
    tmp_path: Path, isf: Any
) -> None:
    point = {"NAME": "spot", "TYPE": "point2D", "DEFAULT": [0.25, 1]}
    isf("p.fs", "gl_FragColor = vec4(spot / RENDERSIZE, spot.x / 255.0, 1.0);", INPUTS=[point])
    (picture,) = painted(tmp_path, 'show(shader("p.fs"))')
    assert picture[0, 0] * 255 == pytest.approx([64, 255, 8], abs=0.6)


def test_a_transition_takes_two_pictures_and_progress(tmp_path: Path, isf: Any) -> None:
    images = [{"NAME": n, "TYPE": "image"} for n in ("startImage", "endImage")]
    mixed = "mix(IMG_THIS_PIXEL(startImage), IMG_THIS_PIXEL(endImage), progress)"
    progress = {**FLOAT, "NAME": "progress"}
    isf("t.fs", f"gl_FragColor = {mixed};", INPUTS=[*images, progress])
    text = 'a = picture.invert()\nshow(shader("t.fs", picture, a, progress=0.5))'
    (picture,) = painted(tmp_path, text)
    assert picture == pytest.approx(np.full((32, 32, 3), 0.5), abs=0.01)


def test_what_is_transparent_shows_what_lies_under_it(tmp_path: Path, isf: Any) -> None:
    isf("half.fs", "gl_FragColor = vec4(1.0, 0.0, 0.0, 0.5);", INPUTS=[])
    (alone,) = painted(tmp_path, 'show(shader("half.fs"))')
    assert alone[0, 0] == pytest.approx([0.5, 0, 0], abs=0.005)
    (over,) = painted(tmp_path, 'show(shader("half.fs", over=picture.invert()))')
    assert over[0, 0] == pytest.approx([1.0, 0.5, 0.5], abs=0.01)


def test_passes_have_sizes_of_their_own_and_buffers_last(tmp_path: Path, isf: Any) -> None:
    isf(
        "count.fs",
        "if (PASSINDEX == 0) gl_FragColor = IMG_THIS_PIXEL(kept) + vec4(0.1);\n"
        "else if (PASSINDEX == 1)\n"
        " gl_FragColor = vec4(IMG_SIZE(small) / 255.0, RENDERSIZE / 255.0);\n"
        "else gl_FragColor = vec4(IMG_THIS_PIXEL(kept).r, IMG_THIS_PIXEL(small).ba, 1.0);",
        INPUTS=[],
        PASSES=[
            {"TARGET": "kept", "PERSISTENT": True, "FLOAT": True},
            {"TARGET": "small", "WIDTH": "$WIDTH/4.0", "HEIGHT": "$HEIGHT/8.0"},
            {},
        ],
    )
    pictures = painted(tmp_path, 'show(shader("count.fs"))', frames=3)
    assert [p[5, 5, 0] for p in pictures] == pytest.approx([0.1, 0.2, 0.3], abs=0.01)
    assert pictures[0][5, 5, 1:] * 255 == pytest.approx([8, 4], abs=0.01)


def test_an_event_goes_off_once_and_a_choice_has_a_name(tmp_path: Path, isf: Any) -> None:
    isf("e.fs", "gl_FragColor = vec4(hit ? 1.0 : 0.0, float(mode) / 10.0, 0.0, 1.0);",
        INPUTS=[{"NAME": "hit", "TYPE": "event"},
                {"NAME": "mode", "TYPE": "long", "VALUES": [0, 5],
                 "LABELS": ["Off", "Hard Light"]}])  # fmt: skip
    pictures = painted(tmp_path, 'show(shader("e.fs", hit=1, mode="hard light"))', frames=3)
    assert [p[0, 0, 0] for p in pictures] == [1, 0, 0]
    assert pictures[0][0, 0, 1] == pytest.approx(0.5, abs=0.005)


def test_time_is_that_of_the_show_or_of_a_signal(tmp_path: Path, isf: Any) -> None:
    isf(
        "t.fs",
        "gl_FragColor = vec4(fract(TIME), float(FRAMEINDEX) / 10.0, TIMEDELTA, 1.0);",
        INPUTS=[],
    )
    pictures = painted(tmp_path, 'show(shader("t.fs"))', frames=3)
    assert [p[0, 0, 0] for p in pictures] == pytest.approx([0.04, 0.08, 0.12], abs=0.003)
    assert [p[0, 0, 1] for p in pictures] == pytest.approx([0, 0.1, 0.2], abs=0.003)
    (other,) = painted(tmp_path, 'show(shader("t.fs", time=0.75))')
    assert other[0, 0, 0] == pytest.approx(0.75, abs=0.003)


def test_the_sound_is_fed(tmp_path: Path, isf: Any) -> None:
    isf("s.fs", "gl_FragColor = vec4(IMG_NORM_PIXEL(fft, isf_FragNormCoord).r, "
        "IMG_SIZE(wave).x / 255.0, IMG_NORM_PIXEL(wave, isf_FragNormCoord).r, 1.0);",
        INPUTS=[{"NAME": "fft", "TYPE": "audioFFT"},
                {"NAME": "wave", "TYPE": "audio", "MAX": 51}])  # fmt: skip
    (picture,) = painted(tmp_path, 'show(shader("s.fs"))')
    assert picture[:, 0, 0].mean() > picture[:, -1, 0].mean() + 0.1  # bass is louder than hiss
    assert picture[0, 0, 1] == pytest.approx(0.2, abs=0.005)
    assert picture[..., 2].std() > 0.02


def test_other_dialects_paint_too(tmp_path: Path, isf: Any) -> None:
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "toy.frag").write_text(
        "void mainImage(out vec4 c, in vec2 at) {\n"
        " c = vec4(texture(iChannel0, at / iResolution.xy).rg, fract(iTime), 0.0); }\n"
    )
    (tmp_path / "sets" / "plain.frag").write_text(
        "#version 300 es\nprecision mediump float;\nin vec2 uv; out vec4 colour;\n"
        "uniform float amount; // 0..1\nuniform sampler2D tex;\n"
        "void main() { colour = texture(tex, uv) * amount; colour.a = 1.0; }\n"
    )
    (toy,) = painted(tmp_path, 'show(picture.shader("toy.frag"))')
    assert toy[0, -1] == pytest.approx([31 / 32, 0, 0.04], abs=0.01)
    (plain,) = painted(tmp_path, 'show(picture.shader("plain.frag", amount=0.5))')
    assert plain[-1, -1] == pytest.approx([31 / 64, 31 / 64, 0], abs=0.01)


def test_a_vertex_shader_and_a_picture_lie_beside_it(tmp_path: Path, isf: Any) -> None:
    from PIL import Image

    path = isf("v.fs", "gl_FragColor = vec4(IMG_NORM_PIXEL(logo, at).rgb, 1.0);", INPUTS=[],
               IMPORTED={"logo": {"PATH": "logo.png"}})  # fmt: skip
    path.write_text(path.read_text().replace("void main", "varying vec2 at;\nvoid main"))
    path.with_suffix(".vs").write_text(
        "varying vec2 at;\nvoid main() {\n vv_vertShaderInit();\n at = vv_FragNormCoord;\n}\n"
    )
    logo = np.zeros((2, 2, 3), np.uint8)
    logo[0] = (255, 0, 0)  # the upper half is red
    Image.fromarray(logo).save(path.with_name("logo.png"))
    (picture,) = painted(tmp_path, 'show(shader("v.fs"))')
    assert picture[0, 0] == pytest.approx([1, 0, 0]) and picture[-1, 0] == pytest.approx([0, 0, 0])


def test_a_shader_with_a_key_is_fed_its_own_last_picture(tmp_path: Path, isf: Any) -> None:
    isf("f.fs", "gl_FragColor = IMG_THIS_PIXEL(inputImage) + vec4(0.2, 0.0, 0.0, 1.0);",
        INPUTS=[IMAGE])  # fmt: skip
    pictures = painted(tmp_path, 'show(shader("f.fs", prev("me"), key="me"))', frames=3)
    assert [p[0, 0, 0] for p in pictures] == pytest.approx([0.2, 0.4, 0.6], abs=0.01)


def test_the_same_set_paints_the_same_bits(tmp_path: Path, isf: Any) -> None:
    noise = "fract(sin(TIME * 99.0 + isf_FragNormCoord.x * 9.0 + DATE.w) * 43758.5453)"
    isf("n.fs", f"gl_FragColor = mix(IMG_THIS_PIXEL(b), vec4({noise}), 0.3);", INPUTS=[],
        PASSES=[{"TARGET": "b", "PERSISTENT": True}])  # fmt: skip
    first, second = (painted(tmp_path, 'show(shader("n.fs"))', frames=4) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_a_mistake_is_refused_with_the_line_of_the_file(tmp_path: Path, isf: Any) -> None:
    path = isf("bad.fs", "\n  gl_FragColor = vec4(amuont);", INPUTS=[FLOAT])
    reason, where = refused(tmp_path, 'show(shader("bad.fs"))')
    assert where == f"{path}:4"
    assert "amuont" in reason
    path.write_text(path.read_text().replace("amuont", "amount"))
    path.with_suffix(".vs").write_text("void main() {\n\n  isf_vertShaderInit(;\n}")
    reason, where = refused(tmp_path, 'show(shader("bad.fs"))')
    assert where == f"{path.with_suffix('.vs')}:3"


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ('shader("g.fs")', "takes the pictures inputImage; 'inputImage' is missing"),
        ('shader("g.fs", picture, picture)', "takes 1 picture, got more; a background is over="),
        ('shader("g.fs", picture, amuont=1)', "no argument 'amuont'; did you mean 'amount'?"),
        ('shader("g.fs", picture, amount=2)', "amount goes from 0 to 1, got 2"),
        ('shader("g.fs", picture, 0.5)', "give values by name, got the number 0.5; it has amount"),
        ('shader("h.fs", picture)', "no file 'h.fs'"),
        ('shader("../models", picture)', "is a folder"),
        ('shader("g.fs", picture, tint="blurple")', "tint is a colour"),
        ('shader("g.fs", picture, mode="Ad")', "mode is one of 'Add', 'Burn', got 'Ad'"),
        ('shader("g.fs", picture, mode=7)', "mode is one of 0, 1, got 7"),
        ('shader("g.fs", sound)', "'inputImage' is missing, got the sound"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_refused_with_what_to_write(
    tmp_path: Path, isf: Any, call: str, told: str
) -> None:
    isf("g.fs", "gl_FragColor = vec4(amount);",
        INPUTS=[IMAGE, FLOAT, {"NAME": "tint", "TYPE": "color"},
                {"NAME": "mode", "TYPE": "long", "VALUES": [0, 1],
                 "LABELS": ["Add", "Burn"]}])  # fmt: skip
    reason, where = refused(tmp_path, f"show({call})")
    assert told in reason
    assert where.startswith(str(tmp_path / "sets" / "set.py"))


def test_a_saved_shader_goes_on_the_air_and_a_mistake_does_not(tmp_path: Path, isf: Any) -> None:
    path = isf("g.fs", "gl_FragColor = vec4(0.2, 0.0, 0.0, 1.0);", INPUTS=[])
    show = Show(tmp_path, HEAD + 'show(shader("g.fs"))', size=32)
    show.save()
    show.play()
    assert path.resolve() in show.pipeline.inputs.watched()
    path.write_text(path.read_text().replace("0.2", "0.8"))
    show.save()
    assert show.play(0.08)[-1].picture[0, 0, 0].item() == pytest.approx(0.8, abs=0.005)
    path.write_text(path.read_text().replace("vec4", "vec5"))
    commit = show.save()
    assert commit is not None and commit.status == "refused"
    assert show.play()[-1].picture[0, 0, 0].item() == pytest.approx(0.8, abs=0.005)
    assert show.save() is None  # nothing has changed
    path.write_text(path.read_text().replace("vec5", "vec4").replace("0.8", "0.4"))
    show.save()
    assert show.play(0.08)[-1].picture[0, 0, 0].item() == pytest.approx(0.4, abs=0.005)


def test_a_value_that_changes_keeps_the_shader_as_it_is(tmp_path: Path, isf: Any) -> None:
    isf("g.fs", "gl_FragColor = IMG_THIS_PIXEL(b) + vec4(vec3(amount * 0.1), 1.0);", INPUTS=[FLOAT],
        PASSES=[{"TARGET": "b", "PERSISTENT": True, "FLOAT": True}])  # fmt: skip
    show = Show(tmp_path, HEAD + 'show(shader("g.fs", amount=1))', size=32)
    show.save()
    show.play(0.08)
    show.save(HEAD + 'show(shader("g.fs", amount=0))')
    assert show.play()[-1].picture[0, 0, 0].item() == pytest.approx(0.2, abs=0.005)


def test_a_shader_that_hangs_costs_its_node_only(
    tmp_path: Path, isf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = "for (int i = 0; i < 2000000000; i++) x += sin(x + float(i));\n"
    isf("g.fs", f"float x = 0.5; if (amount > 0.5) {endless}"
        "gl_FragColor = vec4(vec3(x), 1.0);", INPUTS=[FLOAT])  # fmt: skip
    text = 'a = shader("g.fs", amount=time > 2.06, size=1024)\nshow(a)'
    show = Show(tmp_path, HEAD + text, size=32)
    show.save()
    show.play()
    monkeypatch.setattr(painting, "PAINT_S", 0.3)
    pid = keeper(show).painter.pid
    frames = show.play(0.12)
    assert [f.picture[0, 0, 0].item() for f in frames] == pytest.approx([0.5] * 3, abs=0.01)
    assert len(show.faults) == 1
    assert "an endless loop?" in show.faults[0]["reason"]
    assert not psutil.pid_exists(pid)


def keeper(show: Show) -> Any:
    """The one that has the process of the first shader of the program on the air."""
    assert show.player.program is not None
    found = [
        s.instance for s in show.player.program.steps if isinstance(s.instance, ShaderInstance)
    ]
    return found[0].keeper


def test_a_process_that_dies_is_started_again(tmp_path: Path, isf: Any) -> None:
    isf("g.fs", "gl_FragColor = vec4(fract(TIME), 0.5, 0.5, 1.0);", INPUTS=[])
    show = Show(tmp_path, HEAD + 'a = shader("g.fs")\nshow(a)', size=32)
    show.save()
    before = show.play()[-1].picture[0, 0, 0].item()
    held = keeper(show)
    psutil.Process(held.painter.pid).kill()
    assert show.play()[-1].picture[0, 0, 0].item() == before
    assert "started again" in show.faults[0]["reason"]
    held._again.join(30)
    assert show.play()[-1].picture[0, 0, 0].item() == pytest.approx(before + 0.08, abs=0.01)
    assert len(show.faults) == 1


def test_a_process_is_used_again_by_the_next_shader(tmp_path: Path, isf: Any) -> None:
    painter = painting.take()
    painting.give_back(painter)
    assert painting.take() is painter
    painting.give_back(painter)


def test_without_a_driver_the_set_is_refused_with_what_to_install(
    tmp_path: Path, isf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    isf("g.fs", "gl_FragColor = vec4(1.0);", INPUTS=[])
    monkeypatch.setattr(asked_process, "START", "import sys; sys.path[:] = sys.argv[1:]; "
                        "sys.modules['moderngl'] = None; "
                        "from livegan.shaders.painter import main; main()")  # fmt: skip
    painting.end_idle()
    reason, where = refused(tmp_path, 'show(shader("g.fs"))')
    painting.end_idle()
    assert "pip install 'livegan[shaders]'" in reason
    assert where.startswith(str(tmp_path / "sets" / "set.py"))


def test_the_example_of_the_page_paints(tmp_path: Path, isf: Any) -> None:
    page = Path(__file__).parents[2] / "docs" / "shaders.md"
    (text,) = re.findall(r"```glsl\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "bend.frag").write_text(text)
    (still,) = painted(tmp_path, 'show(picture.shader("bend.frag", amount=0))')
    (bent,) = painted(tmp_path, 'show(picture.shader("bend.frag", amount=2))')
    assert still[5, 9] == pytest.approx([9 / 32, 5 / 32, 0], abs=0.01)
    assert np.abs(still - bent).max() > 0.05
