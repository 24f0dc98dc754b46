"""A neural texture as plain arrays: one uncompressed ``<name>.npz`` and ``<name>.json``, which describes it.

Arrays:

``latents_<g>_<n>``
    [h, w, F], the codes of grid n of mip group g, 0 … 2^bits − 1, uint8 or above 8 bits uint16; a code stands for
    2·code/(2^bits − 1) − 1.
``weights_<i>``, ``biases_<i>``
    float32 [in, out] and [out], layer i of the decoder. All layers but the last are followed by max(z, 0.01·z).
``offset``
    float32 [channels], added to the last layer's output.

How to decode the texel in column x, row y of mip level m (W × H texels), as the JSON file says too:

1. Take the group with first ≤ m ≤ last. In a grid w latents wide the texel lies at (x + 0.5)/W · w − 0.5; blend the
   latents at floor and floor + 1, both modulo w, by the fraction; rows likewise.
2. The inputs are: the features of all grids in order, 6 positions across, 6 positions down, 3 levels. Positions, with
   u = (x + 0.5)/W and triangle(t) = 2·|2·(t − floor t) − 1| − 1, are triangle(n·u), triangle(n·u + 0.25) for n = the
   second, the first and twice the first of the group's ``"cells"``, which are [across, down]. Of the three level
   inputs, number min(m − first, 3) counted from one is 1; for m = first none is.
3. The decoder's outputs are the channels with ``"constant": null`` in the JSON file's ``maps``, in order; the others
   have the constant value. With the map's ``"transform"``, u = (output - margins[0]) / (1 - margins[0] - margins[1]),
   clipped to [0, 1]; if curve > 0, u becomes ((1 + curve)^u - 1) / curve; the value is low + (high - low) u.
"""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np

from core.exporters import Remarks, as_neural_texture
from core.exporters.delivery import file_name
from core.jobs import Control, Event, Progress, Started

if TYPE_CHECKING:
    from core.codec.neural_texture import NeuralTexture
    from core.exporters import Source
    from core.exporters.delivery import Delivery
    from core.exporters.settings import NpzSettings


def export(
    source: Source, delivery: Delivery, settings: NpzSettings, control: Control
) -> Generator[Event, None, Remarks]:
    """Write both files. Raises InputError for a texture set, which has no latents yet, and OutputError."""
    source = as_neural_texture(source, "npz holds the arrays of a neural texture")
    yield Started(f"Writing the arrays of {source.name}")
    control.check()
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **arrays_of(source))
    delivery.write(file_name(source.name, ".npz"), stream.getvalue())
    delivery.write_json(file_name(source.name, ".json"), description_of(source))
    yield Progress(1.0, "written", 0.0)
    return Remarks()


def arrays_of(texture: NeuralTexture) -> dict[str, Any]:
    """The arrays by name, see the head of the module."""
    arrays: dict[str, Any] = {"offset": texture.offset.astype(np.float32)}
    for number, latents in enumerate(texture.latents):
        for which, codes in enumerate(latents):
            arrays[f"latents_{number}_{which}"] = codes
    for number, layer in enumerate(texture.layers):
        arrays[f"weights_{number}"] = layer.weights()
        arrays[f"biases_{number}"] = layer.biases.astype(np.float32)
    return arrays


def description_of(texture: NeuralTexture) -> dict[str, Any]:
    """Sizes, maps and the recipe of decoding as plain values."""
    layout = texture.layout
    return {
        "schema": 1,
        "material": texture.name,
        "width": texture.width,
        "height": texture.height,
        "groups": [
            {
                "first": group.first,
                "last": group.last,
                "grids": [
                    {"size": [grid.height, grid.width], "features": grid.features, "bits": grid.bits}
                    for grid in group.grids
                ],
                "cells": [list(cells) for cells in group.cells],
            }
            for group in layout.groups
        ],
        "layers": [list(layer.codes.shape) for layer in texture.layers],
        "normal_convention": str(texture.normal_convention),
        "maps": [
            {
                "role": str(stored.role),
                "file": stored.file,
                "bit_depth": stored.bit_depth,
                "channels": [{"constant": value} for value in stored.constants],
                "transform": dataclasses.asdict(stored.transform),
            }
            for stored in texture.maps
        ],
        "decoding": (__doc__ or "").partition("Arrays:")[2].strip().splitlines(),
    }
