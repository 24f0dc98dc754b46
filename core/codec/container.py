"""The ``.texloom`` file: one versioned header, sections with checksums, no pickle. See docs/container.md."""

from __future__ import annotations

import json
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.codec.layout import LatentGrid, LatentLayout, code_type, two_grids
from core.codec.neural_texture import Codes, Layer, NeuralTexture, StoredMap
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


def write(texture: NeuralTexture, path: Path) -> int:
    """Write atomically; returns the number of bytes. Raises OutputError."""
    data = encode(texture)
    write_bytes(path, data)
    return len(data)


def encode(texture: NeuralTexture) -> bytes:
    """The file's bytes."""
    sections = [_decoder_section(texture)]
    sections += [
        _pack(codes, grid.bits)
        for codes_of, group in zip(texture.latents, texture.layout.groups, strict=False)
        for codes, grid in zip(codes_of, group.grids, strict=True)
    ]
    header = _header(texture)
    header["sections"] = [[len(section), zlib.crc32(section)] for section in sections]
    packed = zlib.compress(json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode(), 9)
    prefix = _PREFIX.pack(_MAGIC, _VERSION, 0, len(packed), zlib.crc32(packed), sum(map(len, sections)))
    return b"".join([prefix, packed, *sections])


def header_bytes(bare: NeuralTexture) -> int:
    """At most what a file takes besides latents, decoder and offset; ``bare`` has no latents and no layers."""
    # One length and one checksum for every section that a bare texture lacks.
    sections = 24 * 2 * len(bare.layout.groups)
    return len(encode(bare)) - 4 * bare.layout.channels + sections


def read(path: Path) -> NeuralTexture:
    """Raises DamagedFileError with one sentence for anything that is not a complete, valid file."""
    try:
        with path.open("rb") as file:
            data = file.read(_PREFIX.size)
            if len(data) < _PREFIX.size or not data.startswith(_MAGIC):
                raise DamagedFileError(f"{path} is not a .texloom file.", path)
            _, version, _, header_length, header_sum, payload = _PREFIX.unpack(data)
            if version not in (1, _VERSION):
                raise DamagedFileError(
                    f"{path} was written by a newer Texloom (format {version}); update Texloom.", path
                )
            size = os.fstat(file.fileno()).st_size
            if header_length > _MOST_HEADER or size != _PREFIX.size + header_length + payload:
                raise DamagedFileError(f"{path} is damaged: its size does not match its header. Copy it again.", path)
            packed, body = file.read(header_length), file.read(payload)
    except OSError as error:
        raise DamagedFileError(f"{path} can't be read ({error.strerror}).", path) from error
    if zlib.crc32(packed) != header_sum:
        raise DamagedFileError(f"{path} is damaged: its header's checksum is wrong. Copy it again.", path)
    try:
        inflater = zlib.decompressobj()
        header = json.loads(inflater.decompress(packed, _MOST_HEADER))
        return _decode(header, body, size)
    except (ValueError, KeyError, TypeError, IndexError, zlib.error, OverflowError) as error:
        raise DamagedFileError(f"{path} is damaged: {_phrase(error)}. Copy it again.", path) from error


def _phrase(error: Exception) -> str:
    text = str(error)
    return text if isinstance(error, _BrokenError) else "its header can't be understood"


class _BrokenError(ValueError):
    """A check of the header or a section failed; the text is for people."""


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
        "maps": [[m.role.value, m.file, m.bit_depth, list(m.constants)] for m in texture.maps],
        "files": [[f.name, f.bit_depth, [_channel_entry(ref) for ref in f.layout]] for f in texture.files],
    }


def _decoder_section(texture: NeuralTexture) -> bytes:
    parts = [texture.offset.astype("<f4").tobytes()]
    for layer in texture.layers:
        parts += [layer.codes.tobytes(), layer.scales.astype("<f2").tobytes(), layer.biases.astype("<f2").tobytes()]
    return b"".join(parts)


def _decode(header: dict[str, Any], body: bytes, size: int) -> NeuralTexture:
    layout = _layout(header["layout"])
    maps = tuple(
        StoredMap(Role(role), str(file), _depth(depth), tuple(None if c is None else float(c) for c in constants))
        for role, file, depth, constants in header["maps"]
    )
    learned = sum(c is None for m in maps for c in m.constants)
    if learned != layout.channels or sum(len(m.constants) for m in maps) > MAX_CHANNELS:
        raise _BrokenError("its maps do not match its decoder")
    files = tuple(
        SourceFile(str(name), _depth(depth), tuple(map(_channel, refs))) for name, depth, refs in header["files"]
    )
    for file in files:
        if "/" in file.name or "\\" in file.name or file.name in ("", ".", ".."):
            raise _BrokenError("it names a file outside its folder")
    grids = [grid for group in layout.groups for grid in group.grids]
    expected = [layout.decoder_bytes + 4 * layout.channels] + [grid.bytes for grid in grids]
    table = header["sections"]
    if [length for length, _ in table] != expected or sum(expected) != len(body):
        raise _BrokenError("its sections do not match its layout")
    sections, at = [], 0
    for length, checksum in table:
        section = body[at : at + length]
        at += length
        if zlib.crc32(section) != checksum:
            raise _BrokenError("a section's checksum is wrong")
        sections.append(section)
    offset, layers = _read_decoder(sections[0], layout)
    rest = iter(sections[1:])
    latents = [
        tuple(_unpack(next(rest), (g.height, g.width, g.features), g.bits) for g in group.grids)
        for group in layout.groups
    ]
    return NeuralTexture(
        str(header["name"]),
        layout.width,
        layout.height,
        maps,
        files,
        NormalConvention(header["normal"]),
        layout,
        tuple(latents),
        layers,
        offset,
        size,
    )


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
        raise _BrokenError("its layout is out of range")
    return layout


def _depth(value: Any) -> int:
    if value not in (8, 16, 32):
        raise _BrokenError("a map's bit depth is unknown")
    return int(value)


def _channel_entry(ref: ChannelRef) -> list[Any]:
    """``[role, index]``, with a third entry 1 where the file holds 1 − value; ``[null, value]`` for a constant."""
    if ref.role is None:
        return [None, ref.value]
    return [ref.role.value, ref.index, 1] if ref.inverted else [ref.role.value, ref.index]


def _channel(entry: list[Any]) -> ChannelRef:
    source, value, *inverted = entry
    if source is None:
        return ChannelRef(None, 0, float(value))
    return ChannelRef(Role(source), int(value), inverted=bool(inverted and inverted[0]))


def _read_decoder(section: bytes, layout: LatentLayout) -> tuple[NDArray[np.float32], tuple[Layer, ...]]:
    at = 4 * layout.channels
    offset = np.frombuffer(section[:at], "<f4").astype(np.float32)
    layers = []
    for n_in, n_out in layout.layer_shapes:
        codes = np.frombuffer(section, np.int8, n_in * n_out, at).reshape(n_in, n_out)
        at += n_in * n_out
        scales = np.frombuffer(section, "<f2", n_out, at).astype(np.float16)
        biases = np.frombuffer(section, "<f2", n_out, at + 2 * n_out).astype(np.float16)
        at += 4 * n_out
        if not (np.isfinite(scales).all() and np.isfinite(biases).all()):
            raise _BrokenError("its decoder holds numbers that are not finite")
        layers.append(Layer(codes, scales, biases))
    return offset, tuple(layers)


def _pack(codes: Codes, bits: int) -> bytes:
    """Codes in reading order, each ``bits`` bits, most significant bit first, padded to a whole byte."""
    wide = codes.reshape(-1).astype(">u2").view(np.uint8).reshape(-1, 2)
    if bits == 8:
        return wide[:, 1].tobytes()
    return np.packbits(np.unpackbits(wide, axis=1)[:, 16 - bits :].reshape(-1)).tobytes()


def _unpack(section: bytes, shape: tuple[int, int, int], bits: int) -> Codes:
    packed = np.frombuffer(section, np.uint8)
    count = shape[0] * shape[1] * shape[2]
    if bits == 8:
        return packed.reshape(shape)
    single = np.unpackbits(packed, count=count * bits).reshape(count, bits)
    kind = code_type(bits)
    places = (1 << np.arange(bits - 1, -1, -1)).astype(kind)
    return (single * places).sum(axis=1, dtype=kind).reshape(shape)
