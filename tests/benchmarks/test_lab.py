"""The lab's benchmark trains for real and writes its page."""

import json
from pathlib import Path

import pytest

from tests.benchmarks import lab


def test_a_short_run_is_measured_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "SHARED", tmp_path / "nothing")
    monkeypatch.setattr(lab, "TRIAL_STEPS", 5)
    words = ["lab", "--seconds", "0.05", "--side", "32", "--only", "bricks"]
    words += ["--encodings", "none", "frequency", "frequency, 16 values"]
    monkeypatch.setattr("sys.argv", [*words, "--out", str(tmp_path)])
    lab.main()
    rows = json.loads((tmp_path / "lab.json").read_text())["rows"]
    assert [row["encoding"] for row in rows] == ["none", "frequency", "frequency, 16 values"]
    # Ten more waves for each coordinate.
    assert rows[2]["parameters"] == rows[1]["parameters"] + 20 * 64
    assert all(row["picture"] == "bricks" and row["steps"] >= 128 and row["psnr_db"] > 5 for row in rows)
    assert "| bricks |" in (tmp_path / "lab.md").read_text()
