"""What holds for every file of the project."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Written in two halves so that this file does not name what it forbids.
MACHINE_PATHS = re.compile(
    "|".join(
        [
            "/ro" + r"ot/",
            "/ho" + r"me/\w",
            "/Us" + r"ers/\w",
            r"[A-Z]:\\Us" + "ers",
            "/wo" + r"rk/[\w.]",
            "/tm" + r"p/\w",
        ]
    )
)


def project_files() -> list[Path]:
    """Tracked files and those about to be: everything that git does not ignore."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return sorted({ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()})


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    found: list[str] = []
    for path in project_files():
        data = path.read_bytes()
        if b"\0" in data[:8192]:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
            if MACHINE_PATHS.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert not found, "\n".join(found)


def test_constraints_pin_names_to_versions_and_say_nothing_else() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]
    odd = [line for line in lines if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*==[0-9][0-9a-z.]*", line)]
    assert not odd
    names = [line.split("==")[0] for line in lines]
    assert names == sorted(set(names))


def test_constraints_cover_every_dependency_that_the_project_names() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    pinned = {line.split("==")[0] for line in (ROOT / "constraints.txt").read_text().splitlines()}
    missing = {match[0].lower().replace("_", "-") for line in named if (match := re.match(r"[\w.-]+", line))} - pinned
    assert not missing, "run: make constraints"


def test_imports_keep_to_the_layers() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    if not lint.exists():
        pytest.skip("import-linter is not installed")
    result = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-1000:]


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}
    assert not [path for path in project_files() if path.suffix == ".py" and path.stem in drawers]
