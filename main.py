"""``python main.py`` is the same as the ``texloom`` command."""

import sys

from app.cli import main

if __name__ == "__main__":
    sys.exit(main())
