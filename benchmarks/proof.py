"""Measure again what README and documentation claim: ``python -m benchmarks.proof [--quick] [--only NAME …] [--hostile FOLDER] [--write]``.

Runs the commands that the pages name, one after the other, and puts what they printed on one page, build/proof/proof.md (with ``--write`` also
docs/proof.md, and the tables of docs/benchmarks.md). Nothing is computed here. ``--quick`` takes small samples: minutes instead of hours, to see
that everything runs.
Exit code: 0 when every part ran to its end, 1 else.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.markdown import machine

ROOT = Path(__file__).parents[1]
PAGE, KEPT = ROOT / "build" / "proof" / "proof.md", ROOT / "docs" / "proof.md"
FLAGGED = 1  # exit code of Lineitem's commands when a document was flagged: not a failure
LAST_LINES = 60
QUICK_TIMEOUT_S, FULL_TIMEOUT_S = 1800.0, 6 * 3600.0

INTRODUCTION = """\
# Proof

Every figure that README and documentation claim, measured by one command:

```
make proof                                  # hours; writes build/proof/proof.md
make proof PROOF="--quick"                  # minutes, small samples: shows that everything runs
make proof PROOF="--only accuracy speed"    # some parts
make proof PROOF="--hostile FOLDER --write" # with your collection of damaged files; renews this page
```
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One claim and the commands that show it; ``{exam}`` in a command stands for the folder of generated documents. ``quick``: the same in small."""

    name: str
    title: str
    claimed_in: str
    commands: tuple[str, ...]
    quick: tuple[str, ...] | None = None  # None: the full ones are quick enough


PARTS = (
    Part(
        "accuracy",
        "Accuracy and calibration on documents that the model never saw",
        "README, decisions 7 to 10 and 21",
        ("lineitem synth --count 1200 --seed 800000 --family exam --out {exam}", "lineitem evaluate {exam} --ignore-xml --mistakes 0"),
        ("lineitem synth --count 24 --seed 800000 --family exam --out {exam}", "lineitem evaluate {exam} --ignore-xml --mistakes 0"),
    ),
    Part("examples", "The example documents", "README", ("lineitem evaluate examples --mistakes 0", "lineitem model info")),
    Part(
        "readers",
        "pypdfium2 reads the words that pdfplumber reads",
        "decision 2",
        ("python -m pytest tests/extractors/readers/test_text_layer.py tests/extractors/readers/test_pdfplumber_reader.py",),
    ),
    Part(
        "rules",
        "Rules: false and missed errors on right and on changed values, and speed",
        "rule-coverage, decision 11",
        ("python -m benchmarks.rules --documents {exam}", "python -m pytest tests/schemas/test_rule_coverage.py"),
    ),
    Part("privacy", "Nothing leaves the machine", "README, architecture", ("python -m pytest tests/house/test_nothing_leaves.py",)),
    Part(
        "faults",
        "What is lost when things break",
        "faults, README",
        ("python -m benchmarks.faults",),
        ("python -m benchmarks.faults --only SQLite --kills 3 --away-s 5",),
    ),
    Part("hostile", "Damaged and hostile files", "README, decision 20", ("python -m pytest tests/flows/test_hostile_files.py",)),
    Part(
        "scans",
        "Scans: what OCR costs",
        "README",
        ("python -m benchmarks.scans {exam}",),
        ("python -m benchmarks.scans {exam} --dpi 200 --count 2",),
    ),
    Part(
        "overhead",
        "Bookkeeping per document",
        "scaling",
        ("python -m benchmarks.overhead 200 2000",),
        ("python -m benchmarks.overhead 50",),
    ),
    Part(
        "dashboard",
        "The dashboard with many documents",
        "benchmarks",
        ("python -m benchmarks.dashboard",),
        ("python -m benchmarks.dashboard --documents 2000",),
    ),
    Part(
        "security",
        "Security of the dashboard",
        "security",
        ("python -m pytest tests/dashboard/test_dashboard_access.py tests/dashboard/test_api.py",),
    ),
    Part(
        "speed",
        "Speed, memory, and how both grow",
        "README, benchmarks, scaling",
        ("python -m benchmarks.run --full",),
        ("python -m benchmarks.run --count 6 --workers 2 --sizes --rows 10",),
    ),
)


@dataclass(frozen=True, slots=True)
class Ran:
    """One command that was run. ``code`` None: it was stopped because it took too long."""

    command: str
    code: int | None
    seconds: float
    output: str

    @property
    def is_good(self) -> bool:
        return self.code == 0 or (self.code == FLAGGED and self.command.startswith("lineitem evaluate"))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.proof", description="Measure again what README and documentation claim.")
    parser.add_argument("--quick", action="store_true", help="small samples, minutes")
    parser.add_argument("--only", nargs="+", choices=[part.name for part in PARTS], help="these parts only")
    parser.add_argument("--hostile", type=Path, metavar="FOLDER", help="also measure a collection of damaged and hostile files")
    parser.add_argument("--write", action="store_true", help="also write docs/proof.md")
    options = parser.parse_args(arguments)
    parts = [part for part in PARTS if options.only is None or part.name in options.only]
    if options.hostile:
        parts.append(
            Part(
                "collection",
                "A collection of damaged files",
                "README",
                (f"python -m benchmarks.hostile {os.path.relpath(options.hostile, ROOT)}",),
            )
        )
    sections: list[str] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="lineitem-proof-") as scratch:
        for part in parts:
            if options.write and not options.quick and part.name == "speed":
                part = replace(part, commands=tuple(f"{command} --write" for command in part.commands))
            ran = list(run_part(part, quick=options.quick, exam=Path(scratch) / "exam"))
            sections.append(section(part, ran))
            failed += [part.name for step in ran if not step.is_good]
    left_out = [part.title for part in PARTS if part not in parts]
    text = page(sections, quick=options.quick, failed=failed, left_out=left_out)
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")
    if options.write:
        shutil.copyfile(PAGE, KEPT)
    for name in dict.fromkeys(failed):
        print(f"failed: {name}")
    return 1 if failed else 0


def run_part(part: Part, *, quick: bool, exam: Path) -> Iterator[Ran]:
    """Run the part's commands until one fails. Parts that need generated documents get a few where none were made before."""
    commands = part.quick if quick and part.quick is not None else part.commands
    if (
        any("{exam}" in command for command in commands)
        and not any("--out {exam}" in command for command in commands)
        and not exam.exists()
    ):
        commands = (f"lineitem synth --count {24 if quick else 300} --seed 800000 --family exam --out {{exam}}", *commands)
    for command in commands:
        print(f"{part.name}: {command}", flush=True)
        ran = run_command(command, exam=exam, timeout_s=QUICK_TIMEOUT_S if quick else FULL_TIMEOUT_S)
        yield ran
        if not ran.is_good:
            return


def run_command(command: str, *, exam: Path, timeout_s: float) -> Ran:
    """One command as a person types it, but with this Python and in the repository's root."""
    words = [str(exam) if word == "{exam}" else word for word in command.split()]
    programs = {"lineitem": [sys.executable, "-c", "from flows.cli import main; main()"], "python": [sys.executable]}
    started = time.perf_counter()
    environment = {
        **os.environ,
        "COLUMNS": "140",
        "LINEITEM_OCR": os.environ.get("LINEITEM_OCR", "none" if "evaluate" in words else "rapidocr"),
    }
    try:
        done = subprocess.run(
            [*programs[words[0]], *words[1:]], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired as exc:
        return Ran(command, None, time.perf_counter() - started, f"{_text(exc.stdout)}\nstopped after {timeout_s:.0f} s")
    output = done.stdout if done.returncode in (0, FLAGGED) else f"{done.stdout}\n{done.stderr}"
    output = output.replace(str(exam), "EXAM").replace(f"{ROOT}{os.sep}", "")  # where this copy lies is nobody's affair
    return Ran(command, done.returncode, time.perf_counter() - started, output)


def section(part: Part, ran: Sequence[Ran]) -> str:
    """The part on the page: each command with its time and what it printed."""
    texts = [f"## {part.title}\n\nClaimed in: {part.claimed_in}."]
    for step in ran:
        lines = step.output.rstrip().splitlines()
        shown = lines if len(lines) <= LAST_LINES else [f"… {len(lines) - LAST_LINES} lines before", *lines[-LAST_LINES:]]
        ending = "" if step.is_good else f" **It failed: {'too slow' if step.code is None else f'exit code {step.code}'}.**"
        command = step.command.replace("{exam}", "EXAM")
        texts.append(f"`{command}` took {step.seconds:.0f} s.{ending}\n\n```\n" + "\n".join(line.rstrip() for line in shown) + "\n```")
    return "\n\n".join(texts)


def page(sections: Sequence[str], *, quick: bool, failed: Sequence[str], left_out: Sequence[str] = ()) -> str:
    """The whole page; ``left_out``: titles of the parts that were not asked for."""
    kind = "**A quick run with small samples: it shows that everything runs, its figures mean little.** " if quick else ""
    ending = f" Parts that failed: {', '.join(dict.fromkeys(failed))}." if failed else ""
    missing = f" Not measured in this run: {'; '.join(left_out)}." if left_out else ""
    return INTRODUCTION + f"\n{kind}Measured {machine()}.{ending}{missing}\n\n" + "\n\n".join(sections) + "\n"


def _text(output: str | bytes | None) -> str:
    return output.decode("utf-8", "replace") if isinstance(output, bytes) else output or ""


if __name__ == "__main__":
    sys.exit(main())
