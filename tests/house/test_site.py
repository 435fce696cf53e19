"""The documentation as a site, without building it: every page has its place, and what pages tell people to type exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FROM_ROOT = {"readme.md": "README.md", "contributing.md": "CONTRIBUTING.md", "changelog.md": "CHANGELOG.md"}


def places(nav: Any) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    else:
        for entry in nav.values() if isinstance(nav, dict) else nav:
            yield from places(entry)


def test_every_page_has_one_place_in_the_site() -> None:
    listed = list(places(yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]))
    assert sorted(listed) == sorted([*(page.name for page in DOCS.glob("*.md")), *FROM_ROOT])
    assert all((ROOT / name).exists() for name in FROM_ROOT.values())


def test_the_site_loads_nothing_from_elsewhere() -> None:
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text())
    assert config["theme"]["highlightjs"] is False  # the theme would fetch it
    assert not [name for name in config["extra_css"] if "://" in name]
    assert "://" not in (DOCS / "site.css").read_text()


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")]), ids=lambda page: page.name)
def test_what_a_page_tells_people_to_type_exists(page: Path) -> None:
    import typer

    from flows.cli import app

    text = page.read_text(encoding="utf-8")
    group: Any = typer.main.get_command(app)
    typed = re.findall(r"(?:^\s*|bin/|`)lineitem ([a-z]+)(?: ([a-z]+))?(.*)", text, re.MULTILINE)
    for name, second, rest in typed:
        command = group.commands.get(name)
        assert command, f"lineitem {name}"
        command = getattr(command, "commands", {}).get(second, command)
        options = set(re.findall(r"(?<=\s)--[a-z-]+", rest.split("`")[0].split("#")[0].split("&&")[0]))
        assert options <= {option for parameter in command.params for option in parameter.opts}, f"lineitem {name} {options}"
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)) <= targets
    for module in re.findall(r"python -m ((?:benchmarks|schemas|extractors|warehouse|flows)[\w.]*)", text):
        assert (ROOT / (module.replace(".", "/") + ".py")).exists(), module
