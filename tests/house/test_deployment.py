"""The files for containers and services name commands, options, settings and paths that exist, and keep to what they promise."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())
INSTRUCTIONS = {"ARG", "FROM", "ENV", "WORKDIR", "RUN", "COPY", "USER", "VOLUME", "HEALTHCHECK", "ENTRYPOINT", "CMD"}


def check_command(words: list[str]) -> None:
    """``words`` after ``lineitem`` can be typed: the command and its options exist."""
    import typer

    from flows.cli import app

    command: Any = typer.main.get_command(app)
    rest = list(words)
    while rest and (children := getattr(command, "commands", None)) and rest[0] in children:
        command = children[rest.pop(0)]
    assert not getattr(command, "commands", None), f"no such command: {words}"
    known = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in rest if word.startswith("--")} <= known


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n", " ", re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE))
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in text.splitlines() if line.strip()]


def test_the_image_is_pinned_and_runs_as_nobody_special() -> None:
    lines = instructions()
    assert {name for name, _ in lines} <= INSTRUCTIONS
    assert [rest for name, rest in lines if name == "FROM"] == ["${PYTHON_IMAGE} AS build", "${PYTHON_IMAGE} AS run"]
    (image,) = (rest for name, rest in lines if name == "ARG")
    assert re.fullmatch(r"PYTHON_IMAGE=python:3\.1[1-9]\.\d+-slim-\w+", image)
    last_stage = lines[max(number for number, (name, _) in enumerate(lines) if name == "FROM") :]
    (user,) = (rest for name, rest in last_stage if name == "USER")
    assert int(user.split(":")[0]) > 0
    assert sum(name == "HEALTHCHECK" for name, _ in last_stage) == 1
    (probe,) = (rest for name, rest in last_stage if name == "HEALTHCHECK")
    check_command(re.findall(r'"([^"]+)"', probe)[1:])
    (entry,) = (rest for name, rest in last_stage if name == "ENTRYPOINT")
    assert entry == '["lineitem"]'


def test_what_the_image_copies_is_there_and_is_let_through() -> None:
    import tomllib

    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for name, rest in instructions():
        if name == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert source in allowed, source
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    named = {extra for group in re.findall(r'"\.\[([\w,]+)\]"', (ROOT / "Dockerfile").read_text()) for extra in group.split(",")}
    assert named
    assert named <= set(extras)


def test_services_of_the_composition_are_pinned_checked_and_run_commands_that_exist() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert set(services) == {"database", "batch", "reprocess", "dashboard", "proxy"}
    for name, service in services.items():
        assert re.search(r":\d+\.\d+[\w.-]*$", service["image"]), f"{name}: an image without a version"
        assert "healthcheck" in service, f"{name}: neither checked nor said not to be"
        assert "no-new-privileges:true" in service["security_opt"], name
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            if source.startswith("./deploy"):
                assert (ROOT / source).is_file(), source
        if service["image"].startswith("lineitem:"):
            check_command(service["command"])
    assert services["proxy"]["network_mode"] == "service:dashboard"  # only so is the proxy's word on addresses believed


def test_settings_of_the_example_exist_and_are_read() -> None:
    from flows.settings import Settings

    text = (ROOT / "deploy" / "lineitem.env.example").read_text()
    names = re.findall(r"^#?LINEITEM_(\w+)=", text, re.MULTILINE)
    assert names
    assert {name.lower() for name in names} <= set(Settings.model_fields)
    given = dict(re.findall(r"^#?LINEITEM_(\w+)=(.*)$", text, re.MULTILINE))
    Settings.model_validate({name.lower(): value for name, value in given.items()})


def units(kind: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for path in UNITS:
        if path.suffix == kind:
            lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
            assert all(re.fullmatch(r"\[\w+\]|\w+=.*", line) for line in lines), path.name
            yield path.name, [(line.split("=", 1)[0], line.split("=", 1)[1]) for line in lines if "=" in line]


def test_services_run_commands_that_exist_and_not_as_root() -> None:
    found = 0
    for name, entries in units(".service"):
        for key, value in entries:
            words = shlex.split(value) if key == "ExecStart" else []
            if words and words[0].endswith("/lineitem"):
                check_command(words[1:])
                assert ("User", "lineitem") in entries, name
                assert ("NoNewPrivileges", "yes") in entries, name
                found += 1
            if key == "OnFailure":
                assert (ROOT / "deploy" / "systemd" / value.replace("%n.", ".")).exists(), value
    assert found == 4
    assert all((ROOT / "deploy" / "systemd" / name.replace(".timer", ".service")).exists() for name, _ in units(".timer"))


def test_systemd_itself_has_no_complaint() -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    result = subprocess.run([analyze, "verify", *map(str, UNITS)], capture_output=True, text=True, timeout=60, check=False)
    complaints = [
        line for line in result.stderr.splitlines() if "lineitem" in line and "/opt/lineitem/bin/lineitem is not exec" not in line
    ]
    assert not complaints


def test_the_proxy_speaks_to_where_the_dashboard_listens() -> None:
    text = (ROOT / "deploy" / "nginx" / "lineitem.conf").read_text()
    assert text.count("{") == text.count("}")
    (unit,) = (dict(entries)["ExecStart"] for name, entries in units(".service") if name == "lineitem-dashboard.service")
    host, port = re.search(r"--host (\S+) --port (\d+)", unit).groups()  # type: ignore[union-attr]
    assert f"proxy_pass http://{host}:{port};" in text
    assert "X-Forwarded-For $remote_addr;" in text
