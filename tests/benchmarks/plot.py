"""Rate–quality plots as SVG: thin lines named at their ends, on a ground of their own, readable on light and dark
pages."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from core.codec.baseline_sets import BASELINES
from tests.benchmarks.rows import EXACT_DB, Point, Row, counted, materials, mean, of

TICKS = (1, 1.5, 2.5, 5, 10, 20, 40)
LABEL_ROW = 17
COLOURS = (
    ("#0969da", "#58a6ff"),
    ("#54aeff", "#1f6feb"),
    ("#bc4c00", "#f0883e"),
    ("#a40e26", "#ff7b72"),
    ("#1a7f37", "#3fb950"),
    ("#6e7781", "#9198a1"),
    ("#8250df", "#bc8cff"),
    ("#d15797", "#f778ba"),
)
"""On a light and on a dark ground."""
STYLE = """
text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; fill: #57606a }
.title { font-size: 14px; font-weight: 600; fill: #1f2328 }
.strong { font-weight: 600 }
.ground { fill: #ffffff; stroke: #d0d7de }
.grid { stroke: #57606a; stroke-opacity: .18 }
.line { fill: none; stroke-width: 1.5; stroke-linejoin: round }
.thick { stroke-width: 2.75 }
.dashed { stroke-dasharray: 5 3 }
.leader { fill: none; stroke-opacity: .45; stroke-dasharray: 1 3 }
"""
DARK = """
text { fill: #9198a1 }
.title { fill: #f0f6fc }
.ground { fill: #0d1117; stroke: #3d444d }
.grid { stroke: #9198a1 }
"""


@dataclass(frozen=True)
class Series:
    """``look`` are classes of the style: one of s0, s1 … for the colour, thick, dashed."""

    name: str
    points: tuple[Point, ...]
    look: str


def mean_plot(rows: Sequence[Row], rates: Sequence[float], seconds: Sequence[float]) -> str:
    """The means over all materials, every series named at the right."""
    width, height = 760, 430
    names = materials(rows)
    sizes = ", ".join(dict.fromkeys(row.size for row in rows))
    title = f"PSNR over bits per texel, mean of {counted(names)}"
    drawn = list(_series(rows, seconds))
    frame = Frame(54, 58, width - 54 - 176, height - 58 - 48, *_ranges(drawn))
    parts = [f'<text class="title" x="20" y="28">{escape(title)}</text>', *frame.grid(), *frame.lines(drawn)]
    parts += _end_labels(frame, drawn, width - 168)
    below = f"bits per texel of the whole material ({sizes}); all mip levels for Texloom, the first one for the others"
    parts.append(f'<text x="{frame.left}" y="{height - 12}">{escape(below)}</text>')
    parts.append(f'<text x="30" y="{frame.top - 8}">dB</text>')
    return _document(width, height, parts, title)


def material_plots(rows: Sequence[Row], seconds: Sequence[float]) -> str:
    """One small plot per material under a common legend."""
    names = materials(rows)
    across, cell_width, cell_height, head = min(3, len(names)), 300, 220, 62
    down = -(-len(names) // across)
    width, height = max(2, across) * cell_width + 20, head + down * cell_height + 10
    parts = []
    at = 20.0
    for number, series in enumerate(_series(rows, seconds)):
        at = 20.0 + (number % 4) * (width - 40) / 4
        y = 22 + 18 * (number // 4)
        parts.append(f'<circle class="{series.look} dot" cx="{at + 4:.1f}" cy="{y - 4}" r="4"/>')
        parts.append(f'<text x="{at + 14:.1f}" y="{y}">{escape(series.name)}</text>')
    for number, name in enumerate(names):
        drawn = list(_series([row for row in rows if row.material == name], seconds))
        left, top = 10 + number % across * cell_width, head + number // across * cell_height
        frame = Frame(left + 36, top + 26, cell_width - 52, cell_height - 58, *_ranges(drawn))
        parts.append(f'<text class="strong" x="{left + 10}" y="{top + 14}">{escape(name)}</text>')
        parts += [*frame.grid(), *frame.lines(drawn)]
    return _document(width, height, parts, "PSNR over bits per texel of every material")


def _series(rows: Sequence[Row], seconds: Sequence[float]) -> Iterator[Series]:
    """Means over the materials in ``rows``, which may be one."""

    def points(codec: str, limit: float | None = None) -> tuple[Point, ...]:
        rates = dict.fromkeys(row.asked for row in rows if (row.codec, row.seconds) == (codec, limit))
        return tuple(sorted(mean(of(rows, codec, rate, limit)) for rate in rates))

    for limit in reversed(seconds):
        best = limit == seconds[-1]
        yield Series(f"Texloom, {limit:g} s", points("texloom", limit), "s0 thick" if best else "s1 dashed")
    astc = [point for name in BASELINES if name.startswith("astc") for point in points(name)]
    yield Series("ASTC", tuple(sorted(astc)), "s2")
    yield Series("BC7 set", points("bc"), "s3")
    yield Series("BC1 set", points("bc1"), "s7")
    yield Series("JPEG files", points("jpeg"), "s4")
    yield Series("Smaller textures", points("downsampled"), "s5")
    yield Series("UE5 importer's shape", points("ue5"), "s6")


def _ranges(drawn: Sequence[Series]) -> tuple[Point, Point]:
    bits = [point[0] for series in drawn for point in series.points if point[0] > 0] or [1.0]
    db = [point[1] for series in drawn for point in series.points if point[1] < EXACT_DB] or [0.0]
    return (min(bits) / 1.12, max(bits) * 1.12), (min(db) - 1, max(db) + 1)


@dataclass(frozen=True)
class Frame:
    """Where a plot lies and what its axes span: bits on a logarithmic scale, dB on a linear one."""

    left: float
    top: float
    width: float
    height: float
    bits: tuple[float, float]
    db: tuple[float, float]

    def place(self, point: Point) -> Point:
        """Pixels. What is exact lies on the upper edge."""
        low, high = (math.log(value) for value in self.bits)
        x = (math.log(max(point[0], self.bits[0])) - low) / (high - low)
        y = min(1.0, (point[1] - self.db[0]) / (self.db[1] - self.db[0]))
        return self.left + x * self.width, self.top + (1 - y) * self.height

    def grid(self) -> Iterator[str]:
        span = self.db[1] - self.db[0]
        step = next(step for step in (1, 2, 5, 10, 20, 50) if span / step <= max(3.0, self.height / 34))
        for db in range(math.ceil(self.db[0] / step) * step, math.floor(self.db[1]) + 1, step):
            _, y = self.place((self.bits[0], db))
            yield f'<path class="grid" d="M{self.left:.1f} {y:.1f}h{self.width:.1f}"/>'
            yield f'<text x="{self.left - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{db}</text>'
        for bits in TICKS:
            if self.bits[0] <= bits <= self.bits[1]:
                x, _ = self.place((bits, self.db[0]))
                yield f'<text x="{x:.1f}" y="{self.top + self.height + 18:.1f}" text-anchor="middle">{bits:g}</text>'

    def lines(self, drawn: Sequence[Series]) -> Iterator[str]:
        # The most important is drawn last, over the others.
        for series in reversed(drawn):
            places = [self.place(point) for point in series.points]
            if len(places) > 1:
                path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
                yield f'<path class="line {series.look}" d="M{path}"/>'
            radius = 4 if "thick" in series.look or len(places) == 1 else 3
            for x, y in places:
                yield f'<circle class="dot {series.look}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>'


def _end_labels(frame: Frame, drawn: Sequence[Series], left: float) -> Iterator[str]:
    """Names at the right, moved apart where they would cover each other, with leaders to the ends of the lines."""
    ends = sorted((frame.place(series.points[-1])[::-1], series.name, series) for series in drawn if series.points)
    places = _spread([end[0][0] for end in ends], LABEL_ROW, frame.top, frame.top + frame.height)
    for ((y, x), name, series), place in zip(ends, places, strict=True):
        colour = series.look.split()[0]
        yield f'<path class="leader {colour}" d="M{x + 6:.1f} {y:.1f}L{left - 18:.1f} {place:.1f}h12"/>'
        strong = " strong" if "thick" in series.look else ""
        db = series.points[-1][1]
        value = "exact" if db >= EXACT_DB else f"{db:.1f}"
        yield f'<text class="name {colour}{strong}" x="{left:.1f}" y="{place + 4:.1f}">{escape(name)}  {value}</text>'


def _spread(wanted: Sequence[float], distance: float, low: float, high: float) -> list[float]:
    """Positions as near to ``wanted`` (ascending) as a mutual ``distance`` within [low, high] allows."""
    places: list[float] = []
    for value in wanted:
        places.append(max(low, value) if not places else max(value, places[-1] + distance))
    limit = high
    for i in reversed(range(len(places))):
        places[i] = min(places[i], limit)
        limit = places[i] - distance
    return places


def _style() -> str:
    """Colours spelled out, not as variables: not every viewer of SVG knows these."""

    def coloured(ground: int) -> str:
        rules = (
            f".s{i}.line, .s{i}.leader {{ stroke: {pair[ground]} }}\n.s{i}.dot, .s{i}.name {{ fill: {pair[ground]} }}\n"
            for i, pair in enumerate(COLOURS)
        )
        return "".join(rules)

    return f"{STYLE}{coloured(0)}@media (prefers-color-scheme: dark) {{{DARK}{coloured(1)}}}\n"


def _document(width: float, height: float, parts: Sequence[str], title: str) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{escape(title)}">'
    )
    ground = f'<rect class="ground" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>'
    return "\n".join([head, f"<style>{_style()}</style>", ground, *parts, "</svg>"]) + "\n"
