"""The lab's benchmark trains for real and writes its page."""

import json
from pathlib import Path

import pytest

from tests.benchmarks import lab


def test_a_short_run_is_measured_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "SHARED", tmp_path / "nothing")
    monkeypatch.setattr(lab, "TRIAL_STEPS", 5)
    words = ["lab", "--seconds", "0.05", "--side", "32", "--encodings", "none", "frequency", "--only", "bricks"]
    monkeypatch.setattr("sys.argv", [*words, "--out", str(tmp_path)])
    lab.main()
    rows = json.loads((tmp_path / "lab.json").read_text())["rows"]
    assert [row["encoding"] for row in rows] == ["none", "frequency"]
    assert all(row["picture"] == "bricks" and row["steps"] >= 128 and row["psnr_db"] > 5 for row in rows)
    assert "| bricks |" in (tmp_path / "lab.md").read_text()
