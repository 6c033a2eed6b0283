"""The auditor reads words, not code names."""

from __future__ import annotations

import re

import pytest

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.audit.models import AuditEntry
from jiuzhu.office.admin.audit import action_words
from tests.families import City


def test_everything_recorded_on_a_familys_way_is_told_in_words(city: City) -> None:
    city.walk_to("ACCEPTED")

    with fence(PLATFORM):
        recorded = set(AuditEntry.objects.values_list("action", flat=True))

    assert len(recorded) > 5
    for action in recorded:
        assert re.fullmatch(r"[\u4e00-\u9fff（），、]+", action_words(action)), action
        assert action_words(action) != "其他操作", action


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("case.approve", "拟批准"),
        ("case.approve.refused", "拟批准（未办成）"),
        ("case.refused", "办理被拦下"),
        ("fund.advance", "备用金收支"),
        ("something.new", "其他操作"),
    ],
)
def test_a_move_is_called_as_on_its_button(action: str, words: str) -> None:
    assert action_words(action) == words
