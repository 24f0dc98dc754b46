import dataclasses
import itertools
import json
import struct
import tracemalloc
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


def codes_like(height: int, width: int, features: int, bits: int) -> np.ndarray:
    """Codes as training leaves them: neighbours and features have something to do with each other."""
    rng = np.random.default_rng(features)
    y, x = np.mgrid[:height, :width]
    waves = np.stack([np.sin(x / 4), np.cos(y / 6), np.sin((x + y) / 9)], axis=2) @ rng.normal(size=(3, features))
    values = 0.5 + waves / 6 + 0.05 * rng.normal(size=(height, width, features))
    return np.clip(np.rint(values * (2**bits - 1)), 0, 2**bits - 1).astype(code_type(bits))


def texture(bits: int = 4, coarse: int = 3, width: int = 37, height: int = 20) -> NeuralTexture:
    rng = np.random.default_rng(bits)
    layout = LatentLayout(width, height, 3, two_grids(4, 5, coarse, bits), (8, 8))
    latents = tuple(
        tuple(codes_like(g.height, g.width, g.features, g.bits) for g in group.grids) for group in layout.groups
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
    return NeuralTexture(
        "Käse 木", width, height, maps, files, NormalConvention.DIRECTX, layout, latents, layers, offset
    )


def large(bits: int = 4) -> NeuralTexture:
    """Large enough that grids of more than one mip group are worth entropy coding, in several tiles."""
    return texture(bits, width=600, height=340)


@pytest.fixture(scope="module")
def coded() -> bytes:
    return container.encode(large(), entropy_coded=True)


@pytest.mark.parametrize("bits", [1, 2, 3, 4, 5, 8, 12, 16])
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


def opened(good: bytes) -> tuple[dict, list[slice]]:
    """The header, and where the sections are."""
    _, _, _, length, _, _ = struct.unpack("<8sHHIII", good[:24])
    header = json.loads(zlib.decompress(good[24 : 24 + length]))
    ends = np.cumsum([24 + length, *(entry[0] for entry in header["sections"])]).tolist()
    return header, [slice(a, b) for a, b in itertools.pairwise(ends)]


def closed(header: dict, sections: list[bytes], version: int = 2) -> bytes:
    """A file with this header and these sections, all checksums right."""
    table = [
        [len(section), zlib.crc32(section), *entry[2:]]
        for section, entry in zip(sections, header["sections"], strict=True)
    ]
    packed = zlib.compress(json.dumps({**header, "sections": table}).encode())
    prefix = struct.pack(
        "<8sHHIII", b"TEXLOOM\x1a", version, 0, len(packed), zlib.crc32(packed), sum(map(len, sections))
    )
    return b"".join([prefix, packed, *sections])


@pytest.mark.parametrize("bits", [2, 4, 8, 16])
def test_entropy_coding_makes_the_file_smaller_and_nothing_else(tmp_path: Path, bits: int) -> None:
    original = large(bits)
    plain = container.write(original, tmp_path / "plain.texloom")
    size = container.write(original, tmp_path / "coded.texloom", entropy_coded=True)
    assert size < 0.9 * plain
    header, places = opened((tmp_path / "coded.texloom").read_bytes())
    assert [1] in [entry[2:] for entry in header["sections"]]
    read = container.read(tmp_path / "coded.texloom")
    for a, b in zip(original.latents, read.latents, strict=True):
        for x, y in zip(a, b, strict=True):
            assert np.array_equal(x, y)
            assert x.dtype == y.dtype
    assert read.vram_bytes == container.read(tmp_path / "plain.texloom").vram_bytes
    with container.Reader(tmp_path / "coded.texloom") as reader:
        assert reader.latent_bytes == sum(place.stop - place.start for place in places[1:])
        assert reader.layout.latent_bytes > reader.latent_bytes


def test_a_file_is_as_large_as_it_has_to_be(tmp_path: Path) -> None:
    original = large(4)
    least, most = (len(container.encode(original, entropy_coded=coded)) for coded in (True, False))
    wanted = (2 * least + most) // 3
    path = tmp_path / "x.texloom"
    size = container.write(original, path, entropy_coded=True, at_least=wanted)
    assert wanted <= size < most
    for ours, theirs in zip(container.read(path).latents, original.latents, strict=True):
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(a, b)


def test_a_grid_that_does_not_get_smaller_stays_packed(tmp_path: Path) -> None:
    original = large()
    rng = np.random.default_rng(0)
    noise = tuple(
        tuple(rng.integers(0, 16, codes.shape).astype(np.uint8) for codes in group) for group in original.latents
    )
    original = dataclasses.replace(original, latents=noise)
    assert container.encode(original, entropy_coded=True) == container.encode(original)


@pytest.mark.parametrize("entropy_coded", [False, True])
def test_a_mip_group_is_read_without_the_other_sections(tmp_path: Path, entropy_coded: bool) -> None:
    original = large()
    good = container.encode(original, entropy_coded)
    _, places = opened(good)
    path = tmp_path / "x.texloom"
    for group in range(len(original.layout.groups)):
        kept = places[1 + 2 * group : 3 + 2 * group]
        bad = bytearray(good[: places[0].start].ljust(len(good), b"\xa5"))
        for place in kept:
            bad[place] = good[place]
        path.write_bytes(bytes(bad))
        with container.Reader(path) as reader:
            assert reader.layout.group_of(reader.layout.groups[group].first) == group
            read = reader.latents(group)
            assert all(np.array_equal(x, y) for x, y in zip(read, original.latents[group], strict=True))
            with pytest.raises(DamagedFileError, match="checksum"):
                reader.latents((group + 1) % len(original.layout.groups))
            with pytest.raises(DamagedFileError, match="checksum"):
                reader.texture()


@pytest.mark.parametrize("bits", [3, 4])
@pytest.mark.parametrize("entropy_coded", [False, True])
def test_a_tile_is_read_without_the_others(tmp_path: Path, entropy_coded: bool, bits: int) -> None:
    original = large(bits)
    good = container.encode(original, entropy_coded)
    _, places = opened(good)
    section = places[1]
    codes = original.latents[0][0]
    assert codes.shape[:2] == (85, 150)
    path = tmp_path / "x.texloom"
    path.write_bytes(good)
    with container.Reader(path) as reader:
        for row in range(2):
            for column in range(3):
                expected = codes[64 * row : 64 * (row + 1), 64 * column : 64 * (column + 1)]
                assert np.array_equal(reader.tile(0, 0, row, column), expected)
        assert reader.tile(1, 1, 0, 0).shape == original.latents[1][1].shape
        with pytest.raises(IndexError):
            reader.tile(0, 0, 2, 0)
    # Nothing is left but the header, the section's head if it has one, and the last tile or its rows.
    head, last = 0, 21 * 150 * 5 * bits // 8
    if entropy_coded:
        head = 10 + struct.unpack_from("<I", good, section.start + 6)[0] + 6 * 8
        last = 4 * struct.unpack_from("<I", good, section.start + head - 8)[0]
    bad = bytearray(good[: places[0].start].ljust(len(good), b"\xa5"))
    for kept in (slice(section.start, section.start + head), slice(section.stop - last, section.stop)):
        bad[kept] = good[kept]
    path.write_bytes(bytes(bad))
    with container.Reader(path) as reader:
        assert np.array_equal(reader.tile(0, 0, 1, 2), codes[64:, 128:])
        if entropy_coded:
            with pytest.raises(DamagedFileError, match="checksum"):
                reader.tile(0, 0, 0, 0)


def test_format_1_is_still_read(tmp_path: Path) -> None:
    original = texture(2, coarse=1)
    header, places = opened(container.encode(original))
    good = container.encode(original)
    layout = header["layout"]
    assert layout.pop("grids") == [[4, 5, 2], [8, 1, 2]]
    layout |= {"stride": 4, "fine_features": 5, "coarse_features": 1, "bits": 2}
    path = tmp_path / "x.texloom"
    path.write_bytes(closed(header, [good[place] for place in places], version=1))
    read = container.read(path)
    assert read.layout == original.layout
    assert np.array_equal(read.decode(1)[Role.ALBEDO], original.decode(1)[Role.ALBEDO])
    path.write_bytes(closed(header, [good[place] for place in places], version=3))
    with pytest.raises(DamagedFileError, match="newer"):
        container.read(path)


@pytest.mark.parametrize("entropy_coded", [False, True])
def test_any_flipped_byte_is_noticed(tmp_path: Path, coded: bytes, entropy_coded: bool) -> None:
    good = coded if entropy_coded else container.encode(texture())
    path = tmp_path / "x.texloom"
    rng = np.random.default_rng(0)
    _, places = opened(good)
    in_every_section = [
        place.start + int(rng.integers(0, place.stop - place.start)) for place in places for _ in range(3)
    ]
    for place in {*range(28), *in_every_section, *rng.integers(0, len(good), 100).tolist()}:
        bad = bytearray(good)
        bad[place] ^= 1 << int(rng.integers(0, 8))
        path.write_bytes(bytes(bad))
        if place in (10, 11):
            continue  # Flags: reserved.
        with pytest.raises(DamagedFileError, match="texloom"):
            container.read(path)


def test_truncated_empty_and_foreign_files(tmp_path: Path, coded: bytes) -> None:
    good = container.encode(texture())
    path = tmp_path / "x.texloom"
    cut = (data[:length] for data in (good, coded) for length in (20, 100, len(data) // 2, len(data) - 1))
    for data in (b"", b"TEXLOOM", *cut, good + b"\0", coded + b"\0", b"\x89PNG" * 100):
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
    packed = zlib.compress(json.dumps(header).encode())
    prefix = container._PREFIX.pack(b"TEXLOOM\x1a", 2, 0, len(packed), zlib.crc32(packed), 10)
    path = tmp_path / "x.texloom"
    path.write_bytes(prefix + packed + b"0123456789")
    with pytest.raises(DamagedFileError):
        container.read(path)


def test_coded_sections_are_checked_behind_right_checksums(tmp_path: Path, coded: bytes) -> None:
    """Someone who makes damage on purpose mends the checksums in the header."""
    header, places = opened(coded)
    sections = [coded[place] for place in places]
    path = tmp_path / "x.texloom"
    rng = np.random.default_rng(0)
    for _ in range(60):
        bad = bytearray(sections[1])
        bad[int(rng.integers(0, len(bad)))] ^= 1 << int(rng.integers(0, 8))
        path.write_bytes(closed(header, [sections[0], bytes(bad), *sections[2:]]))
        with pytest.raises(DamagedFileError, match=r"coded grid|tile|model"):
            container.read(path)
    for number, coding in ((0, [1]), (1, []), (1, [2]), (1, [1, 1]), (1, ["x"]), (len(sections) - 1, [1])):
        table = [list(entry) for entry in header["sections"]]
        table[number][2:] = coding
        path.write_bytes(closed({**header, "sections": table}, sections))
        with pytest.raises(DamagedFileError, match="do not match its layout"):
            container.read(path)


@pytest.mark.parametrize("claimed", [[1, 64, 1], [1, 64, 16], [2, 20, 2]])
def test_a_small_file_cannot_ask_for_much_memory(tmp_path: Path, claimed: list[int], coded: bytes) -> None:
    header, places = opened(coded)
    header["layout"] |= {"width": 16384, "height": 16384, "grids": [claimed]}
    bare = container._layout(header["layout"])
    sections = [bytes(bare.decoder_bytes + 12)] + [coded[places[1]]] * len(bare.groups)
    header["sections"] = [[0, 0], *[[0, 0, 1]] * len(bare.groups)]
    path = tmp_path / "x.texloom"
    path.write_bytes(closed(header, sections))
    tracemalloc.start()
    with pytest.raises(DamagedFileError, match="do not match its layout"):
        container.read(path)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_numbers_that_are_none_are_refused(tmp_path: Path) -> None:
    header, places = opened(container.encode(texture()))
    good = container.encode(texture())
    sections = [good[place] for place in places]
    path = tmp_path / "x.texloom"
    broken = dict(header, maps=[*header["maps"][:1], [*header["maps"][1][:3], [float("nan")]]])
    path.write_bytes(closed(broken, sections))
    with pytest.raises(DamagedFileError, match="not finite"):
        container.read(path)
    path.write_bytes(closed(header, [struct.pack("<f", float("inf")) + sections[0][4:], *sections[1:]]))
    with pytest.raises(DamagedFileError, match="not finite"):
        container.read(path)


@pytest.mark.parametrize("text", [b"[" * 100_000, b"{}", b"[]", b"\xff\xfe", b'{"layout": 1e999}'])
def test_headers_that_are_not_headers_are_refused(tmp_path: Path, text: bytes) -> None:
    packed = zlib.compress(text)
    path = tmp_path / "x.texloom"
    path.write_bytes(container._PREFIX.pack(b"TEXLOOM\x1a", 2, 0, len(packed), zlib.crc32(packed), 0) + packed)
    with pytest.raises(DamagedFileError, match="understood"):
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
