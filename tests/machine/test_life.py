"""Whatever is tried by whomever in whatever order, for every kind of aid under every body of rules (issue 3).

Small and always the same in CI. A night's run is larger and different every time:

    JIUZHU_LIVES=200 JIUZHU_ACTS=80 .venv/bin/pytest tests/machine -p no:cacheprovider -s

``JIUZHU_LIVES`` families per kind of aid, ``JIUZHU_ACTS`` acts each. The failing life is printed as the Python that
repeats it, the shortest that was found.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import MONTHLY, AidType
from tests.families import City
from tests.machine.life import Life

LIVES, ACTS = int(os.environ.get("JIUZHU_LIVES", 2)), int(os.environ.get("JIUZHU_ACTS", 20))
SETTINGS = settings(
    max_examples=LIVES,
    stateful_step_count=ACTS,
    derandomize="JIUZHU_LIVES" not in os.environ,
    database=None,
    deadline=None,
    print_blob=True,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def drive(city: City, aid: AidType, **more: Any) -> None:
    machine = type(f"Life_{aid.code}", (Life,), {"city": city, "aid": aid} | more)
    run_state_machine_as_test(machine, settings=SETTINGS)


@pytest.mark.parametrize("aid", registry.all_types(), ids=lambda aid: aid.code)
def test_no_life_breaks_whatever_is_tried(module_city: City, aid: AidType) -> None:
    drive(module_city, aid)


@pytest.mark.parametrize(
    "aid", [aid for aid in registry.all_types() if aid.pays == MONTHLY], ids=lambda aid: aid.code
)
def test_nor_does_a_life_in_benefit(module_city: City, aid: AidType) -> None:
    """The story goes to its end before everybody interferes: changes, reviews, pay days, support."""
    drive(module_city, aid, ahead=st.just(30))
