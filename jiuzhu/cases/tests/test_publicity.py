"""Seven days on the board, objections within them, and the meeting that only an objection brings (3.8, 3.9)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.cases import guards
from jiuzhu.cases.acts import decision, objection, withdrawal
from jiuzhu.cases.models import Appraisal, Entitlement, Objection
from jiuzhu.core import clock
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.parameters import queries as parameters
from jiuzhu.publicity import queries as publicity
from jiuzhu.publicity.models import Posting
from tests.families import COUNTY_DECIDES, DELEGATED, City, Family, refused

FACTS = "他家去年买了一辆小汽车，没有申报。"


@pytest.fixture(scope="module")
def decided(module_city: City) -> Family:
    """Waiting for the head's decision in a delegated town."""
    return module_city.walk_to("TOWN_APPROVAL", story="disabled_child", town=DELEGATED)


@pytest.fixture(scope="module")
def appraised(module_city: City) -> Family:
    """Waiting for the meeting."""
    return module_city.walk_to("APPRAISAL", story="objection_true", town=DELEGATED)


def _approve(family: Family, on: date) -> Posting:
    lead = family.staff("TOWN_LEAD")
    with family.at(clock.instant(on, 16)), fence(lead):
        decision.approve(lead, family.uid)
    with fence(PLATFORM):
        return Posting.objects.filter(case_id=family.pk).latest("round")


def _photograph(family: Family, posting: Posting) -> None:
    clerk = family.staff("TOWN_CLERK")
    for on, moment in ((posting.posted_on, "START"), (posting.ends_on, "END")):
        with family.at(clock.instant(on, 17)), fence(clerk):
            objection.photograph_posting(clerk, family.uid, picture=drawn_picture("posting"), moment=moment)


# —— the seven days


@pytest.mark.parametrize(
    ("posted_on", "ends_on", "first_month"),
    [
        (date(2019, 10, 23), date(2019, 10, 30), date(2019, 11, 1)),  # AS-21
        (date(2019, 10, 25), date(2019, 11, 1), date(2019, 12, 1)),  # AS-22
        (date(2019, 9, 27), date(2019, 10, 8), date(2019, 11, 1)),  # AS-23: rolls over the National Day
        (date(2019, 11, 4), date(2019, 11, 11), date(2019, 12, 1)),
    ],
)
def test_the_window_rolls_and_the_grant_follows_the_day_after(
    city: City, decided: Family, posted_on: date, ends_on: date, first_month: date
) -> None:
    posting = _approve(decided, posted_on)
    assert (posting.posted_on, posting.ends_on) == (posted_on, ends_on)
    _photograph(decided, posting)
    clerk = decided.staff("TOWN_CLERK")

    with decided.at(clock.instant(ends_on, 23, 59)), fence(clerk), refused("E_PUBL", "含当日"):
        objection.end_publicity(clerk, decided.uid)
    with decided.at(clock.instant(ends_on + timedelta(days=1), 0, 1)), fence(clerk):
        objection.end_publicity(clerk, decided.uid)

    with fence(PLATFORM):
        assert Entitlement.objects.get(case_id=decided.pk).first_month == first_month
        assert decided.case.clocks.get(clock="CLK-PUB").due_on == ends_on


def test_no_grant_without_the_two_photos(city: City, decided: Family) -> None:
    posting = _approve(decided, date(2019, 10, 23))
    clerk = decided.staff("TOWN_CLERK")
    after = clock.instant(posting.ends_on + timedelta(days=1))

    with decided.at(after), fence(clerk), refused("E_PUBL", "张贴、期满"):
        objection.end_publicity(clerk, decided.uid)
    with decided.at(clock.instant(posting.ends_on - timedelta(days=1))), fence(clerk), refused("E_PUBL"):
        objection.photograph_posting(clerk, decided.uid, picture=drawn_picture("posting"), moment="END")
    with decided.at(clock.instant(posting.posted_on)), fence(clerk):
        objection.photograph_posting(clerk, decided.uid, picture=drawn_picture("posting"), moment="START")
    with decided.at(after), fence(clerk), refused("E_PUBL", "缺少期满"):
        objection.end_publicity(clerk, decided.uid)


def test_nothing_is_posted_before_the_decision(city: City, decided: Family) -> None:
    """AS-20: under the seed flow there is neither posting nor meeting before somebody has decided."""
    clerk = decided.staff("TOWN_CLERK")
    with fence(PLATFORM):
        assert not Posting.objects.filter(case_id=decided.pk).exists()
    with decided.at(), fence(clerk):
        with refused("E_STATE"):
            objection.photograph_posting(clerk, decided.uid, picture=drawn_picture("posting"), moment="START")
        with refused("E_STATE"):
            objection.call_appraisal(clerk, decided.uid, planned_at=clock.now(), place="村委会")


def test_a_sheet_hangs_while_its_result_stands(city: City, decided: Family) -> None:
    """PUBL-05: after a withdrawal nobody reads the family's name on the public list any more."""
    posting = _approve(decided, date(2019, 10, 23))
    on = posting.posted_on + timedelta(days=1)
    assert publicity.sheet(posting.token, on) is not None

    with decided.at(clock.instant(on)), fence(decided.citizen):
        withdrawal.withdraw(decided.citizen, decided.uid, reason="家庭情况好转")

    assert publicity.sheet(posting.token, on) is None


# —— objections


def test_an_objection_is_heard_until_the_last_minute_and_not_after(city: City, decided: Family) -> None:
    posting = _approve(decided, date(2019, 10, 23))
    late = clock.instant(posting.ends_on + timedelta(days=1), 0, 0)

    with decided.at(late), fence(PLATFORM), refused("E_LATE", posting.ends_on.isoformat()):
        objection.object_publicly(posting.token, content=FACTS)
    with decided.at(clock.instant(posting.ends_on, 23, 59)):
        objection.object_publicly(posting.token, content=FACTS)

    assert decided.case.state == "OBJECTION"
    with fence(PLATFORM):
        assert not Entitlement.objects.filter(case_id=decided.pk).exists()


def test_an_objection_tells_facts(city: City, decided: Family) -> None:
    posting = _approve(decided, date(2019, 10, 23))

    with decided.at(clock.instant(posting.posted_on, 20)):
        with refused("E_INPUT", "异议内容"):
            objection.object_publicly(posting.token, content="不行")
        with refused("E_NOT_FOUND", "公示"):
            objection.object_publicly("no-such-sheet", content=FACTS)


def test_a_second_objector_is_heard_too_and_one_meeting_answers_both(city: City, decided: Family) -> None:
    posting = _approve(decided, date(2019, 10, 23))
    with decided.at(clock.instant(date(2019, 10, 24))):
        objection.object_publicly(posting.token, content=FACTS)
    with decided.at(clock.instant(date(2019, 10, 25))):
        objection.object_publicly(posting.token, content="他家儿子每月寄钱回来。", objector="示例庚")
    clerk = decided.staff("TOWN_CLERK")
    with decided.at(clock.instant(date(2019, 10, 28))), fence(clerk):
        objection.call_appraisal(clerk, decided.uid, planned_at=clock.now(), place="村委会会议室")
        objection.conclude_appraisal(
            clerk, decided.uid, participants=meeting(9, 6, 7), chair="王敏", minutes={}
        )

    with fence(PLATFORM):
        heard = Objection.objects.filter(case_id=decided.pk).order_by("id")
        assert [(each.anonymous, each.result) for each in heard] == [(True, "TRUE"), (False, "TRUE")]
        assert decided.case.clocks.filter(clock="CLK-OBJ").count() == 1


# —— the meeting


def meeting(
    everybody: int, representatives: int, agree: int, against: int | None = None
) -> list[dict[str, Any]]:
    """``everybody`` people, some of them villagers' representatives; the rest of the votes are abstentions."""
    against = everybody - agree if against is None else against
    votes = ["TRUE"] * agree + ["NOT_TRUE"] * against + ["ABSTAIN"] * (everybody - agree - against)
    return [
        {
            "name": f"示例村民{number:02d}",
            "capacity": "REPRESENTATIVE"
            if number < representatives
            else ("TOWN", "COMMITTEE", "PARTY")[number % 3],
            "vote": vote,
            "signed": True,
        }
        for number, vote in enumerate(votes)
    ]


def _conclude(family: Family, people: list[dict[str, Any]], chair: str = "王敏") -> None:
    clerk = family.staff("TOWN_CLERK")
    with family.at(), fence(clerk):
        objection.conclude_appraisal(
            clerk, family.uid, participants=people, chair=chair, minutes={"policy": "已宣讲政策"}
        )


@pytest.mark.parametrize(
    ("everybody", "representatives", "agree", "result", "state"),
    [
        (9, 6, 7, "TRUE", "RESULT_PUBLICITY"),  # APP-04: 77.8 %
        (10, 7, 7, "TRUE", "RESULT_PUBLICITY"),
        (10, 7, 6, "DISPUTED", "INVESTIGATING"),  # exactly 60 % is not above
        (10, 7, 4, "DISPUTED", "INVESTIGATING"),  # exactly 40 % is not below
        (12, 8, 6, "DISPUTED", "INVESTIGATING"),  # AS-27, a tie
        (10, 7, 3, "NOT_TRUE", "INVESTIGATING"),
        (9, 9, 0, "NOT_TRUE", "INVESTIGATING"),
        (15, 10, 9, "DISPUTED", "INVESTIGATING"),
        (15, 10, 10, "TRUE", "RESULT_PUBLICITY"),
    ],
)
def test_the_vote_decides_on_truth(
    city: City, appraised: Family, everybody: int, representatives: int, agree: int, result: str, state: str
) -> None:
    _conclude(appraised, meeting(everybody, representatives, agree))

    assert appraised.case.state == state
    with fence(PLATFORM):
        held = Appraisal.objects.get(case_id=appraised.pk)
        hanging = Posting.objects.filter(case_id=appraised.pk, removed_on__isnull=True)
        assert (held.result, held.attendance.count()) == (result, everybody)
        assert list(hanging.values_list("round", flat=True)) == ([2] if state == "RESULT_PUBLICITY" else [])


def test_abstentions_count_among_those_present() -> None:
    """Six of ten agree and four abstain: 60 % of all present, not of those who voted."""
    values = {"appraisal.true_above": 0.6, "appraisal.false_below": 0.4}

    assert guards.vote_of(meeting(10, 7, 6, against=0), values) == "DISPUTED"
    assert guards.vote_of(meeting(10, 7, 7, against=0), values) == "TRUE"


@pytest.mark.parametrize(
    ("people", "code", "words"),
    [
        (meeting(8, 6, 8), "E_QUORUM", "应不少于9人"),
        (meeting(10, 6, 8), "E_QUORUM", "三分之二"),  # AS-26
        (meeting(9, 5, 9), "E_QUORUM", "三分之二"),
        ([*meeting(9, 6, 7)[:8], meeting(9, 6, 7)[0]], "E_QUORUM", "重复"),
        ([], "E_QUORUM", "应不少于9人"),
        ([*meeting(9, 6, 7)[:8], {**meeting(9, 6, 7)[8], "signed": False}], "E_SEAL", "签字"),
        ([*meeting(9, 6, 7)[:8], {**meeting(9, 6, 7)[8], "vote": "MAYBE"}], "E_INPUT", "表决意见"),
        ([*meeting(9, 6, 7)[:8], {**meeting(9, 6, 7)[8], "capacity": "GUEST"}], "E_INPUT", "参会身份"),
        ([*meeting(9, 6, 7)[:8], {**meeting(9, 6, 7)[8], "name": " "}], "E_QUORUM", "姓名"),
    ],
    ids=[
        "eight",
        "six of ten",
        "five of nine",
        "twice",
        "nobody",
        "unsigned",
        "vote",
        "capacity",
        "nameless",
    ],
)
def test_a_meeting_of_the_wrong_people_decides_nothing(
    city: City, appraised: Family, people: list[dict[str, Any]], code: str, words: str
) -> None:
    with refused(code, words):
        _conclude(appraised, people)
    assert appraised.case.state == "APPRAISAL"


def test_the_family_does_not_vote_on_itself_and_somebody_chairs(city: City, appraised: Family) -> None:
    people = meeting(10, 7, 8)
    people[0]["name"] = appraised.case.applicant.name

    with refused("E_QUORUM", "回避"):
        _conclude(appraised, people)
    with refused("E_QUORUM", "主持人"):
        _conclude(appraised, meeting(10, 7, 8), chair=" ")


def test_after_an_untrue_vote_the_case_is_looked_into_and_decided_anew(city: City) -> None:
    """D29: a second round of everything, the first kept."""
    family = city.family("objection_untrue", town=COUNTY_DECIDES).to_the_end()

    assert family.steps().count("D23") == 2
    with fence(PLATFORM):
        case = family.case
        assert case.state == "GRANTED"
        assert [each.round for each in case.decisions.order_by("round")] == [1, 2]
        assert case.investigations.count() == 2
        assert not case.objections.filter(result="").exists()
        handled = case.clocks.get(clock="CLK-OBJ")
        assert handled.ended_by.move == "D23"


def test_where_the_county_says_so_a_true_vote_grants_at_once(
    city: City, appraised: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = parameters.plain_values
    monkeypatch.setattr(
        parameters, "plain_values", lambda *a, **k: plain(*a, **k) | {"repost_after_appraisal": False}
    )

    _conclude(appraised, meeting(9, 6, 7))

    assert appraised.case.state == "GRANTED"
    with fence(PLATFORM):
        assert Entitlement.objects.filter(case_id=appraised.pk).count() == 1
        assert not Posting.objects.filter(case_id=appraised.pk, removed_on__isnull=True).exists()
