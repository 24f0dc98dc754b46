"""What real folders bring besides square 8-bit colour: masks, floats, 16-bit heights, constants, odd sizes."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from core.codec import container
from core.codec.compress import CompressResult, compress
from core.codec.settings import CompressSettings
from core.codec.transform import IDENTITY, MARGIN
from core.errors import InputError
from core.jobs import Control, Finished, Notice
from core.textures import images, reading, samples
from core.textures.material import ChannelRef, Pixels, SourceFile, TextureMap, TextureSet
from core.textures.roles import ROLE_INFO, Role
from tests.core.codec.materials import waves

QUICK = CompressSettings(bpp=8.0, time_budget=1.5, early_stop_db=0.0)


def run(material: TextureSet, folder: Path, settings: CompressSettings = QUICK) -> CompressResult:
    events = list(compress(material, settings, folder, Control()))
    assert isinstance(events[-1], Finished)
    result = events[-1].result
    assert [e.text for e in events if isinstance(e, Notice)] == result.report["notices"]
    return result


def texture_set(parts: dict[Role, tuple[Pixels, int]]) -> TextureSet:
    """Maps by role with their bit depth, a file each."""
    maps, files = [], []
    for role, (pixels, depth) in parts.items():
        name = f"Hard_{ROLE_INFO[role].label}.{'exr' if depth == 32 else 'png'}"
        maps.append(TextureMap(role, np.ascontiguousarray(pixels, np.float32), name, depth))
        files.append(SourceFile(name, depth, tuple(ChannelRef(role, i) for i in range(pixels.shape[2]))))
    height, width = maps[0].pixels.shape[:2]
    return TextureSet("Hard", width, height, tuple(maps), tuple(files))


def at_depth(pixels: Pixels, depth: int) -> Pixels:
    top = np.float32(2**depth - 1)
    return np.round(pixels * top) / top


def leaves(size: int, seed: int = 1) -> Pixels:
    """A cut-out mask [size, size, 1] of 8 bits: leaves that wrap around, their edges smoothed over one texel."""
    rng = np.random.default_rng(seed)
    v, u = np.meshgrid(*[(np.arange(size) + 0.5) / size] * 2, indexing="ij")
    inside = np.full((size, size), -np.inf)
    for _ in range(24):
        x0, y0, turn = rng.uniform(0, 1, 3)
        length = rng.uniform(0.08, 0.16)
        cos, sin = np.cos(2 * np.pi * turn), np.sin(2 * np.pi * turn)
        across, down = (u - x0 + 0.5) % 1 - 0.5, (v - y0 + 0.5) % 1 - 0.5
        x, y = (across * cos + down * sin) / length, (down * cos - across * sin) / length
        half = 0.38 * np.sqrt(np.clip(1 - x * x, 0, None)) * (1 + 0.15 * np.sin(14 * np.pi * x))
        inside = np.maximum(inside, np.where(np.abs(x) < 1, (half - np.abs(y)) * length * size, -np.inf))
    return at_depth(np.clip(inside + 0.5, 0, 1)[..., None].astype(np.float32), 8)


# --- masks -------------------------------------------------------------------------------------------------------


def test_a_cut_out_decodes_to_exactly_0_and_1(tmp_path: Path) -> None:
    mask = leaves(256)
    wood = samples.generate("wood_planks", 256)
    opacity = TextureMap(Role.OPACITY, mask, "leaf.png", 8)
    file = SourceFile("leaf.png", 8, (ChannelRef(Role.OPACITY),))
    material = dataclasses.replace(wood, maps=(*wood.maps, opacity), files=(*wood.files, file))
    settings = CompressSettings(bpp=6.0, time_budget=None, preset="draft", early_stop_db=0.0)
    result = run(material, tmp_path, settings)
    stored = next(m for m in result.texture.maps if m.role is Role.OPACITY)
    assert stored.transform.margins == (MARGIN, MARGIN)
    assert all(m.transform == IDENTITY for m in result.texture.maps if m.role is not Role.OPACITY)
    decoded = container.read(result.path).decode()[Role.OPACITY]
    ends = (mask == 0) | (mask == 1)
    assert ends.mean() > 0.9
    assert (decoded == mask)[ends].mean() > 0.99
    assert ((decoded > 0.5) == (mask > 0.5)).mean() > 0.995
    assert result.report["psnr_db"] > 28


# --- floats ------------------------------------------------------------------------------------------------------


def radiance(size: int) -> Pixels:
    """Dark with two lamps, the brighter one a hundred times as bright as white."""
    v, u = np.meshgrid(*[(np.arange(size) + 0.5) / size] * 2, indexing="ij")
    first = np.exp(-((u - 0.3) ** 2 + (v - 0.4) ** 2) / 0.01)
    second = np.exp(-((u - 0.7) ** 2 + (v - 0.6) ** 2) / 0.02)
    light = first[..., None] * [100.0, 60.0, 20.0] + second[..., None] * [0.5, 1.0, 2.0]
    return light.astype(np.float32)


def write_exr(path: Path, pixels: Pixels) -> None:
    images.write_image(path, pixels, 32)


def test_floats_from_the_folder_to_the_decoded_files(tmp_path: Path) -> None:
    size = 128
    light = radiance(size)
    height = (waves(size, size, 1, seed=3) * 3 - 1).astype(np.float32)
    write_exr(tmp_path / "in" / "lamp_emissive.exr", light)
    write_exr(tmp_path / "in" / "lamp_height.exr", height)
    images.write_image(tmp_path / "in" / "lamp_color.png", waves(size, size, 3), 8)
    material = reading.read(reading.plan([tmp_path / "in"])[0])
    # By steps: seconds on a busy machine say little.
    result = run(material, tmp_path / "out", dataclasses.replace(QUICK, time_budget=None, preset="draft"))
    texts = result.report["notices"]
    assert any(t.startswith("lamp_emissive.exr (emissive)") and "logarithmic" in t for t in texts)
    assert "lamp_height.exr (displacement) holds values from -1 to 2: its PSNR is relative to that range." in texts

    paths = images.write_set(container.read(result.path).decoded_set(), tmp_path / "decoded")
    assert sorted(p.name for p in paths) == ["lamp_color.png", "lamp_emissive.exr", "lamp_height.exr"]
    found = {}
    for path in paths:
        pixels, depth = images.read_image(path)
        assert depth == (8 if path.suffix == ".png" else 32)
        found[path.stem.rpartition("_")[2]] = pixels
    assert np.percentile(abs(found["height"] - height), 99) < 0.3
    assert found["height"].min() < -0.7 and found["height"].max() > 1.7
    lit = light > 0.05
    assert np.median(np.abs(found["emissive"] - light)[lit] / light[lit]) < 0.2
    assert found["emissive"].max() > 80

    by_role = {entry["role"]: entry for entry in result.report["maps"]}
    for role, source in (("displacement", height), ("emissive", light)):
        extent = float(source.max()) - float(source.min())
        error = float(np.mean((found["height" if role == "displacement" else role] - source).astype(np.float64) ** 2))
        assert by_role[role]["psnr_db"] == pytest.approx(10 * np.log10(extent**2 / error), abs=0.01)
        assert by_role[role]["bit_depth"] == 32
        assert by_role[role]["flip"] is None
        assert by_role[role]["psnr_db"] > 28
        assert 0.8 < by_role[role]["ssim"] <= 1


def test_floats_within_one_are_measured_like_integers(tmp_path: Path) -> None:
    material = texture_set({Role.EMISSIVE: (waves(96, 96, 3), 32), Role.DISPLACEMENT: (waves(96, 96, 1, 5), 32)})
    result = run(material, tmp_path)
    assert all(m.transform == IDENTITY for m in result.texture.maps)
    assert result.report["notices"] == []
    assert result.report["maps"][0]["flip"] is not None
    decoded = container.read(result.path).decode()[Role.DISPLACEMENT]
    levels = np.unique(np.round(decoded * 65535))
    assert len(levels) > 2000  # float all the way, not 8 bits in between


def test_a_16_bit_height_keeps_its_levels(tmp_path: Path) -> None:
    material = texture_set({Role.DISPLACEMENT: (at_depth(waves(128, 128, 1), 16), 16)})
    result = run(material, tmp_path)
    assert result.report["maps"][0]["bit_depth"] == 16
    (path,) = images.write_set(container.read(result.path).decoded_set(), tmp_path / "decoded")
    pixels, depth = images.read_image(path)
    assert depth == 16
    assert len(np.unique(pixels)) > 2000
    assert result.report["psnr_db"] == pytest.approx(
        -10 * np.log10(np.mean((pixels - material.maps[0].pixels) ** 2)), abs=0.01
    )


# --- constants ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [8, 16, 32])
def test_constant_channels_are_exact_and_free(depth: int, tmp_path: Path) -> None:
    values = {8: 77 / 255, 16: 12345 / 65535, 32: -3.75}
    flat = np.full((64, 64, 1), values[depth], np.float32)
    colour = at_depth(waves(64, 64, 3), 8)
    colour[..., 1] = np.float32(200 / 255)
    with_flat = texture_set({Role.ALBEDO: (colour, 8), Role.DISPLACEMENT: (flat, depth)})
    result = run(with_flat, tmp_path)
    assert result.texture.layout.channels == 2
    decoded = container.read(result.path)
    for mip in range(decoded.mip_levels):
        maps = decoded.decoded_set(mip).by_role
        assert (maps[Role.DISPLACEMENT].pixels == flat[0, 0, 0]).all()
        assert (maps[Role.ALBEDO].pixels[..., 1] == np.float32(200 / 255)).all()
    assert result.report["maps"][1]["psnr_db"] is None  # exact


def test_a_set_in_which_everything_is_constant(tmp_path: Path) -> None:
    parts = {
        Role.ALBEDO: (np.full((40, 24, 3), 10 / 255, np.float32), 8),
        Role.ROUGHNESS: (np.full((40, 24, 1), 54321 / 65535, np.float32), 16),
        Role.EMISSIVE: (np.full((40, 24, 3), 12.5, np.float32), 32),
    }
    result = run(texture_set(parts), tmp_path)
    assert result.report["psnr_db"] is None
    assert result.report["bytes"] < 700
    decoded = container.read(result.path).decoded_set()
    for role, (pixels, _) in parts.items():
        np.testing.assert_array_equal(decoded.by_role[role].pixels, pixels)


# --- sizes and channels ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 5), (37, 20), (200, 120), (1024, 16), (17, 513)])
def test_any_size(width: int, height: int, tmp_path: Path) -> None:
    parts = {
        Role.ALBEDO: (at_depth(waves(width, height, 3), 8), 8),
        Role.DISPLACEMENT: (at_depth(waves(width, height, 1, 4), 16), 16),
    }
    source = tmp_path / "in"
    material = texture_set(parts)
    images.write_set(material, source)
    material = reading.read(reading.plan([source])[0])
    # A handful of texels can't hold a header: such files take what they need.
    most = max(4000, width * height)
    settings = CompressSettings(max_bytes=most, time_budget=1.0, early_stop_db=0.0)
    result = run(material, tmp_path / "out", settings)
    assert result.path.stat().st_size <= most
    assert result.report["mip_levels"] == max(width, height).bit_length() == len(result.report["mips"])
    texture = container.read(result.path)
    for mip in range(texture.mip_levels):
        maps = texture.decoded_set(mip)
        assert (maps.width, maps.height) == (max(1, width >> mip), max(1, height >> mip))
        assert all(np.isfinite(m.pixels).all() for m in maps.maps)
    written = images.write_set(texture.decoded_set(), tmp_path / "decoded")
    again = reading.read(reading.plan(written)[0])
    assert (again.width, again.height, len(again.maps)) == (width, height, 2)


def many(channels: int, size: int = 32) -> TextureSet:
    """A set of just so many channels."""
    roles = [Role.ALBEDO, Role.NORMAL, Role.EMISSIVE]
    roles += [r for r in Role if r not in roles]
    image = at_depth(waves(size, size, channels), 8)
    parts, at = {}, 0
    for role in roles:
        count = ROLE_INFO[role].channels
        parts[role] = (image[..., at : at + count], 8)
        at += count
        if at >= channels:
            break
    return texture_set(parts)


def test_16_channels_are_taken_and_17_refused(tmp_path: Path) -> None:
    everything = many(15)
    assert everything.channels == 15
    wider = np.concatenate([everything.maps[-1].pixels, waves(32, 32, 1, 8)], axis=2)
    sixteen = dataclasses.replace(
        everything, maps=(*everything.maps[:-1], dataclasses.replace(everything.maps[-1], pixels=wider))
    )
    assert sixteen.channels == 16
    result = run(sixteen, tmp_path / "a", CompressSettings(max_bytes=6000, time_budget=1.0))
    assert container.read(result.path).layout.channels == 16
    wider = np.concatenate([wider, waves(32, 32, 1, 9)], axis=2)
    seventeen = dataclasses.replace(
        everything, maps=(*everything.maps[:-1], dataclasses.replace(everything.maps[-1], pixels=wider))
    )
    with pytest.raises(InputError, match="has 17 channels; a neural texture holds 16 at most"):
        run(seventeen, tmp_path / "b")
    assert not (tmp_path / "b").exists()
