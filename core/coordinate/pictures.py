"""The picture that a network learns: any image file as values in [0, 1], and a built-in one."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import InputError
from core.textures import images, mips, samples
from core.textures.material import Pixels
from core.textures.roles import Role

MOST_SIDE = 2048
SAMPLE = "worn_painted_metal"
SAMPLE_SIZE = 512
_KNEE = 0.8
"""Encoded values up to here are not changed by highlights."""


@dataclass(frozen=True)
class Picture:
    """``pixels`` float32 H × W × 3 or 4 in [0, 1], ``bit_depth`` 8 or 16; ``notices`` say what was done to them.
    ``grey``: the file has one channel for the three, and what is written of it shall have one as well."""

    name: str
    pixels: Pixels
    bit_depth: int = 8
    path: Path | None = None
    notices: tuple[str, ...] = ()
    grey: bool = False

    @property
    def width(self) -> int:
        return self.pixels.shape[1]

    @property
    def height(self) -> int:
        return self.pixels.shape[0]


def read_picture(path: Path) -> Picture:
    """Turned upright as the file says; longer sides than :data:`MOST_SIDE` are reduced by area means.

    Raises InputError naming the file: unreadable, more than four channels.
    """
    header = images.read_header(path)
    if header.channels > 4:
        raise InputError(f"{path.name} has {header.channels} channels; the lab takes pictures with up to four.", path)
    pixels, depth = images.read_image(path)
    notices: tuple[str, ...] = ()
    if not np.isfinite(pixels).all():
        raise InputError(f"{path.name} has values that are no numbers; repair it first.", path)
    pixels = _upright(_in_color(pixels), header.orientation)
    if max(pixels.shape[:2]) > MOST_SIDE:
        height, width = pixels.shape[:2]
        pixels = _reduced(pixels)
        notices += (
            f"{path.name} is {width} × {height}; it is learned at {pixels.shape[1]} × {pixels.shape[0]}, because the "
            f"lab takes up to {MOST_SIDE} texels a side.",
        )
    if depth == 32:
        depth = 16
        beyond = pixels[..., :3].max() > 1
        pixels = _encoded(pixels)
        how = ", with what is brighter than 1 pressed into its highlights" if beyond else ""
        notices += (f"{path.name} holds light; its sRGB encoding is learned{how}.",)
    return Picture(path.stem, np.ascontiguousarray(pixels, np.float32), depth, path, notices, header.channels <= 2)


def sample_picture(size: int = SAMPLE_SIZE) -> Picture:
    """The albedo of a built-in material."""
    return Picture("Sample", samples.generate(SAMPLE, size).by_role[Role.ALBEDO].pixels)


def without_alpha(picture: Picture) -> Picture:
    return dataclasses.replace(picture, pixels=picture.pixels[..., :3])


def as_in_file(shown: Pixels, picture: Picture) -> Pixels:
    """What a network shows of a picture, in as many channels as the picture's file has: grey is their mean."""
    if not picture.grey:
        return shown
    return np.concatenate([shown[..., :3].mean(axis=2, keepdims=True), shown[..., 3:]], axis=2)


def signed_error(shown: Pixels, wanted: Pixels, gain: float) -> Pixels:
    """What differs, amplified around mid-grey: ½ + ½ · gain · (shown − wanted), H × W × 3 in [0, 1]; grey is exact.

    Of two pictures with alpha each channel shows its own error or that of alpha, whichever is larger.
    """
    error = shown[..., :3] - wanted[..., :3]
    if shown.shape[2] == wanted.shape[2] == 4:
        alpha = shown[..., 3:] - wanted[..., 3:]
        error = np.where(np.abs(alpha) > np.abs(error), alpha, error)
    return np.clip(0.5 + 0.5 * gain * error, 0.0, 1.0)


def _in_color(pixels: Pixels) -> Pixels:
    """Grey becomes colour; a second channel is alpha."""
    channels = pixels.shape[2]
    if channels >= 3:
        return pixels
    return np.concatenate([np.repeat(pixels[..., :1], 3, axis=2), pixels[..., 1:]], axis=2)


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """The picture as it is meant to be seen: undoes what EXIF's ``orientation`` (1 to 8) says."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels


def _reduced(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    factor = MOST_SIDE / max(height, width)
    return mips.resize(pixels, max(1, round(width * factor)), max(1, round(height * factor)))


def _encoded(pixels: Pixels) -> Pixels:
    """Light as a picture for screens: sRGB-encoded, and above the knee pressed together as far as its peak asks for
    (the extended operator of Reinhard et al. 2002). What is darker stays the same whatever the peak is, and with no
    light beyond 1 all does. Only a picture of which more than half is beyond white is exposed first."""
    light = np.maximum(pixels[..., :3], 0.0)
    light = light / max(float(np.median(light)), 1.0)
    color = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1.0 / 2.4) - 0.055)
    peak = (max(float(color.max()), 1.0) - _KNEE) / (1.0 - _KNEE)
    above = np.maximum(color - _KNEE, 0.0) / (1.0 - _KNEE)
    pressed = _KNEE + (1.0 - _KNEE) * above * (1.0 + above / peak**2) / (1.0 + above)
    color = np.where(color > _KNEE, np.minimum(pressed, 1.0), color)
    return np.concatenate([color, np.clip(pixels[..., 3:], 0.0, 1.0)], axis=2)
