"""Block-compressed textures as GPUs read them: BC1, BC4, BC5, BC7 and ASTC, written and read by maintained packages.

Encoder and decoder come from different packages, so that what is measured on decoded blocks doesn't rest on one
program's idea of the format. Both are loaded when they are first used.
"""

from core.blocks.decoding import decode
from core.blocks.encoding import encode, encode_stripes
from core.blocks.formats import FORMATS, BlockFormat

__all__ = ["FORMATS", "BlockFormat", "decode", "encode", "encode_stripes"]
