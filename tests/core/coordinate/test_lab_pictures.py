"""Files as the lab reads them: turned, large, in light, grey."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenImageIO
import pytest

from core.coordinate import pictures
from core.coordinate.pictures import MOST_SIDE, read_picture
from core.textures.images import write_image
from tests.core.coordinate.networks import smooth_picture


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photographs_are_turned_as_the_camera_was_held(orientation: int, tmp_path: Path) -> None:
    """OpenImageIO's own way of doing it is the reference."""
    path = tmp_path / "photo.jpg"
    spec = OpenImageIO.ImageSpec(48, 32, 3, "uint8")
    spec.attribute("Orientation", orientation)
    spec.attribute("CompressionQuality", 95)
    output = OpenImageIO.ImageOutput.create(str(path))
    assert output is not None and output.open(str(path), spec)
    assert output.write_image((smooth_picture().pixels * 255).round().astype(np.uint8))
    output.close()
    upright = OpenImageIO.ImageBufAlgo.reorient(OpenImageIO.ImageBuf(str(path))).get_pixels(OpenImageIO.FLOAT)
    assert upright is not None
    np.testing.assert_allclose(read_picture(path).pixels, upright, atol=1e-6)


def test_large_pictures_are_reduced_by_means_and_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_image(tmp_path / "large.png", np.zeros((20, MOST_SIDE + 1, 3), np.float32), 8)
    picture = read_picture(tmp_path / "large.png")
    assert (picture.width, picture.height) == (MOST_SIDE, 20)
    assert str(MOST_SIDE + 1) in picture.notices[0]
    monkeypatch.setattr(pictures, "MOST_SIDE", 24)
    pixels = smooth_picture().pixels
    write_image(tmp_path / "small.png", pixels, 8)
    reduced = read_picture(tmp_path / "small.png").pixels
    means = pixels.reshape(16, 2, 24, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(reduced, means, atol=1e-6)


def light(values: np.ndarray, path: Path) -> pictures.Picture:
    write_image(path, np.repeat(values.astype(np.float32)[..., None], 3, axis=2), 32)
    return read_picture(path)


def srgb(values: np.ndarray) -> np.ndarray:
    return np.where(values <= 0.0031308, 12.92 * values, 1.055 * values ** (1 / 2.4) - 0.055)


def test_light_is_learned_as_srgb_whether_or_not_some_is_beyond_one(tmp_path: Path) -> None:
    values = np.linspace(0, 1, 64).reshape(8, 8)
    within = light(values, tmp_path / "within.exr")
    assert "sRGB" in within.notices[0] and within.bit_depth == 16
    np.testing.assert_allclose(within.pixels[..., 0], srgb(values), atol=1e-5)
    for peak, most in ((1.01, 0.005), (1e4, 0.11)):
        spot = values.copy()
        spot[7, 7] = peak
        beyond = light(spot, tmp_path / f"beyond {peak}.exr")
        assert "highlights" in beyond.notices[0]
        changed = np.abs(beyond.pixels - within.pixels)[..., 0]
        assert changed.max() < most and changed[srgb(values) < 0.8].max() < 1e-6
        assert (np.diff(beyond.pixels[..., 0].ravel()) > 0).all() and beyond.pixels.max() <= 1


def test_a_picture_beyond_white_is_exposed_so_that_it_is_seen(tmp_path: Path) -> None:
    picture = light(np.linspace(5, 40, 64).reshape(8, 8), tmp_path / "bright.exr")
    assert picture.pixels.min() < 0.6 and picture.pixels.max() == pytest.approx(1.0, abs=1e-5)
    assert (np.diff(picture.pixels[..., 0].ravel()) > 0).all()
