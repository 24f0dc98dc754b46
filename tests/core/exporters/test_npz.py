"""The arrays of a neural texture, decoded by the description alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.codec.compress import compress
from core.codec.neural_texture import NeuralTexture
from core.codec.settings import CompressSettings
from core.errors import InputError
from core.exporters import export
from core.jobs import Control, Finished
from core.textures.material import TextureSet


def triangle(t: NDArray[np.float64]) -> NDArray[np.float64]:
    return 2 * np.abs(2 * (t - np.floor(t)) - 1) - 1


def blend(grid: NDArray[np.float64], width: int, height: int) -> NDArray[np.float64]:
    for axis, texels in ((0, height), (1, width)):
        count = grid.shape[axis]
        at = (np.arange(texels) + 0.5) / texels * count - 0.5
        first = np.floor(at).astype(int)
        part = (at - first).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
        grid = np.take(grid, first % count, axis) * (1 - part) + np.take(grid, (first + 1) % count, axis) * part
    return grid


def in_file_values(output: NDArray[np.float64], transform: dict[str, Any]) -> NDArray[np.float64]:
    before, after = transform["margins"]
    u = np.clip((output - before) / (1 - before - after), 0, 1)
    if transform["curve"] > 0:
        u = ((1 + transform["curve"]) ** u - 1) / transform["curve"]
    return transform["low"] + (transform["high"] - transform["low"]) * u


def decode(folder: Path, mip: int) -> dict[str, NDArray[np.float64]]:
    facts: dict[str, Any] = json.loads(next(folder.glob("*.json")).read_text(encoding="utf-8"))
    arrays = np.load(next(folder.glob("*.npz")), allow_pickle=False)
    width, height = max(1, facts["width"] >> mip), max(1, facts["height"] >> mip)
    number = next(i for i, group in enumerate(facts["groups"]) if group["first"] <= mip <= group["last"])
    group = facts["groups"][number]
    inputs = []
    for which, grid in enumerate(group["grids"]):
        codes = arrays[f"latents_{number}_{which}"]
        assert list(codes.shape) == [*grid["size"], grid["features"]]
        inputs.append(blend(2 * codes / (2 ** grid["bits"] - 1) - 1.0, width, height))
    once, twice = group["cells"]
    for axis, texels in ((0, width), (1, height)):
        u = (np.arange(texels) + 0.5) / texels
        for cells in (twice[axis], once[axis], 2 * once[axis]):
            for shift in (0, 0.25):
                wave = triangle(cells * u + shift).reshape((1, -1, 1) if axis == 0 else (-1, 1, 1))
                inputs.append(np.broadcast_to(wave, (height, width, 1)))
    level = np.zeros((height, width, 3))
    if mip > group["first"]:
        level[:, :, min(mip - group["first"], 3) - 1] = 1
    values = np.concatenate([*inputs, level], axis=2)
    for i in range(len(facts["layers"])):
        values = values @ arrays[f"weights_{i}"].astype(np.float64) + arrays[f"biases_{i}"]
        if i < len(facts["layers"]) - 1:
            values = np.maximum(values, 0.01 * values)
    values = values + arrays["offset"]
    maps, at = {}, 0
    for entry in facts["maps"]:
        planes = []
        for channel in entry["channels"]:
            if channel["constant"] is None:
                planes.append(in_file_values(values[:, :, at], entry["transform"]))
                at += 1
            else:
                planes.append(np.full((height, width), channel["constant"]))
        maps[entry["role"]] = np.stack(planes, axis=2)
    return maps


@pytest.fixture
def texture(material: TextureSet, tmp_path: Path) -> NeuralTexture:
    settings = CompressSettings(bpp=20.0, time_budget=1.0)
    *_, last = compress(material, settings, tmp_path / "compressed", Control())
    assert isinstance(last, Finished)
    return last.result.texture


def test_decodes_by_its_description(texture: NeuralTexture, tmp_path: Path) -> None:
    *_, last = export("npz", texture, tmp_path / "npz")
    assert isinstance(last, Finished) and len(last.result.files) == 2
    for mip in (0, 1, texture.mip_levels - 1):
        expected = texture.decode(mip)
        decoded = decode(tmp_path / "npz", mip)
        assert list(decoded) == [str(role) for role in expected]
        for role, pixels in expected.items():
            np.testing.assert_allclose(decoded[str(role)], pixels, atol=1e-4)


def test_a_texture_set_has_no_arrays_yet(material: TextureSet, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="compressed first"):
        list(export("npz", material, tmp_path))
