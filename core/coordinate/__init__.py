"""Coordinate networks: a picture as a small network from uv to colour, for learning what a neural texture is."""

SUFFIX = ".texnet"
"""Of the files that hold one, see docs/lab.md."""
