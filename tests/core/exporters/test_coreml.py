"""The Core ML package, read back and run by an interpreter of its own program."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

from core.codec.layout import LatentGrid
from core.codec.neural_texture import NeuralTexture
from core.errors import InputError
from core.exporters.coreml import package
from tests.core.codec.materials import random_texture
from tests.core.exporters.mil import Package
from tests.core.exporters.test_arrays import CONSTANT

SOURCES = (
    random_texture(60, 44, (LatentGrid(4, 7, 4), LatentGrid(16, 5, 4))),
    random_texture(33, 20, (LatentGrid(4, 5, 16), LatentGrid(8, 19, 3), LatentGrid(16, 2, 1))),
)


def written(source: NeuralTexture, folder: Path) -> Path:
    for name, data in package(source).items():
        path = folder / "t.mlpackage" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder / "t.mlpackage"


def centres(width: int, height: int) -> np.ndarray:
    v, u = np.meshgrid((np.arange(height) + 0.5) / height, (np.arange(width) + 0.5) / width, indexing="ij")
    return np.stack([u, v], axis=2).reshape(-1, 2).astype(np.float32)


@pytest.mark.parametrize("source", [*SOURCES, CONSTANT], ids=["two-grids", "three-grids", "constant"])
def test_the_program_decodes(source: NeuralTexture, tmp_path: Path) -> None:
    model = Package(written(source, tmp_path))
    sizes = [source.layout.mip_size(mip) for mip in range(source.mip_levels)]
    # All levels in one batch, each sample with a level of its own.
    uv = np.concatenate([centres(*size) for size in sizes])
    mip = np.concatenate([np.full(w * h, level, np.int32) for level, (w, h) in enumerate(sizes)])
    found = model.run(uv=uv, mip=mip)
    assert set(found) == {str(role) for role in source.roles}
    at = 0
    for level, (width, height) in enumerate(sizes):
        decoded = source.decode(level)
        for m in source.maps:
            own = found[str(m.role)][at : at + width * height].reshape(height, width, -1)
            error = np.abs(own - decoded[m.role]).max()
            assert error < (m.transform.high - m.transform.low) / 255 / 4, (level, m.role, error)
        at += width * height


def test_places_and_levels_beyond_the_texture(tmp_path: Path) -> None:
    source = SOURCES[0]
    model = Package(written(source, tmp_path))
    uv = centres(60, 44)[:50]
    level = np.zeros(50, np.int32)
    inside, beyond = model.run(uv=uv, mip=level), model.run(uv=uv + np.array([3, -2], np.float32), mip=level - 7)
    np.testing.assert_allclose(beyond["albedo"], inside["albedo"], atol=2e-3)
    last, deeper = (model.run(uv=uv, mip=level + n) for n in (source.mip_levels - 1, 99))
    np.testing.assert_array_equal(last["albedo"], deeper["albedo"])


def test_what_the_file_says(tmp_path: Path) -> None:
    spec = Package(written(SOURCES[0], tmp_path)).spec
    assert spec.specificationVersion == 7, "iOS 16"
    inputs = {entry.name: entry.type.multiArrayType for entry in spec.description.input}
    assert list(inputs["uv"].shape)[1] == 2 and inputs["uv"].shapeRange.sizeRanges[0].upperBound > 1e5
    assert spec.description.metadata.userDefined["texloom.mip_levels"] == str(SOURCES[0].mip_levels)
    # Codes of four bits stay four bits.
    weights = (tmp_path / "t.mlpackage/Data/com.apple.CoreML/weights/weight.bin").stat().st_size
    layout = SOURCES[0].layout
    assert weights < layout.latent_bytes + 4 * layout.multiply_adds + 4096


def test_the_same_bytes_again() -> None:
    source = dataclasses.replace(SOURCES[0], name="石")
    assert package(source) == package(source)


def test_without_coremltools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "coremltools", None)
    with pytest.raises(InputError, match="pip install coremltools"):
        package(SOURCES[0])
