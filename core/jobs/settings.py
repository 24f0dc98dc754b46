"""Settings are frozen dataclasses whose fields describe themselves.

The same object is the preset file, the form in the window, the command-line options and what the report
records. Files hold only the values that differ from the default, plus a schema version.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from core.errors import InputError

T = TypeVar("T")


@dataclass(frozen=True)
class Setting:
    """One field as a form or a command line shows it."""

    name: str
    kind: type
    default: Any
    help: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    expert: bool = False
    optional: bool = False

    @property
    def option(self) -> str:
        """The command-line spelling, for example ``--target-psnr``."""
        return "--" + self.name.replace("_", "-")

    @property
    def label(self) -> str:
        """The spelling in a form, for example ``Target PSNR``."""
        words = self.name.split("_")
        known = {"psnr": "PSNR", "bpp": "bits per texel", "lr": "learning rate", "mlp": "MLP", "ue5": "UE5"}
        text = " ".join(known.get(word, word) for word in words)
        return text[0].upper() + text[1:]


def setting(
    default: Any,
    help: str,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    expert: bool = False,
) -> Any:
    """A dataclass field with what a form needs. ``low``/``high`` are inclusive, in ``unit``."""
    return dataclasses.field(
        default=default,
        metadata={"help": help, "unit": unit, "low": low, "high": high, "choices": choices, "expert": expert},
    )


@functools.cache
def describe(settings_type: type) -> tuple[Setting, ...]:
    """All fields of a settings dataclass, in order."""
    hints = typing.get_type_hints(settings_type)
    described = []
    for field in dataclasses.fields(settings_type):
        kind, optional = _plain_type(hints[field.name])
        meta = field.metadata
        described.append(
            Setting(
                name=field.name,
                kind=kind,
                default=field.default,
                help=meta.get("help", ""),
                unit=meta.get("unit", ""),
                low=meta.get("low"),
                high=meta.get("high"),
                choices=meta.get("choices", ()),
                expert=meta.get("expert", False),
                optional=optional,
            )
        )
    return tuple(described)


def validate(settings: Any) -> None:
    """Raise :class:`InputError` with one sentence for the first field out of its range."""
    for field in describe(type(settings)):
        value = getattr(settings, field.name)
        if value is None:
            continue
        if field.choices and value not in field.choices:
            raise InputError(f"{field.option} must be one of {', '.join(field.choices)}, not {value!r}.")
        if field.low is not None and value < field.low:
            raise InputError(f"{field.option} must be at least {_amount(field.low, field)}, not {_amount(value)}.")
        if field.high is not None and value > field.high:
            raise InputError(f"{field.option} must be at most {_amount(field.high, field)}, not {_amount(value)}.")


def _amount(value: Any, field: Setting | None = None) -> str:
    """The number, with the field's unit if there is one."""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{text} {field.unit}" if field is not None and field.unit else text


def to_dict(settings: Any, *, all_fields: bool = False) -> dict[str, Any]:
    """Plain JSON values; only what differs from the default unless ``all_fields``."""
    return {
        field.name: getattr(settings, field.name)
        for field in dataclasses.fields(settings)
        if all_fields or getattr(settings, field.name) != field.default
    }


def from_dict(settings_type: type[T], values: Mapping[str, Any]) -> T:
    """The settings object for a file's values. Unknown names are left to the caller, wrong types refused."""
    chosen: dict[str, Any] = {}
    for field in describe(settings_type):
        if field.name not in values:
            continue
        value = values[field.name]
        if value is None and field.optional:
            chosen[field.name] = None
            continue
        wants_number = field.kind in (int, float)
        if (wants_number and isinstance(value, bool | str)) or (not wants_number and not isinstance(value, field.kind)):
            raise InputError(f"The setting {field.name} must be a {field.kind.__name__}, not {value!r}.")
        chosen[field.name] = field.kind(value) if wants_number else value
    settings = settings_type(**chosen)
    validate(settings)
    return settings


def _plain_type(hint: Any) -> tuple[type, bool]:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        kinds = [kind for kind in typing.get_args(hint) if kind is not type(None)]
        return kinds[0], True
    return hint, False
