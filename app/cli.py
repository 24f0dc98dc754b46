"""The command line. ``texloom`` alone, or with paths, opens the window."""

from __future__ import annotations

import argparse
import io
import logging
import logging.handlers
import os
import signal
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.commands import batch, compare, compress, curve, decode, export, info, lab, render, samples
from app.commands.options import Parser
from core.errors import Cancelled, InputError, TexloomError

COMMANDS = {
    "compress": compress,
    "curve": curve,
    "decode": decode,
    "export": export,
    "info": info,
    "compare": compare,
    "render": render,
    "batch": batch,
    "samples": samples,
    "lab": lab,
}

log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command or open the window; returns the exit code: 0 done, 2 bad usage or input, 130 cancelled, 1 else."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    # OpenMP's default busy-waiting makes training many times slower on cores that have other work too. It has to be
    # chosen before torch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    _speak_utf8()
    # Libraries' warnings are for developers; -W of Python still shows them.
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    try:
        return _run(arguments)
    except TexloomError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except (Cancelled, KeyboardInterrupt):
        print("Cancelled.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has left; there is nobody to tell.
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - stays open to the end of the process
        return 1
    except MemoryError:
        print("There is not enough memory for this; use smaller maps or fewer workers.", file=sys.stderr)
        return 1
    except Exception as error:
        place = log_crash(error)
        kind = type(error).__name__
        print(f"Something unexpected went wrong inside Texloom ({kind}); details are in {place}.", file=sys.stderr)
        return 1


def _run(arguments: list[str]) -> int:
    if not arguments:
        return open_window([])
    if "" in arguments:
        raise InputError("One of the arguments is empty; is a variable of your script not set?")
    first = arguments[0]
    if first not in COMMANDS and not first.startswith("-"):
        return open_window(_paths(arguments))
    signal.signal(signal.SIGTERM, _interrupt)
    parser = build_parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.error(f"give a command: {', '.join(COMMANDS)}")
    return options.run(options)


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def _paths(arguments: list[str]) -> list[Path]:
    """Arguments that are no command must be paths that exist."""
    paths = [Path(argument) for argument in arguments]
    for path in paths:
        if not path.exists():
            commands = ", ".join(COMMANDS)
            raise InputError(f"{path} is neither a file nor a command; the commands are {commands}.")
    return paths


def build_parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    parser = Parser(
        prog="texloom",
        description="Turns PBR texture sets into neural textures. Without a command the window opens, with the "
        "given folders or files.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="say which version this is")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", parser_class=Parser)
    for command in COMMANDS.values():
        command.add(commands)
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version

        print(f"texloom {version('texloom')}")
        parser.exit(0)


def open_window(paths: list[Path]) -> int:
    """Open the window with these inputs; without a display say so and work in the terminal instead."""
    from app.display import display_problem

    problem = display_problem()
    if problem and paths:
        inputs = " ".join(str(path) for path in paths)
        raise TexloomError(f"{problem} In the terminal, use: texloom compress {inputs} -o OUT")
    if problem:
        print(f"{problem} Doing the same job in the terminal instead.", flush=True)
        from app.commands import demonstration

        return demonstration.run()
    try:
        from app.application import run_window
    except ImportError as error:
        if "PySide6" not in str(error) and ".so" not in str(error):
            raise
        raise TexloomError(
            f"The window can't be opened because a library is missing ({error}); run `make setup`, which installs it "
            "or names the command that does."
        ) from error
    return run_window(paths)


def log_crash(error: BaseException) -> Path:
    """Write the traceback to the log file and return its path."""
    from app.paths import log_folder

    for folder in (log_folder(), Path(tempfile.gettempdir())):
        path = folder / "texloom.log"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handler = logging.handlers.RotatingFileHandler(path, maxBytes=2_000_000, backupCount=3, encoding="utf-8")
        except OSError:
            continue
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s"))
        log.addHandler(handler)
        log.propagate = False
        log.critical("Command line: %s", sys.argv, exc_info=error)
        log.removeHandler(handler)
        handler.close()
        return path
    return Path("no log file, because none can be written")


def _speak_utf8() -> None:
    """Names and sentences hold characters that an old console encoding may lack; they must not end the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
