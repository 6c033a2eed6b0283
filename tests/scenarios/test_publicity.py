"""Seven days on the board, to the day; what hangs there; the meeting that only an objection brings."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.test import Client

from jiuzhu.accounts import tokens
from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Post
from jiuzhu.api.api import api
from jiuzhu.cases.acts import objection
from jiuzhu.cases.models import Appraisal, Entitlement
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import catalogue
from jiuzhu.publicity import queries as boards
from jiuzhu.publicity.models import Posting
from tests.families import DELEGATED, City, Family, refused
from tests.scenarios import hands


@pytest.fixture(scope="module")
def decided(module_city: City) -> Family:
    """Waiting for the head's decision in a delegated town; accepted late enough for every day below."""
    return module_city.walk_to("TOWN_APPROVAL", story="disabled_child", town=DELEGATED)


def _first_month(family: Family) -> date:
    with fence(PLATFORM):
        month: date = Entitlement.objects.get(case_id=family.pk).first_month
        return month


def test_as_21_posted_on_the_23rd_granted_on_the_31st_paid_from_november(city: City, decided: Family) -> None:
    posting = hands.approve(decided, date(2019, 10, 23))
    assert posting.ends_on == date(2019, 10, 30)

    hands.granted(decided, posting, date(2019, 10, 31))

    assert _first_month(decided) == date(2019, 11, 1)
    assert hands.clock_of(decided, "CLK-CARD").due_on == date(2019, 11, 4)


def test_as_22_posted_two_days_later_the_first_month_is_december(city: City, decided: Family) -> None:
    posting = hands.approve(decided, date(2019, 10, 25))
    assert posting.ends_on == date(2019, 11, 1)
    hands.photograph(decided, posting)
    clerk = decided.staff("TOWN_CLERK")

    with decided.at(clock.instant(date(2019, 11, 1), 23, 59)), fence(clerk), refused("E_PUBL"):
        objection.end_publicity(clerk, decided.uid)
    with decided.at(clock.instant(date(2019, 11, 2))), fence(clerk):
        objection.end_publicity(clerk, decided.uid)
    assert _first_month(decided) == date(2019, 12, 1)


def test_as_23_a_window_ending_in_the_holiday_rolls_to_the_eighth_of_october(
    city: City, decided: Family
) -> None:
    assert hands.approve(decided, date(2019, 9, 27)).ends_on == date(2019, 10, 8)


def test_as_24_whatever_is_handed_to_the_board_only_the_whitelist_hangs(city: City, decided: Family) -> None:
    posting = hands.approve(decided, date(2019, 10, 23))
    (words,) = hands.papers(decided, "W25")
    notice = catalogue.notice("W25")
    sheet = {"aid_type": decided.case.aid_type} | {
        key: words[key] for key in notice.whitelist if key in words
    }

    for forbidden in ("id_no", "disability_category", "phone"):
        with pytest.raises(Refusal, match="E_PRIV"):
            _issue(decided, sheet | {forbidden: "371599201109010012"})

    with clock.at(date(2019, 10, 24)):
        hung = boards.sheet(posting.token, date(2019, 10, 24))
    assert hung is not None
    person = decided.facts["people"][2]
    shown = str(vars(hung)) + str(words)
    for secret in (person["id_no"], person["name"], decided.facts["phone"], decided.facts["hardship"]):
        assert secret not in shown


def _issue(family: Family, data: dict[str, object]) -> None:
    from jiuzhu.documents import acts as documents

    with family.at(clock.instant(date(2019, 10, 24))), fence(PLATFORM):
        documents.issue(PLATFORM, "W25", data, organ=family.case.town, regime="P2019", case_id=family.pk)


def _objected(family: Family) -> Family:
    """Somebody objects on day 5; the meeting is called for the second working day after."""
    posting = hands.approve(family, date(2019, 10, 23))
    with clock.at(clock.instant(posting.posted_on + timedelta(days=5), 10)):
        objection.object_publicly(posting.token, content=hands.FACTS)
    family.now = clock.instant(date(2019, 10, 30))
    with family.at(), fence(family.staff("TOWN_CLERK")) as clerk:
        objection.call_appraisal(clerk, family.uid, planned_at=clock.now(), place="村委会会议室")
    return family


def _concluded(family: Family, everybody: int, representatives: int, agree: int) -> None:
    with family.at(), fence(family.staff("TOWN_CLERK")) as clerk:
        objection.conclude_appraisal(
            clerk,
            family.uid,
            participants=hands.meeting(everybody, representatives, agree),
            chair="王敏",
            minutes={},
        )


def test_as_25_an_objection_on_day_five_brings_a_meeting_and_a_true_vote_a_new_posting(
    city: City, decided: Family
) -> None:
    posting = hands.approve(decided, date(2019, 10, 23))
    with clock.at(clock.instant(date(2019, 10, 28), 10)):
        objection.object_publicly(posting.token, content=hands.FACTS)

    assert decided.case.state == "OBJECTION"
    assert hands.clock_of(decided, "CLK-APP").due_on == date(2019, 11, 4)  # five working days
    with fence(PLATFORM):
        assert not Entitlement.objects.filter(case_id=decided.pk).exists()

    decided.now = clock.instant(date(2019, 10, 30))
    with decided.at(), fence(decided.staff("TOWN_CLERK")) as clerk:
        objection.call_appraisal(clerk, decided.uid, planned_at=clock.now(), place="村委会会议室")
    _concluded(decided, 9, 6, 7)

    assert decided.case.state == "RESULT_PUBLICITY"
    with fence(PLATFORM):
        assert Appraisal.objects.get(case_id=decided.pk).result == "TRUE"
        again = Posting.objects.get(case_id=decided.pk, round=2)
    assert (again.posted_on, again.ends_on) == (date(2019, 10, 30), date(2019, 11, 6))


def test_as_26_six_representatives_of_ten_are_no_meeting(city: City, decided: Family) -> None:
    _objected(decided)

    with refused("E_QUORUM", "三分之二"):
        _concluded(decided, 10, 6, 8)
    assert decided.case.state == "APPRAISAL"


def test_as_27_half_of_twelve_is_disputed_and_goes_back_to_the_investigators(
    city: City, decided: Family
) -> None:
    _objected(decided)

    _concluded(decided, 12, 8, 6)

    with fence(PLATFORM):
        assert Appraisal.objects.get(case_id=decided.pk).result == "DISPUTED"
    assert decided.case.state == "INVESTIGATING"


def test_nothing_the_interface_reads_of_a_case_says_who_objected(city: City, decided: Family) -> None:
    """AS-28: the objector is for the handler alone, opened with a reason; every read of the case is swept, every role."""
    posting = hands.approve(decided, date(2019, 10, 8))
    clerk = decided.staff("TOWN_CLERK")
    with clock.at(clock.instant(posting.ends_on, 10)), fence(clerk):
        objection.receive_objection(
            clerk, decided.uid, content="他家有车没有报", objector="举报人甲", contact="13800001111"
        )
    reads = sorted(
        path
        for path, item in api.get_openapi_schema()["paths"].items()
        if "get" in item and path.startswith("/api/v1/cases/{uid}") and "{paper}" not in path
    )
    assert "/api/v1/cases/{uid}/publicity" in reads
    roles = ("TOWN_CLERK", "TOWN_LEAD", "TOWN_VERIFIER", "COUNTY_APPROVER", "COUNTY_SUPERVISOR")
    with clock.at(clock.instant(posting.ends_on, 11)):
        for role in roles:
            with fence(PLATFORM):
                post = Post.objects.get(pk=decided.staff(role).post_id)
                token = tokens.issue(PLATFORM, post, label="sweep", days=1)
            for path in reads:
                address = path.replace("{uid}", str(decided.uid))
                answer = Client().get(address, headers={"Authorization": f"Bearer {token}"})
                text = answer.content.decode("utf-8", "replace") + json.dumps(str(answer.headers))
                assert "举报人甲" not in text and "13800001111" not in text, (role, path)
                assert "\\u4e3e\\u62a5\\u4eba\\u7532" not in text, (role, path)
