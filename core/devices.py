"""Where to compute."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import platform
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from core.errors import InputError

ON_MACS = "Only Macs with Apple silicon have one."
NOT_ON_MACS = "Macs have none."
NO_DRIVER = "The NVIDIA driver is not installed."
NO_CARD = "The NVIDIA driver finds no graphics card."
BUILT_WITHOUT = "The PyTorch that is installed was built without CUDA."
OLD_DRIVER = "The NVIDIA driver is older than the installed PyTorch needs; update it."
PROBLEMS = (ON_MACS, NOT_ON_MACS, NO_DRIVER, NO_CARD, BUILT_WITHOUT, OLD_DRIVER)


@dataclass(frozen=True)
class Device:
    """``name``: as settings have it. ``title``: what the maker calls it, as far as known. ``problem``: one of
    :data:`PROBLEMS` where it can't be used."""

    name: str
    title: str = ""
    problem: str = ""


def device_named(wanted: str) -> str:
    """``auto`` as the best device there is, else the one wanted. Raises InputError if that is not there."""
    import torch

    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wanted == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if available[name])
    if not available[wanted]:
        raise InputError(f"There is no {wanted} device here; use --device auto.")
    return wanted


def cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def look() -> tuple[Device, ...]:
    """All devices that settings know, the one that ``auto`` takes first among those that can be used. Asks the system,
    not PyTorch, which takes seconds to load; a driver may still take a moment to answer."""
    mac = sys.platform == "darwin"
    silicon = mac and platform.machine() == "arm64"
    cuda = Device("cuda", problem=NOT_ON_MACS) if mac else _cuda()
    mps = Device("mps", platform.processor() if silicon else "", "" if silicon else ON_MACS)
    return cuda, mps, Device("cpu")


def _cuda() -> Device:
    try:
        driver = ctypes.WinDLL("nvcuda.dll") if sys.platform == "win32" else ctypes.CDLL("libcuda.so.1")
    except OSError:
        return Device("cuda", problem=NO_DRIVER)
    count, version, title = ctypes.c_int(), ctypes.c_int(), ctypes.create_string_buffer(256)
    first = ctypes.c_int()
    if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)) or not count.value:
        return Device("cuda", problem=NO_CARD)
    if driver.cuDeviceGet(ctypes.byref(first), 0) or driver.cuDeviceGetName(title, len(title), first):
        return Device("cuda", problem=NO_CARD)
    name = title.value.decode("utf-8", "replace")
    built = _built_for()
    if built == "":
        return Device("cuda", name, BUILT_WITHOUT)
    # Versions of one major number work together.
    needed = int(built.split(".")[0]) if built else 0
    if not driver.cuDriverGetVersion(ctypes.byref(version)) and version.value // 1000 < needed:
        return Device("cuda", name, OLD_DRIVER)
    return Device("cuda", name)


def _built_for() -> str | None:
    """The version of CUDA that the installed PyTorch is for, "" if for none; None if it does not say."""
    with contextlib.suppress(OSError, ValueError):
        spec = importlib.util.find_spec("torch")
        for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
            text = (Path(folder) / "version.py").read_text(encoding="utf-8")
            if found := re.search(r"^cuda\b[^=]*=\s*(?:['\"]([\d.]+)['\"]|None)", text, re.MULTILINE):
                return found.group(1) or ""
    return None
