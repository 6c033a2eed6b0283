"""Where a rule is kept: every rule id the code and its tests cite, and the sentences of the city's notice over them.

The ids stand in docstrings and comments (AMT-01, ORG-04..07); this module only reads them back.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml
from django.conf import settings

from jiuzhu.aid_types import registry
from jiuzhu.workflow.clocks import deadlines

_ID = re.compile(r"\b([A-Z]{2,4})-(\d{2})\b(?:(?:\.\.|/)(?:[A-Z]{2,4}-)?(\d{2})\b)?|\b(CLK-[A-Z0-9]+)\b")
_WIDEST = 30
_SELF = "jiuzhu/infra/rule_index.py"
_DECLARED = "jiuzhu/policy/parameters.yaml"
_KINDS = (".py", ".yaml", ".html", ".typ")
_SCENARIO = re.compile(r"\btest_as_(\d{2})_")
_NOT_RULES = frozenset({"GB", "ISO", "RFC", "STD", "UTF", "SM"})


@dataclass
class Found:
    """Where one rule is cited: ``code`` as (path, name, first words), files only where no docstring names it."""

    code: set[tuple[str, str, str]] = field(default_factory=set)
    tests: set[str] = field(default_factory=set)


def ids_in(text: str) -> Iterator[str]:
    """Rule ids in ``text``; ``ORG-04..07`` are four, ``AMT-05/06`` two."""
    for family, first, last, clock in _ID.findall(text):
        if clock:
            yield clock
        elif family not in _NOT_RULES:
            low, high = int(first), int(last or first)
            between = range(low, high + 1) if low <= high <= low + _WIDEST else (low,)
            yield from (f"{family}-{number:02}" for number in between)


@cache
def rules() -> dict[str, Found]:
    """Every cited rule → where; order of the rule book's names."""
    found: dict[str, Found] = defaultdict(Found)
    base = Path(settings.BASE_DIR)
    for path in sorted(each for top in ("jiuzhu", "tests") for each in (base / top).rglob("*")):
        name, inside = path.relative_to(base).as_posix(), set(path.relative_to(base).parts)
        if path.suffix not in _KINDS or name == _SELF or inside & {"migrations", "static"}:
            continue
        text = path.read_text(encoding="utf-8")
        if "tests" in inside:
            for rule in (*ids_in(text), *(f"AS-{number}" for number in _SCENARIO.findall(text))):
                found[rule].tests.add(name)
        else:
            _in_code(found, name, text)
    clocks = deadlines()
    return {rule: found[rule] for rule in sorted(found) if not rule.startswith("CLK-") or rule in clocks}


def _in_code(found: dict[str, Found], name: str, text: str) -> None:
    told = set()
    if name.endswith(".py"):
        for owner, words in _docstrings(ast.parse(text)):
            for rule in ids_in(words):
                told.add(rule)
                found[rule].code.add((name, owner, words.strip().splitlines()[0]))
    for rule in set(ids_in(text)) - told:
        found[rule].code.add((name, "", ""))


def _docstrings(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
            words = ast.get_docstring(node)
            if words:
                yield ("" if isinstance(node, ast.Module) else node.name), words


def moves() -> set[str]:
    """Keys of all moves of all aid types (D12, E3): rules that are rows of a table."""
    return {row.key for aid in registry.all_types() for row in aid.moves}


@dataclass(frozen=True)
class Sentence:
    number: str
    words: str
    rules: tuple[str, ...]


def notice() -> list[tuple[str, list[Sentence]]]:
    """docs/notice.yaml: parts of the city's notice with their sentences."""
    text = (Path(settings.BASE_DIR) / "docs" / "notice.yaml").read_text(encoding="utf-8")
    return [
        (
            part["title"],
            [Sentence(number, words, tuple(ids.split())) for number, words, ids in part["sentences"]],
        )
        for part in yaml.safe_load(text)["parts"]
    ]


def kept(rules_of: Iterable[str]) -> tuple[list[str], list[str]]:
    """The rules the code works by (scenarios: the tests), and those nothing works by yet; a parameter alone does nothing."""
    known, rows = rules(), moves()

    def works(rule: str) -> bool:
        found = known.get(rule, Found())
        return any(path != _DECLARED for path, _, _ in found.code) or (
            rule.startswith("AS-") and bool(found.tests)
        )

    there = [each for each in rules_of if each in rows or works(each)]
    return there, [each for each in rules_of if each not in there]
