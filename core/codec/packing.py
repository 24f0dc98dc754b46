"""Codes at their fixed rate: so many bits each, one after the other."""

from __future__ import annotations

import numpy as np

from core.codec.layout import code_type
from core.codec.neural_texture import Codes

_AT_ONCE = 1 << 20
"""Codes at a time, a multiple of 8: their bits one by one take many times their room."""


def pack(codes: Codes, bits: int) -> bytes:
    """Codes in reading order, each ``bits`` bits, most significant bit first, padded to a whole byte."""
    flat = codes.reshape(-1)
    return b"".join(_pack(flat[at : at + _AT_ONCE], bits) for at in range(0, len(flat), _AT_ONCE))


def _pack(codes: Codes, bits: int) -> bytes:
    wide = codes.astype(">u2").view(np.uint8).reshape(-1, 2)
    if bits == 8:
        return wide[:, 1].tobytes()
    return np.packbits(np.unpackbits(wide, axis=1)[:, 16 - bits :].reshape(-1)).tobytes()


def unpack(data: bytes, shape: tuple[int, int, int], bits: int, skip: int = 0) -> Codes:
    """Codes [h, w, F] from packed ones after ``skip`` bits."""
    packed = np.frombuffer(data, np.uint8)
    count = shape[0] * shape[1] * shape[2]
    if bits == 8:
        return packed[skip // 8 : skip // 8 + count].reshape(shape)
    kind = code_type(bits)
    places = (1 << np.arange(bits - 1, -1, -1)).astype(kind)
    codes = np.empty(count, kind)
    for at in range(0, count, _AT_ONCE):
        part = codes[at : at + _AT_ONCE]
        own = packed[at * bits // 8 :]
        single = np.unpackbits(own[: (skip + part.size * bits + 7) // 8], count=skip + part.size * bits)[skip:]
        np.sum(single.reshape(-1, bits) * places, axis=1, dtype=kind, out=part)
    return codes.reshape(shape)
