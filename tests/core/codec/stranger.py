"""A second decoder of ``.texloom`` files, written from docs/container.md alone.

It shares no line with the project and is as plain as the page: its use is to show that the page is complete.
"""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import numpy as np

NEIGHBOURS = (
    *((0, -1), (-1, 0), (-1, -1), (-1, 1), (0, -2), (-2, 0)),
    *((-2, -1), (-2, 1), (-1, -2), (-1, 2), (-2, -2), (-2, 2)),
)
LOGISTIC = [round(32768 / (1 + 2 ** (-(i - 128) / 8))) for i in range(257)]
FACTORS = [round(2 ** (32 - s / 4)) for s in range(81)]


class File:
    """A file's header, decoder and latents: per mip group and grid the codes [h, w, F]."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        magic, version, _, header_length, header_sum, payload = struct.unpack_from("<8sHHIII", data)
        assert magic == b"TEXLOOM\x1a"
        assert version == 2
        packed = data[24 : 24 + header_length]
        assert zlib.crc32(packed) == header_sum
        assert len(data) == 24 + header_length + payload
        self.header = json.loads(zlib.decompress(packed))
        self.layout = self.header["layout"]
        self.width, self.height = self.layout["width"], self.layout["height"]
        self.stride = min((stride for stride, _, _ in self.layout["grids"]), default=8)
        sections, at = [], 24 + header_length
        for length, checksum, *coding in self.header["sections"]:
            section = data[at : at + length]
            assert zlib.crc32(section) == checksum
            sections.append((section, coding == [1]))
            at += length
        self._read_decoder(sections[0][0])
        self.groups = self._mip_groups()
        rest = iter(sections[1:])
        self.latents = []
        for first, _ in self.groups:
            w, h = self.size(first)
            grids = []
            for stride, features, bits in self.layout["grids"]:
                section, coded = next(rest)
                shape = -(-h // stride), -(-w // stride), features
                grids.append(entropy_coded(section, shape, bits) if coded else packed_codes(section, shape, bits))
            self.latents.append(grids)

    def size(self, level: int) -> tuple[int, int]:
        return max(1, self.width >> level), max(1, self.height >> level)

    def _mip_groups(self) -> list[tuple[int, int]]:
        levels = len(bin(max(self.width, self.height))) - 2
        groups, first = [], 0
        while first < levels:
            last = min(first + self.stride.bit_length() - 1 + 2, levels) - 1
            if max(self.size(first)) <= 4 * self.stride:
                last = levels - 1
            groups.append((first, last))
            first = last + 1
        return groups

    def _read_decoder(self, section: bytes) -> None:
        channels = self.layout["channels"]
        self.offset = np.frombuffer(section, "<f4", channels)
        at = 4 * channels
        self.layers = []
        inputs = sum(features for _, features, _ in self.layout["grids"]) + 12 + 3
        for outputs in (*self.layout["hidden"], channels):
            codes = np.frombuffer(section, "i1", inputs * outputs, at).reshape(inputs, outputs)
            at += inputs * outputs
            scales = np.frombuffer(section, "<f2", outputs, at)
            biases = np.frombuffer(section, "<f2", outputs, at + 2 * outputs)
            at += 4 * outputs
            self.layers.append((codes.astype(float) * scales.astype(float), biases.astype(float)))
            inputs = outputs
        assert at == len(section)

    def decode(self, level: int) -> np.ndarray:
        """The decoder's channels of a mip level, [H, W, channels]."""
        number = next(i for i, (first, last) in enumerate(self.groups) if first <= level <= last)
        first = self.groups[number][0]
        width, height = self.size(level)
        first_width, first_height = self.size(first)
        u, v = (np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height
        inputs = []
        for codes, (_, _, bits) in zip(self.latents[number], self.layout["grids"], strict=True):
            values = 2 * codes.astype(float) / (2**bits - 1) - 1
            inputs.append(bilinear(values, u, v))
        across, down = positions(u, first_width, self.stride), positions(v, first_height, self.stride)
        inputs.append(np.broadcast_to(across[None], (height, width, 6)))
        inputs.append(np.broadcast_to(down[:, None], (height, width, 6)))
        lod = np.zeros((height, width, 3))
        if level > first:
            lod[..., min(level - first, 3) - 1] = 1
        values = np.concatenate([*inputs, lod], axis=2)
        for i, (weights, biases) in enumerate(self.layers):
            values = values @ weights + biases
            if i < len(self.layers) - 1:
                values = np.where(values > 0, values, 0.01 * values)
        return values + self.offset

    def maps(self, level: int) -> dict[str, np.ndarray]:
        """All maps of a mip level by role."""
        learned = self.decode(level)
        channel = 0
        found = {}
        for role, _, _, constants, *transform in self.header["maps"]:
            columns = []
            for value in constants:
                if value is None:
                    columns.append(in_file_values(learned[..., channel], *transform))
                    channel += 1
                else:
                    columns.append(np.full(learned.shape[:2], value))
            found[role] = np.stack(columns, axis=2)
        return found


def in_file_values(output: np.ndarray, transform: list[float] | None = None) -> np.ndarray:
    low, high, curve, before, after = transform or (0.0, 1.0, 0.0, 0.0, 0.0)
    u = np.clip((output - before) / (1 - before - after), 0, 1)
    if curve > 0:
        u = np.where(u < 1, ((1 + curve) ** u - 1) / curve, u)
    return low * (1 - u) + high * u


def bilinear(grid: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    h, w, _ = grid.shape
    x, y = u * w - 0.5, v * h - 0.5
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = (x - x0)[None, :, None], (y - y0)[:, None, None]

    def at(rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        return grid[rows % h][:, columns % w]

    upper = at(y0, x0) * (1 - fx) + at(y0, x0 + 1) * fx
    lower = at(y0 + 1, x0) * (1 - fx) + at(y0 + 1, x0 + 1) * fx
    return upper * (1 - fy) + lower * fy


def positions(u: np.ndarray, texels: int, stride: int) -> np.ndarray:
    def t(a: np.ndarray) -> np.ndarray:
        return 2 * np.abs(2 * (a - np.floor(a)) - 1) - 1

    w1, w2 = -(-texels // stride), -(-texels // (2 * stride))
    return np.stack([t(u * n + phase) for n in (w2, w1, 2 * w1) for phase in (0, 0.25)], axis=1)


def packed_codes(section: bytes, shape: tuple[int, int, int], bits: int) -> np.ndarray:
    count = shape[0] * shape[1] * shape[2]
    assert len(section) == (count * bits + 7) // 8
    single = np.unpackbits(np.frombuffer(section, np.uint8))[: count * bits].reshape(count, bits)
    return (single.astype(int) << np.arange(bits)[::-1]).sum(axis=1).reshape(shape)


def entropy_coded(section: bytes, shape: tuple[int, int, int], bits: int) -> np.ndarray:
    height, width, features = shape
    checksum, edge, model_length = struct.unpack_from("<IHI", section)
    tiles = -(-height // edge) * -(-width // edge)
    words_at = 10 + model_length + 8 * tiles
    assert zlib.crc32(section[4:words_at]) == checksum
    model = read_model(zlib.decompress(section[10 : 10 + model_length]), features)
    index = struct.iter_unpack("<II", section[10 + model_length : words_at])
    codes = np.zeros(shape, int)
    for top in range(0, height, edge):
        for left in range(0, width, edge):
            count, checksum = next(index)
            is_packed, count = count >> 31, count & 0x7FFFFFFF
            words = section[words_at : words_at + 4 * count]
            assert zlib.crc32(words) == checksum
            words_at += 4 * count
            h, w = min(edge, height - top), min(edge, width - left)
            if is_packed:
                size = (h * w * features * bits + 7) // 8
                assert len(words) == (size + 3) // 4 * 4
                codes[top : top + h, left : left + w] = packed_codes(words[:size], (h, w, features), bits)
                continue
            stream = Stream(list(struct.unpack(f"<{count}I", words)))
            codes[top : top + h, left : left + w] = decode_tile(stream, h, w, bits, *model)
            assert stream.state == 0
            assert not stream.words
    assert not any(section[words_at:])
    return codes


def read_model(data: bytes, features: int) -> tuple[np.ndarray, list[int], np.ndarray, np.ndarray, np.ndarray]:
    means = np.frombuffer(data, "<u4", features).astype(int)
    thresholds = np.frombuffer(data, "<u4", 7, 4 * features).tolist()
    at = 4 * (features + 7)
    scales = np.frombuffer(data, "u1", 8 * features, at).reshape(8, features)
    at += 8 * features
    around = np.frombuffer(data, "i1", 12 * features**2, at).reshape(12 * features, features).astype(int)
    at += 12 * features**2
    own = np.frombuffer(data, "i1", features**2, at).reshape(features, features).astype(int)
    assert at + features**2 == len(data)
    return means, thresholds, scales, around, own


class Stream:
    def __init__(self, words: list[int]) -> None:
        self.words, self.state = words, 0
        self.trace: list[int] = []
        while self.words and self.state < 2**32:
            self.state = (self.state << 32) + self.words.pop()

    def digit(self, borders: list[int]) -> int:
        q = self.state % 2**24
        j = next(j for j in range(len(borders) - 1) if borders[j] <= q < borders[j + 1])
        self.state = (self.state >> 24) * (borders[j + 1] - borders[j]) + q - borders[j]
        if self.state < 2**32 and self.words:
            self.state = (self.state << 32) + self.words.pop()
        self.trace.append(self.state)
        return j


def decode_tile(
    stream: Stream,
    height: int,
    width: int,
    bits: int,
    means: np.ndarray,
    thresholds: list[int],
    scales: np.ndarray,
    around: np.ndarray,
    own: np.ndarray,
) -> np.ndarray:
    features = len(means)
    codes = np.zeros((height, width, features), int)
    # Two rows and columns of zeros all around stand for what lies outside.
    values = np.zeros((height + 2, width + 4, features), int)
    misses = np.zeros((height + 2, width + 4), int)
    steps = [16**i for i in reversed(range(-(-bits // 4)))]
    for number in range(width + 3 * height - 2):
        places = [(y, number - 3 * y) for y in range(height) if 0 <= number - 3 * y < width]
        inputs = [np.concatenate([values[y + 2 + dy, x + 2 + dx] for dy, dx in NEIGHBOURS]) for y, x in places]
        nearby = [sum(int(misses[y + 2 + dy, x + 2 + dx]) for dy, dx in NEIGHBOURS[:4]) for y, x in places]
        classes = [sum(threshold <= miss for threshold in thresholds) for miss in nearby]
        for f in range(features):
            predictions = []
            for (y, x), neighbours in zip(places, inputs, strict=True):
                m = 64 * means[f] + neighbours @ around[:, f] + values[y + 2, x + 2, :f] @ own[:f, f]
                predictions.append(min(max(int(m + 16) >> 5, 0), 16 * (2**bits - 1)))
            for step in steps:
                for (y, x), p, c in zip(places, predictions, classes, strict=True):
                    low = int(codes[y, x, f])
                    codes[y, x, f] += step * stream.digit(borders(p, int(scales[c, f]), low, step, bits))
            for (y, x), p in zip(places, predictions, strict=True):
                assert codes[y, x, f] < 2**bits
                values[y + 2, x + 2, f] = 8 * codes[y, x, f] - means[f]
                misses[y + 2, x + 2] += abs(16 * int(codes[y, x, f]) - p)
    return codes


def borders(p: int, scale: int, low: int, step: int, bits: int) -> list[int]:
    base = min(2**bits, 16)
    heights = []
    for j in range(base + 1):
        e = low + j * step
        if e <= 0:
            a = 0
        elif e >= 2**bits:
            a = 65536
        else:
            a = min(max(((16 * e - 8 - p) * FACTORS[scale] >> 20) + 32768, 0), 65536)
        i = min(a >> 8, 255)
        heights.append(256 * LOGISTIC[i] + (LOGISTIC[i + 1] - LOGISTIC[i]) * (a - 256 * i) + 64 * j)
    whole = heights[-1] - heights[0]
    return [j + (d - heights[0]) * (2**24 - base) // whole for j, d in enumerate(heights)]
