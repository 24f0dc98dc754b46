"""The inner loop of training a coordinate network as a compiled script, so that two threads really run side by side."""

from __future__ import annotations

import warnings

import torch
from torch import Tensor


def _rounded(values: Tensor, rounding: int) -> None:
    """What 16 bits can hold of the values, in place: 0 leaves them, 1 is float16, 2 bfloat16."""
    if rounding == 1:
        values.copy_(values.to(torch.float16))
    elif rounding == 2:
        values.copy_(values.to(torch.bfloat16))


def _grid_features(table: Tensor, rows: Tensor, shares: Tensor) -> Tensor:
    """Blended features [n, levels · F]: ``rows`` int64 [n, 4, levels] of the table [entries, F], ``shares`` alike."""
    count = rows.size(0)
    corners = table.index_select(0, rows.view(-1)).view(count, 4, rows.size(2), table.size(1))
    return (corners * shares.unsqueeze(3)).sum(dim=1).view(count, -1)


def _grid_gradients(delta: Tensor, shares: Tensor, features: int) -> Tensor:
    """Gradients of the rows read by :func:`_grid_features`, float32 [n · 4 · levels, F]."""
    count = shares.size(0)
    blocks = delta.view(count, 1, shares.size(2), features).float() * shares.unsqueeze(3)
    return blocks.view(-1, features)


def _forward_backward(
    inputs: Tensor,
    targets: Tensor,
    weights: list[Tensor],
    biases: list[Tensor],
    weight_gradients: list[Tensor],
    bias_gradients: list[Tensor],
    sums: list[Tensor],
    outputs: list[Tensor],
    deltas: list[Tensor],
    activation: int,
    loss: int,
    scale: float,
    rounding: int,
    want_inputs: bool,
) -> tuple[Tensor, Tensor]:
    """One pass of a part of a batch; all of it in the dtype of ``inputs`` [n, in].

    ``targets`` float32 [n, C] in [0, 1]. ``weights`` [in, out] and ``biases`` [out] per layer, their gradients alike
    and overwritten. ``sums`` and ``outputs`` [n, out] per layer are buffers for what comes before and after the
    activation; where the derivative follows from the output (all but swish) they may be the same tensors. ``deltas``
    [n, out] hold the gradients of the sums. ``activation`` and ``loss`` number the choices of the settings. Gradients
    belong to ``scale`` times the sum of the texels' losses, each the mean over its channels. With ``rounding`` all is
    rounded to 16 bits where a machine with such numbers would store it.

    Returns the loss and the squared error, both float32 sums over texels of means over channels, and the gradient of
    the inputs [n, in] (empty unless wanted).
    """
    last = len(weights) - 1
    values = inputs
    for i in range(last + 1):
        torch.addmm(biases[i], values, weights[i], out=sums[i])
        _rounded(sums[i], rounding)
        # 0.01 is network.LEAK: a scripted function can't read a module's variable.
        if i == last:
            torch.sigmoid(sums[i], out=outputs[i])
        elif activation == 0:
            torch.ops.aten.leaky_relu(sums[i], 0.01, out=outputs[i])
        elif activation == 1:
            torch.clamp_min(sums[i], 0.0, out=outputs[i])
        elif activation == 2:
            torch.tanh(sums[i], out=outputs[i])
        else:
            torch.ops.aten.silu(sums[i], out=outputs[i])
        _rounded(outputs[i], rounding)
        values = outputs[i]
    shown = values.float()
    error = shown - targets
    squares = error.square()
    if loss == 0:
        losses = squares
        slope = 2.0 * error
    elif loss == 1:
        losses = error.abs()
        slope = error.sign()
    elif loss == 2:
        size = targets.square().sum(dim=1, keepdim=True) + 0.01
        losses = squares / size
        slope = 2.0 * error / size
    else:
        size = 0.5 * (targets.abs() + shown.abs()) + 0.01
        losses = error.abs() / size
        slope = error.sign() / size - 0.5 * error.abs() * shown.sign() / size.square()
    channels = targets.size(1)
    slope = slope * (scale / channels)
    deltas[last].copy_(slope * (shown * (1.0 - shown)))
    _rounded(deltas[last], rounding)
    for j in range(last):
        i = last - j
        torch.mm(outputs[i - 1].t(), deltas[i], out=weight_gradients[i])
        torch.sum(deltas[i], [0], out=bias_gradients[i])
        delta = deltas[i - 1]
        torch.mm(deltas[i], weights[i].t(), out=delta)
        if activation == 0:
            torch.ops.aten.leaky_relu_backward(delta, outputs[i - 1], 0.01, True, grad_input=delta)
        elif activation == 1:
            torch.ops.aten.threshold_backward(delta, outputs[i - 1], 0.0, grad_input=delta)
        elif activation == 2:
            torch.ops.aten.tanh_backward(delta, outputs[i - 1], grad_input=delta)
        else:
            torch.ops.aten.silu_backward(delta, sums[i - 1], grad_input=delta)
        _rounded(delta, rounding)
    torch.mm(inputs.t(), deltas[0], out=weight_gradients[0])
    torch.sum(deltas[0], [0], out=bias_gradients[0])
    told = torch.stack([losses.sum(), squares.sum()]) / channels
    if want_inputs:
        return told, torch.mm(deltas[0], weights[0].t())
    return told, inputs.new_empty([0])


with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    _rounded = torch.jit.script(_rounded)
    grid_features = torch.jit.script(_grid_features)
    grid_gradients = torch.jit.script(_grid_gradients)
    forward_backward = torch.jit.script(_forward_backward)
