"""A job that keeps the protocol of the codec's but takes no time to speak of."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.codec.checkpoint import SUFFIX as CHECKPOINT_SUFFIX
from core.codec.compress import CompressResult
from core.codec.settings import CompressSettings
from core.codec.training import Preview
from core.files import write_bytes
from core.jobs import Checkpoint, Control, Event, Finished, Metrics, Progress, Slot, Started
from core.textures.material import TextureSet

WAIT_MS = 20_000


def endless_job(
    material: TextureSet,
    settings: CompressSettings,
    output: Path,
    control: Control,
    slot: Slot[Preview],
    *,
    resume: bool = False,
) -> Iterator[Event]:
    """Keeps the protocol of the codec's job but learns nothing, so that it can be steered without hurry: it runs
    until it is stopped or cancelled, and goes on from its checkpoint."""
    checkpoint = output / f"{material.name}{CHECKPOINT_SUFFIX}"
    first = int(checkpoint.read_text()) if resume and checkpoint.exists() else 0
    yield Started(material.name, 4242)
    step = first
    while not control.check():
        step += 1
        yield Progress(0.5, "Training", 10.0)
        yield Metrics(step, step * 0.5, step, 0.1, 30.0 + step * 0.01, {m.role.value: 30.0 for m in material.maps})
        if step % 5 == 0:
            # Whole or not at all, as the codec's: whoever is killed here must find it again.
            write_bytes(checkpoint, str(step).encode())
            yield Checkpoint(checkpoint, step)
            slot.put(Preview(step, 30.0, {m.role: m.pixels for m in material.maps}))
        time.sleep(0.01)
    checkpoint.unlink(missing_ok=True)
    path = output / f"{material.name}.texloom"
    path.write_bytes(b"not a real container")
    texture: Any = None
    report = {"psnr_db": 33.0, "bits_per_texel": 4.9, "bytes": 20, "steps": step, "maps": []}
    yield Finished(CompressResult(path, texture, report), stopped_early=True)
