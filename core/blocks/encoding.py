"""From texels to blocks.

BC formats by ISPCTextureCompressor (BC6H and BC7 with its profile "basic"), ASTC by astcenc (quality "medium"). All but
BC6H take 8 bits per channel: values of deeper sources are rounded to them, as engines do on import.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.blocks.formats import BlockFormat
from core.textures.material import Pixels

ASTC_QUALITY = 60
STRIPE_TEXELS = 1 << 16
"""So many texels go to an encoder at a time: a quarter of a second at most, after which a job looks at its control."""

LARGEST_HALF = 65504.0

Texels = NDArray[Any]
"""H × W × 4, whole blocks, channels that the source doesn't have filled up; bytes, for BC6H half floats."""
StripeEncoder = Callable[[Texels], bytes]


def encode(pixels: Pixels, format: BlockFormat) -> bytes:
    """One mip level as blocks, row by row from the top left.

    ``pixels``: H × W × C in [0, 1], for BC6H in [0, 65504], C from 1 to ``format.channels``; BC5 takes 2. Where the
    size is no multiple of the block, the outermost texels are repeated. ASTC gets one channel as luminance, two as
    luminance and alpha. Raises ValueError for a number of channels that the format doesn't hold.
    """
    return b"".join(encode_stripes(pixels, format))


def encode_stripes(pixels: Pixels, format: BlockFormat) -> Generator[bytes]:
    """The same in parts, which are computed on all processor cores; whoever stops iterating ends the work."""
    height, width, channels = pixels.shape
    least = 2 if format.name == "bc5" else 1
    if not least <= channels <= format.channels:
        raise ValueError(f"{format.name} doesn't hold {channels} channels")
    rows = max(1, STRIPE_TEXELS // width // format.block_height) * format.block_height
    encoder = (_astc_encoder if format.name.startswith("astc") else _bc_encoder)(format, channels)

    def work(top: int) -> bytes:
        return encoder(_texels(pixels[top : top + rows], format))

    pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="blocks")
    try:
        yield from pool.map(work, range(0, height, rows))
    finally:
        pool.shutdown(cancel_futures=True)


def _texels(pixels: Pixels, format: BlockFormat) -> Texels:
    height, width, channels = pixels.shape
    right, below = -width % format.block_width, -height % format.block_height
    if format.name == "bc6h":
        texels = np.zeros((height, width, 4), np.float16)
        texels[..., :channels] = np.clip(pixels, 0.0, LARGEST_HALF)
    else:
        texels = np.zeros((height, width, 4), np.uint8)
        texels[..., 3] = 255
        texels[..., :channels] = np.round(np.clip(pixels, 0.0, 1.0) * np.float32(255.0))
    return np.pad(texels, ((0, below), (0, right), (0, 0)), mode="edge")


def _bc_encoder(format: BlockFormat, channels: int) -> StripeEncoder:
    import ispc_texcomp as ispc

    def encode_stripe(texels: Texels) -> bytes:
        # The library wants as many bytes per texel as the format has channels; BC1 and BC7 take four.
        layers = format.channels if format.channels < 3 else 4
        height, width = texels.shape[:2]
        surface = ispc.RGBASurface(texels[..., :layers].tobytes(), width, height, width * layers * texels.itemsize)
        if format.name == "bc6h":
            return ispc.compress_blocks_bc6h(surface, ispc.BC6HEncSettings.from_profile("basic"))
        if format.name == "bc7":
            settings = ispc.BC7EncSettings.from_profile("alpha_basic" if channels == 4 else "basic")
            return ispc.compress_blocks_bc7(surface, settings)
        compress = {"bc1": ispc.compress_blocks_bc1, "bc4": ispc.compress_blocks_bc4, "bc5": ispc.compress_blocks_bc5}
        # Of BC1 it returns twice the length; the first half are the blocks.
        return compress[format.name](surface)[: format.size_bytes(width, height)]

    return encode_stripe


def _astc_encoder(format: BlockFormat, channels: int) -> StripeEncoder:
    from astc_encoder import ASTCConfig, ASTCContext, ASTCImage, ASTCProfile, ASTCSwizzle, ASTCType

    config = ASTCConfig(ASTCProfile.LDR, format.block_width, format.block_height, quality=ASTC_QUALITY)
    swizzle = ASTCSwizzle.from_str(("RRR1", "RRRG", "RGB1", "RGBA")[channels - 1])
    # A context serves one thread at a time.
    own = threading.local()

    def encode_stripe(texels: Texels) -> bytes:
        if not hasattr(own, "context"):
            own.context = ASTCContext(config)
        height, width = texels.shape[:2]
        return own.context.compress(ASTCImage(ASTCType.U8, width, height, data=texels.tobytes()), swizzle)

    return encode_stripe
