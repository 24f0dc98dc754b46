"""Fits the UE5 importer's model (:mod:`core.codec.importer_model`) to a texture set.

An output of that model is a fixed curve over an affine map of eight bilinearly filtered values. This makes the fit
almost a linear problem, and it is solved as one instead of by stochastic gradients:

1. in closed form: principal directions of the channels, each grid a least-squares bilinear spline of its four;
2. Gauss-Newton on all grid texels and the matrix together, with the error measured in *file encoding* as the quoted
   PSNR is; each step by preconditioned conjugate gradients (Hestenes and Stiefel 1952), walking the image in tiles;
3. rounding to the importer's lattice, the coarse grid first; what is still free (the fine grid, then the matrix) is
   solved again after each, so that rounding is compensated and nothing changes on export.

The number of steps doesn't depend on the clock unless the time runs out, so the result is the same for the same input.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from core.codec.importer_model import (
    BIAS,
    CHANNELS,
    FEATURES,
    GAMMA,
    OFFSET,
    STEP,
    WIDTH,
    ImporterModel,
    channel_offset,
    grid_axis,
    grid_side,
    roles_in_layout,
)
from core.jobs import Control, Event, Finished, Metrics, Notice, Progress, Started
from core.textures.material import TextureSet
from core.textures.roles import ROLE_INFO, Role

TILE = 256
"""Texels along a side of the blocks in which the image is walked: a block's data stay in the cache."""
DARKEST = 0.02
"""File value below which y^(1/2.2), infinitely steep at zero, is continued as a straight line."""
RIDGE = 1e-4
"""Ridge on features relative to their variance, about the noise that rounding to a byte adds anyway. It keeps what the
(N − 1) sampling can't see (the finest ripple, where texels fall midway between vertices) from growing."""
NEWTON_STEPS = 8
CONJUGATE_STEPS = 8
ENOUGH = 2e-3
"""Stop when a Gauss-Newton step lowers the error by less than this part (0.009 dB)."""
RANGES = (6.0, 5.0, 4.2, 3.6)
"""Candidates for how many standard deviations of a feature the 256 levels span to either side."""


class Parameters(NamedTuple):
    """``fine`` 4 × N × N and ``coarse`` 4 × N/2 × N/2 real-valued features, ``matrix`` C × 9: for each channel
    present eight feature weights and the bias."""

    fine: Tensor
    coarse: Tensor
    matrix: Tensor

    def plus(self, other: Parameters, scale: float = 1.0) -> Parameters:
        return Parameters(*(a + scale * b for a, b in zip(self, other, strict=True)))

    def dot(self, other: Parameters) -> float:
        return sum(float(torch.sum(a * b, dtype=torch.float64)) for a, b in zip(self, other, strict=True))


class Free(NamedTuple):
    """Which parameters a solve may change."""

    fine: bool = True
    coarse: bool = True
    matrix: bool = True


class _Span(NamedTuple):
    """A run of texels along one axis and the vertices under it. ``weights`` is texels × vertices with two entries a
    row; vertices ``first`` … ``last`` − 1 count in the grid extended by one."""

    start: int
    stop: int
    first: int
    last: int
    weights: Tensor


def _spans(texels: int, side: int, device: torch.device) -> list[_Span]:
    lower, weight = grid_axis(texels, side)
    spans = []
    for start in range(0, texels, TILE):
        stop = min(start + TILE, texels)
        first, last = int(lower[start]), int(lower[stop - 1]) + 2
        weights = np.zeros((stop - start, last - first), np.float32)
        rows = np.arange(stop - start)
        weights[rows, lower[start:stop] - first] = 1 - weight[start:stop]
        weights[rows, lower[start:stop] - first + 1] = weight[start:stop]
        spans.append(_Span(start, stop, first, last, torch.from_numpy(weights).to(device)))
    return spans


def extend(grid: Tensor) -> Tensor:
    """K × N × N with one column and row more, as the linear index wraps: to the right of row y lies the first texel
    of row y + 1."""
    side = grid.shape[1]
    extended = grid.new_empty((grid.shape[0], side + 1, side + 1))
    extended[:, :side, :side] = grid
    extended[:, :side, side] = torch.roll(grid[:, :, 0], -1, dims=1)
    extended[:, side, :side] = grid[:, 0]
    extended[:, side, side] = grid[:, 1, 0]
    return extended


def fold(extended: Tensor) -> Tensor:
    """The adjoint of :func:`extend`."""
    side = extended.shape[1] - 1
    grid = extended[:, :side, :side].clone()
    grid[:, :, 0] += torch.roll(extended[:, :side, side], 1, dims=1)
    grid[:, 0] += extended[:, side, :side]
    grid[:, 1, 0] += extended[:, side, side]
    return grid


def tied(grid: Tensor) -> Tensor:
    """Half the gradient of the squared differences between opposite edges of K × N × N, corners counted both ways."""
    result = torch.zeros_like(grid)
    across, down = grid[:, :, 0] - grid[:, :, -1], grid[:, 0] - grid[:, -1]
    result[:, :, 0] += across
    result[:, :, -1] -= across
    result[:, 0] += down
    result[:, -1] -= down
    return result


class _Sampling:
    """Bilinear sampling of one square grid at all texel centres and its adjoint, tile by tile."""

    def __init__(self, width: int, height: int, side: int, device: torch.device) -> None:
        self.side = side
        self.across = _spans(width, side, device)
        self.down = _spans(height, side, device)
        self.vertex_share = width * height / side**2
        # For the preconditioner an ordinary wrap is good enough; the normal matrix is then a product of its axes.
        self._normals = [self._normal(spans, device) for spans in (self.down, self.across)]

    def _normal(self, spans: list[_Span], device: torch.device) -> Tensor:
        extended = torch.zeros((self.side + 1, self.side + 1), device=device)
        for span in spans:
            extended[span.first : span.last, span.first : span.last] += span.weights.T @ span.weights
        normal = extended[:-1, :-1].clone()
        normal[0] += extended[-1, :-1]
        normal[:, 0] += extended[:-1, -1]
        normal[0, 0] += extended[-1, -1]
        return normal

    def sample(self, extended: Tensor, row: int, column: int) -> Tensor:
        """K × h × w values of one tile from a K × (N+1) × (N+1) grid."""
        down, across = self.down[row], self.across[column]
        return (down.weights @ extended[:, down.first : down.last, across.first : across.last]) @ across.weights.T

    def scatter(self, values: Tensor, extended: Tensor, row: int, column: int) -> None:
        """Add the adjoint of :meth:`sample` for a tile's K × h × w values."""
        down, across = self.down[row], self.across[column]
        extended[:, down.first : down.last, across.first : across.last] += down.weights.T @ (values @ across.weights)

    def empty(self, channels: int) -> Tensor:
        return self._normals[0].new_zeros((channels, self.side + 1, self.side + 1))

    def spline_solver(self) -> Callable[[Tensor], Tensor]:
        """K × N × N right-hand sides of the spline's normal equations to its coefficients, nearly (see RIDGE)."""
        down, across = (
            torch.linalg.inv(n + math.sqrt(RIDGE) * n.diagonal().mean() * torch.eye(self.side, device=n.device))
            for n in self._normals
        )
        return lambda values: (down @ values) @ across


class _Problem:
    """Least squares in file encoding with one equal weight for every channel present."""

    def __init__(
        self, material: TextureSet, roles: tuple[Role, ...], side: int, device: torch.device, wrap: float = 0.0
    ) -> None:
        """``wrap``: what a difference between opposite edges of a grid costs, over what it costs to be off by as much
        at a vertex."""
        self.wrap = wrap
        self.maps = [material.by_role[role].pixels for role in roles]
        self.texels = material.width * material.height
        curved = [role is not Role.NORMAL for role in roles for _ in range(ROLE_INFO[role].channels)]
        self.channels = len(curved)
        self.curved = torch.tensor(curved, device=device)[:, None, None]
        self.samplings = (
            _Sampling(material.width, material.height, side, device),
            _Sampling(material.width, material.height, side // 2, device),
        )
        shape = (self.channels, material.height, material.width)
        self.wanted = torch.empty(shape, device=device)
        self.slope = torch.empty(shape, device=device)
        self.residual = torch.empty(shape, device=device)
        self.black = torch.empty(shape, device=device, dtype=torch.bool)
        self.white = torch.empty(shape, device=device, dtype=torch.bool)
        for _, _, ys, xs in self.tiles():
            values = self.values(ys, xs)
            self.wanted[:, ys, xs], self.slope[:, ys, xs] = self.curve(self.network_values(values))
            self.black[:, ys, xs], self.white[:, ys, xs] = values <= 0, values >= 1
        self.usual_weight = (self.slope * self.slope).mean(dim=(1, 2))

    def values(self, ys: slice, xs: slice) -> Tensor:
        """The source's file values, C × h × w, clipped to [0, 1]."""
        stacked = np.concatenate([pixels[ys, xs] for pixels in self.maps], axis=2).transpose(2, 0, 1)
        return torch.from_numpy(np.ascontiguousarray(stacked)).to(self.curved.device).clamp_(0.0, 1.0)

    def network_values(self, values: Tensor) -> Tensor:
        """What the matrix has to put out, before hard-swish, for these file values."""
        return _before_swish(torch.where(self.curved, values**GAMMA, values))

    def tiles(self) -> Iterator[tuple[int, int, slice, slice]]:
        for row, down in enumerate(self.samplings[0].down):
            for column, across in enumerate(self.samplings[0].across):
                yield row, column, slice(down.start, down.stop), slice(across.start, across.stop)

    def curve(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """The file value for z (C × h × w) and its derivative, straight where the true one is clipped or too steep."""
        darkest_y = DARKEST**GAMMA
        inside = torch.maximum(z, torch.where(self.curved, _before_swish(darkest_y), 0.0))
        y = inside * (inside + 3.0) / 6.0
        slope = (inside + 1.5) / 3.0
        x = torch.where(self.curved, y ** (1 / GAMMA), y)
        slope = torch.where(self.curved, x / (GAMMA * y.clamp_min(darkest_y)) * slope, slope)
        return x + slope * (z - inside), slope

    def features(self, extended: tuple[Tensor, Tensor], row: int, column: int) -> Tensor:
        """9 × h × w: the eight features and the constant one."""
        fine, coarse = (s.sample(e, row, column) for s, e in zip(self.samplings, extended, strict=True))
        return torch.cat([fine, coarse, torch.ones_like(fine[:1])])

    def error(self, at: Parameters, *, keep: bool) -> float:
        """Mean square error at these parameters. ``keep`` stores residuals and slopes for :meth:`step`."""
        extended = (extend(at.fine), extend(at.coarse))
        total = 0.0
        for row, column, ys, xs in self.tiles():
            z = torch.tensordot(at.matrix, self.features(extended, row, column), dims=1)
            value, slope = self.curve(z)
            residual = value - self.wanted[:, ys, xs]
            # What goes beyond black or white is clipped when decoding and is no error.
            beyond = (self.black[:, ys, xs] & (z < 0)) | (self.white[:, ys, xs] & (z > _before_swish(1.0)))
            residual.masked_fill_(beyond, 0.0)
            total += float(torch.sum(residual * residual))
            if keep:
                self.residual[:, ys, xs] = residual
                self.slope[:, ys, xs] = slope
        if self.wrap:
            for weight, grid in zip(self._tie_weights(at), (at.fine, at.coarse), strict=True):
                total += float(torch.sum(weight * grid * tied(grid)))
        return total / (self.texels * self.channels)

    def _pulls(self, at: Parameters, of: Parameters) -> tuple[Tensor | float, Tensor | float]:
        """How opposite edges pull at each other, at the weights of ``at``, for the differences of ``of``."""
        if not self.wrap:
            return 0.0, 0.0
        fine, coarse = self._tie_weights(at)
        return fine * tied(of.fine), coarse * tied(of.coarse)

    def _tie_weights(self, at: Parameters) -> tuple[Tensor, Tensor]:
        """What a squared difference between opposite edges costs, per feature."""
        strength = self.wrap * torch.tensordot(self.usual_weight, at.matrix[:, : 2 * FEATURES] ** 2, dims=1)
        strength = strength[:, None, None]
        fine, coarse = (sampling.vertex_share for sampling in self.samplings)
        return fine * strength[:FEATURES], coarse * strength[FEATURES:]

    # -- one Gauss-Newton step ------------------------------------------------------------------------------

    def step(self, at: Parameters, free: Free, carry_on: Callable[[], bool]) -> Parameters:
        """The change of the free parameters that minimises the linearised error, by conjugate gradients."""
        extended = (extend(at.fine), extend(at.coarse))
        ridges = self._ridges(at)
        precondition = self._preconditioner(at, extended, ridges)
        zero = Parameters(*(torch.zeros_like(part) for part in at))
        change = zero
        residual = self._gradient(at, extended, ridges, free)
        direction = preconditioned = precondition(residual)
        before = first = residual.dot(preconditioned)
        for _ in range(CONJUGATE_STEPS):
            if before <= 1e-6 * first or not carry_on():
                break
            product = self._normal_product(at, direction, extended, ridges, free)
            curvature = direction.dot(product)
            if curvature <= 0:
                break
            length = before / curvature
            change = change.plus(direction, length)
            residual = residual.plus(product, -length)
            preconditioned = precondition(residual)
            now = residual.dot(preconditioned)
            direction = preconditioned.plus(direction, now / before)
            before = now
        return change

    def _ridges(self, at: Parameters) -> tuple[Tensor, Tensor]:
        """Per feature, what a squared change of one vertex costs: the ridge in units of the error."""
        weight = (self.slope * self.slope).mean(dim=(1, 2))
        strength = torch.tensordot(weight, at.matrix[:, : 2 * FEATURES] ** 2, dims=1)
        strength = strength + 1e-6 * strength.max() + 1e-12
        return (
            (RIDGE * self.samplings[0].vertex_share * strength[:FEATURES])[:, None, None],
            (RIDGE * self.samplings[1].vertex_share * strength[FEATURES:])[:, None, None],
        )

    def _gradient(
        self, at: Parameters, extended: tuple[Tensor, Tensor], ridges: tuple[Tensor, Tensor], free: Free
    ) -> Parameters:
        """Minus half the gradient of the error's sum."""

        def weighted(ys: slice, xs: slice, _features: Tensor, _row: int, _column: int) -> Tensor:
            return -self.slope[:, ys, xs] * self.residual[:, ys, xs]

        pulled = self._pull_back(at, extended, free, weighted)
        fine, coarse = self._pulls(at, at)
        return Parameters(
            pulled.fine - ridges[0] * at.fine - fine if free.fine else pulled.fine,
            pulled.coarse - ridges[1] * at.coarse - coarse if free.coarse else pulled.coarse,
            pulled.matrix,
        )

    def _normal_product(
        self,
        at: Parameters,
        change: Parameters,
        extended: tuple[Tensor, Tensor],
        ridges: tuple[Tensor, Tensor],
        free: Free,
    ) -> Parameters:
        """JᵀJ · change, with J the derivative of all file values by all parameters."""
        changed = (extend(change.fine), extend(change.coarse))

        def weighted(ys: slice, xs: slice, features: Tensor, row: int, column: int) -> Tensor:
            z = torch.tensordot(change.matrix, features, dims=1)
            if free.fine:
                z += torch.tensordot(at.matrix[:, :FEATURES], self.samplings[0].sample(changed[0], row, column), dims=1)
            if free.coarse:
                coarse = at.matrix[:, FEATURES : 2 * FEATURES]
                z += torch.tensordot(coarse, self.samplings[1].sample(changed[1], row, column), dims=1)
            slope = self.slope[:, ys, xs]
            return z * (slope * slope)

        pulled = self._pull_back(at, extended, free, weighted)
        fine, coarse = self._pulls(at, change)
        return Parameters(
            pulled.fine + ridges[0] * change.fine + fine,
            pulled.coarse + ridges[1] * change.coarse + coarse,
            pulled.matrix,
        )

    def _pull_back(
        self,
        at: Parameters,
        extended: tuple[Tensor, Tensor],
        free: Free,
        weighted: Callable[[slice, slice, Tensor, int, int], Tensor],
    ) -> Parameters:
        """The adjoint: from C × h × w values per tile to the parameters."""
        grids = [sampling.empty(FEATURES) for sampling in self.samplings]
        matrix = torch.zeros_like(at.matrix)
        for row, column, ys, xs in self.tiles():
            features = self.features(extended, row, column)
            values = weighted(ys, xs, features, row, column)
            if free.matrix:
                matrix += values.flatten(1) @ features.flatten(1).T
            for index in (0, 1):
                if free[index]:
                    weights = at.matrix[:, index * FEATURES : (index + 1) * FEATURES]
                    self.samplings[index].scatter(torch.tensordot(weights.T, values, dims=1), grids[index], row, column)
        return Parameters(fold(grids[0]), fold(grids[1]), matrix)

    def _preconditioner(
        self, at: Parameters, extended: tuple[Tensor, Tensor], ridges: tuple[Tensor, Tensor]
    ) -> Callable[[Parameters], Parameters]:
        """Block by block: for a grid the spline's normal equations times its features' coupling through the matrix,
        with slopes averaged over the image; for the matrix its exact 9 × 9 block per channel."""
        weight = (self.slope * self.slope).mean(dim=(1, 2))
        splines = [sampling.spline_solver() for sampling in self.samplings]
        couplings = []
        for index, ridge in enumerate(ridges):
            weights = at.matrix[:, index * FEATURES : (index + 1) * FEATURES]
            share = self.samplings[index].vertex_share
            coupling = weights.T @ (weight[:, None] * weights) + torch.diag(ridge.flatten() / share)
            couplings.append(torch.linalg.inv(coupling.double()).float())
        blocks = at.matrix.new_zeros((self.channels, BIAS, BIAS))
        for row, column, ys, xs in self.tiles():
            features = self.features(extended, row, column).flatten(1)
            slope = self.slope[:, ys, xs].flatten(1)
            weighted = (slope * slope)[:, None, :] * features
            blocks += weighted @ features.T
        blocks = blocks.double()
        trace = blocks.diagonal(dim1=1, dim2=2).mean(dim=1)[:, None, None]
        inverse = torch.linalg.inv(blocks + 1e-7 * trace * torch.eye(BIAS, device=blocks.device)).float()

        def apply(values: Parameters) -> Parameters:
            return Parameters(
                torch.tensordot(couplings[0], splines[0](values.fine), dims=1),
                torch.tensordot(couplings[1], splines[1](values.coarse), dims=1),
                (inverse @ values.matrix[:, :, None])[:, :, 0],
            )

        return apply

    # -- the closed-form start ------------------------------------------------------------------------------

    def start(self) -> Parameters:
        """Principal directions of the channels, weighted by how much they show in the file.

        The fine grid takes the four directions that lose most in a coarse one, the coarse grid four of what is left.
        """
        mean, weight = self._mean_and_weight()
        right = [sampling.empty(self.channels) for sampling in self.samplings]
        for row, column, ys, xs in self.tiles():
            values = (self.network_values(self.values(ys, xs)) - mean[:, None, None]) * weight[:, None, None]
            for sampling, sums in zip(self.samplings, right, strict=True):
                sampling.scatter(values, sums, row, column)
        sums = [fold(s) for s in right]
        splines = [s.spline_solver()(b) for s, b in zip(self.samplings, sums, strict=True)]
        energies = [torch.tensordot(b.flatten(1), x.flatten(1).T, dims=1) for b, x in zip(sums, splines, strict=True)]
        energies = [((e + e.T) / 2).double() for e in energies]
        both = _leading(energies[0], 2 * FEATURES)
        lost = both.T @ (energies[0] - energies[1]) @ both
        fine = both @ _leading(lost, FEATURES)
        left = torch.eye(self.channels, device=fine.device, dtype=fine.dtype) - fine @ fine.T
        coarse = _leading(left @ energies[1] @ left, FEATURES, least=1e-9 * float(energies[0].trace()))
        basis = (fine.float(), coarse.float())
        grids = [torch.tensordot(b.T, x, dims=1) for b, x in zip(basis, splines, strict=True)]
        weights = [b / weight[:, None].clamp_min(1e-6) for b in basis]
        at = Parameters(grids[0], grids[1], torch.cat([*weights, mean[:, None]], dim=1))
        return normalised(normalised(at, 0), 1)

    def _mean_and_weight(self) -> tuple[Tensor, Tensor]:
        """Per channel: the mean network value, and the spread in the file over the spread of network values. The latter
        says better how much a channel matters than the mean slope, which few nearly black texels dominate."""
        sums = torch.zeros((4, self.channels), device=self.curved.device, dtype=torch.float64)
        for _, _, ys, xs in self.tiles():
            values = self.values(ys, xs).double()
            z = self.network_values(values)
            sums += torch.stack([part.sum(dim=(1, 2)) for part in (z, z * z, values, values * values)])
        z, zz, x, xx = sums / self.texels
        spread = (xx - x * x).clamp_min(0) / (zz - z * z).clamp_min(1e-12)
        return z.float(), spread.sqrt().float()


def _before_swish(y: Tensor | float) -> Tensor:
    """The positive z with hard_swish(z) = y, for y in [0, 2.7]."""
    return (-3.0 + torch.sqrt(9.0 + 24.0 * torch.as_tensor(y))) / 2.0


def _leading(symmetric: Tensor, count: int, least: float = 0.0) -> Tensor:
    """n × count orthonormal directions of largest eigenvalue, with a fixed sign; zero columns where there is none
    with an eigenvalue above ``least``."""
    values, vectors = torch.linalg.eigh(symmetric)
    vectors = vectors.flip(1)[:, :count] * (values.flip(0)[:count] > least)
    largest = vectors.abs().argmax(dim=0)
    vectors = vectors * torch.sign(vectors[largest, torch.arange(vectors.shape[1])])
    return torch.nn.functional.pad(vectors, (0, count - vectors.shape[1]))


def normalised(at: Parameters, index: int) -> Parameters:
    """The same model, with uncorrelated features of mean 0 and variance 1 in one grid (0 fine, 1 coarse), strongest
    first: what 256 levels per feature serve best, and what a rotation among the features leaves open."""
    grid = (at.fine, at.coarse)[index]
    part = slice(index * FEATURES, (index + 1) * FEATURES)
    weights = at.matrix[:, part].double()
    flat = grid.flatten(1).double()
    mean = flat.mean(dim=1, keepdim=True)
    flat = flat - mean
    variances, axes = torch.linalg.eigh(flat @ flat.T / flat.shape[1])
    there = variances > 1e-10 * variances.max()
    deviations = torch.where(there, variances, 0.0).sqrt()
    white = torch.where(there, 1.0 / deviations, 0.0)[:, None] * (axes.T @ flat)
    left, strengths, right = torch.linalg.svd((weights @ axes) * deviations, full_matrices=False)
    missing = FEATURES - strengths.shape[0]
    features = torch.nn.functional.pad(right @ white, (0, 0, 0, missing))
    matrix = at.matrix.clone()
    matrix[:, part] = torch.nn.functional.pad(left * strengths, (0, missing)).float()
    matrix[:, 2 * FEATURES] += (weights @ mean).flatten().float()
    features = features.float().reshape(grid.shape)
    return at._replace(matrix=matrix, **{"fine" if index == 0 else "coarse": features})


def rounded(at: Parameters, index: int, deviations: float) -> Parameters:
    """One (normalised) grid on the importer's lattice, its 256 levels spread over the feature's range but at most
    over ± ``deviations``; the matrix takes up the scale."""
    grid = (at.fine, at.coarse)[index]
    part = slice(index * FEATURES, (index + 1) * FEATURES)
    low = grid.amin(dim=(1, 2)).clamp_min(-deviations)
    high = grid.amax(dim=(1, 2)).clamp_max(deviations)
    middle, width = (low + high) / 2, (high - low).clamp_min(1e-6)
    codes = torch.round((grid - middle[:, None, None]) / width[:, None, None] * 255.0 + 127.5).clamp_(0, 255)
    matrix = at.matrix.clone()
    matrix[:, 2 * FEATURES] += at.matrix[:, part] @ middle
    matrix[:, part] *= width / (255.0 * STEP)
    return at._replace(matrix=matrix, **{"fine" if index == 0 else "coarse": codes * STEP - OFFSET})


def train_importer_model(
    material: TextureSet,
    *,
    bpp: float,
    seconds: float,
    device: str = "auto",
    wrap: float = 0.0,
    control: Control | None = None,
) -> Iterator[Event]:
    """Fit the importer's model to a material: a job that ends with ``Finished(ImporterModel)``.

    ``bpp`` (bits per texel of the maps' full resolution) decides the grid sides, see
    :func:`core.codec.importer_model.grid_side`; ``seconds`` bounds the wall time, usually far from being used up.
    ``wrap`` ties opposite edges of the grids together: at 1, a difference between them costs as much as an error of
    that size at a vertex does. Nothing is random. Stopping keeps the best state so far, rounded and complete.

    Raises InputError if the layout has a place for none of the maps; Cancelled when the control says so.
    """
    control = control or Control()
    roles = roles_in_layout(material)
    side = grid_side(material.width, material.height, bpp)
    yield Started(f"Fitting the UE5 model of {material.name}", predicted_bytes=5 * side * side + 148 * 2 + 1592)
    left_out = [str(role) for role in material.by_role if role not in roles]
    if left_out:
        yield Notice(f"The UE5 layout has no place for {', '.join(left_out)}; left out.")

    fit = _Fit(material, roles, side, _device(device), control, seconds, wrap)
    error = 0.0
    for stage, fraction, error in fit.run():
        elapsed = fit.elapsed()
        remaining = elapsed * (1 - fraction) / fraction if fraction > 0.3 else None
        yield Metrics(fit.passes, elapsed, fit.passes * fit.problem.texels, error, -10 * math.log10(max(error, 1e-12)))
        yield Progress(fraction, stage, remaining)
    yield Finished(fit.model(), stopped_early=control.stop_requested)


class _Fit:
    """The course of one fit; see the head of the module."""

    def __init__(
        self,
        material: TextureSet,
        roles: tuple[Role, ...],
        side: int,
        device: torch.device,
        control: Control,
        seconds: float,
        wrap: float,
    ) -> None:
        self.began = time.perf_counter()
        self.control = control
        self.seconds = seconds
        self.material = material
        self.roles = roles
        self.passes = 0
        with torch.no_grad():
            self.problem = _Problem(material, roles, side, device, wrap)
        self.at: Parameters | None = None

    def elapsed(self) -> float:
        return time.perf_counter() - self.began - self.control.paused_seconds

    def carry_on(self, share: float = 1.0) -> bool:
        self.passes += 1
        return not self.control.check() and self.elapsed() < share * self.seconds

    @torch.no_grad()
    def run(self) -> Iterator[tuple[str, float, float]]:
        """Stage, fraction done and mean square error after each part."""
        problem = self.problem
        at = problem.start()
        error = problem.error(at, keep=True)
        yield "closed form", 0.1, error
        for number in range(NEWTON_STEPS):
            if not self.carry_on(0.7):
                break
            before = error
            at, error = self._improve(at, error, Free(), 0.7)
            at = normalised(normalised(at, 0), 1)
            yield "fitting", 0.1 + 0.6 * (number + 1) / NEWTON_STEPS, error
            if error > (1 - ENOUGH) * before:
                break
        at, error = self._round(at, 1)
        yield "rounding", 0.75, error
        if self.carry_on(0.9):
            at, error = self._improve(at, error, Free(coarse=False), 0.9)
            at = normalised(at, 0)
        at, error = self._round(at, 0)
        yield "rounding", 0.9, error
        for _ in range(2):
            at, error = self._improve(at, error, Free(fine=False, coarse=False))
        self.at = at
        yield "done", 1.0, error

    def _improve(self, at: Parameters, error: float, free: Free, share: float = math.inf) -> tuple[Parameters, float]:
        """One Gauss-Newton step, shortened until it helps. Residuals are those of the returned parameters."""
        change = self.problem.step(at, free, lambda: self.carry_on(share))
        for scale in (1.0, 0.5, 0.2):
            candidate = at.plus(change, scale)
            now = self.problem.error(candidate, keep=True)
            if now < error:
                return candidate, now
        return at, self.problem.error(at, keep=True)

    def _round(self, at: Parameters, index: int) -> tuple[Parameters, float]:
        self.control.check()
        candidates = [rounded(at, index, deviations) for deviations in RANGES]
        errors = [self.problem.error(candidate, keep=False) for candidate in candidates]
        best = candidates[errors.index(min(errors))]
        return best, self.problem.error(best, keep=True)

    def model(self) -> ImporterModel:
        assert self.at is not None
        fine, coarse = (
            torch.round((grid + OFFSET) / STEP).to(torch.uint8).permute(1, 2, 0).contiguous().cpu().numpy()
            for grid in (self.at.fine, self.at.coarse)
        )
        matrix = self.at.matrix.cpu().numpy()
        network = np.zeros((WIDTH, WIDTH), np.float32)
        rows = [channel_offset(r) + i for r in self.roles for i in range(ROLE_INFO[r].channels)]
        network[rows, : 2 * FEATURES] = matrix[:, : 2 * FEATURES]
        network[rows, BIAS] = matrix[:, 2 * FEATURES]
        assert max(rows) < CHANNELS
        material = self.material
        return ImporterModel(
            material.name,
            material.width,
            material.height,
            self.roles,
            material.normal_convention,
            (fine, coarse),
            network,
        )


def _device(wanted: str) -> torch.device:
    # The small dense solves want double precision, which Metal doesn't have.
    cuda = wanted == "cuda" or (wanted == "auto" and torch.cuda.is_available())
    return torch.device("cuda" if cuda else "cpu")
