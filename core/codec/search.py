"""Looks for the smallest file that reaches a quality, in half the time of a run on top of the run itself.

Three short trainings show where the material stands: two of an eighth of a run at two sizes give the slope of quality
over the logarithm of the size; one of a quarter, at the size these two suggest, shows what longer training brings. PSNR
of a neural texture is close to a line over the logarithm of its size, and every doubling of training brings a part of
what the doubling before brought.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from core.codec import report
from core.codec.goals import Quality
from core.codec.layout import LatentLayout
from core.codec.neural_texture import NeuralTexture
from core.codec.training import Stretch, Training
from core.errors import InputError
from core.jobs import Event
from core.textures.roles import Role

RUN_SHARE = 2 / 3
"""What is left of a time budget for the run itself."""
LOWEST, HIGHEST = 0.5, 20.0
"""Bits per texel between which a size is looked for."""
_SHORT, _LONGER = 1 / 8, 1 / 4
_FADING = 0.8
"""What a doubling of training brings, over what the doubling before it brought."""
_SAFETY_DB = 0.3
_LEAST_SLOPE = 1.0
_USUAL_SLOPE = 2.5
_USUAL_GAIN = 1.2
_FIRST = 3.0


@dataclass(frozen=True)
class Found:
    """``bpp`` to ask for; ``weights`` of the maps that bring all demands about together. ``kept`` is set when the
    search was asked to stop and keep what there was."""

    bpp: float
    weights: dict[Role, float] = field(default_factory=dict)
    kept: NeuralTexture | None = None


def measured(training: Training, texture: NeuralTexture) -> tuple[float, dict[Role, float]]:
    """PSNR of the set and of its maps, in dB, as in the report."""
    decoded = {m.role: m.pixels for m in texture.decoded_set().maps}
    maps = training.source.material.maps
    per_map = {m.role: report.pooled_psnr([m.pixels], [decoded[m.role]]) for m in maps}
    return report.pooled_psnr([m.pixels for m in maps], [decoded[m.role] for m in maps]), per_map


def find_size(training: Training, quality: Quality, layout_for: Callable[[float], LatentLayout]) -> Iterator[Event]:
    """Returns :class:`Found`. ``layout_for`` gives the layout for bits per texel.

    Raises InputError if a demand names a map that the material does not have.
    """
    missing = [role.value for role in quality.maps if role not in {m.role for m in training.source.material.maps}]
    if missing:
        raise InputError(f"{training.source.material.name} has no {missing[0]} map to reach a PSNR with.")
    yield from training.say(f"Looking for the size that reaches {quality.text()}.")
    own_weights = dict(training.map_weights)
    first = 0.0

    def short(bpp: float, share: float) -> Iterator[Event]:
        nonlocal first
        part = share * RUN_SHARE
        texture, stopped = yield from training.run(layout_for(bpp), Stretch(first, part, part, share))
        first += part
        psnr, per_map = measured(training, texture)
        return quality.margin(psnr, per_map), per_map, texture if stopped else None

    x0 = math.log2(_FIRST)
    y0, per_map, kept = yield from short(_FIRST, _SHORT)
    if kept is not None:
        return Found(_FIRST, own_weights, kept)
    if quality.maps:
        training.map_weights = _weights(quality, per_map, own_weights)
    # The second size on the side of the goal, far enough away for a slope.
    step = max(-2.0, min(2.2, (-y0 - _USUAL_GAIN) / _USUAL_SLOPE))
    step = math.copysign(max(abs(step), 0.8), step)
    x1 = max(math.log2(LOWEST), min(math.log2(HIGHEST), x0 + step))
    y1, _, kept = yield from short(2.0**x1, _SHORT)
    if kept is not None:
        return Found(2.0**x1, training.map_weights, kept)
    slope = max((y1 - y0) / (x1 - x0), _LEAST_SLOPE) if abs(x1 - x0) > 0.1 else _USUAL_SLOPE
    x2 = _clipped(x1 - (y1 + _USUAL_GAIN) / slope)
    y2, _, kept = yield from short(2.0**x2, _LONGER)
    if kept is not None:
        return Found(2.0**x2, training.map_weights, kept)
    doubling = max(0.0, min(2.0, y2 - (y1 + slope * (x2 - x1))))
    still_to_come = doubling * (_FADING + _FADING**2)
    x3 = _clipped(x2 - (y2 + still_to_come - _SAFETY_DB) / slope)
    return Found(2.0**x3, training.map_weights)


def _clipped(x: float) -> float:
    return max(math.log2(LOWEST), min(math.log2(HIGHEST), x))


def _weights(quality: Quality, per_map: dict[Role, float], own: dict[Role, float]) -> dict[Role, float]:
    """Maps that are further from their demand count more: 3 dB short, twice as much."""
    margins = {role: per_map[role] - wanted for role, wanted in quality.maps.items()}
    usual = sum(margins.values()) / len(margins)
    return own | {role: max(0.1, min(10.0, 10 ** ((usual - margin) / 10))) for role, margin in margins.items()}
