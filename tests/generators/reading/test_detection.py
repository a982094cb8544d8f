from __future__ import annotations

import pytest
import torch

from livegan.generators import ModelError
from livegan.generators.networks.resnet import LocalEnhancer, Resnet
from livegan.generators.reading.detection import detect

from ..conftest import small
from ..originals import resnet_state, unet_state


@pytest.mark.parametrize(
    ("state", "name", "norm", "multiple", "minimum"),
    [
        (unet_state(7, 4, 3, 3, "batch"), "unet_128", "batch", 128, 128),
        (unet_state(8, 4, 1, 2, "instance"), "unet_256", "instance", 256, 256),
        (unet_state(6, 4, 3, 3, "none"), "unet_64", "none", 64, 64),
        (resnet_state(4, 6, "old instance"), "resnet_6blocks", "instance", 4, 8),
        (resnet_state(4, 9, "affine instance"), "resnet_9blocks", "affine instance", 4, 8),
        (
            resnet_state(4, 2, "instance", halvings=4, bias=True),
            "pix2pixHD global",
            "instance",
            16,
            32,
        ),
        (small(0).state_dict(), "small", "batch", 64, 128),
    ],
)
def test_everything_is_read_off_the_tensors(state, name, norm, multiple, minimum):
    found, _ = detect(state)
    assert (found.name, found.norm) == (name, norm)
    assert (found.multiple, found.minimum) == (multiple, minimum)


def test_dropout_in_a_resnet_is_seen_by_its_numbers():
    assert detect(resnet_state(4, 3, "batch", dropout=True))[0].options["dropout"] is True
    assert detect(resnet_state(4, 3, "batch"))[0].options["dropout"] is False


@pytest.mark.parametrize("upsampling", ["transposed", "nearest", "bilinear"])
@pytest.mark.parametrize("padding", ["reflect", "zero"])
@pytest.mark.parametrize("dropout", [False, True])
def test_the_ways_ports_build_a_resnet_are_told_apart(upsampling, padding, dropout):
    network = Resnet(
        3,
        3,
        4,
        torch.nn.InstanceNorm2d,
        bias=True,
        blocks=2,
        upsampling=upsampling,
        padding=padding,
        dropout=dropout,
    )
    options = detect(network.state_dict())[0].options
    assert (options["upsampling"], options["padding"]) == (upsampling, padding)
    assert options["dropout"] == dropout


@pytest.mark.parametrize("enhancers", [1, 2])
def test_pix2pixhds_local_enhancer_comes_back_as_it_was(enhancers):
    torch.manual_seed(0)
    network = LocalEnhancer(
        3,
        2,
        4,
        torch.nn.InstanceNorm2d,
        halvings=2,
        blocks=2,
        enhancers=enhancers,
        enhancer_blocks=1,
    )
    found, tensors = detect({f"module.{k}": v for k, v in network.state_dict().items()})
    assert (found.name, found.in_channels, found.out_channels) == ("pix2pixHD local", 3, 2)
    again = found.build()
    again.load_state_dict(tensors, assign=True)
    x = torch.rand(1, 3, 64, 64)
    assert torch.equal(again(x), network(x))


def test_the_tensors_come_back_under_the_names_of_the_project():
    state = resnet_state(4, 3, "batch")
    found, tensors = detect({f"module.{k.replace('conv_', '')}": v for k, v in state.items()})
    assert set(tensors) == set(state)
    assert set(found.build().state_dict()) == set(state)
    assert all(torch.equal(tensors[key], state[key]) for key in state)


def test_building_makes_no_memory():
    found, _ = detect(unet_state(7, 4, 3, 3, "batch"))
    assert all(parameter.is_meta for parameter in found.build().parameters())


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({}, "seen: none; expected a U-Net or ResNet"),
        ({"fc.weight": torch.zeros(3, 4)}, r"seen: fc.weight \(3, 4\); expected"),
        ({f"a.{i}.weight": torch.zeros(1) for i in range(9)}, "… 9 in all"),
        ({"model.4.filt": torch.zeros(4, 1, 3, 3)}, "anti-aliasing.*TorchScript or ONNX"),
        ({"model.1.weight_orig": torch.zeros(4, 1, 3, 3)}, "split by a norm"),
        ({"m.1.parametrizations.weight.original": torch.zeros(4, 1, 3, 3)}, "split by a norm"),
    ],
)
def test_what_matches_nothing_is_refused_with_what_was_seen(state, message):
    with pytest.raises(ModelError, match=message):
        detect(state)


def test_a_tensor_of_another_shape_is_named():
    state = unet_state(5, 4, 3, 3, "batch")
    state["model.model.1.model.2.weight"] = torch.ones(5)
    with pytest.raises(ModelError, match=r"model.model.1.model.2.weight has \(5,\), not \(8,\)"):
        detect(state)


def test_a_missing_layer_is_noticed():
    state = resnet_state(4, 2, "batch")
    for key in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked"):
        del state[f"model.5.{key}"]
    with pytest.raises(ModelError, match="layers with weights"):
        detect(state)


def test_differences_are_named():
    a, b = (detect(resnet_state(4, blocks, "batch"))[0] for blocks in (2, 3))
    assert a.difference(b) == "blocks: 2 and 3"
    assert not a.difference(a)


def test_a_generator_with_more_in_it_is_refused_and_the_rest_named():
    state = resnet_state(4, 2, "batch") | {"attn.query.weight": torch.zeros(4, 4, 1, 1)}
    with pytest.raises(ModelError, match=r"resnet_2blocks with more in it \(attn.query.weight"):
        detect(state)


def test_tensors_within_a_numbered_layer_are_not_left_out_either():
    state = resnet_state(4, 2, "batch")
    state["model.10.attention.gamma"] = torch.zeros(1)
    with pytest.raises(ModelError, match=r"more in it \(model.10.attention.gamma"):
        detect(state)


@pytest.mark.parametrize("beside", ["discriminator", "netD", "D", "vgg", "loss_fn", "criterionGAN"])
def test_what_only_training_needs_is_no_part_of_a_generator(beside):
    state = resnet_state(4, 2, "batch")
    more = {f"{beside}.features.weight": torch.zeros(4, 3, 3, 3)}
    assert detect(state | more)[0].name == "resnet_2blocks"
    wrapped = {f"generator.{key}": value for key, value in state.items()}
    assert detect(wrapped | {"anything.weight": torch.zeros(9)} | more)[0].name == "resnet_2blocks"


def test_one_of_two_generators_is_chosen_by_its_word():
    a, b = resnet_state(4, 2, "batch"), resnet_state(4, 3, "batch")
    both = {f"netG_A.{k}": v for k, v in a.items()} | {f"netG_B.{k}": v for k, v in b.items()}
    with pytest.raises(ModelError, match=r'holds 2 generators .*\{"network": "netG_A"\}'):
        detect(both)
    assert detect(both, "netG_B")[0].name == "resnet_3blocks"
    with pytest.raises(ModelError, match="has no generator 'netG_C'"):
        detect(both, "netG_C")


def test_a_discriminator_is_told_from_a_generator():
    shapes = ((8, 6), (16, 8), (32, 16), (1, 32))
    state = {f"model.{2 * i}.weight": torch.zeros(o, n, 4, 4) for i, (o, n) in enumerate(shapes)}
    with pytest.raises(ModelError, match=r"is a discriminator \(D\)"):
        detect(state)


@pytest.mark.parametrize("number", ["9" * 400, "9" * 5000, "٣", "0." * 3000 + "0"])
def test_absurd_layer_numbers_are_one_line(number):
    with pytest.raises(ModelError, match="match no known network") as caught:
        detect({f"model.{number}.weight": torch.zeros(4, 3, 4, 4)})
    assert len(str(caught.value)) < 400


def test_layers_without_channels_are_one_line():
    state = {k: v[:0] if v.ndim else v for k, v in unet_state(5, 4, 3, 3, "batch").items()}
    with pytest.raises(ModelError):
        detect(state)
