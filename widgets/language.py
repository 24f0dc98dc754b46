"""Words for people in the language of the system, as far as they are translated.

Every text in the window is asked for by :func:`tr` with the English text as a literal: `make translations` collects
these into a template. Values go in afterwards by name, ``tr("run {number}").format(number=3)``, so that a translation
can put them in another order; what is counted is ``tr("%n file(s)", "", count)``. What `core` gives as data, such as
names of roles, goes through :func:`tr` as well; ``packaging/translations.py`` knows which these are. Sentences that
`core` makes with :func:`core.said.said`, such as why a file is taken for what it is and what is wrong with one, go
through :func:`spoken`. All others of `core` are English everywhere.
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from core.said import Said
from core.textures.roles import ROLE_INFO, Role

if TYPE_CHECKING:
    from PySide6.QtCore import QCoreApplication, QLocale

FOLDER = Path(str(files("resources"))) / "translations"


def tr(text: str, about: str = "", count: int = -1) -> str:
    """``text`` in the language of the window. ``about`` tells two uses of the same English words apart; ``count``
    chooses the form of a plural and takes the place of ``%n``. Without a window, in the command line, English."""
    qt = sys.modules.get("PySide6.QtCore")
    return text if qt is None else qt.QCoreApplication.translate("", text, about, count)


def spoken(text: str) -> str:
    """A text of `core` in the language of the window, with what was filled in as it is, unless that is said too."""
    if not isinstance(text, Said):
        return tr(text) if text else ""
    values = {name: spoken(value) if isinstance(value, Said) else value for name, value in text.values.items()}
    return tr(text.pattern).format(**values)


def install(app: QCoreApplication, locale: QLocale | None = None) -> None:
    """Load the translations for ``locale`` (the system's if None), ours and Qt's own.

    Without one the window is English; English, too, comes as a file, which holds the forms of plurals.
    """
    from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator

    locale = locale or QLocale.system()
    for name, folder in (
        ("texloom_en", str(FOLDER)),
        ("qtbase", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        ("texloom", str(FOLDER)),
    ):
        translator = QTranslator(app)
        # What is installed later is asked first.
        found = translator.load(name, folder) if name == "texloom_en" else translator.load(locale, name, "_", folder)
        if found:
            app.installTranslator(translator)


def role_name(role: Role) -> str:
    """What people call the maps of ``role``."""
    return tr(ROLE_INFO[role].label)
