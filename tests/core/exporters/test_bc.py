"""DDS files, read by OpenImageIO, by OpenGL's driver and by texture2ddecoder: three readers that aren't ours."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import moderngl
import numpy as np
import OpenImageIO
import pytest
from numpy.typing import NDArray

from core.blocks.decoding import decode
from core.blocks.formats import BC6H, BC7, FORMATS
from core.exporters import ExportResult, export
from core.exporters.dds import dds
from core.exporters.settings import BcSettings
from core.jobs import Control, Finished, Progress
from core.textures.material import ChannelRef, NormalConvention, SourceFile, TextureMap, TextureSet
from core.textures.mips import pyramid
from core.textures.normals import flip_green, mean_angle, rebuild_z
from core.textures.roles import ROLE_INFO, Role
from renderers.offscreen import offscreen_context
from tests.core.codec.materials import random_texture
from tests.core.exporters.gl_blocks import decoded_by_gl

Pixels = NDArray[np.float32]
DXGI = {71: "bc1", 80: "bc4", 83: "bc5", 95: "bc6h", 98: "bc7", 99: "bc7 srgb"}


@pytest.fixture(scope="module")
def ctx() -> Iterator[moderngl.Context]:
    with offscreen_context() as context:
        yield context


@dataclasses.dataclass
class Dds:
    """What the header says, by the layout that is published for the format."""

    format: str
    width: int
    height: int
    alpha: int
    levels: list[bytes]


def parsed(path: Path) -> Dds:
    data = path.read_bytes()
    assert data[:4] == b"DDS "
    size, flags, height, width, linear, depth, mips = struct.unpack_from("<7I", data, 4)
    assert size == 124 and flags == 0xA1007 and depth == 0
    assert struct.unpack_from("<2I4s", data, 76) == (32, 0x4, b"DX10")
    assert struct.unpack_from("<2I", data, 108) == (0x401008, 0)
    dxgi, dimension, misc, slices, alpha = struct.unpack_from("<5I", data, 128)
    assert (dimension, misc, slices) == (3, 0, 1)
    bytes_of_block = 8 if dxgi == 80 else 16
    at, levels = 148, []
    for level in range(mips):
        w, h = max(1, width >> level), max(1, height >> level)
        length = -(-w // 4) * -(-h // 4) * bytes_of_block
        levels.append(data[at : at + length])
        at += length
    assert at == len(data) and linear == len(levels[0]) and mips == max(width, height).bit_length()
    return Dds(DXGI[dxgi], width, height, alpha, levels)


def read_by_openimageio(path: Path) -> list[Pixels]:
    image = OpenImageIO.ImageInput.open(str(path))
    assert image is not None, OpenImageIO.geterror()
    levels = []
    while image.seek_subimage(0, len(levels)):
        spec = image.spec()
        levels.append(np.asarray(image.read_image(0, len(levels), 0, spec.nchannels, "float")))
    image.close()
    return levels


def finished(source: Any, folder: Path, settings: BcSettings | None = None) -> ExportResult:
    *_, last = export("bc", source, folder, settings or BcSettings())
    assert isinstance(last, Finished)
    return last.result


def psnr(a: NDArray[Any], b: NDArray[Any]) -> float:
    return float(-10 * np.log10(max(float(np.mean((a - b) ** 2)), 1e-12)))


def with_map(material: TextureSet, role: Role, pixels: NDArray[Any], bit_depth: int = 8) -> TextureSet:
    file = f"Wall_{role}.exr"
    layout = tuple(ChannelRef(role, index) for index in range(ROLE_INFO[role].channels))
    return dataclasses.replace(
        material,
        maps=(*material.maps, TextureMap(role, pixels.astype(np.float32), file, bit_depth)),
        files=(*material.files, SourceFile(file, bit_depth, layout)),
    )


def test_formats_of_a_material(material: TextureSet, tmp_path: Path) -> None:
    result = finished(material, tmp_path)
    assert [path.name for path in result.files] == ["Wall_albedo.dds", "Wall_normal.dds", "Wall_orm.dds"]
    assert [parsed(path).format for path in result.files] == ["bc7 srgb", "bc5", "bc7"]
    assert any("OpenGL" in note for note in result.notes) and any("Z" in note for note in result.notes)
    assert any("multiple of 4" in note for note in result.notes)


def test_every_level_is_the_mean_of_the_one_before(material: TextureSet, tmp_path: Path, ctx: moderngl.Context) -> None:
    finished(material, tmp_path)
    maps = material.by_role
    metallic = np.zeros_like(maps[Role.ROUGHNESS].pixels)
    expected = {
        "albedo": maps[Role.ALBEDO].pixels,
        "normal": maps[Role.NORMAL].pixels[..., :2],
        "orm": np.concatenate([maps[Role.OCCLUSION].pixels, maps[Role.ROUGHNESS].pixels, metallic], axis=2),
    }
    for label, pixels in expected.items():
        path = tmp_path / f"Wall_{label}.dds"
        file = parsed(path)
        assert (file.width, file.height) == (material.width, material.height)
        levels, channels = pyramid(pixels), pixels.shape[2]
        with ctx:
            by_driver = decoded_by_gl(file.levels, file.format, file.width, file.height)
        for level, by_driver_level in zip(levels, by_driver, strict=True):
            assert psnr(by_driver_level[..., :channels], level) > 33.0, label
        by_reader = read_by_openimageio(path)
        for mine, other in zip(by_driver, by_reader, strict=True):
            # X and Y of BC5: this reader rebuilds Z; what OpenGL gives there is 0.
            np.testing.assert_allclose(other[..., :channels], mine[..., :channels], atol=1.01 / 255)
        by_third = decode(file.levels[0], FORMATS[file.format.split()[0]], file.width, file.height, channels)
        np.testing.assert_allclose(by_third, by_driver[0][..., :channels], atol=1.01 / 255)


def test_normals_are_turned_by_choice_and_it_is_said(material: TextureSet, tmp_path: Path) -> None:
    normal = material.by_role[Role.NORMAL].pixels
    for wanted, expected in (("source", normal), ("opengl", normal), ("directx", flip_green(normal))):
        result = finished(material, tmp_path, BcSettings(normals=wanted))
        blocks = parsed(tmp_path / "Wall_normal.dds").levels[0]
        decoded = rebuild_z(decode(blocks, FORMATS["bc5"], material.width, material.height, 2))
        assert mean_angle(decoded, expected) < 1.0
        assert ("turned over" in result.notes[0]) == (wanted == "directx")
    unknown = dataclasses.replace(material, normal_convention=NormalConvention.UNKNOWN)
    assert "not known" in finished(unknown, tmp_path, BcSettings(normals="directx")).notes[0]


def test_masks_and_opacity_alone_or_together(material: TextureSet, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    opacity = np.round(rng.random((material.height, material.width, 1))).repeat(1, axis=2)
    cut = with_map(material, Role.OPACITY, opacity)
    finished(cut, tmp_path)
    file = parsed(tmp_path / "Wall_albedo.dds")
    assert file.alpha == 1 and parsed(tmp_path / "Wall_orm.dds").alpha == 0
    decoded = decode(file.levels[0], BC7, cut.width, cut.height, 4)
    assert psnr(decoded[..., 3:], opacity) > 30.0
    result = finished(cut, tmp_path, BcSettings(masks="single", opacity="single"))
    assert {path.name: parsed(path).format for path in result.files} == {
        "Wall_albedo.dds": "bc7 srgb",
        "Wall_normal.dds": "bc5",
        "Wall_roughness.dds": "bc4",
        "Wall_occlusion.dds": "bc4",
        "Wall_opacity.dds": "bc4",
    }
    assert [path.name for path in result.removed] == ["Wall_orm.dds"]
    assert parsed(tmp_path / "Wall_albedo.dds").alpha == 0


def test_light_beyond_1_stays(material: TextureSet, tmp_path: Path, ctx: moderngl.Context) -> None:
    v, u = np.meshgrid(np.linspace(0, 1, material.height), np.linspace(0, 1, material.width), indexing="ij")
    light = np.stack([20.0 * u, 3.0 * v, u * v], axis=2)
    lit = with_map(material, Role.EMISSIVE, light, 32)
    result = finished(lit, tmp_path)
    file = parsed(tmp_path / "Wall_emissive.dds")
    assert file.format == "bc6h" and any("beyond 1" in note for note in result.notes)
    with ctx:
        by_driver = decoded_by_gl(file.levels, "bc6h", file.width, file.height)
    by_reader = read_by_openimageio(tmp_path / "Wall_emissive.dds")
    assert by_driver[0].max() > 19.0 and np.abs(by_driver[0][..., :3] - light).mean() < 0.01 * light.mean()
    for mine, other in zip(by_driver, by_reader, strict=True):
        np.testing.assert_allclose(other[..., :3], mine[..., :3], rtol=2e-3)
    # An emissive map within 1 is colour like any other.
    finished(with_map(material, Role.EMISSIVE, light / 20.0), tmp_path / "dim")
    assert parsed(tmp_path / "dim" / "Wall_emissive.dds").format == "bc7 srgb"
    assert BC6H.name not in FORMATS


def test_heights_beyond_1_are_scaled_and_it_is_said(material: TextureSet, tmp_path: Path) -> None:
    height = np.linspace(-3.0, 5.0, material.width * material.height).reshape(material.height, material.width, 1)
    result = finished(with_map(material, Role.DISPLACEMENT, height, 32), tmp_path)
    assert any("displacement values stand for -3 to 5" in note for note in result.notes)
    file = parsed(tmp_path / "Wall_displacement.dds")
    decoded = decode(file.levels[0], FORMATS["bc4"], file.width, file.height, 1)
    assert psnr(decoded, ((height + 3) / 8).astype(np.float32)) > 40.0


def test_a_neural_texture_gives_its_own_levels(tmp_path: Path, ctx: moderngl.Context) -> None:
    from core.codec.layout import LatentGrid

    source = random_texture(20, 12, (LatentGrid(4, 7, 4), LatentGrid(16, 5, 4)))
    finished(source, tmp_path)
    file = parsed(tmp_path / f"{source.name}_normal.dds")
    with ctx:
        by_driver = decoded_by_gl(file.levels, "bc5", file.width, file.height)
    assert len(by_driver) == source.mip_levels
    for level, decoded in enumerate(by_driver):
        expected = source.decoded_set(level).by_role[Role.NORMAL].pixels[..., :2]
        # Noise is what BC5 is worst at; another level would be far off all the same.
        assert psnr(decoded[..., :2], expected) > 18.0
    again = finished(source, tmp_path)
    assert again.unchanged == again.files


def test_what_is_not_changed_is_not_encoded_again(material: TextureSet, tmp_path: Path) -> None:
    finished(material, tmp_path)

    def encoded(changed: TextureSet, settings: BcSettings | None = None) -> list[str]:
        events = list(export("bc", changed, tmp_path, settings or BcSettings()))
        return list(dict.fromkeys(event.stage.split()[-1] for event in events if isinstance(event, Progress)))

    assert encoded(material) == []
    rough = material.by_role[Role.ROUGHNESS]
    softer = dataclasses.replace(rough, pixels=rough.pixels * np.float32(0.5))
    changed = dataclasses.replace(material, maps=tuple(softer if m is rough else m for m in material.maps))
    assert encoded(changed) == ["Wall_orm.dds"]
    assert encoded(changed, BcSettings(normals="directx")) == ["Wall_normal.dds"]
    (tmp_path / "Wall_albedo.dds").write_bytes(b"damaged")
    assert encoded(changed, BcSettings(normals="directx")) == ["Wall_albedo.dds"]
    assert parsed(tmp_path / "Wall_albedo.dds").format == "bc7 srgb"


def test_same_input_same_bytes(material: TextureSet, tmp_path: Path) -> None:
    files = [finished(material, tmp_path / name).files for name in ("a", "b")]
    for first, second in zip(*files, strict=True):
        assert first.read_bytes() == second.read_bytes()


def test_stopping_leaves_the_earlier_files(material: TextureSet, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in finished(material, tmp_path).files}
    control = Control()
    lighter = dataclasses.replace(material.maps[0], pixels=np.sqrt(material.maps[0].pixels))
    for event in export("bc", dataclasses.replace(material, maps=(lighter,)), tmp_path, None, control):
        control.stop()
        if isinstance(event, Finished):
            assert event.stopped_early
    assert {path: path.read_bytes() for path in before} == before


def test_a_chain_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="no mip chain"):
        dds([bytes(16)], BC7, 8, 8, srgb=False, has_alpha=False)
