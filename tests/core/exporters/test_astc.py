"""KTX2 files, read by the specification, by a reader that isn't ours, and decoded by OpenGL's driver."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import moderngl
import numpy as np
import pytest
import zstandard
from numpy.typing import NDArray

from core.blocks.decoding import decode
from core.blocks.formats import FORMATS
from core.exporters import ExportResult, export
from core.exporters.ktx2 import ktx2
from core.exporters.settings import ASTC_BLOCKS, AstcSettings
from core.jobs import Finished
from core.textures.material import TextureMap, TextureSet
from core.textures.mips import pyramid
from core.textures.normals import flip_green, mean_angle, rebuild_z
from core.textures.roles import Role
from renderers.offscreen import offscreen_context
from tests.core.exporters.gl_blocks import decoded_by_gl
from tests.core.exporters.node import run_node

# VkFormat: UNORM, and sRGB one above.
VULKAN = {157: "4x4", 161: "5x5", 165: "6x6", 171: "8x8", 179: "10x10", 183: "12x12"}
PARSE = """
import { readFileSync } from 'node:fs';
import { read } from 'ktx-parse';
const file = read(readFileSync(process.argv[2]));
const text = (value) => value instanceof Uint8Array ? new TextDecoder().decode(value).replace(/\\0$/, '') : value;
const [basic] = file.dataFormatDescriptor;
console.log(JSON.stringify({
  format: file.vkFormat, size: [file.pixelWidth, file.pixelHeight], scheme: file.supercompressionScheme,
  faces: file.faceCount, layers: file.layerCount, model: basic.colorModel, transfer: basic.transferFunction,
  primaries: basic.colorPrimaries, block: basic.texelBlockDimension, plane: basic.bytesPlane[0],
  samples: basic.samples.length, bits: basic.samples[0].bitLength,
  keys: Object.fromEntries(Object.entries(file.keyValue).map(([key, value]) => [key, text(value)])),
  levels: file.levels.map((level) => [level.levelData.length, level.uncompressedByteLength]),
}));
"""


@pytest.fixture(scope="module")
def ctx() -> Iterator[moderngl.Context]:
    with offscreen_context() as context:
        yield context


@dataclasses.dataclass
class Ktx2:
    """What the file says, read by the rules of KTX 2.0; each rule that concerns such files is checked."""

    block: str
    srgb: bool
    width: int
    height: int
    zstd: bool
    keys: dict[str, str]
    levels: list[bytes]

    @property
    def gl_format(self) -> str:
        return f"astc-{self.block}{' srgb' if self.srgb else ''}"


def parsed(path: Path) -> Ktx2:
    data = path.read_bytes()
    assert data[:12] == bytes.fromhex("AB4B5458203230BB0D0A1A0A")
    vk, type_size, width, height, depth, layers, faces, count, scheme = struct.unpack_from("<9I", data, 12)
    assert (type_size, depth, layers, faces) == (1, 0, 0, 1) and scheme in (0, 2)
    dfd_at, dfd_size, kvd_at, kvd_size, sgd_at, sgd_size = struct.unpack_from("<4I2Q", data, 48)
    assert (sgd_at, sgd_size) == (0, 0) and dfd_at == 80 + 24 * count and kvd_at == dfd_at + dfd_size
    srgb = vk not in VULKAN
    block = VULKAN[vk - srgb]
    across, down = map(int, block.split("x"))

    total, vendor, block_version, block_size = struct.unpack_from("<IIHH", data, dfd_at)
    assert (total, vendor, block_version, block_size) == (dfd_size, 0, 2, 24 + 16)
    model, primaries, transfer, flags, *sides = struct.unpack_from("<8B", data, dfd_at + 12)
    assert (model, primaries, transfer, flags) == (162, 1, 2 if srgb else 1, 0)
    assert sides == [across - 1, down - 1, 0, 0]
    assert struct.unpack_from("<8B", data, dfd_at + 20) == (16, 0, 0, 0, 0, 0, 0, 0)
    sample = struct.unpack_from("<HBB4BII", data, dfd_at + 28)
    assert sample == (0, 127, 0, 0, 0, 0, 0, 0, 0xFFFFFFFF)

    keys, at = {}, kvd_at
    while at < kvd_at + kvd_size:
        (length,) = struct.unpack_from("<I", data, at)
        key, value, rest = data[at + 4 : at + 4 + length].split(b"\0")
        assert rest == b""
        keys[key.decode()] = value.decode()
        at += 4 + length
        assert not any(data[at : at + -at % 4])
        at += -at % 4
    assert at == kvd_at + kvd_size and list(keys) == sorted(keys)

    levels, end = [], len(data)
    for level in range(count):
        offset, length, unpacked = struct.unpack_from("<3Q", data, 80 + 24 * level)
        w, h = max(1, width >> level), max(1, height >> level)
        assert unpacked == -(-w // across) * -(-h // down) * 16
        # The largest level lies last and nothing lies between but what aligns them.
        assert end - 16 < offset + length <= end and (scheme == 2 or offset % 16 == 0)
        end = offset
        stored = data[offset : offset + length]
        levels.append(zstandard.ZstdDecompressor().decompress(stored) if scheme == 2 else stored)
        assert len(levels[-1]) == unpacked
    assert kvd_at + kvd_size <= end < kvd_at + kvd_size + 16 and count == max(width, height).bit_length()
    return Ktx2(block, srgb, width, height, scheme == 2, keys, levels)


def finished(source: TextureSet, folder: Path, settings: AstcSettings | None = None) -> ExportResult:
    *_, last = export("astc", source, folder, settings or AstcSettings())
    assert isinstance(last, Finished)
    return last.result


def psnr(a: NDArray[Any], b: NDArray[Any]) -> float:
    return float(-10 * np.log10(max(float(np.mean((a - b) ** 2)), 1e-12)))


def only(material: TextureSet, *roles: Role) -> TextureSet:
    return dataclasses.replace(material, maps=tuple(m for m in material.maps if m.role in roles))


def test_files_of_a_material(material: TextureSet, tmp_path: Path, ctx: moderngl.Context) -> None:
    result = finished(material, tmp_path)
    files = {path.name: parsed(path) for path in result.files}
    assert list(files) == ["Wall_albedo.ktx2", "Wall_normal.ktx2", "Wall_orm.ktx2"]
    assert [(file.block, file.srgb) for file in files.values()] == [("6x6", True), ("4x4", False), ("6x6", False)]
    for file in files.values():
        assert file.keys["KTXorientation"] == "rd" and file.keys["KTXwriter"].startswith("Texloom ")
        assert "KTXswizzle" not in file.keys
    maps = material.by_role
    metallic = np.zeros_like(maps[Role.ROUGHNESS].pixels)
    packed = np.concatenate([maps[Role.OCCLUSION].pixels, maps[Role.ROUGHNESS].pixels, metallic], axis=2)
    for file, pixels in zip(files.values(), (maps[Role.ALBEDO].pixels, maps[Role.NORMAL].pixels, packed), strict=True):
        with ctx:
            by_driver = decoded_by_gl(file.levels, file.gl_format, file.width, file.height)
        for decoded, level in zip(by_driver, pyramid(pixels), strict=True):
            assert psnr(decoded[..., :3], level) > 27.0
        by_other = decode(file.levels[0], FORMATS[f"astc-{file.block}"], file.width, file.height, 3)
        np.testing.assert_allclose(by_other, by_driver[0][..., :3], atol=1.01 / 255)


def test_every_block_size(material: TextureSet, tmp_path: Path, ctx: moderngl.Context) -> None:
    albedo = only(material, Role.ALBEDO)
    quality = []
    for block in ASTC_BLOCKS:
        (path,) = finished(albedo, tmp_path / block, AstcSettings(block=block)).files
        file = parsed(path)
        assert file.block == block
        with ctx:
            (decoded, *_) = decoded_by_gl(file.levels, file.gl_format, file.width, file.height)
        quality.append(psnr(decoded[..., :3], albedo.maps[0].pixels))
    assert quality == sorted(quality, reverse=True) and quality[0] > 42.0 > quality[-1] > 28.0


def test_x_and_y_alone(material: TextureSet, tmp_path: Path) -> None:
    settings = AstcSettings(normal_channels="xy", normals="directx")
    result = finished(only(material, Role.NORMAL), tmp_path, settings)
    file = parsed(result.files[0])
    assert file.keys["KTXswizzle"] == "ra01"
    xy = decode(file.levels[0], FORMATS["astc-4x4"], file.width, file.height, 2)
    assert mean_angle(rebuild_z(xy), flip_green(material.by_role[Role.NORMAL].pixels)) < 1.5
    assert "turned over" in result.notes[0] and any("alpha" in note for note in result.notes)


def test_zstandard_is_undone_to_the_same_blocks(material: TextureSet, tmp_path: Path) -> None:
    rough = only(material, Role.ROUGHNESS)
    (plain,) = finished(rough, tmp_path / "plain").files
    (packed,) = finished(rough, tmp_path / "packed", AstcSettings(zstd=True)).files
    assert parsed(packed).zstd and parsed(packed).levels == parsed(plain).levels
    assert packed.stat().st_size < plain.stat().st_size


def test_opacity_in_alpha(material: TextureSet, tmp_path: Path) -> None:
    opacity = TextureMap(Role.OPACITY, np.round(material.by_role[Role.ROUGHNESS].pixels), "o.png")
    cut = dataclasses.replace(only(material, Role.ALBEDO), maps=(material.by_role[Role.ALBEDO], opacity))
    (path,) = finished(cut, tmp_path).files
    file = parsed(path)
    decoded = decode(file.levels[0], FORMATS["astc-6x6"], file.width, file.height, 4)
    assert psnr(decoded[..., 3:], opacity.pixels) > 25.0
    two = finished(cut, tmp_path, AstcSettings(opacity="single"))
    assert [path.name for path in two.files] == ["Wall_albedo.ktx2", "Wall_opacity.ktx2"]


@pytest.mark.parametrize("zstd", [False, True])
def test_another_reader_agrees(material: TextureSet, tmp_path: Path, zstd: bool) -> None:
    settings = AstcSettings(zstd=zstd, normal_channels="xy")
    for path in finished(only(material, Role.ALBEDO, Role.NORMAL), tmp_path, settings).files:
        mine, other = parsed(path), run_node("ktx-parse", PARSE, path)
        across, down = map(int, mine.block.split("x"))
        assert VULKAN[other["format"] - mine.srgb] == mine.block
        assert other["size"] == [mine.width, mine.height] and other["scheme"] == (2 if zstd else 0)
        assert (other["faces"], other["layers"]) == (1, 0)
        assert (other["model"], other["primaries"], other["transfer"]) == (162, 1, 2 if mine.srgb else 1)
        assert other["block"] == [across - 1, down - 1, 0, 0] and other["plane"] == 16
        assert (other["samples"], other["bits"]) == (1, 127)
        assert other["keys"] == mine.keys
        assert [size for _, size in other["levels"]] == [len(level) for level in mine.levels]


def test_what_is_no_chain_is_refused() -> None:
    for format, levels in (("astc-4x4", [bytes(16)]), ("bc7", [bytes(64), bytes(16), bytes(16), bytes(16)])):
        with pytest.raises(ValueError, match="no mip chain"):
            ktx2(levels, FORMATS[format], 8, 8, srgb=False)
