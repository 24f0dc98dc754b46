from collections.abc import Iterator
from typing import Any

import moderngl
import numpy as np
import pytest

from core.textures.material import Pixels
from renderers.choices import CompareMode
from renderers.comparison import Comparison
from renderers.picture_renderer import PictureOptions, PictureRenderer, PictureTexture
from renderers.picture_view import PictureView

SIZE = (96, 64)
A = Comparison(CompareMode.A)


class Drawn:
    def __init__(self, ctx: moderngl.Context) -> None:
        self.ctx = ctx
        self.renderer = PictureRenderer(ctx)
        self.target = ctx.simple_framebuffer(SIZE, components=4)

    def __call__(
        self,
        a: Pixels | None,
        b: Pixels | None = None,
        comparison: Comparison = A,
        view: PictureView | None = None,
        **options: Any,
    ) -> np.ndarray:
        """uint8 64 × 96 × 3."""
        textures = [None if pixels is None else PictureTexture(self.ctx, pixels) for pixels in (a, b)]
        present = next(pixels for pixels in (a, b) if pixels is not None)
        view = view or PictureView((present.shape[1] / 2, present.shape[0] / 2), 1.0)
        self.renderer.draw(
            self.target, (0, 0, *SIZE), view, PictureOptions(**options), comparison, textures[0], textures[1]
        )
        for texture in textures:
            if texture is not None:
                texture.release()
        return np.frombuffer(self.target.read(components=3, alignment=1), np.uint8).reshape(64, 96, 3)[::-1]


@pytest.fixture
def draw(ctx: moderngl.Context) -> Iterator[Drawn]:
    drawn = Drawn(ctx)
    yield drawn
    drawn.renderer.release()
    drawn.target.release()


def noise(height: int, width: int, channels: int, seed: int = 0) -> Pixels:
    values = np.random.default_rng(seed).integers(0, 256, (height, width, channels))
    return (values / 255.0).astype(np.float32)


def to_8bit(pixels: Pixels) -> np.ndarray:
    return np.round(pixels * 255).astype(np.uint8)


def test_one_pixel_per_texel_is_exact(draw: Drawn) -> None:
    picture = noise(64, 96, 3)
    assert np.array_equal(draw(picture), to_8bit(picture))


def test_zoomed_in_texels_are_hard_squares(draw: Drawn) -> None:
    picture = noise(8, 12, 3)
    shown = draw(picture, view=PictureView((6.0, 4.0), 8.0))
    assert np.array_equal(shown[4::8, 4::8], to_8bit(picture))
    inner = shown.reshape(8, 8, 12, 8, 3)[:, 1:-1, :, 1:-1]
    assert (inner.max(axis=(1, 3)) == inner.min(axis=(1, 3))).all()


def test_zoomed_out_is_the_mean(draw: Drawn) -> None:
    picture = noise(512, 768, 1)
    shown = draw(picture, view=PictureView((384.0, 256.0), 0.125))
    mean = picture.reshape(64, 8, 96, 8).mean(axis=(1, 3)) * 255
    assert np.abs(shown[..., 0] - mean).max() < 6


def test_grey_and_single_channels(draw: Drawn) -> None:
    picture = noise(64, 96, 3)
    for channel in range(3):
        shown = draw(picture, channel=channel)
        assert (shown == to_8bit(picture)[..., channel : channel + 1]).all()
    grey = noise(64, 96, 1)
    assert (draw(grey) == to_8bit(grey)).all()


def test_both_halves_of_identical_pictures_are_identical(draw: Drawn) -> None:
    picture = noise(64, 96, 3)
    shown = draw(picture, picture, Comparison(CompareMode.SPLIT))
    assert np.array_equal(shown[:, :48], shown[:, 48:])
    assert shown.std() > 30


def test_wipe_takes_the_left_from_a_and_the_right_from_b(draw: Drawn) -> None:
    a, b = noise(64, 96, 3), noise(64, 96, 3, seed=1)
    shown = draw(a, b, Comparison(CompareMode.WIPE, wipe=0.25))
    assert np.array_equal(shown[:, :24], to_8bit(a)[:, :24])
    assert np.array_equal(shown[:, 24:], to_8bit(b)[:, 24:])


@pytest.mark.parametrize("zoom", [0.3, 1.0, 5.0])
def test_the_difference_of_identical_pictures_is_black(draw: Drawn, zoom: float) -> None:
    picture = noise(64, 96, 3)
    shown = draw(picture, picture, Comparison(CompareMode.DIFFERENCE, gain=64.0), PictureView((48.0, 32.0), zoom))
    assert shown[28:36, 40:56].max() == 0


def test_the_difference_is_amplified(draw: Drawn) -> None:
    a = np.full((64, 96, 3), 100 / 255, np.float32)
    b = a + np.array([1 / 255, 0, -3 / 255], np.float32)
    shown = draw(a, b, Comparison(CompareMode.DIFFERENCE, gain=16.0))
    assert np.abs(shown.astype(int) - [16, 0, 48]).max() <= 1


def test_zoomed_out_errors_are_averaged_and_don_t_cancel(draw: Drawn) -> None:
    a = np.full((256, 384, 1), 0.5, np.float32)
    sign = np.indices((256, 384)).sum(axis=0)[..., None] % 2 * 2 - 1
    b = (a + 0.1 * sign).astype(np.float32)
    shown = draw(a, b, Comparison(CompareMode.DIFFERENCE, gain=4.0), PictureView((192.0, 128.0), 0.25))
    assert np.abs(shown[8:-8, 8:-8, 0] / 255 - 0.4).max() < 0.12


def test_tiles_continue_and_half_an_offset_shifts(draw: Drawn) -> None:
    picture = noise(32, 48, 3)
    view = PictureView((48.0, 32.0), 1.0)
    tiled = draw(picture, view=view, tiles=2)
    assert np.array_equal(tiled, np.tile(to_8bit(picture), (2, 2, 1)))
    shifted = draw(picture, view=view, tiles=2, half_offset=True)
    assert np.array_equal(shifted, np.roll(tiled, (16, 24), (0, 1)))
    alone = draw(picture, view=view, tiles=1, surround=0.2)
    assert (alone[32:] == 51).all() and (alone[:, 48:] == 51).all()


def test_a_missing_side_stays_empty(draw: Drawn) -> None:
    picture = noise(64, 48, 3)
    shown = draw(picture, None, Comparison(CompareMode.SPLIT), PictureView((24.0, 32.0), 1.0))
    assert np.array_equal(shown[:, :48], to_8bit(picture))
    assert shown[:, 48:].std() == 0
