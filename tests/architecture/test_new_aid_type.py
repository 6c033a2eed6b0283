"""A new aid type is one folder: the how-to's own diff is applied to a copy, counted, and walked to a grant."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from jiuzhu import aid_types
from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.aid_types import registry, self_check
from jiuzhu.aid_types.base import AidType
from jiuzhu.aid_types.examples import load
from jiuzhu.cases.models import Entitlement
from jiuzhu.core import clock
from jiuzhu.documents.models import Document
from jiuzhu.payments.acts import building
from jiuzhu.policy import parameters
from tests.families import DELEGATED, City, person

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = ROOT / "docs/how-to/add-an-aid-type.md"
SHARED = ("jiuzhu/aid_types/registry.py", "docs/glossary.yaml")
FOLDER = "jiuzhu/aid_types/gaoling/"


def the_diff() -> str:
    found = re.search(r"^```diff\n(.*?)^```", HOW_TO.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def touched(diff: str) -> set[str]:
    return set(re.findall(r"^\+\+\+ b/(\S+)", diff, re.MULTILINE)) | set(
        re.findall(r"^diff --git a/\S+ b/(\S+)", diff, re.MULTILINE)
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The two shared files with the diff applied; everything else of it is new."""
    for name in SHARED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    patch = tmp_path / "new.patch"
    patch.write_text(the_diff(), encoding="utf-8")
    done = subprocess.run(
        ["git", "apply", "-C1", "--recount", str(patch)],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return tmp_path


@pytest.fixture
def gaoling(copy: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AidType]:
    """The new type in the registry of this process, as its line in the patched registry puts it there."""
    monkeypatch.setattr(aid_types, "__path__", [*aid_types.__path__, str(copy / "jiuzhu/aid_types")])
    monkeypatch.setattr(parameters, "_FILES", [*parameters._FILES])
    spec = importlib.util.spec_from_file_location("patched_registry", copy / SHARED[0])
    assert spec and spec.loader
    patched = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(patched)
    monkeypatch.setattr(registry, "_ALL", patched._ALL)
    yield patched.get("GAOLING")
    for name in [name for name in sys.modules if name.startswith("jiuzhu.aid_types.gaoling")]:
        del sys.modules[name]
    monkeypatch.undo()
    parameters.declarations.cache_clear()


def test_the_diff_touches_its_own_folder_the_registry_and_the_glossary_only() -> None:
    files = touched(the_diff())

    assert {name for name in files if not name.startswith(FOLDER)} == set(SHARED)
    assert len(files) >= 7


def test_in_the_shared_files_only_lines_are_added() -> None:
    _, shared = the_diff().split("+++ b/jiuzhu/aid_types/registry.py", 1)

    assert not re.findall(r"^-(?!-- )", shared, re.MULTILINE)
    assert len(re.findall(r"^\+(?!\+\+ )", shared, re.MULTILINE)) <= 8


def test_the_glossary_stays_whole(copy: Path) -> None:
    entries = yaml.safe_load((copy / "docs/glossary.yaml").read_text(encoding="utf-8"))

    assert "gaoling" in {entry["code"] for entry in entries}


def test_its_examples_come_out_as_written(copy: Path, gaoling: AidType) -> None:
    examples = load(copy / FOLDER / "examples", gaoling.sources)

    assert len(examples) >= 3
    for example in examples:
        outcome = gaoling.assess(example.evidence, example.parameters, example.regime)
        assert outcome.conclusion == example.expect["conclusion"], example.title
        assert outcome.amount_fen == 100 * example.expect["amount"], example.title


def test_a_person_of_85_walks_the_new_type_to_a_grant_and_onto_the_pay_list(
    city: City, gaoling: AidType
) -> None:
    old = person("高寿山", "1934-05-01", labour="ELDER", employment="7", marital="30")
    family = city.cast(old, town=DELEGATED, aid_type="GAOLING").to_the_end()

    with fence(PLATFORM):
        case = family.case
        entitlement = Entitlement.objects.get(case_id=family.pk)
        titles = dict(Document.objects.filter(case_id=family.pk).values_list("code", "title"))
        amount = entitlement.amounts.get()
    assert (case.state, case.case_no[:2], case.for_person_id) == ("GRANTED", "GL", case.applicant_id)
    assert (amount.base_fen, amount.topup_fen) == (10000, 0)
    assert titles["W09"] == "高龄津贴申请表" and titles["W23"] == "高龄津贴批准通知书"
    assert titles["W25"] == "高龄津贴审批结果公示"
    center = city.staff("CENTER_STAFF", case.county)
    month = entitlement.first_month
    with clock.at(date(month.year, month.month, 1)), fence(center):
        run = building.build_run(center, case.county_id, "GAOLING", case.area_type, month)
        assert [line.total_fen for line in run.lines.all()] == [10000]


def test_the_self_check_knows_it_at_once(copy: Path, gaoling: AidType) -> None:
    example = load(copy / FOLDER / "examples", gaoling.sources)[1]
    found = self_check.check(example.evidence, example.parameters, example.regime)

    answer = next(each for each in found if each.aid is gaoling)
    assert (answer.verdict, answer.high_fen, answer.person) == (self_check.LIKELY, 10000, "a")
