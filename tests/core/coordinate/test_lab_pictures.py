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
    assert output.open(str(path), spec)
    assert output.write_image((smooth_picture().pixels * 255).round().astype(np.uint8))
    output.close()
    upright = OpenImageIO.ImageBufAlgo.reorient(OpenImageIO.ImageBuf(str(path)))
    np.testing.assert_allclose(read_picture(path).pixels, upright.get_pixels(OpenImageIO.FLOAT), atol=1e-6)


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
