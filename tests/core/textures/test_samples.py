from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.textures import mips, normals, reading, samples
from core.textures.material import NormalConvention, TextureSet
from core.textures.roles import Role
from core.textures.seams import seam_ratios

BASIC = {Role.ALBEDO, Role.NORMAL, Role.ROUGHNESS, Role.OCCLUSION, Role.DISPLACEMENT}


@pytest.fixture(scope="module", params=samples.SAMPLE_NAMES)
def sample(request: pytest.FixtureRequest) -> TextureSet:
    return samples.generate(request.param, 256)


def test_its_maps(sample: TextureSet) -> None:
    metallic = {Role.METALLIC} if sample.name == "WornPaintedMetal" else set()
    assert set(sample.by_role) == BASIC | metallic
    assert sample.normal_convention is NormalConvention.OPENGL
    for texture in sample.maps:
        assert texture.pixels.shape[:2] == (256, 256) and texture.pixels.dtype == np.float32
        assert texture.pixels.min() >= 0 and texture.pixels.max() <= 1
        assert texture.pixels.std() > 0.02, f"{texture.role} says next to nothing"


def test_it_tiles(sample: TextureSet) -> None:
    for texture in sample.maps:
        assert seam_ratios(texture.pixels).whole < 1.6, texture.role
        for axis in (0, 1):
            # Moved by half a tile, the seam lies in the middle; it must not be among the strongest lines there.
            moved = np.roll(texture.pixels, 128, axis)
            lines = np.abs(np.diff(moved, axis=axis)).mean(axis=(1 - axis, 2))
            assert lines[127] <= np.quantile(lines, 0.995) + 1e-6, (texture.role, axis)


def test_normals_belong_to_the_height(sample: TextureSet) -> None:
    normal, height = sample.by_role[Role.NORMAL].pixels, sample.by_role[Role.DISPLACEMENT].pixels
    convention, confidence = normals.measure_convention(normal, height)
    assert convention is NormalConvention.OPENGL and confidence > 0.75  # planks hardly slope along u
    vectors = normal * 2 - 1
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=2), 1, atol=1e-3)
    assert vectors[:, :, 2].min() > 0


def test_maps_belong_together(sample: TextureSet) -> None:
    """Low places are in the shade, and colour follows the structure."""
    height, occlusion = sample.by_role[Role.DISPLACEMENT].pixels, sample.by_role[Role.OCCLUSION].pixels
    low, high = np.quantile(height, [0.02, 0.5])
    assert occlusion[height <= low].mean() < occlusion[height >= high].mean() - 0.05
    fine_grey, fine_height = (
        x - mips.resize(mips.resize(x, 32, 32), 256, 256)
        for x in (sample.by_role[Role.ALBEDO].pixels.mean(axis=2, keepdims=True), height)
    )
    assert abs(np.corrcoef(fine_grey.ravel(), fine_height.ravel())[0, 1]) > 0.12


def test_it_looks_the_same_at_every_resolution(sample: TextureSet) -> None:
    name = next(n for n in samples.SAMPLE_NAMES if n.replace("_", "") == sample.name.lower())
    large = samples.generate(name, 512)
    coarse = mips.pyramid(large.by_role[Role.ALBEDO].pixels)[1]
    small = sample.by_role[Role.ALBEDO].pixels
    a, b = (mips.resize(x, 32, 32) for x in (coarse, small))
    assert np.abs(a - b).mean() < 0.02
    assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.95


def test_seeds(sample: TextureSet) -> None:
    name = next(n for n in samples.SAMPLE_NAMES if n.replace("_", "") == sample.name.lower())
    again, other = samples.generate(name, 256), samples.generate(name, 256, seed=1)
    for texture in sample.maps:
        np.testing.assert_array_equal(again.by_role[texture.role].pixels, texture.pixels)
        assert np.abs(other.by_role[texture.role].pixels - texture.pixels).mean() > 0.001


@pytest.mark.parametrize("name", samples.SAMPLE_NAMES)
@pytest.mark.parametrize("size", [(16, 16), (96, 40), (75, 201)])
def test_odd_sizes(name: str, size: tuple[int, int]) -> None:
    made = samples.generate(name, *size)
    assert (made.width, made.height) == size
    for texture in made.maps:
        assert texture.pixels.shape[:2] == (size[1], size[0])
        assert np.isfinite(texture.pixels).all()


def test_written_samples_are_read_as_what_they_are(tmp_path: Path) -> None:
    folders = samples.write_samples(tmp_path, 64)
    assert [f.name for f in folders] == [
        "Bricks_64x64-PNG",
        "WornPaintedMetal_64x64-PNG",
        "WoodPlanks_64x64-PNG",
        "Cobbles_64x64-PNG",
        "WovenFabric_64x64-PNG",
    ]
    plans = {p.folder: p for p in reading.plan([tmp_path])}
    for name, folder in zip(samples.SAMPLE_NAMES, folders, strict=True):
        again, made = reading.read(plans[folder]), samples.generate(name, 64)
        assert again.normal_convention is NormalConvention.OPENGL and again.notices == ()
        assert {m.role: m.bit_depth for m in again.maps} == {m.role: m.bit_depth for m in made.maps}
        assert again.by_role[Role.DISPLACEMENT].bit_depth == 16
        assert sorted(again.files, key=lambda f: f.name) == sorted(made.files, key=lambda f: f.name)
        for texture in made.maps:
            np.testing.assert_array_equal(again.by_role[texture.role].pixels, texture.pixels)


@pytest.mark.parametrize(("name", "width", "height"), [("gold", 64, 64), ("bricks", 8, 64), ("bricks", 64, 8193)])
def test_what_does_not_exist(name: str, width: int, height: int) -> None:
    with pytest.raises(InputError) as caught:
        samples.generate(name, width, height)
    assert str(caught.value).endswith(".")
