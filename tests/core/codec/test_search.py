"""How the size of a run follows the quality it is on its way to."""

import dataclasses
import math

import numpy as np
import pytest

from core.codec import rate
from core.codec.goals import Quality
from core.codec.layout import LatentGrid, LatentLayout
from core.codec.neural_texture import NeuralTexture
from core.codec.search import LATE, LOOKS, SizeControl, run_stretch, to_come
from core.textures.material import NormalConvention
from core.textures.roles import Role

ALBEDO, NORMAL = Role("albedo"), Role("normal")


class Rough:
    """A rough material of 1024 × 1024 texels and six channels."""

    rough = True

    def for_rate(self, bpp: float) -> LatentLayout:
        return rate.choose(1024, 1024, 6, rate.byte_budget(1024, 1024, bpp), rough=True)

    def scaled(self, layout: LatentLayout, factor: float) -> LatentLayout:
        return rate.scaled(layout, factor, rough=True)


def _control(quality: Quality, gain: float = 2.0, ends: tuple[float, ...] = ()) -> SizeControl:
    """``ends`` are what the run will have reached at its ends, in dB."""
    gains = {at: (gain, {ALBEDO: gain, NORMAL: gain}) for at in (*LOOKS, *LATE)}
    found = iter(ends)

    def measure(_: NeuralTexture) -> tuple[float, dict[Role, float]]:
        psnr = next(found)
        return psnr, {ALBEDO: psnr}

    return SizeControl(quality, Rough(), {}, gains, Rough().for_rate(3.0), -3.0, measure)


def _texture(layout: LatentLayout) -> NeuralTexture:
    offset = np.zeros(6, np.float32)
    return NeuralTexture("Rock", 1024, 1024, (), (), NormalConvention.UNKNOWN, layout, (), (), offset)


def _octaves(before: LatentLayout, after: LatentLayout) -> float:
    return math.log2(rate.expected_bytes(after, rough=True) / rate.expected_bytes(before, rough=True))


@pytest.mark.parametrize("at", LOOKS)
def test_a_size_follows_what_is_still_to_come(at: float) -> None:
    layout = Rough().for_rate(3.0)
    control = _control(Quality(30.0))
    right = control.look(at, layout, 28.1, {ALBEDO: 28.1})
    assert right is not None and right.layout == layout, "30.1 dB are to be expected, which is right"
    down, up = LOOKS[at]
    shrunk = control.look(at, layout, 40.0, {ALBEDO: 40.0})
    assert shrunk is not None and _octaves(layout, shrunk.layout) == pytest.approx(-down, abs=0.12)
    grown = control.look(at, layout, 20.0, {ALBEDO: 20.0})
    assert grown is not None and _octaves(layout, grown.layout) == pytest.approx(up, abs=0.12)


def test_maps_that_fall_behind_count_more() -> None:
    layout = Rough().for_rate(3.0)
    control = _control(Quality(None, {ALBEDO: 30.0, NORMAL: 30.0}))
    found = control.look(0.45, layout, 28.0, {ALBEDO: 31.0, NORMAL: 27.0})
    assert found is not None
    assert found.weights[NORMAL] > 1.0 > found.weights[ALBEDO]
    assert found.layout.latent_bytes > layout.latent_bytes, "normal would have 29 dB"


def test_a_part_of_the_run_that_was_never_seen_changes_nothing() -> None:
    control = _control(Quality(30.0))
    assert control.look(0.5, Rough().for_rate(3.0), 20.0, {ALBEDO: 20.0}) is None
    assert control.look(0.75, Rough().for_rate(3.0), 20.0, {ALBEDO: 20.0}) is None, "only when it is done again"


def test_what_can_get_no_smaller_is_the_end() -> None:
    smallest = Rough().scaled(Rough().for_rate(1.0), 1e-3)
    control = _control(Quality(30.0), ends=(35.0,))
    assert control.ended(_texture(smallest), last=False) is None and control.best is not None


def test_the_faster_a_training_learned_the_smaller_it_is_done_again() -> None:
    layout = Rough().for_rate(3.0)
    slow, fast = (_control(Quality(30.0), ends=(30.2,)) for _ in range(2))
    slow._short_margin, fast._short_margin = -1.0, -6.0
    little, much = (control.ended(_texture(layout), last=False) for control in (slow, fast))
    assert little is not None and much is not None
    assert _octaves(layout, much.layout) < _octaves(layout, little.layout) - 0.2 < -0.2


def test_an_end_with_too_much_is_done_again_smaller_and_kept_if_that_misses() -> None:
    texture = _texture(Rough().for_rate(6.0))
    control = _control(Quality(30.0), ends=(33.0, 29.9))
    again = control.ended(texture, last=False)
    assert again is not None and _octaves(texture.layout, again.layout) < -0.8
    assert control.ended(_texture(again.layout), last=True) is None
    assert control.best is texture


def test_an_end_with_too_little_is_done_again_larger() -> None:
    texture = _texture(Rough().for_rate(3.0))
    control = _control(Quality(30.0), ends=(28.5, 30.4))
    again = control.ended(texture, last=False)
    assert again is not None and 0.3 < _octaves(texture.layout, again.layout) < 0.8
    larger = _texture(again.layout)
    assert control.best is texture
    assert control.ended(larger, last=True) is None and control.best is larger


def test_of_two_ends_that_miss_the_better_one_stays() -> None:
    first, second = (_texture(Rough().for_rate(bpp)) for bpp in (3.0, 4.0))
    control = _control(Quality(30.0), ends=(28.5, 27.0))
    control.ended(first, last=False)
    assert control.ended(second, last=True) is None and control.best is first


def test_what_is_done_again_expects_less_than_came_the_first_time() -> None:
    layout = Rough().for_rate(3.0)
    control = _control(Quality(30.0), ends=(29.0,))
    assert control.look(0.75, layout, 28.0, {ALBEDO: 28.0}) is None
    control.ended(_texture(layout), last=False)
    enough = control.look(0.75, layout, 29.8, {ALBEDO: 29.8})
    assert enough is not None and enough.layout == layout
    short = control.look(0.75, layout, 29.0, {ALBEDO: 29.0})
    assert short is not None and short.layout.latent_bytes > layout.latent_bytes
    assert control.look(0.45, layout, 20.0, {ALBEDO: 20.0}) is None, "that part is not done again"


def test_everything_together_takes_a_run_and_a_half() -> None:
    stretch = run_stretch(0.0)
    assert 1 / 16 + 1 / 8 + stretch.work * (1.0 + stretch.again) <= 1.5
    assert stretch.time * (1 / 16 + 1 / 8 + stretch.work * (1.0 + stretch.again)) == pytest.approx(stretch.work)


@pytest.mark.parametrize("factor", [0.01, 0.4, 0.75, 1.0, 1.3, 2.5])
@pytest.mark.parametrize("bpp", [0.6, 2.5, 5.0, 10.0])
def test_scaled_layouts_have_the_same_grids(bpp: float, factor: float) -> None:
    layout = Rough().for_rate(bpp)
    found = rate.scaled(layout, factor, rough=True)
    shape = [(g.stride, g.bits) for g in found.grids]
    assert shape == [(g.stride, g.bits) for g in layout.grids] and found.hidden == layout.hidden
    smallest = all(g.features == 1 for g in found.grids)
    assert smallest or _octaves(layout, found) <= math.log2(factor) + 1e-9
    if factor >= 0.4 and bpp > 1:
        assert _octaves(layout, found) == pytest.approx(math.log2(factor), abs=0.2)


def test_layouts_made_by_hand_stay_as_they_are() -> None:
    by_hand = LatentLayout(256, 256, 4, (LatentGrid(4, 8, 2), LatentGrid(8, 4, 4)), (32, 32))
    assert rate.scaled(by_hand, 0.5) is by_hand
    three = dataclasses.replace(by_hand, grids=(*by_hand.grids, LatentGrid(16, 2, 8)))
    assert rate.scaled(three, 0.5) is three


def test_what_is_to_come_is_at_least_what_is_usual() -> None:
    assert to_come([(1 / 16, 3.0, 30.0)], rough=True) == pytest.approx(4 * 0.7)
    flat = [(1 / 16, 3.0, 30.0), (1 / 8, 3.0, 30.1)]
    assert to_come(flat, rough=True) == pytest.approx(3 * 0.7)
    assert to_come(flat, rough=False) == pytest.approx(3 * 1.4)


def test_a_material_that_learns_fast_is_expected_to_go_on() -> None:
    fast = to_come([(1 / 16, 3.0, 35.0), (1 / 8, 3.0, 40.0)], rough=False)
    assert 5.0 < fast < 7.5, "what came with the last doubling, fading, over three more"
    larger = to_come([(1 / 16, 3.0, 35.0), (1 / 8, 6.0, 40.0)], rough=False)
    assert 4.2 < larger < fast, "some of the gain was the size's"
