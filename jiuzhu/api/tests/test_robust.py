"""Whatever is sent, the interface answers with a problem it knows, never with a fault of its own.

``JIUZHU_ROBUST_EXAMPLES`` says how many requests are made up for each operation (2 in CI).
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from jiuzhu.api.api import api

EXAMPLES = int(os.environ.get("JIUZHU_ROBUST_EXAMPLES", "2"))


@pytest.mark.slow
@pytest.mark.parametrize("username", ["clerk-371522102", "center-371522"])
def test_made_up_requests_never_break_it(served: str, token_of: Callable[[str], str], username: str) -> None:
    schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
    headers = {"Authorization": f"Bearer {token_of(username)}"}
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def answers(case: schemathesis.Case) -> None:
            nonlocal asked
            answer = case.call(base_url=served, headers=headers)
            asked += 1
            assert answer.status_code < 500, f"{case.method} {case.path}: {answer.text[:300]}"
            if answer.status_code >= 400:
                assert answer.json()["code"].startswith("E_"), f"{case.method} {case.path}"

        answers()

    assert asked >= 60
