"""Block-compressed textures as GPUs read them: BC1, BC4, BC5, BC7 and ASTC, written and read by maintained packages.

Encoder and decoder come from different packages, so that what is measured on decoded blocks doesn't rest on one
program's idea of the format. Both are loaded when they are first used.
"""
