"""A sheet needs no check of its pixels: what fills it is inside 0..1 already."""

from __future__ import annotations

import pytest
import torch

from livegan.builtin.pictures import as_picture, in_range

from ..playing import MIXERS, mixer

SHEETS = ("grid", "tile", "beside", "stack")


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("fit", ["cover", "contain", "stretch"])
def test_a_sheet_of_pictures_of_any_shape_needs_no_limiting(name: str, fit: str) -> None:
    pictures = [torch.ones(3, 31, 47), torch.rand(3, 64, 64).round(), torch.zeros(3, 20, 70)]
    sheet = mixer(name)(*pictures, fit=fit)
    assert torch.equal(as_picture(sheet), sheet)
    assert sheet.is_contiguous()
    assert sheet.dtype == torch.float32


def test_only_sheets_say_so() -> None:
    assert {name for name, each in MIXERS.items() if in_range(each)} == set(SHEETS)
