"""Validators that there are only for Node.js; `make validators` fetches them once, and tests without them skip."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

MODULES = Path(sys.prefix) / "validators" / "node_modules"


def run_node(package: str, script: str, *arguments: Path) -> Any:
    """What an ES module that may import ``package`` puts out as JSON; skips if it isn't there."""
    node = shutil.which("node")
    if node is None or not (MODULES / package).is_dir():
        pytest.skip(f"needs Node.js and its package {package}: make validators")
    program = MODULES.parent / f"{package}-check.mjs"
    program.write_text(script, encoding="utf-8")
    done = subprocess.run([node, program, *arguments], capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
