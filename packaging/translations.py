"""Collects every text for people into resources/translations/texloom.ts, the template for translators, brings the
translations that are there up to date with it, and makes the files that are loaded of them.

    python packaging/translations.py

A new language: copy the template to texloom_LANGUAGE.ts (texloom_de.ts, texloom_zh_CN.ts), set its language, translate
it with Qt Linguist, and run this again.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "translations"
TEMPLATE = FOLDER / "texloom.ts"
ENGLISH = FOLDER / "texloom_en.ts"
"""Only the forms of its plurals, which are kept by hand."""
ROOMS = ("widgets", "app")

sys.path.insert(0, str(ROOT))


def words_of_tables() -> list[str]:
    """Tables of words that the window shows through ``tr``: those of `core` and `renderers`, which may not know Qt, of
    the presets that come with it, of the actions, and of the lab."""
    from app import view_keys
    from app.actions import ACTIONS, MENUS
    from app.lab_guide import STEPS
    from app.lab_workspace import FIGURES, TRANSFORMS
    from app.options import Options
    from app.presenting import RUN_WORDS, STAGES
    from app.presets import BUILT_IN, available
    from core.codec.baseline_sets import BASELINES
    from core.codec.settings import PRESET_SECONDS, CompressSettings
    from core.coordinate.settings import ENCODINGS, LabSettings
    from core.devices import PROBLEMS
    from core.exporters import TARGETS, presets
    from core.exporters.networks import TARGETS as NETWORK_TARGETS
    from core.jobs import describe
    from core.textures import names, reading
    from core.textures.roles import ROLE_INFO
    from core.textures.sample_names import SAMPLE_NAMES
    from renderers.studios import STUDIOS
    from widgets.settings_form import choice_text

    words = [info.label for info in ROLE_INFO.values()]
    words += [word for preset in PRESET_SECONDS for word in (preset, preset.capitalize())]
    words += [word for word, _ in RUN_WORDS.values()]
    words += [*STAGES, *ENCODINGS]
    words += [name.replace("_", " ").capitalize() for name in SAMPLE_NAMES]
    for preset in available(BUILT_IN):
        words += [preset.name, preset.note]
    words += [preset.title for preset in presets.available().values()]
    for settings in (CompressSettings, Options, LabSettings, *(target.settings for target in TARGETS.values())):
        for field in describe(settings):
            words += [field.label, field.help, field.unit, *(choice_text(choice) for choice in field.choices)]
    words += [text for text, _ in STUDIOS.values()]
    words += PROBLEMS
    for spec in ACTIONS:
        words += [spec.text, spec.menu, spec.hint]
    words += [*MENUS, *view_keys.words()]
    for item in (*BASELINES.values(), *TARGETS.values()):
        words += [item.title, item.sentence]
    words += [target.title for target in NETWORK_TARGETS.values()]
    words += [word for step in STEPS for word in (step.title, step.text, step.act)]
    words += [word for _, text, tip in TRANSFORMS for word in (text, tip)]
    words += [word for pair in FIGURES.values() for word in pair]
    words += [reason for reason, _ in names.UNUSED] + [*reading.OTHER_FILES.values()]
    words += [info.label.lower() for info in ROLE_INFO.values()] + [*reading.CHANNEL_NAMES]
    words += said_in_core()
    # Numbers, too, can be choices.
    return [word for word in dict.fromkeys(words) if any(letter.isalpha() for letter in word)]


def said_in_core() -> list[str]:
    """The patterns of the sentences that `core` makes for people: what stands in ``said("…")``."""
    found = []
    for path in sorted((ROOT / "core").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "said" and node.args:
                pattern = node.args[0]
                if isinstance(pattern, ast.Constant) and isinstance(pattern.value, str):
                    found.append(pattern.value)
    return found


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "tables.py"
        data.write_text("\n".join(f"tr({word!r})" for word in words_of_tables()), encoding="utf-8")
        sources = [str(path) for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
        sources.append(str(data))
        # Lines would change with every edit; the text itself says where it is.
        common = ["-no-obsolete", "-locations", "none", "-source-language", "en"]
        _run("lupdate", *sources, *common, "-ts", str(TEMPLATE))
        _run("lupdate", *sources, *common, "-pluralonly", "-target-language", "en", "-ts", str(ENGLISH))
        others = [str(path) for path in sorted(FOLDER.glob("texloom_*.ts")) if path != ENGLISH]
        if others:
            _run("lupdate", *sources, *common, "-ts", *others)
        for path in (str(ENGLISH), *others):
            _run("lrelease", "-silent", path)
    return 0


def _run(tool: str, *arguments: str) -> None:
    subprocess.run([str(Path(sys.executable).parent / f"pyside6-{tool}"), *arguments], check=True)


if __name__ == "__main__":
    raise SystemExit(main())
