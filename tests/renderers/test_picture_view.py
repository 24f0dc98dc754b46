import pytest

from renderers.choices import CompareMode
from renderers.comparison import Comparison
from renderers.picture_view import PictureView, sample_texel

SIZE = (800, 600)


@pytest.mark.parametrize("mode", list(CompareMode))
def test_zooming_keeps_the_texel_under_the_pointer(mode: CompareMode) -> None:
    comparison = Comparison(mode)
    view = PictureView((200.0, 100.0), 0.7)
    before = view.texel_at(620.0, 130.0, SIZE, comparison)
    after = view.zoomed_at(3.0, 620.0, 130.0, SIZE, comparison).texel_at(620.0, 130.0, SIZE, comparison)
    assert after == pytest.approx(before)


def test_both_halves_show_the_same_place() -> None:
    view = PictureView((200.0, 100.0), 2.0)
    split = Comparison(CompareMode.SPLIT)
    assert view.texel_at(100.0, 50.0, SIZE, split) == view.texel_at(500.0, 50.0, SIZE, split)


def test_panning_follows_the_hand() -> None:
    alone = Comparison(CompareMode.A)
    view = PictureView((200.0, 100.0), 4.0)
    assert view.panned(30.0, -10.0).texel_at(430.0, 290.0, SIZE, alone) == pytest.approx(
        view.texel_at(400.0, 300.0, SIZE, alone)
    )


def test_fitting_shows_every_tile() -> None:
    view = PictureView.fitted((1024, 512), SIZE, 2)
    left, top = view.texel_at(0.0, 0.0, SIZE, Comparison(CompareMode.A))
    right, bottom = view.texel_at(800.0, 600.0, SIZE, Comparison(CompareMode.A))
    assert left < 0 and top < 0 and right > 2048 and bottom > 1024
    assert right - left < 2048 * 1.1


def test_the_texel_of_a_tile() -> None:
    assert sample_texel((130.5, 10.2), (128, 64), 2, False) == (2, 10)
    assert sample_texel((130.5, 10.2), (128, 64), 1, False) is None
    assert sample_texel((0.0, 0.0), (128, 64), 1, True) == (64, 32)
    assert sample_texel((-0.1, 3.0), (128, 64), 1, False) is None
