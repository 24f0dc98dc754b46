"""Where to compute."""

from __future__ import annotations

from core.errors import InputError


def device_named(wanted: str) -> str:
    """``auto`` as the best device there is, else the one wanted. Raises InputError if that is not there."""
    import torch

    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wanted == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if available[name])
    if not available[wanted]:
        raise InputError(f"There is no {wanted} device here; use --device auto.")
    return wanted
