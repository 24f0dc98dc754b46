"""The built-in sample materials by name; :mod:`core.textures.samples` makes them.

Plain data, so that a menu can name them without loading what they are made with.
"""

from __future__ import annotations

SAMPLE_NAMES = ("bricks", "worn_painted_metal", "wood_planks", "cobbles", "woven_fabric")
