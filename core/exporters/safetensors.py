"""A neural texture as one ``<name>.safetensors``: the arrays of the target npz, with their description inside.

The tensors are those of :mod:`core.exporters.npz`. The file's metadata has one entry, ``texloom``: the JSON that npz
writes beside its arrays. (Of several entries the format's writer would change the order from run to run.)
"""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import TYPE_CHECKING

from core.exporters import Remarks, as_neural_texture
from core.exporters.delivery import file_name
from core.exporters.npz import arrays_of, description_of
from core.files import finite
from core.jobs import Control, Event, Progress, Started

if TYPE_CHECKING:
    from core.exporters import Source
    from core.exporters.delivery import Delivery
    from core.exporters.settings import SafetensorsSettings


def export(
    source: Source, delivery: Delivery, settings: SafetensorsSettings, control: Control
) -> Generator[Event, None, Remarks]:
    """Write the file. Raises InputError for a texture set, which has no latents yet, and OutputError."""
    from safetensors.numpy import save

    texture = as_neural_texture(source, "safetensors holds the arrays of a neural texture")
    yield Started(f"Writing the arrays of {texture.name}")
    control.check()
    description = json.dumps(finite(description_of(texture)), ensure_ascii=False, allow_nan=False)
    data = save(arrays_of(texture), metadata={"texloom": description})
    delivery.write(file_name(texture.name, ".safetensors"), data)
    yield Progress(1.0, "written", 0.0)
    return Remarks()
