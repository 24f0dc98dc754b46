"""Exports as a whole: all files or none, only what changed, nobody else's files."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled, InputError, OutputError
from core.exporters import ExportResult, export
from core.exporters.delivery import Delivery, file_name
from core.exporters.settings import ImagesSettings
from core.files import OwnedFolder
from core.jobs import Control, Finished
from core.textures.material import TextureSet


def deliver(folder: Path, files: dict[str, bytes], owner: str = "images Wall", key: str = "") -> Delivery:
    with Delivery(folder, owner) as delivery:
        for name, content in files.items():
            delivery.write(name, content, key)
        delivery.commit()
    return delivery


def names(paths: tuple[Path, ...]) -> list[str]:
    return [path.name for path in paths]


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def stamp_of_the_past(path: Path) -> int:
    os.utime(path, ns=(10**18, 10**18))
    return path.stat().st_mtime_ns


def exported(material: TextureSet, folder: Path, **settings: str) -> ExportResult:
    *_, last = export("images", material, folder, ImagesSettings(**settings))
    assert isinstance(last, Finished)
    return last.result


def test_only_what_changed_is_touched(tmp_path: Path) -> None:
    deliver(tmp_path, {"a.bin": b"a", "b.bin": b"b"})
    stamps = {name: stamp_of_the_past(tmp_path / name) for name in ("a.bin", "b.bin")}
    again = deliver(tmp_path, {"a.bin": b"a", "b.bin": b"new", "c.bin": b"c"})
    assert names(again.files) == ["a.bin", "b.bin", "c.bin"]
    assert (names(again.written), names(again.unchanged)) == (["b.bin", "c.bin"], ["a.bin"])
    assert (tmp_path / "a.bin").stat().st_mtime_ns == stamps["a.bin"]
    assert (tmp_path / "b.bin").stat().st_mtime_ns != stamps["b.bin"]
    assert (tmp_path / "b.bin").read_bytes() == b"new"


def test_what_is_no_part_any_more_is_removed_unless_it_is_somebody_elses(tmp_path: Path) -> None:
    deliver(tmp_path, {"a.bin": b"a", "old.bin": b"o", "edited.bin": b"e"})
    deliver(tmp_path, {"other.bin": b"x"}, owner="bc Wall")
    deliver(tmp_path, {"door.bin": b"x"}, owner="images Door")
    (tmp_path / "edited.bin").write_bytes(b"by hand")
    (tmp_path / "theirs.bin").write_bytes(b"theirs")
    again = deliver(tmp_path, {"a.bin": b"a"})
    assert names(again.removed) == ["old.bin"]
    assert visible(tmp_path) == ["a.bin", "door.bin", "edited.bin", "other.bin", "theirs.bin"]
    # What was changed by hand is not ours any more.
    with pytest.raises(OutputError, match=r"edited\.bin"):
        deliver(tmp_path, {"edited.bin": b"e"})


def test_an_unfinished_export_leaves_the_earlier_one(tmp_path: Path) -> None:
    deliver(tmp_path, {"a.bin": b"a", "b.bin": b"b"})
    with pytest.raises(RuntimeError), Delivery(tmp_path, "images Wall") as delivery:
        delivery.write("a.bin", b"new")
        raise RuntimeError
    assert (tmp_path / "a.bin").read_bytes() == b"a"
    assert visible(tmp_path) == ["a.bin", "b.bin"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [OwnedFolder.LIST, "a.bin", "b.bin"]
    with pytest.raises(RuntimeError), Delivery(tmp_path / "not" / "yet", "images Wall") as delivery:
        delivery.write("a.bin", b"new")
        raise RuntimeError
    assert not (tmp_path / "not").exists()


def test_a_stopped_export_removes_nothing(tmp_path: Path) -> None:
    deliver(tmp_path, {"a.bin": b"a", "b.bin": b"b"})
    with Delivery(tmp_path, "images Wall") as delivery:
        delivery.write("a.bin", b"new")
        delivery.commit(complete=False)
    assert visible(tmp_path) == ["a.bin", "b.bin"] and (tmp_path / "a.bin").read_bytes() == b"new"


def test_a_file_is_reused_only_from_the_same_key_and_as_it_was(tmp_path: Path) -> None:
    deliver(tmp_path, {"a.bin": b"a"}, key="k")
    with Delivery(tmp_path, "images Wall") as delivery:
        assert not delivery.reuse("a.bin", "other") and not delivery.reuse("b.bin", "k") and not delivery.reuse("b", "")
        assert delivery.reuse("a.bin", "k")
        delivery.commit()
    assert names(delivery.unchanged) == ["a.bin"] and not delivery.written
    (tmp_path / "a.bin").write_bytes(b"?")
    with Delivery(tmp_path, "images Wall") as delivery:
        assert not delivery.reuse("a.bin", "k")
    (tmp_path / "a.bin").unlink()
    with Delivery(tmp_path, "images Wall") as delivery:
        assert not delivery.reuse("a.bin", "k")


def test_files_of_others_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"theirs")
    with pytest.raises(OutputError, match="not written by Texloom"):
        deliver(tmp_path, {"b.bin": b"b", "a.bin": b"a"})
    assert visible(tmp_path) == ["a.bin"] and (tmp_path / "a.bin").read_bytes() == b"theirs"
    with pytest.raises(InputError, match="would be called"):
        deliver(tmp_path, {"b.bin": b"b", "B.bin": b"a"})


def test_lists_of_earlier_versions_and_damaged_ones(tmp_path: Path) -> None:
    (tmp_path / OwnedFolder.LIST).write_text("a.bin\nb.bin\n", encoding="utf-8")
    (tmp_path / "a.bin").write_bytes(b"old")
    (tmp_path / "b.bin").write_bytes(b"old")
    deliver(tmp_path, {"a.bin": b"a"})
    assert visible(tmp_path) == ["a.bin", "b.bin"]
    for damaged in ('{"files": 3}', "{", '{"files": {"a.bin": 3}}', "{}"):
        (tmp_path / OwnedFolder.LIST).write_text(damaged, encoding="utf-8")
        with pytest.raises(OutputError, match=r"a\.bin"):
            deliver(tmp_path, {"a.bin": b"new"})


@pytest.mark.parametrize("name", ["Ziegel­wände äöü", "砖墙", "🧱 wall", "e\u0301"])
def test_names_in_every_script(tmp_path: Path, name: str, material: TextureSet) -> None:
    files = tuple(dataclasses.replace(f, name=f"{name}_{f.name}") for f in material.files)
    maps = tuple(dataclasses.replace(m, file=f"{name}_{m.file}") for m in material.maps)
    named = dataclasses.replace(material, name=name, files=files, maps=maps)
    result = exported(named, tmp_path / name)
    assert [path.name for path in result.files] == [f.name for f in files]
    assert visible(tmp_path / name) == sorted(f.name for f in files)
    again = exported(named, tmp_path / name)
    assert again.unchanged == result.files and not again.written


def test_file_names_that_every_system_takes() -> None:
    assert file_name("Wand äß 砖 🧱", ".dds") == "Wand äß 砖 🧱.dds"
    assert file_name('a/b\\c:d*e?f"g<h>i|j\n', ".x") == "a_b_c_d_e_f_g_h_i_j_.x"
    assert file_name("nul") == "_nul" and file_name("..") == "_" and file_name(".git") == "_.git"
    assert len(file_name("砖" * 200, ".dds").encode()) <= 200 and file_name("砖" * 200, ".dds").endswith("砖.dds")
    file_name("\udcff").encode("utf-8")


def test_exporting_images_again(material: TextureSet, tmp_path: Path) -> None:
    first = exported(material, tmp_path)
    assert first.written == first.files
    stamps = {path: stamp_of_the_past(path) for path in first.files}
    lighter = dataclasses.replace(material.maps[0], pixels=np.sqrt(material.maps[0].pixels))
    again = exported(dataclasses.replace(material, maps=(lighter, *material.maps[1:])), tmp_path)
    assert again.written == first.files[:1] and again.unchanged == first.files[1:]
    assert [path for path in first.files if path.stat().st_mtime_ns != stamps[path]] == [first.files[0]]
    other = exported(material, tmp_path, format="tiff")
    assert other.removed == tuple(sorted(first.files)) and visible(tmp_path) == sorted(names(other.files))


def test_a_cancelled_export_leaves_nothing(material: TextureSet, tmp_path: Path) -> None:
    control = Control()
    with pytest.raises(Cancelled):
        for _ in export("images", material, tmp_path / "out", None, control):
            control.cancel()
    assert not (tmp_path / "out").exists()


FULL_DISK = """
import resource, sys
from pathlib import Path
from core.errors import OutputError
from core.exporters.delivery import Delivery
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    with Delivery(Path(sys.argv[1]), "images Wall") as delivery:
        delivery.write("a.bin", b"n" * 50_000)
        delivery.write("b.bin", b"n" * 200_000)
        delivery.commit()
except OutputError as error:
    print(error)
    sys.exit(2)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_leaves_the_earlier_export(tmp_path: Path) -> None:
    deliver(tmp_path, {"a.bin": b"a", "b.bin": b"b"})
    run = subprocess.run([sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=False)
    assert run.returncode == 2, run.stderr
    assert run.stdout.startswith(f"{tmp_path / 'b.bin'} can't be written: ") and run.stdout.count("\n") == 1
    assert [(tmp_path / name).read_bytes() for name in ("a.bin", "b.bin")] == [b"a", b"b"]
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder that even root can't write into")
def test_a_folder_that_is_read_only(material: TextureSet) -> None:
    with pytest.raises(OutputError, match="/proc"):
        exported(material, Path("/proc/texloom"))
    with pytest.raises(OutputError, match="/proc"):
        exported(material, Path("/proc"))


def test_the_list_says_what_belongs_to_what(tmp_path: Path) -> None:
    deliver(tmp_path, {"ä.bin": b"a"}, key="k")
    listed = json.loads((tmp_path / OwnedFolder.LIST).read_text(encoding="utf-8"))
    assert listed["schema"] == 1 and set(listed["files"]) == {"ä.bin"}
    assert {"owner": "images Wall", "key": "k"}.items() <= listed["files"]["ä.bin"].items()
