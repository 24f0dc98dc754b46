"""Command-line options made from settings, and checks of what the options say."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from core.errors import InputError, OutputError
from core.files import check_writable
from core.jobs import Setting, describe, from_dict

T = TypeVar("T")

METAVAR = {
    "bpp": "F",
    "target_psnr": "DB",
    "max_bytes": "N",
    "match": "BASELINE",
    "time_budget": "SECONDS",
    "early_stop_db": "DB",
    "target_maps": "'MAP=DB …'",
    "loss_weights": "'MAP=N …'",
    "grids": "'GRID …'",
    "decoder": "N-N",
}


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence on stderr and ends with 2."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, allow_abbrev=False, **kwargs)
        self.completion: Callable[[Parser, Sequence[str]], None] | None = None
        """Adds the options that depend on the arguments, before these are parsed."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        complete, self.completion = self.completion, None
        if complete is not None:
            complete(self, args or ())
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def add_settings(
    parser: argparse.ArgumentParser, kind: type, exclusive: Sequence[str] = (), leave_out: Sequence[str] = ()
) -> None:
    """One option per field of a settings dataclass. Of those named ``exclusive`` only one may be given."""
    plain = parser.add_argument_group("settings")
    one_of = plain.add_mutually_exclusive_group() if exclusive else plain
    expert = parser.add_argument_group("fine tuning")
    for field in describe(kind):
        if field.name in leave_out:
            continue
        group = one_of if field.name in exclusive else expert if field.expert else plain
        # None stands for "not given": only what was asked for goes into the settings.
        options: dict[str, Any] = {"dest": field.name, "default": None, "help": help_text(field)}
        if field.kind is bool:
            options["action"] = argparse.BooleanOptionalAction
        elif field.choices:
            options["choices"] = field.choices
        else:
            options["type"] = _number(field) if field.kind in (int, float) else field.kind
            options["metavar"] = METAVAR.get(field.name, "N" if field.kind is int else field.kind.__name__.upper())
        group.add_argument(field.option, **options)


def help_text(field: Setting) -> str:
    """The sentence for artists with unit, range and default."""
    facts = []
    unit = f" {field.unit}" if field.unit else ""
    if field.low is not None and field.high is not None:
        facts.append(f"{_plain(field.low)} to {_plain(field.high)}{unit}")
    elif field.low is not None:
        facts.append(f"at least {_plain(field.low)}{unit}")
    if field.default not in (None, ""):
        facts.append(f"default {_plain(field.default)}")
    text = field.help + (f" [{'; '.join(facts)}]" if facts else "")
    return text.replace("%", "%%")


def _plain(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _number(field: Setting) -> Any:
    def convert(text: str) -> Any:
        try:
            value = field.kind(text)
        except ValueError:
            kind = "a whole number" if field.kind is int else "a number"
            raise argparse.ArgumentTypeError(f"{text!r} is not {kind}") from None
        if value != value:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number")
        return value

    return convert


def settings_from(options: argparse.Namespace, kind: type[T]) -> T:
    """The settings that the options ask for. Raises InputError for a value out of range."""
    return from_dict(kind, given_values(options, kind))


def given_values(options: argparse.Namespace, kind: type) -> dict[str, Any]:
    """The values of a settings class that were asked for, by name."""
    values = {field.name: getattr(options, field.name, None) for field in describe(kind)}
    return {name: value for name, value in values.items() if value is not None}


def degrees(text: str) -> float:
    """An angle that is a number."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not an angle in degrees")
    return value


def picture_size(text: str) -> tuple[int, int]:
    """``WxH``."""
    match = re.fullmatch(r"(\d{1,5})[xX×](\d{1,5})", text)
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (16 <= size[0] <= 8192 and 16 <= size[1] <= 8192):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 1024x768 (16 to 8192 pixels a side)")
    return size


def report_path(path: Path | None) -> Path | None:
    """Raises before the work starts what would fail only at its end."""
    if path is None:
        return None
    if path.suffix.lower() != ".json":
        raise InputError(f"The report {path} must be a .json file.", path)
    if path.is_dir():
        raise OutputError(f"The report {path} can't be written: it is a folder.", path)
    check_writable(path.parent)
    return path
