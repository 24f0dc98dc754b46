from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError, OutputError
from core.textures import images
from core.textures.material import ChannelRef, SourceFile, TextureMap, TextureSet
from core.textures.roles import Role

from .picture_files import noise, save

FORMATS = [
    (suffix, depth, channels)
    for suffix in (".png", ".tif", ".tiff", ".exr")
    for depth in (8, 16, 32)
    for channels in (1, 2, 3, 4, 7)
    if suffix != ".png" or (depth < 32 and channels <= 4)
]


@pytest.mark.parametrize(("suffix", "depth", "channels"), FORMATS)
def test_what_is_written_is_read_again(suffix: str, depth: int, channels: int, tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).random((11, 7, channels), dtype=np.float32)
    if depth < 32:
        pixels = (np.rint(pixels * (2**depth - 1)) / (2**depth - 1)).astype(np.float32)
    path = tmp_path / f"a{suffix}"
    images.write_image(path, pixels, depth)
    again, depth_again = images.read_image(path)
    assert depth_again == (32 if suffix == ".exr" else depth)
    np.testing.assert_array_equal(again, pixels)
    header = images.read_header(path)
    assert (header.width, header.height, header.channels) == (7, 11, channels)
    assert header.has_alpha == (channels == 4 or (channels == 2 and suffix == ".png"))
    np.testing.assert_array_equal(images.read_rows(path, 3), pixels[:3])
    np.testing.assert_array_equal(images.read_rows(path, 100), pixels)


def test_values_are_clipped_and_rounded_to_nearest(tmp_path: Path) -> None:
    pixels = np.array([[-1.0, 0.0, 100.4 / 255, 100.6 / 255, 1.0, 7.0]], dtype=np.float32)
    images.write_image(tmp_path / "a.png", pixels, 8)
    again, _ = images.read_image(tmp_path / "a.png")
    assert np.rint(again[0, :, 0] * 255).tolist() == [0, 0, 100, 101, 255, 255]


@pytest.mark.parametrize("suffix", [".png", ".tif", ".tga", ".bmp", ".jpg", ".webp", ".exr", ".hdr"])
def test_reading_is_exact_for_other_writers_files(suffix: str, tmp_path: Path) -> None:
    values = np.full((16, 16, 3), (200, 90, 30), np.uint8)  # flat, so that JPEG and WebP have nothing to lose
    if suffix in (".exr", ".hdr"):
        save(tmp_path / f"a{suffix}", values.astype(np.float32) / 255, "float")
    else:
        save(tmp_path / f"a{suffix}", values)
    pixels, depth = images.read_image(tmp_path / f"a{suffix}")
    assert depth == (32 if suffix in (".exr", ".hdr") else 8)
    tolerance = 1.01 if suffix in (".jpg", ".webp", ".hdr") else 1e-4
    np.testing.assert_allclose(pixels * 255, values, atol=tolerance)


def test_colour_is_not_multiplied_by_alpha(tmp_path: Path) -> None:
    values = noise(0, 8, 8, 4)
    values[:, :, 3] //= 16
    for suffix in (".png", ".tga", ".tif"):
        save(tmp_path / f"a{suffix}", values)
        np.testing.assert_array_equal(np.rint(images.read_image(tmp_path / f"a{suffix}")[0] * 255), values)


@pytest.mark.parametrize(("suffix", "depth"), [(".tiff", 8), (".exr", 32), (".png", 8)])
def test_equal_pictures_are_equal_files(suffix: str, depth: int, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    images.write_image(path, np.zeros((4, 4, 3), np.float32), depth)
    assert time.strftime("%Y:%m:%d").encode() not in path.read_bytes()


def test_half_floats_are_float(tmp_path: Path) -> None:
    save(tmp_path / "a.exr", np.full((4, 4, 3), 3.5, np.float32), "half")
    pixels, depth = images.read_image(tmp_path / "a.exr")
    assert depth == 32 and (pixels == 3.5).all()


def test_an_image_with_the_wrong_ending_is_read(tmp_path: Path) -> None:
    save(tmp_path / "a.jpg", noise(0, 8, 8, 3)).rename(tmp_path / "a.png")
    assert images.read_header(tmp_path / "a.png").channels == 3


def test_a_folder_is_no_image(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        images.read_image(tmp_path)


# --- writing that fails ------------------------------------------------------------------------------------------

GREY = np.full((64, 64, 1), 0.5, dtype=np.float32)


@pytest.mark.parametrize(
    "path",
    ["/proc/out.png", "/proc/self/new/out.png", "/dev/null/out.png"],
    ids=["no writing there", "no folder can be made", "below a file"],
)
def test_a_place_that_cannot_be_written(path: str) -> None:
    if not Path("/proc/self").exists():
        pytest.skip("needs a Unix /proc")
    with pytest.raises(OutputError) as caught:
        images.write_image(Path(path), GREY, 8)
    text = str(caught.value)
    assert text.endswith(".") and "\n" not in text and "/".join(path.split("/")[:2]) in text


def test_a_full_disk_leaves_the_old_file_alone(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits on file sizes are a Unix thing")
    import signal

    path = tmp_path / "a.png"
    images.write_image(path, GREY, 8)
    before = path.read_bytes()
    big = np.random.default_rng(0).random((512, 512, 3), dtype=np.float32)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        for suffix in (".png", ".tif", ".exr"):
            with pytest.raises(OutputError, match=rf"a{suffix} can't be written"):
                images.write_image(path.with_suffix(suffix), big, 16)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]  # and nothing half-written beside it


def test_formats_that_cannot_hold_it(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"a\.jpg can't be written: choose"):
        images.write_image(tmp_path / "a.jpg", GREY, 8)
    with pytest.raises(OutputError, match=r"a\.png can't be a PNG file"):
        images.write_image(tmp_path / "a.png", GREY, 32)
    assert not list(tmp_path.iterdir())


# --- whole sets --------------------------------------------------------------------------------------------------


def material(*files: SourceFile) -> TextureSet:
    rng = np.random.default_rng(0)
    maps = tuple(
        TextureMap(role, (np.rint(rng.random((8, 8, n)) * 255) / 255).astype(np.float32), "")
        for role, n in ((Role.ALBEDO, 3), (Role.ROUGHNESS, 1), (Role.OCCLUSION, 1), (Role.EMISSIVE, 3))
    )
    return TextureSet("m", 8, 8, maps, files)


def test_files_are_put_together_as_their_layout_says(tmp_path: Path) -> None:
    source = SourceFile(
        "packed.tga",
        8,
        (ChannelRef(Role.OCCLUSION), ChannelRef(Role.ROUGHNESS, inverted=True), ChannelRef(None, value=0.2)),
    )
    made = material(source)
    (path,) = images.write_set(made, tmp_path)
    assert path == tmp_path / "packed.png"
    pixels = images.read_image(path)[0]
    np.testing.assert_array_equal(pixels[:, :, 0], made.by_role[Role.OCCLUSION].pixels[:, :, 0])
    np.testing.assert_allclose(pixels[:, :, 1], 1 - made.by_role[Role.ROUGHNESS].pixels[:, :, 0], atol=1e-6)
    np.testing.assert_allclose(pixels[:, :, 2], 51 / 255, atol=1e-6)


def test_a_file_whose_map_is_missing_is_constant() -> None:
    source = SourceFile("metal.png", 8, (ChannelRef(Role.METALLIC, value=0.25),))
    assert (images.file_pixels(material(source), source) == 0.25).all()


@pytest.mark.parametrize(
    ("suffix", "expected"),
    [
        (".png", ["a.png", "a_tif.png", "light.exr", "all.tiff"]),
        (".tiff", ["a.tiff", "a_tif.tiff", "light.tiff", "all.tiff"]),
        (".exr", ["a.exr", "a_tif.exr", "light.exr", "all.exr"]),
    ],
)
def test_names_of_written_files(suffix: str, expected: list[str], tmp_path: Path) -> None:
    albedo = tuple(ChannelRef(Role.ALBEDO, i) for i in range(3))
    made = material(
        SourceFile("a.jpg", 8, albedo),
        SourceFile("a.tif", 8, albedo[:1]),
        SourceFile("light.exr", 32, albedo),
        SourceFile("all.exr", 16, albedo + albedo),
    )
    paths = images.write_set(made, tmp_path, suffix)
    assert [p.name for p in paths] == expected
    assert [images.read_header(p).channels for p in paths] == [3, 1, 3, 6]
