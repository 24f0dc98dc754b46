"""The inner loops of training as compiled scripts: one call a step and part, without Python in between.

The interpreter lock is what keeps two training threads from using two cores when a step is a hundred short
tensor operations. A scripted function runs them all with the lock released, which also keeps the window live.
"""

from __future__ import annotations

import warnings

import torch
from torch import Tensor

NARROW = 16
"""A float32 product with fewer columns than this runs at a tenth of what it does as the transposed product."""


def cells(rows: Tensor, columns: Tensor, tiles: Tensor) -> Tensor:
    """Numbers of the latents that tiles [n] read, [n, reach]: ``rows`` [tiles down, latents down] of the rows of tiles
    plus ``columns`` [tiles across, latents across]."""
    down = rows.index_select(0, torch.div(tiles, columns.size(0), rounding_mode="floor"))
    across = columns.index_select(0, torch.remainder(tiles, columns.size(0)))
    return (down.unsqueeze(2) + across.unsqueeze(1)).view(tiles.size(0), -1)


def _forward_backward(
    tile_rows: list[Tensor],
    tile_columns: list[Tensor],
    tiles: list[Tensor],
    grids: list[Tensor],
    noise: list[Tensor],
    steps: list[float],
    segments: list[int],
    corner_rows: list[int],
    weight_rows: list[int],
    mixers: list[Tensor],
    transposed: list[Tensor],
    corners: list[Tensor],
    corner_deltas: list[Tensor],
    lod_rows: list[int],
    hidden: list[Tensor],
    hidden_deltas: list[Tensor],
    activations: list[Tensor],
    deltas: list[Tensor],
    weights: list[Tensor],
    biases: list[Tensor],
    weight_gradients: list[Tensor],
    bias_gradients: list[Tensor],
    targets: Tensor,
    error: Tensor,
    loss_weights: Tensor | None,
    squares: Tensor | None,
    measured: int,
    phase_row: int,
    phases: int,
    rounding: bool,
    train_latents: bool,
    narrow: int,
) -> tuple[list[Tensor], list[Tensor]]:
    """One forward and backward pass of one part.

    The first layer is linear, and so is interpolation: it is applied to the few latents around a tile (*corners*), and
    its result is what gets interpolated to the tile's texels. That costs the same for any number of features and needs
    neither inputs nor their gradients at the texels.

    Per read i (a segment and a grid): ``tile_rows[i]`` and ``tile_columns[i]`` as for :func:`cells`, ``tiles[i]`` [n]
    the tiles of this batch, ``grids[i]`` [cells, F] latents, ``noise[i]`` [n · reach, F] in ±½ (empty for none),
    ``steps[i]`` the quantisation step; ``segments[i]`` the segment it belongs to, ``corner_rows[i]`` its first row
    among the corners and ``weight_rows[i]`` its first row in the first layer's weights.

    Per segment: ``mixers`` [n, texels, K] and its transpose [n, K, texels], with the interpolation weights, the
    positional inputs and a one; ``corners`` and ``corner_deltas`` [n, K, width] for the first layer's results there and
    their gradients; ``lod_rows`` the row of the first layer's weights that the segment's mip level switches on, −1 for
    none; ``hidden`` and ``hidden_deltas`` [n, texels, width] views of the first entries of ``activations`` and
    ``deltas``. ``phase_row`` and ``phases`` say where the first layer's weights for the positional inputs are.

    ``activations`` are every layer's outputs [rows, width], ``deltas`` their gradients; both are overwritten, as are
    the gradients of weights [in, out] and biases [out]. ``squares`` [C] collects the mean square error of the first
    ``measured`` rows. Only with ``train_latents`` the latents get a gradient. With ``rounding`` latents are read as
    they will be stored, instead of with noise, and their gradient goes straight through (Bengio et al. 2013).

    Float32 products with fewer than ``narrow`` columns are taken the other way round (see :data:`NARROW`).

    Returns the latent indices of every read and the gradients of these latents, float32 [n · reach, F]. The
    loss is half the sum of squared errors; Adam does not care about its scale.
    """
    indices: list[Tensor] = []
    blocks: list[Tensor] = []
    gradients: list[Tensor] = []
    dtype = activations[0].dtype
    first = weights[0]
    for i in range(len(tiles)):
        index = cells(tile_rows[i], tile_columns[i], tiles[i])
        count, reach = index.size()
        index = index.view(-1)
        indices.append(index)
        block = grids[i].index_select(0, index)
        if rounding:
            block.add_(1.0).div_(steps[i]).round_().mul_(steps[i]).sub_(1.0)
        elif noise[i].numel() > 0:
            block.add_(noise[i], alpha=steps[i])
        block = block.to(dtype)
        blocks.append(block)
        at = weight_rows[i]
        values = torch.mm(block, first[at : at + block.size(1)])
        row = corner_rows[i]
        corners[segments[i]][:, row : row + reach].copy_(values.view(count, reach, -1))
    for s in range(len(mixers)):
        row = corners[s].size(1) - phases - 1
        corners[s][:, row : row + phases].copy_(first[phase_row : phase_row + phases])
        constant = biases[0]
        if lod_rows[s] >= 0:
            constant = constant + first[lod_rows[s]]
        corners[s][:, row + phases].copy_(constant)
        torch.bmm(mixers[s], corners[s], out=hidden[s])
    last = len(weights) - 1
    # 0.01 is neural_texture.LEAK: a scripted function can't read a module's variable.
    for i in range(last):
        torch.ops.aten.leaky_relu_(activations[i], 0.01)
        torch.addmm(biases[i + 1], activations[i], weights[i + 1], out=activations[i + 1])
    torch.sub(activations[last], targets, out=error)
    if squares is not None:
        squares.add_(error[:measured].square().mean(dim=0))
    if loss_weights is not None:
        error.mul_(loss_weights)
    deltas[last].copy_(error)
    for j in range(last):
        i = last - j
        if deltas[i].size(1) < narrow and dtype == torch.float32:
            weight_gradients[i].copy_(torch.mm(deltas[i].t(), activations[i - 1]).t())
        else:
            torch.mm(activations[i - 1].t(), deltas[i], out=weight_gradients[i])
        torch.sum(deltas[i], [0], out=bias_gradients[i])
        delta = deltas[i - 1]
        torch.mm(deltas[i], weights[i].t(), out=delta)
        torch.ops.aten.leaky_relu_backward(delta, activations[i - 1], 0.01, True, grad_input=delta)
    gradient = weight_gradients[0].zero_()
    bias = bias_gradients[0].zero_()
    for s in range(len(mixers)):
        torch.bmm(transposed[s], hidden_deltas[s], out=corner_deltas[s])
        row = corner_deltas[s].size(1) - phases - 1
        fixed = corner_deltas[s][:, row:].sum(dim=0)
        gradient[phase_row : phase_row + phases].add_(fixed[:phases])
        bias.add_(fixed[phases])
        if lod_rows[s] >= 0:
            gradient[lod_rows[s]].add_(fixed[phases])
    for i in range(len(tiles)):
        block, at, row = blocks[i], weight_rows[i], corner_rows[i]
        reach = tile_rows[i].size(1) * tile_columns[i].size(1)
        delta = corner_deltas[segments[i]][:, row : row + reach].reshape(block.size(0), -1)
        rows = gradient[at : at + block.size(1)]
        rows.addmm_(block.t(), delta)
        if train_latents:
            gradients.append(torch.mm(delta, first[at : at + block.size(1)].t()).float())
    return indices, gradients


def _update_rows(
    values: Tensor,
    second: Tensor,
    visits: Tensor,
    slots: Tensor,
    indices: list[Tensor],
    gradients: list[Tensor],
    rate: float,
    beta: float,
) -> None:
    """Adam without momentum (Kingma and Ba 2015 with β₁ = 0) for the rows of a latent grid that were read.

    All are [cells, F], visits [cells, 1]; what ``slots`` [cells] holds does not matter. Rows that several tiles read
    get the sum of their gradients; they are written several times with the same numbers. A row waits for its
    next visit for many steps, over which momentum would only carry stale news (measured: docs/codec.md).
    """
    index = torch.cat(indices)
    # All reads of a row meet in one of their places. A grid is larger than the caches: summing there costs more.
    slots.index_copy_(0, index, torch.arange(index.size(0), device=index.device))
    owners = slots.index_select(0, index)
    slope = torch.zeros(index.size(0), values.size(1), device=values.device)
    slope.index_add_(0, owners, torch.cat(gradients))
    slope = slope.index_select(0, owners)
    count = visits.index_select(0, index).add_(1.0)
    v = second.index_select(0, index).lerp_(slope.square(), 1.0 - beta)
    root = v.div(1.0 - torch.pow(beta, count)).sqrt_().add_(1e-12)
    fresh = values.index_select(0, index).addcdiv_(slope, root, value=-rate).clamp_(-1.0, 1.0)
    values.index_copy_(0, index, fresh)
    second.index_copy_(0, index, v)
    visits.index_copy_(0, index, count)


with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    forward_backward = torch.jit.script(_forward_backward)
    update_rows = torch.jit.script(_update_rows)
