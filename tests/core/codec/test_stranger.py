"""docs/container.md is complete: a decoder written from it agrees with the project's own."""

import ast
import re
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

from core.codec import container, entropy
from core.codec.layout import LatentGrid, LatentLayout, code_type
from core.codec.neural_texture import Layer, NeuralTexture, StoredMap
from core.codec.transform import IDENTITY, Transform
from core.textures.material import NormalConvention
from core.textures.roles import Role
from tests.core.codec import stranger

PAGE = Path(__file__).parents[3] / "docs" / "container.md"


def neural_texture(
    width: int, height: int, grids: list[tuple[int, int, int]], hidden: tuple[int, ...], transform: Transform = IDENTITY
) -> NeuralTexture:
    rng = np.random.default_rng(width + height)
    layout = LatentLayout(width, height, 4, tuple(LatentGrid(*grid) for grid in grids), hidden)

    def codes(h: int, w: int, features: int, bits: int) -> np.ndarray:
        y, x = np.mgrid[:h, :w]
        waves = np.stack([np.sin(x / 3), np.cos(y / 5), np.sin((x - y) / 7)], axis=2) @ rng.normal(size=(3, features))
        values = 0.5 + waves / 5 + 0.04 * rng.normal(size=(h, w, features))
        return np.clip(np.rint(values * (2**bits - 1)), 0, 2**bits - 1).astype(code_type(bits))

    latents = tuple(tuple(codes(g.height, g.width, g.features, g.bits) for g in group.grids) for group in layout.groups)
    layers = tuple(
        Layer(
            rng.integers(-127, 128, shape).astype(np.int8),
            (rng.uniform(0.5, 3, shape[1]) / 127 / np.sqrt(shape[0])).astype(np.float16),
            (rng.normal(size=shape[1]) / 10).astype(np.float16),
        )
        for shape in layout.layer_shapes
    )
    maps = (
        StoredMap(Role.NORMAL, "n.png", 8, (None, None, 1.0)),
        StoredMap(Role.ROUGHNESS, "r.png", 16, (None,)),
        StoredMap(Role.METALLIC, "m.png", 8, (0.0,)),
        StoredMap(Role.DISPLACEMENT, "d.exr", 32, (None,), transform),
    )
    offset = rng.uniform(0.3, 0.7, 4).astype(np.float32)
    return NeuralTexture("Stone", width, height, maps, (), NormalConvention.OPENGL, layout, latents, layers, offset)


MASK, LIGHT = Transform(margins=(0.15, 0.15)), Transform(-0.25, 60.0, 40.0, (0.1, 0.0))


@pytest.mark.parametrize("transform", [MASK, LIGHT])
def test_transformed_values(tmp_path: Path, transform: Transform) -> None:
    texture = neural_texture(40, 24, [(4, 3, 4)], (8,), transform)
    path = tmp_path / "x.texloom"
    container.write(texture, path)
    ours, theirs = container.read(path), stranger.File(path)
    assert ours.maps == texture.maps
    expected = ours.decode(0)[Role.DISPLACEMENT]
    np.testing.assert_allclose(theirs.maps(0)["displacement"], expected, rtol=1e-4, atol=2e-5)
    assert np.ptp(expected) > 0.01


@pytest.mark.parametrize(
    ("width", "height", "grids", "hidden"),
    [
        (1024, 512, [(8, 4, 4), (16, 3, 2)], (12, 12)),
        (300, 200, [(2, 2, 2), (8, 5, 4)], (16,)),
        (131, 67, [(1, 1, 3), (2, 2, 6), (4, 3, 8)], (8, 8, 8)),
        (64, 64, [(2, 2, 16)], (8, 8)),
        (37, 50, [(1, 5, 1), (4, 9, 5)], ()),
        (1, 3, [(4, 2, 4)], (4,)),
    ],
)
def test_the_same_texels(
    tmp_path: Path, width: int, height: int, grids: list[tuple[int, int, int]], hidden: tuple[int, ...]
) -> None:
    texture = neural_texture(width, height, grids, hidden)
    for coded in (False, True):
        path = tmp_path / f"{coded}.texloom"
        container.write(texture, path, entropy_coded=coded)
        theirs = stranger.File(path)
        if width > 3:
            assert any(len(entry) == 3 for entry in theirs.header["sections"]) == coded
        ours = container.read(path)
        for mine, other in zip(ours.latents, theirs.latents, strict=True):
            assert all(np.array_equal(a, b) for a, b in zip(mine, other, strict=True))
    for level in {0, 1, 4, ours.mip_levels // 2, ours.mip_levels - 1}:
        if level < ours.mip_levels:
            expected = ours.decode(level)
            found = theirs.maps(level)
            assert list(found) == [role.value for role in expected]
            for role, pixels in expected.items():
                np.testing.assert_allclose(found[role.value], pixels, rtol=0, atol=2e-5)
    assert width <= 3 or np.ptp(ours.decode(0)[Role.ROUGHNESS]) > 0.01


def test_the_example_of_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8").partition("### An example")[2]
    section = bytes.fromhex("".join(re.findall(r"^    ([0-9a-f ]+)$", text, re.MULTILINE)))
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if re.match(r"\| \d", line)]
    codes = np.array([int(row[5]) for row in rows]).reshape(2, 2, 2)
    assert len(section) == int(re.findall(r"section of (\d+) bytes", text)[0])
    assert np.array_equal(entropy.decode(section, (2, 2, 2), 2), codes)
    assert np.array_equal(stranger.entropy_coded(section, (2, 2, 2), 2), codes)
    stream = stranger.Stream(list(struct.unpack("<2I", section[-8:])))
    for _, _, p, scale, borders, code, state in rows:
        expected = stranger.borders(int(p), int(scale), 0, 1, 2)
        assert expected[1:4] == [int(c) for c in borders.split()]
        assert stream.digit(expected) == int(code)
        assert f"`{stream.state:x}`" == state


def test_the_tables_of_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert f"0x{zlib.crc32(struct.pack('<257I', *stranger.LOGISTIC)):08X}" in text
    assert f"0x{zlib.crc32(struct.pack('<81Q', *stranger.FACTORS)):08X}" in text


def test_the_stranger_knows_nothing_of_the_project() -> None:
    tree = ast.parse(Path(stranger.__file__).read_text(encoding="utf-8"))
    imported = [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
    imported += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {name.partition(".")[0] for name in imported} - sys.stdlib_module_names == {"numpy"}
