"""The ``.texloom`` file: one versioned header, sections with checksums, no pickle. See docs/container.md."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import math
import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from core.codec import entropy
from core.codec.entropy_model import BrokenError
from core.codec.layout import GridShape, LatentGrid, LatentLayout, two_grids
from core.codec.neural_texture import Codes, Layer, NeuralTexture, StoredMap
from core.codec.packing import pack, unpack
from core.codec.transform import IDENTITY, Transform
from core.errors import DamagedFileError
from core.files import write_bytes
from core.textures.material import ChannelRef, NormalConvention, SourceFile
from core.textures.roles import MAX_CHANNELS, Role

SUFFIX = ".texloom"
_MAGIC = b"TEXLOOM\x1a"
_VERSION = 2
_PREFIX = struct.Struct("<8sHHIII")
_MOST_HEADER = 1 << 20
_MOST_SIDE = 16384
_MOST_GRIDS = 8
_MOST_FLOAT = float(np.finfo(np.float32).max)
_ENTROPY_CODED = 1


def write(texture: NeuralTexture, path: Path, entropy_coded: bool = False, at_least: int = 0) -> int:
    """Write atomically; returns the number of bytes. Raises OutputError. See :func:`encode`."""
    data = encode(texture, entropy_coded, at_least)
    write_bytes(path, data)
    return len(data)


def encode(texture: NeuralTexture, entropy_coded: bool = False, at_least: int = 0) -> bytes:
    """The file's bytes.

    ``entropy_coded``: grids that get smaller by it; the others are packed at their fixed rate. If the file would have
    fewer than ``at_least`` bytes, as much as that allows stays packed, which is read faster.
    """
    decoder = _decoder_section(texture)
    grids = [
        (codes, grid)
        for codes_of, group in zip(texture.latents, texture.layout.groups, strict=False)
        for codes, grid in zip(codes_of, group.grids, strict=True)
    ]
    # The largest grid comes last: what it may take is known only then.
    order = sorted(range(len(grids)), key=lambda i: grids[i][1].bytes)
    sections: list[tuple[bytes, list[int]]] = [(b"", [])] * len(grids)
    for number in order[:-1]:
        sections[number] = _latent_section(*grids[number], entropy_coded)
    for number in order[-1:]:
        wanted = at_least - len(_assembled(texture, decoder, sections))
        sections[number] = _latent_section(*grids[number], entropy_coded, wanted)
    return _assembled(texture, decoder, sections)


def _assembled(texture: NeuralTexture, decoder: bytes, sections: Sequence[tuple[bytes, list[int]]]) -> bytes:
    table = [[len(decoder), zlib.crc32(decoder)]]
    table += [[len(data), zlib.crc32(data), *coding] for data, coding in sections]
    header = {**_header(texture), "sections": table}
    packed = zlib.compress(json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode(), 9)
    prefix = _PREFIX.pack(_MAGIC, _VERSION, 0, len(packed), zlib.crc32(packed), sum(part[0] for part in table))
    return b"".join([prefix, packed, decoder, *(data for data, _ in sections)])


def header_bytes(bare: NeuralTexture) -> int:
    """At most what a file takes besides latents, decoder and offset; ``bare`` has no latents and no layers."""
    # A length, a checksum and a coding for every section that a bare texture lacks.
    sections = 26 * sum(len(group.grids) for group in bare.layout.groups)
    return len(encode(bare)) - 4 * bare.layout.channels + sections


def read(path: Path) -> NeuralTexture:
    """Raises DamagedFileError with one sentence for anything that is not a complete, valid file."""
    with Reader(path) as reader:
        return reader.texture()


@dataclass(frozen=True)
class _Section:
    offset: int
    length: int
    checksum: int
    entropy_coded: bool


class Reader:
    """An open file, of which only what is asked for is read; use it in a ``with`` statement.

    Raises DamagedFileError, here and in its methods, with one sentence for anything that is not a valid file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with _damage_told(path), contextlib.ExitStack() as stack:
            self._file: BinaryIO = stack.enter_context(path.open("rb"))
            self._bare, self._sections = self._header()
            stack.pop_all()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    @property
    def layout(self) -> LatentLayout:
        return self._bare.layout

    @property
    def latent_bytes(self) -> int:
        """What the latents take in the file; ``layout.latent_bytes`` is what they take at their fixed rate."""
        return sum(section.length for section in self._sections[1:])

    def texture(self) -> NeuralTexture:
        """Everything."""
        with _damage_told(self._path):
            offset, layers = _read_decoder(self._whole(self._sections[0]), self.layout)
        latents = tuple(self.latents(group) for group in range(len(self.layout.groups)))
        return dataclasses.replace(self._bare, latents=latents, layers=layers, offset=offset)

    def latents(self, group: int) -> tuple[Codes, ...]:
        """The codes [h, w, F] of a mip group, grid by grid; ``layout.group_of`` says which group holds a mip level.

        No other section is read.
        """
        codes = []
        with _damage_told(self._path):
            for number, grid in enumerate(self.layout.groups[group].grids):
                section = self._latent_section(group, number)
                data = self._whole(section)
                decode = entropy.decode if section.entropy_coded else unpack
                codes.append(decode(data, (grid.height, grid.width, grid.features), grid.bits))
        return tuple(codes)

    def tile(self, group: int, grid: int, row: int, column: int) -> Codes:
        """The codes [h, w, F] of a tile: latents 64 · row … and 64 · column …, up to 64 each way.

        No other section is read, and no other tile is decoded. A tile of an entropy-coded grid has a checksum of its
        own; of other grids the tile's rows are read unchecked. Raises IndexError for a tile that does not exist.
        """
        shape = self.layout.groups[group].grids[grid]
        section = self._latent_section(group, grid)
        edge = entropy.TILE
        if not (0 <= row < math.ceil(shape.height / edge) and 0 <= column < math.ceil(shape.width / edge)):
            raise IndexError(f"tile {row}, {column} of a grid of {shape.width} × {shape.height}")
        with _damage_told(self._path):
            if section.entropy_coded:
                size = shape.height, shape.width, shape.features
                read = functools.partial(self._part, section)
                return entropy.Section(read, section.length, size, shape.bits).tile(row, column)
            return self._raw_rows(section, shape, edge * row)[:, edge * column : edge * (column + 1)]

    def _header(self) -> tuple[NeuralTexture, list[_Section]]:
        """The texture without latents and layers, and where they are."""
        size = os.fstat(self._file.fileno()).st_size
        data = self._file.read(_PREFIX.size)
        if len(data) < _PREFIX.size or not data.startswith(_MAGIC):
            raise DamagedFileError(f"{self._path} is not a .texloom file.", self._path)
        _, version, _, header_length, header_sum, payload = _PREFIX.unpack(data)
        if version not in (1, _VERSION):
            raise DamagedFileError(
                f"{self._path} was written by a newer Texloom (format {version}); update Texloom.", self._path
            )
        first = _PREFIX.size + header_length
        if header_length > _MOST_HEADER or size != first + payload:
            raise BrokenError("its size does not match its header")
        packed = self._bytes(_PREFIX.size, header_length)
        if zlib.crc32(packed) != header_sum:
            raise BrokenError("its header's checksum is wrong")
        header = json.loads(zlib.decompressobj().decompress(packed, _MOST_HEADER))
        texture = _bare_texture(header, size)
        return texture, _section_table(header["sections"], texture.layout, first, payload)

    def _latent_section(self, group: int, grid: int) -> _Section:
        return self._sections[1 + group * len(self.layout.grids) + grid]

    def _raw_rows(self, section: _Section, shape: GridShape, first: int) -> Codes:
        """Up to a tile's height of rows from ``first`` on, [rows, width, F]."""
        rows = min(entropy.TILE, shape.height - first)
        row_bits = shape.width * shape.features * shape.bits
        start, end = first * row_bits // 8, math.ceil((first + rows) * row_bits / 8)
        data = self._bytes(section.offset + start, end - start)
        return unpack(data, (rows, shape.width, shape.features), shape.bits, skip=first * row_bits % 8)

    def _whole(self, section: _Section) -> bytes:
        data = self._bytes(section.offset, section.length)
        if zlib.crc32(data) != section.checksum:
            raise BrokenError("a section's checksum is wrong")
        return data

    def _part(self, section: _Section, offset: int, size: int) -> bytes:
        return self._bytes(section.offset + offset, size)

    def _bytes(self, offset: int, size: int) -> bytes:
        self._file.seek(offset)
        data = self._file.read(size)
        if len(data) != size:
            raise BrokenError("it ends too early")
        return data


@contextlib.contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    """Whatever a bad file can cause becomes one sentence."""
    try:
        yield
    except OSError as error:
        raise DamagedFileError(f"{path} can't be read ({error.strerror}).", path) from error
    except BrokenError as error:
        raise DamagedFileError(f"{path} is damaged: {error}. Copy it again.", path) from error
    except (ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError, zlib.error) as error:
        raise DamagedFileError(f"{path} is damaged: its header can't be understood. Copy it again.", path) from error


def _header(texture: NeuralTexture) -> dict[str, Any]:
    layout = texture.layout
    return {
        "name": texture.name,
        "layout": {
            "width": layout.width,
            "height": layout.height,
            "channels": layout.channels,
            "grids": [[grid.stride, grid.features, grid.bits] for grid in layout.grids],
            "hidden": list(layout.hidden),
        },
        "normal": texture.normal_convention.value,
        "maps": [_map_entry(m) for m in texture.maps],
        "files": [[f.name, f.bit_depth, [_channel_entry(ref) for ref in f.layout]] for f in texture.files],
    }


def _decoder_section(texture: NeuralTexture) -> bytes:
    parts = [texture.offset.astype("<f4").tobytes()]
    for layer in texture.layers:
        parts += [layer.codes.tobytes(), layer.scales.astype("<f2").tobytes(), layer.biases.astype("<f2").tobytes()]
    return b"".join(parts)


def _latent_section(codes: Codes, grid: GridShape, entropy_coded: bool, at_least: int = 0) -> tuple[bytes, list[int]]:
    """The section and what the header's table says about its coding."""
    packed = pack(codes, grid.bits)
    if entropy_coded and len(packed) >= entropy.LEAST:
        coded = entropy.encode(codes, grid.bits, at_least)
        if len(coded) < len(packed):
            return coded, [_ENTROPY_CODED]
    return packed, []


def _bare_texture(header: dict[str, Any], size: int) -> NeuralTexture:
    layout = _layout(header["layout"])
    maps = tuple(_map(*entry) for entry in header["maps"])
    learned = sum(c is None for m in maps for c in m.constants)
    if learned != layout.channels or sum(len(m.constants) for m in maps) > MAX_CHANNELS:
        raise BrokenError("its maps do not match its decoder")
    files = tuple(
        SourceFile(str(name), _depth(depth), tuple(map(_channel, refs))) for name, depth, refs in header["files"]
    )
    for file in files:
        if "/" in file.name or "\\" in file.name or file.name in ("", ".", ".."):
            raise BrokenError("it names a file outside its folder")
    return NeuralTexture(
        str(header["name"]),
        layout.width,
        layout.height,
        maps,
        files,
        NormalConvention(header["normal"]),
        layout,
        (),
        (),
        np.zeros(layout.channels, np.float32),
        size,
    )


def _section_table(table: list[list[int]], layout: LatentLayout, first: int, payload: int) -> list[_Section]:
    """The sections, whose lengths fit the layout before anything is allocated for them."""
    grids = [grid.bytes for group in layout.groups for grid in group.grids]
    expected = [layout.decoder_bytes + 4 * layout.channels, *grids]
    sections = []
    if len(table) != len(expected):
        raise BrokenError("its sections do not match its layout")
    for number, ((length, checksum, *coding), packed) in enumerate(zip(table, expected, strict=True)):
        coded = bool(number) and coding == [_ENTROPY_CODED]
        if coded:
            fits = packed <= entropy.MOST_GAIN * length < entropy.MOST_GAIN * packed
        else:
            fits = not coding and length == packed
        if not fits:
            raise BrokenError("its sections do not match its layout")
        sections.append(_Section(first, int(length), checksum, coded))
        first, payload = first + int(length), payload - int(length)
    if payload:
        raise BrokenError("its sections do not match its layout")
    return sections


def _layout(values: dict[str, Any]) -> LatentLayout:
    if "grids" in values:
        grids = tuple(LatentGrid(int(stride), int(features), int(bits)) for stride, features, bits in values["grids"])
    else:
        # Format 1 had one stride and one number of bits for a fine and a coarse grid.
        numbers = (int(values[name]) for name in ("stride", "fine_features", "coarse_features", "bits"))
        grids = two_grids(*numbers)
    width, height, channels = (int(values[name]) for name in ("width", "height", "channels"))
    layout = LatentLayout(width, height, channels, grids, tuple(int(size) for size in values["hidden"]))
    fine = (
        1 <= layout.width <= _MOST_SIDE
        and 1 <= layout.height <= _MOST_SIDE
        and 0 <= layout.channels <= MAX_CHANNELS
        and 0 <= len(grids) <= _MOST_GRIDS
        and all(g.stride in (1, 2, 4, 8, 16, 32) and 1 <= g.features <= 64 and 1 <= g.bits <= 16 for g in grids)
        and 0 <= len(layout.hidden) <= 4
        and all(1 <= width <= 256 for width in layout.hidden)
    )
    if not fine:
        raise BrokenError("its layout is out of range")
    return layout


def _finite(value: Any) -> float:
    if not math.isfinite(value):
        raise BrokenError("it holds a number that is not finite")
    return float(value)


def _map_entry(m: StoredMap) -> list[Any]:
    """``[role, file, bit depth, constants]``, with the transform as a fifth entry where there is one."""
    entry = [m.role.value, m.file, m.bit_depth, list(m.constants)]
    transform = m.transform
    if transform != IDENTITY:
        entry.append([transform.low, transform.high, transform.curve, *transform.margins])
    return entry


def _map(role: Any, file: Any, depth: Any, constants: list[Any], transform: list[Any] | None = None) -> StoredMap:
    values = tuple(None if c is None else _finite(c) for c in constants)
    return StoredMap(Role(role), str(file), _depth(depth), values, _transform(transform) if transform else IDENTITY)


def _transform(numbers: list[Any]) -> Transform:
    low, high, curve, before, after = (float(number) for number in numbers)
    inside = -_MOST_FLOAT <= low < high <= _MOST_FLOAT and 0 <= curve <= _MOST_FLOAT
    if not (inside and 0 <= before <= 0.4 and 0 <= after <= 0.4):
        raise BrokenError("a map's transform is out of range")
    return Transform(low, high, curve, (before, after))


def _depth(value: Any) -> int:
    if value not in (8, 16, 32):
        raise BrokenError("a map's bit depth is unknown")
    return int(value)


def _channel_entry(ref: ChannelRef) -> list[Any]:
    """``[role, index]``, with a third entry 1 where the file holds 1 − value; ``[null, value]`` for a constant."""
    if ref.role is None:
        return [None, ref.value]
    return [ref.role.value, ref.index, 1] if ref.inverted else [ref.role.value, ref.index]


def _channel(entry: list[Any]) -> ChannelRef:
    source, value, *inverted = entry
    if source is None:
        return ChannelRef(None, 0, _finite(value))
    return ChannelRef(Role(source), int(value), inverted=bool(inverted and inverted[0]))


def _read_decoder(section: bytes, layout: LatentLayout) -> tuple[NDArray[np.float32], tuple[Layer, ...]]:
    at = 4 * layout.channels
    offset = np.frombuffer(section[:at], "<f4").astype(np.float32)
    if not np.isfinite(offset).all():
        raise BrokenError("its decoder holds numbers that are not finite")
    layers = []
    for n_in, n_out in layout.layer_shapes:
        codes = np.frombuffer(section, np.int8, n_in * n_out, at).reshape(n_in, n_out)
        at += n_in * n_out
        scales = np.frombuffer(section, "<f2", n_out, at).astype(np.float16)
        biases = np.frombuffer(section, "<f2", n_out, at + 2 * n_out).astype(np.float16)
        at += 4 * n_out
        if not (np.isfinite(scales).all() and np.isfinite(biases).all()):
            raise BrokenError("its decoder holds numbers that are not finite")
        layers.append(Layer(codes, scales, biases))
    return offset, tuple(layers)
