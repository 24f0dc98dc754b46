"""The baselines there are, by the names that commands and reports use; :mod:`core.codec.baselines` makes them.

Plain data, so that the command line can name them without loading what they are made with.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.blocks.formats import FORMATS, BlockFormat
from core.errors import InputError


@dataclass(frozen=True)
class Baseline:
    """A usual choice of formats: ``colour`` for albedo and emissive, ``packed`` for three single channels, ``pair`` for
    two and ``single`` for one that is left over. Of ``normal``, formats with the number of channels that they are to
    hold, and of ``pair`` the best is taken; they are of one size."""

    name: str
    title: str
    sentence: str
    colour: BlockFormat
    normal: tuple[tuple[BlockFormat, int], ...]
    packed: BlockFormat
    pair: tuple[BlockFormat, ...]
    single: BlockFormat


def _astc(side: int) -> Baseline:
    form = FORMATS[f"astc-{side}x{side}"]
    sentence = f"ASTC with blocks of {side} × {side} texels throughout, {form.bits_per_texel:.2f} bits per texture."
    return Baseline(form.name, f"ASTC {side}×{side}", sentence, form, ((form, 3),), form, (form,), form)


_BC1, _BC4, _BC5, _BC7 = (FORMATS[name] for name in ("bc1", "bc4", "bc5", "bc7"))
_BC_NORMAL = ((_BC7, 3), (_BC5, 2))

BASELINES: dict[str, Baseline] = {
    baseline.name: baseline
    for baseline in (
        Baseline(
            "bc",
            "BC7 set",
            "BC7 for colour and packed channels, BC5 or BC7 for normals: what desktop games ship.",
            *(_BC7, _BC_NORMAL, _BC7, (_BC5, _BC7), _BC4),
        ),
        Baseline(
            "bc1",
            "BC1 set",
            "BC1 for colour and packed channels, BC5 or BC7 for normals: the usual small choice.",
            *(_BC1, _BC_NORMAL, _BC1, (_BC1,), _BC4),
        ),
        *(_astc(side) for side in (4, 5, 6, 8, 10, 12)),
    )
}
"""Block-compressed sets, each of a size of its own."""

EQUAL_SIZE = {"jpeg": "JPEG", "downsampled": "Smaller textures"}
"""Those that take the size they are given, with their titles; see :mod:`core.codec.equal_size`."""


def named(name: str) -> Baseline:
    """Raises InputError naming the baselines there are."""
    if name not in BASELINES:
        raise InputError(f"There is no baseline {name!r}; there are {', '.join(BASELINES)}.")
    return BASELINES[name]
