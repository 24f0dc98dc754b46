"""Looks for the smallest file that reaches a quality, within the time of a run and a half.

Two short trainings show where the material stands, the second at about the right size. The run itself starts with what
they suggest and is a little shorter than usual. A few times on its way its size is corrected: what is still to come
from some part of a run to its end depends less on how long the run is than on the size, so the second training tells
that as well. At its end the quality is known, and the last part of the run is done again at a better size. Nothing is
trained in vain: features that are not needed are taken out of the run, missing ones are added to it
(:meth:`Trainer.resize`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.codec import report
from core.codec.goals import Quality
from core.codec.layout import LatentLayout
from core.codec.neural_texture import NeuralTexture
from core.codec.training import Correction, Stretch, Training
from core.errors import InputError
from core.jobs import Event
from core.textures.roles import Role

LOWEST, HIGHEST = 0.25, 20.0
"""Bits per texel between which a size is looked for."""
_SHORT = 1 / 16, 1 / 8
"""The short trainings, as parts of a run."""
_RUN, _AGAIN = 0.8, 0.55
"""The run itself, and the part of it that may be done again at the end."""
_ALL = sum(_SHORT) + _RUN * (1.0 + _AGAIN)
"""What it takes at most; a time budget is shared accordingly."""
LOOKS = {0.3: (0.6, 0.5), 0.45: (0.3, 0.2)}
"""Parts of a run after which its size is corrected, by how many octaves down and up at most. Before, the noise hides
how good it is; later there is less and less time to do without what was taken out and to make use of what is new."""
LATE = {0.75: (0.1, 0.3)}
"""The same where the last part is done again, which then knows what came of it the first time."""
_AT_END = 1.5, 1.0
"""Octaves by which the size changes at most at the end."""
_FIRST = 3.0
_MOST_OCTAVES = 1.0
"""How far a guess goes at most from the size before it. Smooth materials in short trainings are no better for being
larger: what they lack is time, and only the next look can tell."""
_USUAL_SLOPE = 2.5
"""dB that twice the size brings."""
_SHORT_SLOPE = {True: 2.0, False: 1.0}
"""The same in short trainings, by whether the material is rough."""
_SHRINKING_SLOPE = 3.0
"""dB that are lost with half of the features on the way; an estimate too low would miss the quality."""
_USUAL_GAIN = {True: 0.7, False: 1.4}
"""dB that twice as much training brings at least."""
_FADING = 0.65
"""What twice as much training brought, it brings to this part when doubled again."""
_LATE_SHARE = 0.6
"""Of what came after a look the first time, what comes the second time: some of it was learned already."""
_SAFETY_DB = {True: 0.1, False: 0.4}
"""What is aimed at above the demand when the last part is done again, by whether there is a file that meets it."""
_PATIENCE_DB = 0.15
"""A size that misses the demand and its safety by less is left alone."""


class Sizing(Protocol):
    """What :func:`find_size` needs to know of layouts and of the material (see ``rate.is_rough``)."""

    rough: bool

    def for_rate(self, bpp: float) -> LatentLayout:
        """The layout for so many bits per texel."""
        ...

    def scaled(self, layout: LatentLayout, factor: float) -> LatentLayout:
        """The same grids with other numbers of features, so that the file takes ``factor`` times as much."""
        ...


@dataclass(frozen=True)
class Found:
    """The layout to start with, the job's progress, and what corrects the run; ``kept`` is set when a short training
    was asked to stop and keep what there was."""

    layout: LatentLayout
    progress: float
    control: SizeControl | None = None
    kept: NeuralTexture | None = None


Measured = tuple[float, dict[Role, float]]
"""PSNR of a set and of its maps, in dB."""
Gains = Mapping[float, Measured]
"""dB that a training gained from some part of it to its end."""


def measured(training: Training, texture: NeuralTexture) -> Measured:
    """PSNR of the set and of its maps, in dB, as in the report."""
    decoded = {m.role: m.pixels for m in texture.decoded_set().maps}
    maps = training.source.material.maps
    per_map = {m.role: report.pooled_psnr([m.pixels], [decoded[m.role]]) for m in maps}
    return report.pooled_psnr([m.pixels for m in maps], [decoded[m.role] for m in maps]), per_map


@dataclass
class _Trace:
    """How good a training was on its way; changes nothing."""

    looks: tuple[float, ...] = (*LOOKS, *LATE)
    seen: dict[float, tuple[float, dict[Role, float]]] = field(default_factory=dict)

    def look(self, at: float, layout: LatentLayout, psnr: float, per_map: Mapping[Role, float]) -> Correction | None:
        self.seen[at] = psnr, dict(per_map)
        return None

    def ended(self, texture: NeuralTexture, last: bool) -> Correction | None:
        return None

    def gains(self, psnr: float, per_map: Mapping[Role, float], share: float = 1.0) -> Gains:
        """This share of what came after each look until the training was as good as this."""
        return {
            at: (share * (psnr - early), {role: share * (per_map[role] - early_maps[role]) for role in early_maps})
            for at, (early, early_maps) in self.seen.items()
        }


class SizeControl:
    """Corrects the size of a run and the weights of its maps.

    ``gains`` are what the second short training gained from each look to its end, in dB: the set and its maps; with
    ``short``, its texture, it had this ``margin`` over the demand. ``measure`` gives a texture's PSNR and that of its
    maps.
    """

    def __init__(
        self,
        quality: Quality,
        sizing: Sizing,
        weights: Mapping[Role, float],
        gains: Gains,
        short: LatentLayout,
        margin: float,
        measure: Callable[[NeuralTexture], Measured],
    ) -> None:
        self.quality, self.sizing, self.weights, self.gains = quality, sizing, dict(weights), dict(gains)
        self.looks: tuple[float, ...] = (*LOOKS, *LATE)
        self.best: NeuralTexture | None = None
        """The smallest that met the demand, else what came nearest to it."""
        self._best_margin = -math.inf
        self._short, self._short_margin, self._measure = short, margin, measure
        self._trace = _Trace()
        self._allowed = LOOKS

    def look(self, at: float, layout: LatentLayout, psnr: float, per_map: Mapping[Role, float]) -> Correction | None:
        """What to change, ``at`` this part of the run, about a training that is as good as this."""
        self._trace.look(at, layout, psnr, per_map)
        if at not in self.gains or at not in self._allowed:
            return None
        gain, own_gains = self.gains[at]
        expected = {role: value + own_gains.get(role, gain) for role, value in per_map.items()}
        spare = self.quality.margin(psnr + gain, expected)
        if self._allowed is LATE:
            spare -= _SAFETY_DB[self._best_margin >= 0]
        self._weigh(expected)
        octaves = 0.0
        if spare > _PATIENCE_DB or spare < 0:
            octaves = self._octaves(spare, self._allowed[at])
        return Correction(self.sizing.scaled(layout, 2.0**octaves), self.weights)

    def ended(self, texture: NeuralTexture, last: bool) -> Correction | None:
        """What to change before the last part is done again; None if that can't bring anything."""
        psnr, per_map = self._measure(texture)
        margin = self.quality.margin(psnr, per_map)
        # The later one is the smaller if both meet the demand.
        if margin >= min(0.0, self._best_margin):
            self.best, self._best_margin = texture, margin
        if last:
            return None
        to_come = self._to_come(texture.layout, margin)
        # Where nothing is in hand, half of it is enough to hope for.
        spare = margin + to_come - _SAFETY_DB[True] if margin >= 0 else margin + 0.5 * to_come - _SAFETY_DB[False]
        octaves = self._octaves(spare, _AT_END)
        layout = self.sizing.scaled(texture.layout, 2.0**octaves)
        if margin >= 0 and layout.latent_bytes >= texture.layout.latent_bytes:
            return None
        self._weigh(per_map)
        self.gains, self._allowed = self._trace.gains(psnr, per_map, _LATE_SHARE), LATE
        return Correction(layout, self.weights)

    def _to_come(self, layout: LatentLayout, margin: float) -> float:
        """dB that doing the last part again brings at this size: as much training brought so much since the short one,
        but for what the size did, and brings less with every doubling."""
        larger = math.log2(layout.latent_bytes / self._short.latent_bytes)
        gain = margin - self._short_margin - _SHORT_SLOPE[self.sizing.rough] * larger
        return max(0.0, gain / math.log2(_RUN / _SHORT[-1]) * _FADING * math.log2(1.0 + _AGAIN))

    def _octaves(self, spare: float, most: tuple[float, float]) -> float:
        """By how much to change a size that has so many dB to spare, or lacks them."""
        down, up = most
        return -min(down, spare / _SHRINKING_SLOPE) if spare > 0 else min(up, -spare / _USUAL_SLOPE)

    def _weigh(self, per_map: Mapping[Role, float]) -> None:
        if len(self.quality.maps) > 1:
            self.weights = _weights(self.quality, per_map, self.weights)


def run_stretch(first: float) -> Stretch:
    """The part of a job that the run itself is, from this progress on."""
    return Stretch(first, 1.0 - first, _RUN / _ALL, _RUN, _AGAIN)


def find_size(training: Training, quality: Quality, sizing: Sizing) -> Iterator[Event]:
    """Returns :class:`Found`.

    Raises InputError if a demand names a map that the material does not have.
    """
    missing = [role.value for role in quality.maps if role not in {m.role for m in training.source.material.maps}]
    if missing:
        raise InputError(f"{training.source.material.name} has no {missing[0]} map to reach a PSNR with.")
    yield from training.say(f"Looking for the size that reaches {quality.text()}.")
    bpp, began = _FIRST, 0.0
    seen: list[tuple[float, float, float]] = []
    gains: Gains = {}
    for share in _SHORT:
        layout, trace = sizing.for_rate(bpp), _Trace()
        part = share / _ALL
        texture, stopped = yield from training.run(layout, Stretch(began, part, part, share), correct=trace)
        if stopped:
            return Found(layout, began, None, texture)
        began += part
        psnr, per_map = measured(training, texture)
        gains = trace.gains(psnr, per_map)
        if quality.maps:
            training.map_weights = _weights(quality, per_map, training.map_weights)
        seen.append((share, bpp, quality.margin(psnr, per_map)))
        octaves = -(seen[-1][2] + to_come(seen, sizing.rough)) / _USUAL_SLOPE
        bpp = max(LOWEST, min(HIGHEST, bpp * 2.0 ** max(-_MOST_OCTAVES, min(_MOST_OCTAVES, octaves))))
    control = SizeControl(
        quality, sizing, training.map_weights, gains, layout, seen[-1][2], lambda texture: measured(training, texture)
    )
    return Found(sizing.for_rate(bpp), began, control)


def to_come(seen: Sequence[tuple[float, float, float]], rough: bool) -> float:
    """dB that the whole run will have over the last of the short trainings, at its size.

    Of each of ``seen``: its part of a run, bits per texel, and a quality in dB. What the second one gained over the
    first is partly its size's; the rest is what twice as much training brings, less with every doubling.
    """
    usual = _USUAL_GAIN[rough]
    share, bpp, quality = seen[-1]
    gain = 0.0
    if len(seen) > 1:
        before, size, worse = seen[-2]
        gain = (quality - worse - _SHORT_SLOPE[rough] * math.log2(bpp / size)) / math.log2(share / before)
    doublings = -round(math.log2(share))
    return max(usual * doublings, sum(gain * _FADING**i for i in range(1, doublings + 1)))


def _weights(quality: Quality, per_map: Mapping[Role, float], own: Mapping[Role, float]) -> dict[Role, float]:
    """Maps that are further from their demand count more: 3 dB short, twice as much."""
    margins = {role: per_map[role] - wanted for role, wanted in quality.maps.items()}
    usual = sum(margins.values()) / len(margins)
    factors = {role: 10 ** ((usual - margin) / 10) for role, margin in margins.items()}
    return dict(own) | {role: max(0.1, min(10.0, own.get(role, 1.0) * factor)) for role, factor in factors.items()}
