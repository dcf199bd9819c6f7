"""What the code says of itself, stands in the reference: the generated pages are up to date."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

import policylang
from policylang.diagnostics.codes import CODES
from policylang.surfaces.cli import registry

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs/reference"


def _generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs/generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATE = _generate()


@pytest.mark.parametrize("path", GENERATE.PAGES)
def test_page_is_up_to_date(path: str) -> None:
    committed = (ROOT / path).read_text(encoding="utf-8")
    assert committed == GENERATE.PAGES[path](), "run `make docs`"


@pytest.mark.parametrize("command", registry.names())
def test_every_command_has_its_entry(command: str) -> None:
    page = (REFERENCE / "cli.md").read_text(encoding="utf-8")
    assert f"\n## {command}\n" in page


@pytest.mark.parametrize("command", registry.names())
def test_every_option_has_its_entry(command: str) -> None:
    """The whole help of a command is in its section, whatever the generator leaves out."""
    page = (REFERENCE / "cli.md").read_text(encoding="utf-8")
    section = page.split(f"\n## {command}\n")[1].split("\n## ")[0]
    parser = GENERATE.command_parser(command, registry.load(command))
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", parser.format_usage())) - {"--help"}
    assert {option for option in options if option not in section} == set()


@pytest.mark.parametrize("name", policylang.__all__)
def test_every_public_name_has_its_entry(name: str) -> None:
    page = (REFERENCE / "api.md").read_text(encoding="utf-8")
    section = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
    assert len(section.split("```")[2].strip()) > 20, "it has no docstring"


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_diagnostic_has_its_page(code: str) -> None:
    text = (REFERENCE / f"diagnostics/{code}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {code}: ")
    assert CODES[code].title in (REFERENCE / "diagnostics/README.md").read_text(encoding="utf-8")


def test_every_page_of_a_diagnostic_has_its_code() -> None:
    pages = {path.stem for path in (REFERENCE / "diagnostics").glob("P*.md")}
    assert pages == set(CODES)


def test_the_decision_that_is_explained_is_the_one_that_is_made() -> None:
    text = (ROOT / "docs/how-to/read-a-decision.md").read_text(encoding="utf-8")
    shown = json.loads(text.split("```json\n")[1].split("```")[0])
    kiro = ROOT / "examples/kiro"
    policy = policylang.load(kiro / "production.pol", inventory=kiro / "inventory.yaml")
    made = policy.decide(
        principal="kiro",
        operation="delete",
        resource=policylang.Resource("Environment", "cost-explorer-cn"),
        on_behalf_of=["carla"],
    ).to_json()
    for key in ("id", "request_digest", "policy_digest"):
        made[key] = made[key].replace(
            made[key].rpartition(":" if ":" in made[key] else "-")[2], "…"
        )
    made["rules"][0]["at"] = made["rules"][0]["at"].rpartition("/")[2]
    assert json.loads(json.dumps(made)) == shown
    for key in made:
        assert f"`{key}`" in text
