"""The benchmark of the list, small: it measures what it says and writes what is expected of it."""

from __future__ import annotations

import importlib.util
import json
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiuzhu.accounts.actor import fence
from jiuzhu.core import clock
from jiuzhu.payments import acts
from jiuzhu.payments.tests import city as cities


@pytest.fixture
def bench() -> ModuleType:
    path = Path(__file__).resolve().parents[3] / "bench/payroll_run.py"
    spec = importlib.util.spec_from_file_location("payroll_run", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_benchmark_builds_the_same_list_three_ways(
    committed_db: str, bench: ModuleType, tmp_path: Path
) -> None:
    result = bench.measure(300, times=1)
    bench.keep(result, tmp_path / "bench.json")
    bench.keep(result, tmp_path / "bench.json")

    (kept,) = json.loads((tmp_path / "bench.json").read_text())
    assert set(kept) == {
        *("claim", "unit", "size", "ours", "peer", "peer_name", "floor"),
        *("ratio_to_peer", "ratio_to_floor", "goal", "met"),
    }
    assert min(kept["ours"], kept["peer"], kept["floor"]) > 0
    assert "300 lines" in bench.table(kept)


@pytest.mark.parametrize("more", [0, 200])
def test_a_list_of_any_length_takes_the_same_few_statements(db: None, more: int) -> None:
    with clock.at(date(2019, 10, 28)):
        city = cities.make(families=1)
        cities.multiply(city, more)
        with fence(city.builder) as actor, CaptureQueriesContext(connection) as asked:
            run = acts.build_run(actor, city.county.id, "DIBAO", "RURAL", date(2019, 11, 1))

    writing = [each["sql"] for each in asked if "payments_payline" in each["sql"]]
    assert run.lines_count == 1 + more
    assert len(writing) == 3, "one finds what is owed besides, one makes the lines, one sums them"
    assert len(asked) < 60
