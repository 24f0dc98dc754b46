"""A whole day in the real program, in processes of its own: dropped, corrected, queued, killed, taken up, compared,
exported. :mod:`day_player` is who sits before the window."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from day_player import DayPlan

from core.textures import samples
from core.textures.images import write_set
from core.textures.roles import Role
from core.textures.sample_names import SAMPLE_NAMES
from tests.core.exporters import test_ue5
from tests.core.exporters.mil import Package
from tests.core.exporters.test_coreml import centres

ROOT = Path(__file__).resolve().parents[2]
TEXELS = 256
NAMES = (
    "Backstein alt",
    "Rostiges Blech außen",
    "Dielen 木目 🪵",
    "石畳 古い",
    "布料 织物",
    "Ziegel – Mauer (Süd)",
    "Lackierter Stahl №5",
    "Пол из досок",
    "Pflaster & Fugen",
    "Tissu côtelé",
    "砖墙 🧱",
    "Tôle peinte 50 %",
    "Podłoga dębowa",
    "Kopfsteinpflaster #2",
    "Ύφασμα",
    "한옥 담장",
    "Dachblech grün",
    "Eiche geräuchert",
    "Hof hinten",
    "Vorhang im Saal des Theaters, nach dem Umbau, zweite Lieferung, Muster C wie mit der Werkstatt besprochen",
)
"""Spaces, umlauts, other scripts, signs that addresses and shells have a meaning for, and one that is too long."""
WRONG = (
    (1, Role.METALLIC, "mask", Role.METALLIC),
    (2, Role.ROUGHNESS, "spec", Role.ROUGHNESS),
    (3, Role.OCCLUSION, "cavity", Role.OCCLUSION),
)
"""Which material, which of its maps, what somebody has called the file, and what it is."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="the screen of the day is one of its own: Xvfb"),
]


@pytest.fixture(scope="module")
def materials(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[tuple[str, str, Role], ...]]:
    """Twenty sets, each in a folder of its own, and what :class:`DayPlan` calls ``wrong``."""
    folder = tmp_path_factory.mktemp("materials")
    for number, name in enumerate(NAMES):
        sample = samples.generate(SAMPLE_NAMES[number % len(SAMPLE_NAMES)], TEXELS, seed=number)
        files = [dataclasses.replace(f, name=f"{name}_{f.name.rpartition('_')[2]}") for f in sample.files]
        maps = [dataclasses.replace(m, file=f"{name}_{m.file.rpartition('_')[2]}") for m in sample.maps]
        write_set(dataclasses.replace(sample, name=name, files=tuple(files), maps=tuple(maps)), folder / name)
    endings = {Role.METALLIC: "Metalness", Role.ROUGHNESS: "Roughness", Role.OCCLUSION: "AmbientOcclusion"}
    wrong = []
    for number, role, word, right in WRONG:
        name = NAMES[number]
        path = folder / name / f"{name}_{endings[role]}.png"
        path.rename(path.with_name(f"{name}_{word}.png"))
        wrong.append((name, f"{name}_{word}.png", right))
    return folder, tuple(wrong)


@pytest.fixture
def screen(request: pytest.FixtureRequest) -> Iterator[tuple[str, tuple[int, int]]]:
    """The display of an X server with a screen of this size, and the size."""
    width, height = request.param
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        display = f":{pipe.readline().strip()}"
    yield display, (width, height)
    server.terminate()
    server.wait()


def play(part: str, plan: DayPlan, folder: Path, display: str) -> subprocess.Popen[str]:
    plan_file = folder / f"{part}-plan.json"
    dataclasses.replace(plan, report=folder / f"{part}.json").write(plan_file)
    environment = {
        **os.environ,
        "DISPLAY": display,
        "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": "xcb",
        "LANG": "C.UTF-8",
    }
    environment.pop("WAYLAND_DISPLAY", None)
    log = (folder / f"{part}.log").open("w")
    with log:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "app" / "day_player.py"), part, str(plan_file)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=ROOT,
            env=environment,
        )


def report(folder: Path, part: str) -> dict[str, Any]:
    found = json.loads((folder / f"{part}.json").read_text(encoding="utf-8"))
    assert not found["failure"], found["failure"]
    return found


@pytest.mark.parametrize("percent", [100, 200])
@pytest.mark.parametrize("screen", [(1280, 720)], ids=["1280x720"], indirect=True)
def test_a_day(
    tmp_path: Path,
    materials: tuple[Path, tuple[tuple[str, str, Role], ...]],
    screen: tuple[str, tuple[int, int]],
    percent: int,
) -> None:
    display, size = screen
    folder, wrong = materials
    pictures, exports = tmp_path / "pictures", tmp_path / "Exporte für Unreal 出力"
    for made in (pictures, exports):
        made.mkdir()
    plan = DayPlan(folder, exports, pictures, tmp_path, percent, size, wrong)

    process = play("morning", plan, tmp_path, display)
    assert process.stdout is not None
    said = process.stdout.readline().strip()
    early = report(tmp_path, "morning")
    assert said == "kill me"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()

    process = play("afternoon", plan, tmp_path, display)
    said, _ = process.communicate(timeout=1200)
    late = report(tmp_path, "afternoon")
    assert process.returncode == 0, (tmp_path / "afternoon.log").read_text()

    before, after = early["facts"], late["facts"]
    assert sorted(after["materials"]) == sorted(NAMES)
    assert after["text size"] == percent and after["corrected"] == [True, True, True]
    assert after["runs of the cancelled"] == 0
    assert before["results"] and before["results"].items() <= after["results"].items() and after["files"]
    assert after["long"] == ["waiting", True, True], "it waits with its checkpoint, until the word is given"
    assert after["shown"] == before["shown"] == before["long"]
    assert after["waiting"][0] == before["long"] and set(before["waiting"]) <= set(after["waiting"])
    assert before["step"] > 0 and after["first step"] > before["step"] // 2, "it went on, and did not begin anew"
    assert after["undone"]
    assert after["done"] == len(NAMES) - 1 + 2, "one of each but the cancelled one, and two more"
    check_exports(exports)
    assert early["modal"] + late["modal"] == []
    assert early["flaws"] + late["flaws"] == []
    assert len(list(pictures.glob("*.png"))) == len(early["states"]) + len(late["states"])


def check_exports(exports: Path) -> None:
    """What was written is read by what knows the formats and not how they were written."""
    name = NAMES[0]
    (unreal,) = [path.parent for path in exports.rglob("network_data.npz")]
    source = samples.generate(SAMPLE_NAMES[0], TEXELS, seed=0)
    decoded = test_ue5.decode(unreal, TEXELS, TEXELS)
    by_role = {texture.role: texture for texture in source.maps}
    albedo = decoded[:, :, slice(*test_ue5.OUTPUTS["albedo"])]
    assert -10 * np.log10(np.mean((albedo - by_role[Role.ALBEDO].pixels) ** 2)) > 20
    (package,) = exports.rglob("*.mlpackage")
    copy = shutil.copytree(package, exports / "copy.mlpackage")
    found = Package(copy).run(uv=centres(TEXELS, TEXELS), mip=np.zeros(TEXELS * TEXELS, np.int32))
    values = found["albedo"].reshape(TEXELS, TEXELS, 3)
    assert -10 * np.log10(np.mean((values - by_role[Role.ALBEDO].pixels) ** 2)) > 20
    assert list(package.parent.glob("*.metal")) and list(package.parent.glob("*.ktx2")), name
