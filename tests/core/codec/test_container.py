import dataclasses
import zlib
from pathlib import Path

import numpy as np
import pytest

from core.codec import container
from core.codec.layout import LatentLayout, code_type, two_grids
from core.codec.neural_texture import Layer, NeuralTexture, StoredMap
from core.errors import DamagedFileError, OutputError
from core.textures.material import ChannelRef, NormalConvention, SourceFile
from core.textures.roles import Role


def texture(bits: int = 4, coarse: int = 3) -> NeuralTexture:
    rng = np.random.default_rng(bits)
    layout = LatentLayout(37, 20, 3, two_grids(4, 5, coarse, bits), (8, 8))
    latents = tuple(
        tuple(rng.integers(0, 2**bits, (g.height, g.width, g.features)).astype(code_type(bits)) for g in group.grids)
        for group in layout.groups
    )
    layers = tuple(
        Layer(
            rng.integers(-127, 128, shape).astype(np.int8),
            (rng.random(shape[1]) / 100).astype(np.float16),
            rng.normal(size=shape[1]).astype(np.float16),
        )
        for shape in layout.layer_shapes
    )
    maps = (
        StoredMap(Role.ALBEDO, "Käse 木.png", 8, (None, None, None)),
        StoredMap(Role.METALLIC, "m.png", 16, (0.25,)),
    )
    files = (
        SourceFile("Käse 木.png", 8, (*(ChannelRef(Role.ALBEDO, i) for i in range(3)), ChannelRef(None, 0, 1.0))),
        SourceFile("m.png", 16, (ChannelRef(Role.METALLIC, inverted=True),)),
    )
    offset = rng.random(3).astype(np.float32)
    return NeuralTexture("Käse 木", 37, 20, maps, files, NormalConvention.DIRECTX, layout, latents, layers, offset)


@pytest.mark.parametrize("bits", [1, 2, 3, 4, 5, 8])
def test_reads_what_it_wrote(tmp_path: Path, bits: int) -> None:
    original = texture(bits, coarse=0 if bits == 3 else 3)
    path = tmp_path / "ä ö" / "Käse 木.texloom"
    size = container.write(original, path)
    read = container.read(path)
    assert size == path.stat().st_size == read.size_bytes
    for field in ("name", "width", "height", "maps", "files", "normal_convention", "layout"):
        assert getattr(read, field) == getattr(original, field)
    for a, b in zip(original.latents, read.latents, strict=True):
        assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))
    for a, b in zip(original.layers, read.layers, strict=True):
        assert np.array_equal(a.weights(), b.weights())
        assert np.array_equal(a.biases, b.biases)
    assert np.array_equal(read.decode(0)[Role.ALBEDO], original.decode(0)[Role.ALBEDO])
    assert np.all(read.decode(2)[Role.METALLIC] == 0.25)


def test_any_flipped_byte_is_noticed(tmp_path: Path) -> None:
    good = container.encode(texture())
    path = tmp_path / "x.texloom"
    rng = np.random.default_rng(0)
    for place in {*range(28), *rng.integers(0, len(good), 150).tolist()}:
        bad = bytearray(good)
        bad[place] ^= 1 << int(rng.integers(0, 8))
        path.write_bytes(bytes(bad))
        if place in (10, 11):
            continue  # Flags: reserved.
        with pytest.raises(DamagedFileError, match="texloom"):
            container.read(path)


def test_truncated_empty_and_foreign_files(tmp_path: Path) -> None:
    good = container.encode(texture())
    path = tmp_path / "x.texloom"
    for data in (b"", b"TEXLOOM", good[:20], good[:100], good[:-1], good + b"\0", b"\x89PNG" * 100):
        path.write_bytes(data)
        with pytest.raises(DamagedFileError):
            container.read(path)
    with pytest.raises(DamagedFileError):
        container.read(tmp_path / "missing.texloom")


@pytest.mark.parametrize(
    "change",
    [
        {"width": 10**9},
        {"grids": [[4, -1, 4]]},
        {"grids": [[4, 4]]},
        {"grids": [[4, 4, 4]] * 100},
        {"grids": [[4, 4, 40]]},
        {"grids": [[0, 4, 4]]},
        {"hidden": [100000]},
        {"channels": 2},
        {"hidden": "x"},
    ],
)
def test_hostile_headers_are_refused_before_allocating(tmp_path: Path, change: dict) -> None:
    header = container._header(texture())
    header["layout"] |= change
    header["sections"] = [[10, 0]]
    import json

    packed = zlib.compress(json.dumps(header).encode())
    prefix = container._PREFIX.pack(b"TEXLOOM\x1a", 2, 0, len(packed), zlib.crc32(packed), 10)
    path = tmp_path / "x.texloom"
    path.write_bytes(prefix + packed + b"0123456789")
    with pytest.raises(DamagedFileError):
        container.read(path)


def test_a_header_that_inflates_without_end_is_refused(tmp_path: Path) -> None:
    packed = zlib.compress(b" " * (1 << 26))
    path = tmp_path / "x.texloom"
    path.write_bytes(container._PREFIX.pack(b"TEXLOOM\x1a", 2, 0, len(packed), zlib.crc32(packed), 0) + packed)
    with pytest.raises(DamagedFileError):
        container.read(path)


def test_file_names_may_not_leave_the_folder(tmp_path: Path) -> None:
    original = texture()
    evil = dataclasses.replace(original.files[0], name="../../etc/passwd")
    path = tmp_path / "x.texloom"
    path.write_bytes(container.encode(dataclasses.replace(original, files=(evil, original.files[1]))))
    with pytest.raises(DamagedFileError, match="outside"):
        container.read(path)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="file"):
        container.write(texture(), tmp_path / "file" / "x.texloom")
