"""Folders in the layout of diffusers play as that library plays them, or are refused in a line."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from livegan.generators import Card, Checkpoint, ModelError, available, find, load
from livegan.generators.diffusion.prompts import KEYS, mixed, spherical
from livegan.generators.diffusion.settings import PaintSettings

from .tiny_diffusion import tiny_models

pytestmark = [
    pytest.mark.xdist_group("diffusion"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:diffusers"),  # of numpy, to its authors
]


@pytest.fixture(scope="module")
def models() -> Path:
    return tiny_models()


def generator(models: Path, name: str, **options: Any) -> Any:
    from livegan.generators.diffusion.generator import DiffusionGenerator

    return DiffusionGenerator(load(find(name, [models])), "cpu", "float32", **options)


def picture(seed: int, side: int = 32) -> Tensor:
    return torch.rand(3, side, side, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(
    ("name", "playing", "library"),
    [
        (
            "sd",
            {"strength": 0.5, "steps": 2, "guidance": 3.0},
            {"strength": 0.5, "num_inference_steps": 4, "guidance_scale": 3.0},
        ),
        (
            "lcm",
            {"strength": 1.0, "steps": 2, "guidance": 2.0},
            {"strength": 1.0, "num_inference_steps": 2, "guidance_scale": 2.0},
        ),
        (
            "sdxl",
            {"strength": 1.0, "steps": 1},
            {"strength": 1.0, "num_inference_steps": 1, "guidance_scale": 1.0},
        ),
        (
            "sd3",
            {"strength": 1.0, "steps": 2},
            {"strength": 1.0, "sigmas": [1.0, 0.5], "num_inference_steps": 2},
        ),
    ],
)
def test_a_slot_paints_what_the_library_paints(
    models: Path, name: str, playing: dict[str, float], library: dict[str, Any]
) -> None:
    made = generator(
        models, name, **({"prompts": ["a cat"], "negative": "dogs"} if name == "sd" else {})
    )
    settings = made.folder.settings.playing({**playing, "seed": 7})
    side = 64 if name == "sd3" else 32
    ours, _ = made.repaint(picture(3, side), settings=settings)

    from livegan.generators.diffusion.loading import assembled, silent

    pipe = assembled(made.folder, torch.float32, None)
    given: dict[str, Any] = {"prompt": "a cat", "negative_prompt": "dogs"}
    if name != "sd":
        given = load_file(models / name / "embeddings.safetensors")
    if name == "sd3":
        given |= {"height": side, "width": side, "guidance_scale": 1.0}
    noise = torch.Generator().manual_seed(7)
    with silent():
        theirs = pipe(
            image=picture(3, side)[None], generator=noise, output_type="pt", **library, **given
        ).images[0]
    assert ours.std() > 0.05
    assert torch.allclose(ours, theirs, atol=1e-5)


def test_the_same_seed_gives_the_same_picture_and_each_value_another(models: Path) -> None:
    made = generator(models, "sd", prompts=["a cat", "the sea"])
    plain = made.folder.settings

    def paint(**values: float) -> Tensor:
        painted: Tensor = made.repaint(picture(1), settings=plain.playing(values))[0]
        return painted

    assert plain == PaintSettings(steps=1), "a trailing schedule is that of a model of one step"
    assert torch.equal(paint(), paint())
    others = [
        {"seed": 1},
        {"strength": 0.52},
        {"steps": 3},
        {"guidance": 2.0},
        {"prompt_mix": 0.5},
        {"prompt_mix": 1.0},
    ]
    pictures = [paint(), *(paint(**values) for values in others)]
    for i, one in enumerate(pictures):
        assert all(not torch.equal(one, other) for other in pictures[i + 1 :])


def test_a_controlnet_reads_a_second_picture_or_else_the_condition(models: Path) -> None:
    made = generator(models, "sd", controlnet=models / "controlnet")
    settings = made.folder.settings
    alone, _ = made.repaint(picture(1), settings=settings)
    same, _ = made.repaint(picture(1), settings=settings, structure=picture(1))
    other, _ = made.repaint(picture(1), settings=settings, structure=picture(2))
    assert torch.equal(alone, same)
    assert not torch.equal(alone, other)


def test_a_lora_is_fused_into_the_weights_of_its_slot_only(models: Path, tmp_path: Path) -> None:
    place = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q"
    playing = generator(models, "sd")
    plain = playing.repainter.network.get_submodule(place).weight
    up, down = torch.randn(plain.shape[0], 2), torch.randn(2, plain.shape[1])
    file = tmp_path / "style.safetensors"
    save_file({f"unet.{place}.lora_B.weight": up, f"unet.{place}.lora_A.weight": down}, file)
    fused = generator(models, "sd", lora=file, lora_amount=0.5).repainter.network
    assert torch.allclose(fused.get_submodule(place).weight, plain + 0.5 * up @ down, atol=1e-5)
    assert generator(models, "sd").repainter is playing.repainter

    save_file({"something.else": up}, file)
    with pytest.raises(ModelError, match=r"style\.safetensors: no LoRA of this model"):
        generator(models, "sd", lora=file)


def test_prompts_turn_into_each_other_at_an_even_pace() -> None:
    one = torch.tensor([[1.0, 0.0], [2.0, 0.0], [1.0, 0.0]])
    other = torch.tensor([[0.0, 1.0], [2.0, 0.0], [-1.0, 0.0]])
    half = spherical(one, other, 0.5)
    assert torch.allclose(half[0], torch.full((2,), 0.5**0.5)), "halfway round, and as long"
    assert torch.allclose(half[1:], torch.tensor([[2.0, 0.0], [0.0, 0.0]]), atol=1e-6)

    prompts = [{"prompt_embeds": torch.randn(1, 4, 8)} for _ in range(3)]
    for amount, prompt in zip((0, 0.5, 1), prompts, strict=True):
        assert torch.equal(mixed(prompts, amount)["prompt_embeds"], prompt["prompt_embeds"])


def test_strength_moves_where_the_steps_begin_without_jumps() -> None:
    begins = [PaintSettings(strength=i / 1000, steps=1).times(1000)[0] for i in range(1, 1001)]
    assert begins == list(range(1000))
    assert PaintSettings(strength=1.0, steps=4).times(1000) == [999, 749, 499, 249]
    assert PaintSettings(strength=0.0, steps=4).times(1000) == [3, 2, 1, 0]


def test_what_a_signal_says_is_kept_within_its_range() -> None:
    wild = PaintSettings().playing(
        {"strength": 7.0, "steps": 2.9, "seed": -3.0, "guidance": float("nan")}
    )
    assert wild == PaintSettings(strength=1.0, steps=2, seed=0, guidance=1.0)


def test_a_card_says_what_it_is_played_with(models: Path, tmp_path: Path) -> None:
    folder = copied(models / "sd", tmp_path)
    (folder / "model.json").write_text('{"size": 64, "diffusion": {"strength": 0.8, "steps": 3}}')
    found = load(folder / "model_index.json")
    assert str(found.card.size) == "64x64"
    assert found.foreign.settings == PaintSettings(strength=0.8, steps=3)  # type: ignore[union-attr]
    (folder / "model.json").write_text('{"diffusion": {"strength": 8}}')
    with pytest.raises(ModelError, match=r'"strength" of its card is 8; give 0.0 to 1.0'):
        load(folder / "model_index.json")


def test_a_folder_is_one_model_and_its_parts_are_none(models: Path) -> None:
    assert [name for name, _ in available([models])] == ["lcm", "sd", "sd3", "sdxl"]
    one = load(find("sd", [models]))
    assert one.card.size.plain == 32, "16 latents of 2 pixels"
    assert one.fit(33, 47) == (32, 48)
    assert str(one.foreign) == "Stable Diffusion (UNet2DConditionModel and AutoencoderKL)"
    assert load(find("sd", [models])) is one


def test_a_folder_whose_weights_were_written_again_is_read_again(
    models: Path, tmp_path: Path
) -> None:
    folder = copied(models / "sd", tmp_path)
    before = load(folder / "model_index.json")
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    save_file({key: each + 1 for key, each in load_file(weights).items()}, weights)
    after = load(folder / "model_index.json")
    assert after is not before and after.digest != before.digest


def pickled(folder: Path) -> None:
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))


def indexed(**values: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "model_index.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | values))

    return change


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (pickled, "unet/ holds its weights as a pickle, which can run code"),
        (indexed(unet=["os", "system"]), "its unet is os.system; livegan loads parts of"),
        (indexed(_class_name="FluxPipeline"), "a FluxPipeline, which livegan does not play"),
        (indexed(vae=[None, None]), "has no vae; copy the whole folder"),
        (lambda f: (f / "unet" / "config.json").unlink(), "unet/config.json cannot be read"),
        (lambda f: (f / "model_index.json").write_text("{"), "model_index.json is damaged"),
    ],
)
def test_a_folder_that_cannot_play_is_refused_in_a_line(
    models: Path, tmp_path: Path, change: Callable[[Path], object], line: str
) -> None:
    folder = copied(models / "sd", tmp_path)
    change(folder)
    with pytest.raises(ModelError) as refused:
        load(folder / "model_index.json")
    assert line in str(refused.value) and "\n" not in str(refused.value)


def test_a_text_needs_a_text_encoder(models: Path) -> None:
    with pytest.raises(ModelError, match="sdxl has no text encoder; give a stored prompt"):
        generator(models, "sdxl", prompts=["a cat"])


def test_a_stored_prompt_of_another_model_is_refused(models: Path, tmp_path: Path) -> None:
    file = tmp_path / "cat.safetensors"
    save_file({"prompt_embeds": torch.randn(1, 5, 99)}, file)
    made = generator(models, "sd", prompts=[file])
    with pytest.raises(ModelError, match="is the prompt stored for another model"):
        made.repaint(picture(0), settings=made.folder.settings)
    with pytest.raises(ModelError, match="its prompts have different shapes"):
        generator(models, "sd", prompts=[file, "a cat"])
    save_file({"embeds": torch.zeros(1)}, file)
    with pytest.raises(ModelError, match=r"cat\.safetensors: holds embeds; a stored prompt holds"):
        generator(models, "sd", prompts=[file])


def test_a_missing_extra_is_named_with_its_command(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [each for each in sys.modules if each.partition(".")[0] == "diffusers"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "diffusers", None)
    from livegan.generators.diffusion.loading import library

    with pytest.raises(ModelError, match=r"need diffusers: pip install 'livegan\[diffusers\]'"):
        library()


def copied(folder: Path, place: Path) -> Path:
    """A copy that may be changed."""
    return Path(shutil.copytree(folder, place / folder.name))


def test_names_of_prompts_are_the_librarys() -> None:
    import inspect

    diffusers = pytest.importorskip("diffusers")
    takes = inspect.signature(diffusers.StableDiffusionXLImg2ImgPipeline.__call__).parameters
    assert set(KEYS) <= set(takes)


def test_a_card_without_a_size_is_given_that_of_the_network(models: Path) -> None:
    found: Checkpoint = load(find("sd3", [models]))
    assert found.card == Card(name="sd3", size=found.card.size) and found.card.size.plain == 64
