"""The inner loops of training as compiled scripts: one call a step and part, without Python in between.

The interpreter lock is what keeps two training threads from using two cores when a step is a hundred short
tensor operations. A scripted function runs them all with the lock released, which also keeps the window live.
"""

from __future__ import annotations

import warnings

import torch
from torch import Tensor


def _forward_backward(
    tables: list[Tensor],
    tiles: list[Tensor],
    grids: list[Tensor],
    noise: list[Tensor],
    steps: list[float],
    matrices: list[Tensor],
    transposed: list[Tensor],
    columns: list[Tensor],
    delta_columns: list[Tensor],
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
    delta_inputs: Tensor | None,
    measured: int,
    rounding: bool,
) -> tuple[list[Tensor], list[Tensor]]:
    """One forward and backward pass of one part.

    Per read i (a segment and a grid): ``tables[i]`` [all tiles, reach] latent indices, ``tiles[i]`` [n] the
    tiles of this batch, ``grids[i]`` [cells, F] latents, ``noise[i]`` [n · reach, F] in ±½ (empty for none),
    ``steps[i]`` the quantisation step, ``matrices[i]`` [n, texels, reach] and its transpose, ``columns[i]`` and
    ``delta_columns[i]`` [n, texels, F] views of the inputs and of their gradient.

    ``activations`` are the inputs and every layer's output [rows, width], ``deltas`` the gradients of every
    layer's output; both are overwritten, as are the gradients of weights [in, out] and biases [out].
    ``squares`` [C] collects the mean square error of the first ``measured`` rows. Without ``delta_inputs`` the
    latents get no gradient. With ``rounding`` latents are read as they will be stored, instead of with noise, and
    their gradient goes straight through (Bengio et al. 2013).

    Returns the latent indices of every read and the gradients of these latents, float32 [n · reach, F]. The
    loss is the sum of squared errors; Adam does not care about its scale.
    """
    indices: list[Tensor] = []
    gradients: list[Tensor] = []
    for i in range(len(tables)):
        index = tables[i].index_select(0, tiles[i]).view(-1)
        indices.append(index)
        block = grids[i].index_select(0, index)
        if rounding:
            block.add_(1.0).div_(steps[i]).round_().mul_(steps[i]).sub_(1.0)
        elif noise[i].numel() > 0:
            block.add_(noise[i], alpha=steps[i])
        count, _, reach = matrices[i].size()
        values = torch.bmm(matrices[i], block.to(activations[0].dtype).view(count, reach, -1))
        columns[i].copy_(values)
    last = len(weights) - 1
    # 0.01 is neural_texture.LEAK: a scripted function can't read a module's variable.
    for i in range(last + 1):
        torch.addmm(biases[i], activations[i], weights[i], out=activations[i + 1])
        if i < last:
            torch.ops.aten.leaky_relu_(activations[i + 1], 0.01)
    torch.sub(activations[last + 1], targets, out=error)
    if squares is not None:
        squares.add_(error[:measured].square().mean(dim=0))
    if loss_weights is not None:
        error.mul_(loss_weights)
    deltas[last].copy_(error)
    for j in range(last + 1):
        i = last - j
        torch.mm(activations[i].t(), deltas[i], out=weight_gradients[i])
        torch.sum(deltas[i], [0], out=bias_gradients[i])
        if i > 0:
            torch.mm(deltas[i], weights[i].t(), out=deltas[i - 1])
            deltas[i - 1].copy_(torch.ops.aten.leaky_relu_backward(deltas[i - 1], activations[i], 0.01, True))
    if delta_inputs is not None:
        torch.mm(deltas[0], weights[0][: delta_inputs.size(1)].t(), out=delta_inputs)
        for i in range(len(tables)):
            gradient = torch.bmm(transposed[i], delta_columns[i])
            gradients.append(gradient.view(-1, gradient.size(2)).float())
    return indices, gradients


def _update_rows(
    values: Tensor,
    second: Tensor,
    visits: Tensor,
    gradient: Tensor,
    indices: list[Tensor],
    gradients: list[Tensor],
    rate: float,
    beta: float,
) -> None:
    """Adam without momentum (Kingma and Ba 2015 with β₁ = 0) for the rows of a latent grid that were read.

    All are [cells, F], visits [cells, 1]; ``gradient`` is all zero between calls. Rows that several tiles read
    get the sum of their gradients; they are written several times with the same numbers. A row waits for its
    next visit for many steps, over which momentum would only carry stale news (measured: docs/codec.md).
    """
    for i in range(len(indices)):
        gradient.index_add_(0, indices[i], gradients[i])
    index = torch.cat(indices)
    slope = gradient.index_select(0, index)
    count = visits.index_select(0, index).add_(1.0)
    v = second.index_select(0, index).lerp_(slope.square(), 1.0 - beta)
    root = v.div(1.0 - torch.pow(beta, count)).sqrt_().add_(1e-12)
    fresh = values.index_select(0, index).addcdiv_(slope, root, value=-rate).clamp_(-1.0, 1.0)
    values.index_copy_(0, index, fresh)
    second.index_copy_(0, index, v)
    visits.index_copy_(0, index, count)
    gradient.index_fill_(0, index, 0.0)


with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    forward_backward = torch.jit.script(_forward_backward)
    update_rows = torch.jit.script(_update_rows)
