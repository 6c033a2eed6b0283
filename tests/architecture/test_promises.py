"""Promises about the whole: what the import contracts of pyproject.toml cannot say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from jiuzhu.core import refusal
from jiuzhu.infra import reference_pages

ROOT = Path(__file__).resolve().parents[2]
AID_TYPES = ("DIBAO", "TEKUN", "TA_EMERGENCY", "TA_EXPENSE", "EDGE", "RIGID")
PURE = ("core", "policy", "workflow", "aid_types", "connectors")
CAPABILITIES = (
    *PURE,
    *[
        "vault",
        "audit",
        "accounts",
        "parameters",
        "people",
        "verification",
        "documents",
        "publicity",
        "cases",
        "payments",
        "funds",
        "benefits",
        "onedoor",
    ],
    *["intake", "portal", "office", "village", "api", "jobs", "ui", "infra"],
)


def _sources(*folders: str, tests: bool = False) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if tests or "tests" not in path.relative_to(ROOT).parts:
                yield path


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def test_pure_code_never_asks_what_day_it_is() -> None:
    asking = {"date.today", "datetime.now", "datetime.today", "datetime.utcnow", "clock.now", "clock.today"}
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {_dotted(node.func)}"
        for path in _sources(*(f"jiuzhu/{name}" for name in PURE))
        if path != ROOT / "jiuzhu/core/clock.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _dotted(node.func) in asking
    ]

    assert found == []


def test_business_code_takes_the_time_from_the_business_clock() -> None:
    asking = {
        "date.today",
        "datetime.now",
        "datetime.today",
        "datetime.utcnow",
        "timezone.now",
        "timezone.localdate",
    }
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {_dotted(node.func)}"
        for path in _sources("jiuzhu")
        if path != ROOT / "jiuzhu/core/clock.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _dotted(node.func) in asking
    ]

    assert found == []


def test_the_environment_is_read_in_settings_only() -> None:
    reading = re.compile(r"os\.getenv|os\.environ\.get\((?![\"']PATH[\"'])|os\.environ\[[^]]+\](?!\s*=)")
    found = [
        str(path.relative_to(ROOT))
        for path in _sources("jiuzhu")
        if path.parent.name != "settings" and reading.search(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_every_variable_of_the_settings_is_explained_in_the_sample() -> None:
    used: set[str] = set()
    for path in (*_sources("jiuzhu/settings"), *_sources("departments"), ROOT / "Procfile"):
        used |= set(re.findall(r"JIUZHU_[A-Z_]+", path.read_text(encoding="utf-8")))
    sample = (ROOT / ".env.sample").read_text(encoding="utf-8")
    explained = set(re.findall(r"^# (JIUZHU_[A-Z_]+)=", sample, re.MULTILINE))

    assert used - {"JIUZHU_TEST_ADMIN_URL"} == explained


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_lock_files_pin_and_hash_and_name_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    pins = re.findall(r"^([a-z0-9][\w.-]*)(.*?)$(?=\n +--hash)", text, re.MULTILINE | re.IGNORECASE)

    assert "://" not in text
    assert len(pins) > 20
    assert [name for name, rest in pins if "==" not in rest] == []


@pytest.mark.parametrize("name", CAPABILITIES)
def test_every_capability_says_what_it_owns_and_what_it_refuses_to_own(name: str) -> None:
    readme = ROOT / "jiuzhu" / name / "README.md"

    assert readme.exists()
    assert len(readme.read_text(encoding="utf-8").splitlines()) <= 40


def test_no_term_and_no_code_name_stands_twice_in_the_glossary() -> None:
    entries = yaml.safe_load((ROOT / "docs/glossary.yaml").read_text(encoding="utf-8"))
    terms = [entry["term"] for entry in entries]
    names = [entry["code"] for entry in entries]

    assert len(entries) >= 40
    assert len(terms) == len(set(terms))
    assert len(names) == len(set(names))
    assert [
        entry["term"] for entry in entries if not {"term", "code", "kind", "meaning", "source"} <= set(entry)
    ] == []


def test_every_refusal_raised_by_name_has_its_sentence() -> None:
    raised = {
        (node.args[0].value, str(path.relative_to(ROOT)))
        for path in _sources("jiuzhu")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _dotted(node.func).endswith("Refusal") and node.args
        if isinstance(node.args[0], ast.Constant)
    }

    assert sorted(each for each in raised if each[0] not in refusal.register()) == []


def test_generated_pages_say_what_the_code_does() -> None:
    assert reference_pages.stale() == []


def test_models_and_migrations_agree(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_name_of_an_aid_type_outside_its_folder_and_the_registry() -> None:
    allowed = {ROOT / "jiuzhu/aid_types/registry.py"}
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in _sources("jiuzhu")
        if path not in allowed and "aid_types" not in path.parts and "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Constant) and side.value in AID_TYPES
    ]

    assert found == []
