"""Atomic writing, and folders that may hold files of the user."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from core.errors import OutputError
from core.files import OwnedFolder, check_writable, finite, make_folder, replacing, write_bytes, write_json


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_bytes(path, b"old")
    with pytest.raises(RuntimeError), replacing(path) as part:
        part.write_bytes(b"half of the n")
        raise RuntimeError
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="folders can't be synchronised there")
def test_content_and_name_are_on_the_disk_in_their_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.bin"
    write_bytes(path, b"old")
    seen: list[tuple[bool, bytes]] = []
    sync = os.fsync

    def watched(number: int) -> None:
        folder = os.path.samestat(os.fstat(number), tmp_path.stat())
        seen.append((folder, path.read_bytes()))
        sync(number)

    monkeypatch.setattr(os, "fsync", watched)
    write_bytes(path, b"new")
    assert seen == [(False, b"old"), (True, b"new")]


def test_checking_a_destination_leaves_nothing_behind(tmp_path: Path) -> None:
    check_writable(tmp_path / "not" / "yet")
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file is a file"):
        check_writable(tmp_path / "file" / "out")
    if Path("/proc/self").is_dir():
        # Read-only even for root.
        with pytest.raises(OutputError, match="/proc"):
            check_writable(Path("/proc/texloom"))


def test_what_the_system_refuses_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file"):
        write_bytes(tmp_path / "file" / "a.bin", b"")
    with pytest.raises(OutputError, match="file"):
        make_folder(tmp_path / "file")


def test_json_has_no_infinities(tmp_path: Path) -> None:
    values = {"a": float("inf"), "b": [np.float32(0.5), float("nan")], "ü": np.int64(3), "p": tmp_path}
    write_json(tmp_path / "x.json", values)
    text = (tmp_path / "x.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"a": None, "b": [0.5, None], "ü": 3, "p": str(tmp_path)}
    assert "ü" in text
    assert finite((1, "x", None, True)) == [1, "x", None, True]


def test_own_files_may_be_written_again_but_not_those_of_others(tmp_path: Path) -> None:
    OwnedFolder(tmp_path).claim(["ours.png"])
    (tmp_path / "ours.png").write_text("ours")
    (tmp_path / "theirs.png").write_text("theirs")
    OwnedFolder(tmp_path).claim(["ours.png", "new.png"])
    with pytest.raises(OutputError, match=r"theirs\.png"):
        OwnedFolder(tmp_path).claim(["new.png", "theirs.png"])
    with pytest.raises(OutputError, match="is a file"):
        OwnedFolder(tmp_path / "theirs.png")
