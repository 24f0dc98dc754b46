"""What is said of the devices, without PyTorch, is what PyTorch then finds."""

from __future__ import annotations

import subprocess
import sys

import pytest

from core import devices
from core.errors import InputError


def test_the_first_that_can_be_used_is_what_auto_takes() -> None:
    found = devices.look()
    assert {device.name for device in found} == {"cuda", "mps", "cpu"} and found[-1] == devices.Device("cpu")
    usable = [device.name for device in found if not device.problem]
    assert usable[0] == devices.device_named("auto")
    for device in found:
        if device.problem:
            assert device.problem in devices.PROBLEMS
            with pytest.raises(InputError):
                devices.device_named(device.name)
    assert devices.cores() >= 1


def test_what_pytorch_was_built_for_is_read_of_its_files() -> None:
    import torch

    assert devices._built_for() == (torch.version.cuda or "")


def test_looking_does_not_load_pytorch() -> None:
    code = "import sys; from core import devices; devices.look(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
