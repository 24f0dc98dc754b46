"""Coordinate networks: a picture as a small network from uv to colour, for learning what a neural texture is."""
