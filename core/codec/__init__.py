"""The neural texture: latents and a small decoder for all maps of a set together.

Importing this package does not load torch; only :mod:`core.codec.trainer` needs it.
"""
