"""The benchmarks, small: each measures the same thing three ways and writes what is expected of it."""

from __future__ import annotations

import importlib
import json
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiuzhu.accounts.actor import fence
from jiuzhu.core import clock
from jiuzhu.payments.acts import building
from jiuzhu.payments.tests import city as cities

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.mark.parametrize("claim", ["payroll_run", "standard_batch"])
def test_a_benchmark_does_the_same_work_three_ways(
    committed_db: str, claim: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(BENCH)
    rounds = importlib.import_module("rounds")
    result = importlib.import_module(claim).measure(200, times=1)
    rounds.keep(result, tmp_path / "bench.json")
    rounds.keep(result, tmp_path / "bench.json")

    (kept,) = json.loads((tmp_path / "bench.json").read_text())
    assert set(kept) == {
        *("claim", "unit", "size", "ours", "peer", "peer_name", "floor"),
        *("ratio_to_peer", "ratio_to_floor", "goal", "met"),
    }
    assert min(kept["ours"], kept["peer"], kept["floor"]) > 0
    assert "200 lines" in rounds.table(kept)


@pytest.mark.parametrize("more", [0, 200])
def test_a_list_of_any_length_takes_the_same_few_statements(db: None, more: int) -> None:
    with clock.at(date(2019, 10, 28)):
        city = cities.make(families=1)
        cities.multiply(city, more)
        with fence(city.builder) as actor, CaptureQueriesContext(connection) as asked:
            run = building.build_run(actor, city.county.id, "DIBAO", "RURAL", date(2019, 11, 1))

    writing = [each["sql"] for each in asked if "payments_payline" in each["sql"]]
    assert run.lines_count == 1 + more
    assert len(writing) == 3, "one finds what is owed besides, one makes the lines, one sums them"
    assert len(asked) < 60
