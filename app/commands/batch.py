"""``texloom batch``: every material of a tree."""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands import compressing, materials
from app.commands.compress import add_options, print_outcome, request_from
from app.commands.terminal import steered_by_signals, table
from core.codec.settings import CompressSettings
from core.errors import Cancelled, DamagedFileError, InputError, TexloomError
from core.files import write_json
from core.jobs import Control, describe
from core.textures.roles import Role
from widgets.units import size_text, time_text

if TYPE_CHECKING:
    from core.textures.plan import MaterialPlan

log = logging.getLogger(__name__)

DONE, THERE, FAILED, STOPPED, NOT_BEGUN = "done", "there already", "failed", "stopped early", "not begun"


@dataclass
class Entry:
    """One line of the summary. ``sentence`` says what went wrong."""

    name: str
    state: str = NOT_BEGUN
    sentence: str = ""
    report: dict[str, Any] | None = None
    seconds: float = 0.0


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "batch",
        help="compress every material of a folder tree",
        description="Compress every material found in ROOT, at any depth. One that fails doesn't stop the others. "
        "--resume skips materials whose file is complete.",
    )
    parser.add_argument("root", type=Path, metavar="ROOT", help="folder with the materials")
    add_options(parser)
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="materials at a time [1 to 64; default 1]")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    request = request_from(options)
    if not 1 <= options.workers <= 64:
        raise InputError(f"--workers must be 1 to 64, not {options.workers}.")
    if not options.root.is_dir():
        raise InputError(f"{options.root} is not a folder.", options.root)
    plans = [plan for plan in materials.plans([options.root]) if not _inside(plan.folder, request.output)]
    if not plans:
        raise InputError(f"{options.root} holds no material.", options.root)
    entries = [Entry(plan.name) for plan in plans]
    waiting = []
    for plan, entry in zip(plans, entries, strict=True):
        if options.resume and _is_complete(request.output / f"{plan.name}{materials.CONTAINER}"):
            entry.state = THERE
        else:
            waiting.append((plan, entry))
    stopped = _one_by_one(waiting, request) if options.workers == 1 else _side_by_side(waiting, options)
    print(summary(entries))
    if options.report:
        reports = [entry.report for entry in entries if entry.report is not None]
        failures = [{"material": e.name, "error": e.sentence} for e in entries if e.state == FAILED]
        write_json(options.report, {"schema": 1, "materials": reports, "failures": failures})
        print(f"Report → {options.report}")
    if stopped:
        return 130
    return 1 if any(entry.state == FAILED for entry in entries) else 0


def _inside(folder: Path, output: Path) -> bool:
    """Images exported by an earlier run are not materials of the next one."""
    return folder.resolve().is_relative_to(output.resolve()) if output.exists() else False


def _is_complete(path: Path) -> bool:
    if not path.is_file():
        return False
    from core.codec import container

    try:
        container.read(path)
    except DamagedFileError:
        return False
    return True


def _one_by_one(waiting: Sequence[tuple[MaterialPlan, Entry]], request: compressing.Request) -> bool:
    """Returns whether the user stopped it."""
    from core.textures import reading

    for plan, entry in waiting:
        began = time.perf_counter()
        try:
            outcome = compressing.compress_one(lambda plan=plan: reading.read(plan), plan.name, request)
        except (Cancelled, KeyboardInterrupt):
            entry.state = STOPPED
            return True
        except TexloomError as error:
            entry.state, entry.sentence = FAILED, str(error)
            print(f"{plan.name}: {error}", file=sys.stderr)
        except Exception as error:
            log.exception("compressing %s", plan.name)
            entry.state, entry.sentence = FAILED, f"unexpected: {type(error).__name__}"
            print(f"{plan.name}: something unexpected went wrong ({error}).", file=sys.stderr)
        else:
            print_outcome(outcome)
            entry.state = STOPPED if outcome.stopped else DONE
            entry.report = outcome.report
            if outcome.stopped:
                return True
        finally:
            entry.seconds = time.perf_counter() - began
    return False


# --- several at a time: one process each, so that none can take another with it ------------------------------


def _side_by_side(waiting: Sequence[tuple[MaterialPlan, Entry]], options: argparse.Namespace) -> bool:
    """Returns whether the user stopped it."""
    control = Control()
    running: dict[str, subprocess.Popen[str]] = {}
    lock = threading.Lock()

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    def work(plan: MaterialPlan, entry: Entry) -> None:
        if control.stop_requested:
            return
        began = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="texloom-") as folder:
            manifest, report = Path(folder) / f"{plan.name}.json", Path(folder) / "report.json"
            write_json(manifest, as_manifest(plan))
            process = subprocess.Popen(
                # -P: a folder called app where the user happens to be is not ours.
                [sys.executable, "-P", "-m", "app.cli", "compress", str(manifest), *_arguments(options, report)],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                env={**os.environ, "OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 1) // options.workers))},
                # Ctrl-C goes to this process only, which passes it on once.
                start_new_session=True,
            )
            with lock:
                running[plan.name] = process
                if control.stop_requested:
                    process.terminate()
            assert process.stdout is not None
            last = ""
            for line in process.stdout:
                last = line.rstrip() or last
                # Its report is only for us, and gone in a moment.
                if str(report) not in line:
                    say(line.rstrip())
            code = process.wait()
            with lock:
                running.pop(plan.name)
            if report.is_file():
                entry.report = json.loads(report.read_text(encoding="utf-8"))
        entry.seconds = time.perf_counter() - began
        entry.state = {0: DONE, 130: STOPPED}.get(code, FAILED)
        if entry.state == FAILED:
            entry.sentence = last or f"ended with {code}"

    def pass_on(text: str) -> None:
        say(text)
        with lock:
            for process in running.values():
                process.terminate()

    with steered_by_signals(control, pass_on), ThreadPoolExecutor(options.workers) as pool:
        futures = [pool.submit(work, plan, entry) for plan, entry in waiting]
        for future in futures:
            while not future.done():
                # Python handles signals between two waits only.
                time.sleep(0.1)
            future.result()
    return control.stop_requested


def as_manifest(plan: MaterialPlan) -> dict[str, Any]:
    """The plan as a manifest for another process, with absolute paths."""
    maps = {}
    for file in plan.used_files:
        roles = [_word(role, file.glossiness) for role in file.roles]
        if file.alpha_role is not None:
            roles.append("+" + _word(file.alpha_role, file.glossiness))
        maps[" ".join(roles)] = str(file.path.resolve())
    return {"name": plan.name, "normal_convention": str(plan.normal_convention), "maps": maps}


def _word(role: Role | None, glossiness: bool) -> str:
    return "-" if role is None else "glossiness" if glossiness and role is Role.ROUGHNESS else str(role)


def _arguments(options: argparse.Namespace, report: Path) -> list[str]:
    arguments = ["-o", str(options.output), "--report", str(report)]
    for field in describe(CompressSettings):
        value = getattr(options, field.name)
        if isinstance(value, bool):
            arguments.append(field.option if value else field.option.replace("--", "--no-", 1))
        elif value is not None:
            arguments += [field.option, str(value)]
    if options.resume:
        arguments.append("--resume")
    if options.export:
        arguments += ["--export", options.export]
    if options.export_preset:
        arguments += ["--export-preset", options.export_preset]
    if options.baseline:
        arguments += ["--baseline", options.baseline]
    if options.tensorboard:
        arguments += ["--tensorboard", str(options.tensorboard)]
    return arguments


def summary(entries: Sequence[Entry]) -> str:
    """The table at the end."""
    rows = []
    for entry in entries:
        report = entry.report or {}
        psnr_db = report.get("psnr_db")
        rows.append(
            [
                entry.name,
                entry.state,
                f"{psnr_db:.2f}" if psnr_db is not None else "",
                f"{report['bits_per_texel']:.2f}" if report else "",
                size_text(report["bytes"]) if report else "",
                time_text(entry.seconds) if entry.seconds else "",
            ]
        )
    lines = [table(("material", "", "dB", "bits/texel", "size", "time"), rows)]
    lines += [f"{entry.name}: {entry.sentence}" for entry in entries if entry.sentence]
    return "\n".join(lines)
