"""A neural texture for iOS and macOS: a Core ML model, a Metal shader, and textures to fall back on.

``<name>.mlpackage``
    The model of :mod:`core.exporters.coreml`, for work in batches: baking, previews, whole levels at once.
``<name>.metal``, ``<name>_latents_<g>.bin``, ``<name>.json``
    What the target shader writes for Metal: for a material that is decoded where it is drawn.
``*.ktx2``
    What the target astc writes, for devices and places that have no time for a decoder.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from core.exporters import Remarks, as_neural_texture, coreml, shader
from core.exporters.conventions import AS_IT_IS
from core.exporters.decoder_shader import Language, Weights
from core.exporters.delivery import file_name
from core.jobs import Control, Event, Progress, Started

if TYPE_CHECKING:
    from core.exporters import Source
    from core.exporters.delivery import Delivery
    from core.exporters.settings import IosSettings


def export(
    source: Source, delivery: Delivery, settings: IosSettings, control: Control
) -> Generator[Event, None, Remarks]:
    """Write all of it. Raises InputError for a texture set and where coremltools is missing; OutputError."""
    texture = as_neural_texture(source, "the model for iOS decodes a neural texture")
    yield Started(f"Writing {texture.name} for iOS")
    control.check()
    folder = file_name(texture.name, ".mlpackage")
    files = {f"{folder}/{name}": data for name, data in coreml.package(texture).items()}
    files |= shader.bundle(texture, Language.METAL, Weights.CONSTANTS)
    delivery.claim(tuple(files))
    for name, data in files.items():
        delivery.write(name, data)
    yield Progress(0.1 if settings.fallback == "astc" else 1.0, "model and shader")
    remarks = Remarks(shader.notes(texture))
    if settings.fallback == "astc" and not control.check():
        from core.exporters import astc
        from core.exporters.settings import AstcSettings

        below = yield from astc.export(source, delivery, AstcSettings(), control)
        # The shader's sentence says already which way the normal map points, if the textures keep it.
        new = tuple(note for note in below.notes if not note.endswith(AS_IT_IS))
        remarks = Remarks((*remarks.notes, *new), below.psnr_db)
    return remarks
