"""Codes at their fixed rate: so many bits each, one after the other."""

from __future__ import annotations

import numpy as np

from core.codec.layout import code_type
from core.codec.neural_texture import Codes


def pack(codes: Codes, bits: int) -> bytes:
    """Codes in reading order, each ``bits`` bits, most significant bit first, padded to a whole byte."""
    wide = codes.reshape(-1).astype(">u2").view(np.uint8).reshape(-1, 2)
    if bits == 8:
        return wide[:, 1].tobytes()
    return np.packbits(np.unpackbits(wide, axis=1)[:, 16 - bits :].reshape(-1)).tobytes()


def unpack(data: bytes, shape: tuple[int, int, int], bits: int, skip: int = 0) -> Codes:
    """Codes [h, w, F] from packed ones after ``skip`` bits."""
    packed = np.frombuffer(data, np.uint8)
    count = shape[0] * shape[1] * shape[2]
    if bits == 8:
        return packed[skip // 8 : skip // 8 + count].reshape(shape)
    single = np.unpackbits(packed, count=skip + count * bits)[skip:].reshape(count, bits)
    kind = code_type(bits)
    places = (1 << np.arange(bits - 1, -1, -1)).astype(kind)
    return (single * places).sum(axis=1, dtype=kind).reshape(shape)
