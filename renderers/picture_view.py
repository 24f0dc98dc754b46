"""Where a flat picture lies on the screen: pan, zoom and tiles."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from renderers.choices import CompareMode
from renderers.comparison import Comparison

LOWEST_ZOOM = 1.0 / 64.0
HIGHEST_ZOOM = 128.0


@dataclass(frozen=True)
class PictureView:
    """``centre`` is the texel (x, y; from the top left corner of the first tile) in the middle of a side; ``zoom`` is
    pixels per texel."""

    centre: tuple[float, float] = (0.0, 0.0)
    zoom: float = 1.0

    @staticmethod
    def fitted(picture: tuple[int, int], side: tuple[int, int], tiles: int = 1, margin: float = 0.94) -> PictureView:
        """The whole of ``tiles`` × ``tiles`` pictures of this width and height in a side of this size."""
        width, height = picture[0] * tiles, picture[1] * tiles
        zoom = margin * min(side[0] / width, side[1] / height)
        return PictureView((width / 2.0, height / 2.0), min(max(zoom, LOWEST_ZOOM), HIGHEST_ZOOM))

    def on_pixels(self, side: tuple[int, int]) -> PictureView:
        """The same, but at one pixel per texel moved by less than a pixel until each texel has one for itself."""
        if self.zoom != 1.0:
            return self
        x, y = (math.floor(c - s / 2.0 + 0.5) + s / 2.0 for c, s in zip(self.centre, side, strict=True))
        return replace(self, centre=(x, y))

    def texel_at(self, x: float, y: float, size: tuple[int, int], comparison: Comparison) -> tuple[float, float]:
        """The texel under a pixel of the whole picture (from its top left corner)."""
        side_width, side_height = comparison.side_size(size)
        if comparison.mode is CompareMode.SPLIT and x >= side_width:
            x -= side_width
        return (
            (x - side_width / 2.0) / self.zoom + self.centre[0],
            (y - side_height / 2.0) / self.zoom + self.centre[1],
        )

    def pixel_of(self, x: float, y: float, size: tuple[int, int], comparison: Comparison) -> tuple[float, float]:
        """The pixel of the whole picture at which a texel is seen, in the left or only side."""
        side_width, side_height = comparison.side_size(size)
        return (
            (x - self.centre[0]) * self.zoom + side_width / 2.0,
            (y - self.centre[1]) * self.zoom + side_height / 2.0,
        )

    def zoomed_at(
        self, factor: float, x: float, y: float, size: tuple[int, int], comparison: Comparison
    ) -> PictureView:
        """Zoom with the texel under the pixel staying where it is."""
        zoom = min(max(self.zoom * factor, LOWEST_ZOOM), HIGHEST_ZOOM)
        fixed = self.texel_at(x, y, size, comparison)
        share = self.zoom / zoom
        centre = (
            fixed[0] + (self.centre[0] - fixed[0]) * share,
            fixed[1] + (self.centre[1] - fixed[1]) * share,
        )
        return PictureView(centre, zoom)

    def panned(self, dx: float, dy: float) -> PictureView:
        """Move the picture by pixels."""
        return replace(self, centre=(self.centre[0] - dx / self.zoom, self.centre[1] - dy / self.zoom))

    def kept_in_reach(self, picture: tuple[int, int], tiles: int) -> PictureView:
        """The centre stays on the picture, so that it can't be lost."""
        x = min(max(self.centre[0], 0.0), float(picture[0] * tiles))
        y = min(max(self.centre[1], 0.0), float(picture[1] * tiles))
        return replace(self, centre=(x, y))


def sample_texel(
    texel: tuple[float, float], picture: tuple[int, int], tiles: int, half_offset: bool
) -> tuple[int, int] | None:
    """Column and row of the pixel shown at a place of the tiled picture; None beside it."""
    width, height = picture
    if not (0.0 <= texel[0] < width * tiles and 0.0 <= texel[1] < height * tiles):
        return None
    x, y = texel
    if half_offset:
        x, y = x + width / 2.0, y + height / 2.0
    return math.floor(x) % width, math.floor(y) % height
