"""Reading and writing image files through OpenImageIO.

Alpha is never multiplied into the other channels: maps packed four to a file must come back bit by bit.
"""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core import files
from core.errors import DamagedFileError, InputError, OutputError
from core.said import said
from core.textures.material import Pixels, SourceFile, TextureSet

if TYPE_CHECKING:
    # Loaded by what reads and writes: a window that has nothing open yet does neither.
    import OpenImageIO

WRITE_SUFFIXES = (".png", ".tiff", ".tif", ".exr", ".tga")

MAX_SIDE = 16384
"""Longer sides are refused from the header, before anything is allocated."""

MAX_FILE_CHANNELS = 16

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
"""Bits per channel that a PNG file may have, by its colour type: grey, colour, palette, grey or colour with alpha."""
_DEPTH_OF = {"uint8": 8, "uint16": 16}
"""Everything else is taken as float: 32 bits hold signed and long integers as well as half floats."""
_HARMLESS = ("extraneous bytes before marker",)
"""What a JPEG decoder says about files that it nevertheless decodes completely."""


@dataclass(frozen=True)
class ImageHeader:
    """``bit_depth`` is 8, 16 or 32 (float of any width). ``channel_names`` are as in the file; ``orientation`` is how
    a camera was held, 1 to 8 as in EXIF, which reading doesn't undo."""

    width: int
    height: int
    channels: int
    bit_depth: int
    has_alpha: bool
    channel_names: tuple[str, ...] = ()
    orientation: int = 1


def read_header(path: Path) -> ImageHeader:
    """Size and channels, without decoding pixels.

    Raises InputError naming the file: missing, no image, absurd size, more than 16 channels, cut off (where the
    format says so up front).
    """
    with _opened(path) as image:
        return _header(image, path)


def read_image(path: Path) -> tuple[Pixels, int]:
    """float32 H × W × C scaled to [0, 1] (float files unscaled), alpha not premultiplied, and the bit depth
    (8, 16 or 32). Raises InputError naming the file, also when it is truncated."""
    return _read(path, rows=None)


def read_rows(path: Path, rows: int) -> Pixels:
    """The uppermost ``rows`` rows (or all, if the picture has fewer), as :func:`read_image` gives them."""
    return _read(path, rows)[0]


def _read(path: Path, rows: int | None) -> tuple[Pixels, int]:
    with _opened(path) as image:
        header = _header(image, path)
        if rows is None:
            _check_png(path, checksums=True)
        spec = image.spec()
        native = str(spec.format)
        wanted = native if native in ("uint8", "uint16") else "float"
        try:
            if rows is None or rows >= spec.height or spec.tile_width:
                values = image.read_image(0, 0, 0, spec.nchannels, wanted)
            else:
                values = image.read_scanlines(spec.y, spec.y + rows, spec.z, 0, spec.nchannels, wanted)
        except MemoryError:
            raise InputError(
                said(
                    "{file} ({width} × {height}) does not fit into memory; use a smaller version.",
                    file=path.name,
                    width=header.width,
                    height=header.height,
                ),
                path,
            ) from None
        message = image.geterror()
        if values is None or (message and not any(text in message for text in _HARMLESS)):
            raise _damaged(path)
        values = np.asarray(values)
        if rows is None and values.size != header.height * header.width * header.channels:
            raise _damaged(path)
    values = values.reshape(-1, header.width, header.channels)
    if rows is not None:
        values = values[:rows]
    top = {np.dtype(np.uint8): 255, np.dtype(np.uint16): 65535}.get(values.dtype)
    pixels = np.ascontiguousarray(values, dtype=np.float32)
    if top is not None:
        pixels /= np.float32(top)
    return pixels, header.bit_depth


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[OpenImageIO.ImageInput]:
    """An open reader. Everything that can be wrong with a file before its header is read is said here."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InputError(
            said("{file} can't be read: {reason}.", file=str(path), reason=error.strerror or str(error)), path
        ) from error
    if path.is_dir():
        raise InputError(said("{file} is a folder, not an image.", file=str(path)), path)
    if size == 0:
        raise DamagedFileError(said("{file} is empty (0 bytes); export or download it again.", file=path.name), path)
    if not os.access(path, os.R_OK):
        raise InputError(said("{file} can't be read: permission denied.", file=path.name), path)
    _check_png(path, checksums=False)
    import OpenImageIO

    config = OpenImageIO.ImageSpec()
    config.attribute("oiio:UnassociatedAlpha", 1)
    image = OpenImageIO.ImageInput.open(str(path), config)
    if image is None:
        OpenImageIO.geterror()  # OpenImageIO keeps the message until somebody takes it
        raise DamagedFileError(
            said(
                "{file} is not a readable image: it is damaged, or something else with the ending “{ending}”; export "
                "or download it again.",
                file=path.name,
                ending=path.suffix,
            ),
            path,
        )
    try:
        yield image
    finally:
        image.close()


def _header(image: OpenImageIO.ImageInput, path: Path) -> ImageHeader:
    spec = image.spec()
    if spec.width < 1 or spec.height < 1 or spec.nchannels < 1 or spec.deep or spec.depth > 1:
        raise InputError(
            said("{file} is not a flat image; export it as one picture without depth samples.", file=path.name), path
        )
    _check_size(path, spec.width, spec.height)
    if spec.nchannels > MAX_FILE_CHANNELS:
        raise InputError(
            said(
                "{file} has {channels} channels; a material can have {most} at most, so leave some out.",
                file=path.name,
                channels=spec.nchannels,
                most=MAX_FILE_CHANNELS,
            ),
            path,
        )
    return ImageHeader(
        width=spec.width,
        height=spec.height,
        channels=spec.nchannels,
        bit_depth=_DEPTH_OF.get(str(spec.format), 32),
        has_alpha=spec.alpha_channel >= 0,
        channel_names=tuple(spec.channelnames),
        orientation=spec.get_int_attribute("Orientation", 1),
    )


def _check_size(path: Path, width: int, height: int) -> None:
    if max(width, height) > MAX_SIDE:
        raise InputError(
            said(
                "{file} claims {width} × {height} texels; at most {most} a side can be read, so use a smaller version.",
                file=path.name,
                width=width,
                height=height,
                most=MAX_SIDE,
            ),
            path,
        )


def _damaged(path: Path) -> DamagedFileError:
    return DamagedFileError(said("{file} is damaged or cut off; export or download it again.", file=path.name), path)


def _check_png(path: Path, checksums: bool) -> None:
    """Walk the chunks of a PNG file. libpng would find the same damage, but it also prints to stderr."""
    with path.open("rb") as file:
        if file.read(8) != _PNG_SIGNATURE:
            return
        end = path.stat().st_size
        position = 8
        while True:
            file.seek(position)
            head = file.read(8)
            if len(head) < 8:
                raise _damaged(path)
            length, kind = struct.unpack(">I4s", head)
            position += 12 + length
            if position > end:
                raise _damaged(path)
            if kind == b"IHDR" and length >= 10:
                width, height, depth, colour = struct.unpack(">IIBB", file.read(10))
                if width == 0 or height == 0 or depth not in _PNG_DEPTHS.get(colour, ()):
                    raise _damaged(path)
                _check_size(path, width, height)
                file.seek(-10, os.SEEK_CUR)
            if checksums:
                body = file.read(length)
                if zlib.crc32(body, zlib.crc32(kind)) != struct.unpack(">I", file.read(4))[0]:
                    raise _damaged(path)
            if kind == b"IEND":
                return


def write_image(path: Path, pixels: Pixels, bit_depth: int) -> None:
    """Write H × W × C (or H × W) values atomically as the suffix says (.png, .tif, .tiff, .exr, .tga).

    8- and 16-bit values are clipped to [0, 1] and rounded to nearest, 32 is float. An .exr always holds float, a .tga
    8 bits in up to 4 channels.
    Missing folders are made. Raises OutputError; an existing file is then still what it was.
    """
    suffix = path.suffix.lower()
    if suffix not in WRITE_SUFFIXES:
        raise OutputError(f"{path.name} can't be written: choose .png, .tiff, .exr or .tga as its ending.", path)
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    height, width, channels = pixels.shape
    if suffix == ".exr":
        bit_depth = 32
    elif suffix == ".png" and (bit_depth == 32 or channels > 4):
        raise OutputError(f"{path.name} can't be a PNG file: float or more than 4 channels need .tiff or .exr.", path)
    elif suffix == ".tga" and (bit_depth != 8 or channels not in (1, 3, 4)):
        raise OutputError(f"{path.name} can't be a TGA file: it holds 8 bits in 1, 3 or 4 channels.", path)
    if bit_depth == 32:
        values, kind = np.ascontiguousarray(pixels, dtype=np.float32), "float"
    else:
        top = np.float32(2**bit_depth - 1)
        scaled = np.nan_to_num(pixels)
        np.clip(scaled, 0, 1, out=scaled)
        scaled *= top
        values = np.rint(scaled, out=scaled).astype(np.uint8 if bit_depth == 8 else np.uint16)
        kind = f"uint{bit_depth}"

    import OpenImageIO

    spec = OpenImageIO.ImageSpec(width, height, channels, kind)
    spec.channelnames = _channel_names(channels, suffix)
    # OpenEXR knows R, G, B, A by name and sorts the rest; only four channels, or grey in a PNG, can have an alpha.
    spec.alpha_channel = channels - 1 if channels == 4 or (channels == 2 and suffix == ".png") else -1
    spec.attribute("oiio:UnassociatedAlpha", 1)
    # The time of writing would make equal pictures different files.
    spec.attribute("DateTime", "1980:01:01 00:00:00")
    if suffix == ".png":
        spec.attribute("png:compressionLevel", 4)
    elif suffix != ".tga":
        spec.attribute("compression", "zip")

    with files.replacing(path) as part:
        _write_file(part, suffix, spec, values)
        _check_written(part, suffix, values)


def _write_file(part: Path, suffix: str, spec: OpenImageIO.ImageSpec, values: np.ndarray) -> None:
    """Raises OSError. OpenImageIO reports a full disk only sometimes, so the file is synchronised and looked at."""
    import OpenImageIO

    part.open("wb").close()  # says why the folder can't be written to, which OpenImageIO does not
    output = OpenImageIO.ImageOutput.create(suffix[1:])
    if output is None:
        raise OSError(0, "this build of OpenImageIO lacks the format")
    ok = output.open(str(part), spec) and output.write_image(values)
    ok = output.close() and ok
    message = output.geterror()
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    if not ok or part.stat().st_size == 0:
        raise OSError(0, message.splitlines()[0] if message else "the disk is full or the folder is read-only")


def _check_written(part: Path, suffix: str, values: np.ndarray) -> None:
    """Read the new file again before it takes the old one's place. Raises OSError.

    Not every format's writer reports that the disk is full: some leave a cut-off file and call it a success.
    """
    import OpenImageIO

    config = OpenImageIO.ImageSpec()
    config.attribute("oiio:UnassociatedAlpha", 1)
    try:
        if suffix == ".png":
            _check_png(part, checksums=False)
        image = OpenImageIO.ImageInput.open(str(part), config)
        if image is not None:
            again = image.read_image(0, 0, 0, values.shape[2], str(image.spec().format))
            message = image.geterror()
            image.close()
            if again is not None and not message and np.array_equal(np.reshape(again, values.shape), values):
                return
    except InputError:
        pass
    raise OSError(0, "the disk is full or damaged")


def _channel_names(channels: int, suffix: str) -> tuple[str, ...]:
    if channels == 1:
        return ("Y",)
    if channels == 2:
        return ("Y", "A") if suffix == ".png" else ("R", "G")
    if channels <= 4:
        return ("R", "G", "B", "A")[:channels]
    return tuple(f"channel{index:02d}" for index in range(channels))


def write_set(material: TextureSet, folder: Path, suffix: str = ".png") -> list[Path]:
    """Write every source file of the set again (names, bit depth and channel layout kept, suffix replaced).

    Returns the paths. ``.png`` can't hold float or more than four channels: such files are written as ``.exr``
    (float) or ``.tiff`` whatever the suffix. Raises OutputError.
    """
    return [
        write_file(material, source, folder / name)
        for source, name in zip(material.files, written_names(material.files, suffix), strict=True)
    ]


def written_names(sources: tuple[SourceFile, ...], suffix: str = ".png") -> list[str]:
    """The file names that :func:`write_set` uses, one per source file, all different."""
    names: list[str] = []
    taken: set[str] = set()
    for source in sources:
        old = Path(source.name)
        new = suffix.lower()
        if new in (".png", ".tga") and source.bit_depth == 32:
            new = ".exr"
        elif len(source.layout) > 4 and new in (".png", ".tga"):
            new = ".tiff"
        elif new == ".tga" and len(source.layout) == 2:
            new = ".png"
        name = old.stem + new
        number = 1
        while name.lower() in taken:  # two files that differed in their ending only
            number += 1
            name = f"{old.stem}_{old.suffix[1:].lower()}{'' if number == 2 else number}{new}"
        taken.add(name.lower())
        names.append(name)
    return names


def write_file(material: TextureSet, source: SourceFile, path: Path) -> Path:
    """Put one source file together from the maps and write it. Raises OutputError."""
    write_image(path, file_pixels(material, source), source.bit_depth)
    return path


def file_pixels(material: TextureSet, source: SourceFile) -> Pixels:
    """The values of one source file, H × W × its channels, as its layout says."""
    pixels = np.empty((material.height, material.width, len(source.layout)), dtype=np.float32)
    for target, channel in enumerate(source.layout):
        texture = None if channel.role is None else material.by_role.get(channel.role)
        if texture is None:
            pixels[:, :, target] = channel.value
        elif channel.inverted:
            pixels[:, :, target] = 1 - texture.pixels[:, :, channel.index]
        else:
            pixels[:, :, target] = texture.pixels[:, :, channel.index]
    return pixels
