"""What the forms ask first, how a wrong sum is complained of, what stands open (TA-12, AS-57)."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from jiuzhu.aid_types import registry
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import one_form
from jiuzhu.intake.family import ApplicantForm, PersonForm

MEMBERS = [("u1", "曹文军"), ("u2", "姜敏")]


def _page(data: QueryDict | None = None) -> one_form.Page:
    return one_form.Page("income", {}, MEMBERS, data, aid=registry.get("TA_EXPENSE"))


def test_an_aid_that_rests_on_spending_asks_for_it_first() -> None:
    spendings, incomes = _page().rows

    assert (spendings.key, incomes.key) == ("spendings", "incomes")
    assert "至少一项" in spendings.note and incomes.note == "没有就空着"
    assert spendings.forms[0].fields["person"].choices[0] == ("", "全家")
    assert incomes.forms[0].fields["person"].choices[0] == ("", "请选择")


def test_only_such_an_aid_calls_the_page_income_and_spending() -> None:
    assert dict(one_form.steps_of(registry.get("TA_EXPENSE")))["income"] == "收支"
    assert dict(one_form.steps_of(registry.get("DIBAO")))["income"] == "收入"


def test_a_wrong_sum_is_complained_of_once() -> None:
    given = QueryDict("spendings-count=1&spendings0-kind=MEDICAL&spendings0-year=三万&incomes-count=1")

    with pytest.raises(Refusal) as caught:
        _page(given).merged()

    assert caught.value.sentence.count("填写有误") == 1
    assert caught.value.sentence.count("12个月里自己付的") == 1


@pytest.mark.parametrize(("said", "stands_open"), [("", False), ("p1-exclude_code=PRISON", True)])
def test_what_was_said_beyond_the_first_word_stands_open(said: str, stands_open: bool) -> None:
    form = PersonForm(QueryDict(f"p1-name=孙铁柱&{said}"), prefix="p1")

    assert form.more_said is stands_open
    assert {"exclude_code", "exclude_until"} <= {field.name for field in form.more}
    assert not {"exclude_code", "name"} & {field.name for field in ApplicantForm(prefix="p0").more}
