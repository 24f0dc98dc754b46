"""What is imported when: the window must be up before anything heavy is loaded."""

from __future__ import annotations

import subprocess
import sys


def test_the_package_and_the_samples_load_nothing_heavy() -> None:
    code = (
        "import sys; import core.textures, core.textures.samples, core.textures.mips, core.textures.seams;"
        "print([m for m in ('OpenImageIO', 'torch', 'PySide6', 'moderngl') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
