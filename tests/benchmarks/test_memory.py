"""The memory benchmark runs the real command and says what it took."""

import json
from pathlib import Path

import pytest

from tests.benchmarks import memory


def test_a_tiny_set_takes_what_the_libraries_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["memory", "--sizes", "32", "--seconds", "1", "--out", str(tmp_path)])
    memory.main()
    (row,) = json.loads((tmp_path / "memory.json").read_text())["rows"]
    assert row["decoded_bytes"] == 4 * 32 * 32 * row["channels"]
    assert 50e6 < row["peak_bytes"] < 1.5e9
    assert "32² ×" in (tmp_path / "memory.md").read_text()
