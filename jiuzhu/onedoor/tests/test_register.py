"""The register of matters: two people publish, a day separates the lines, slips keep what they were made with (ORG-15)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation, Staff
from jiuzhu.accounts.queries import actor_for, posts_of
from jiuzhu.accounts.roles import ROLES, has_power
from jiuzhu.audit.models import AuditEntry
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.infra import reference
from jiuzhu.onedoor import matters, queries, receptions, referrals, register
from jiuzhu.onedoor.models import MatterEntry, Referral
from tests.families import COUNTY_DECIDES, DELEGATED, City, refused

MONDAY, NEXT_DAY, LATER = date(2019, 9, 2), date(2019, 9, 3), date(2019, 10, 8)
LINE = {
    "title": "医疗救助",
    "plain": "看病花钱多，想报销或减免住院、门诊费用",
    "organ": "医疗保障服务中心",
    "of_county": True,
    "desk": "yibao-2",
    "phone": "0635-8241234",
    "answer_wd": 5,
    "article": "社会救助暂行办法第二十七条至第三十二条",
    "offered": True,
    "effective_from": LATER,
    "doc_no": "聊民字〔2019〕41号",
    "code": "MEDICAL",
}


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def officers(city: City) -> tuple[Actor, Actor]:
    return tuple(
        actor_for(posts_of(Staff.objects.get(username=name), MONDAY)[0], MONDAY) for name in ("city", "city2")
    )


@pytest.fixture
def clerk(city: City) -> Actor:
    return city.staff("TOWN_CLERK", town())


def town(code: str = DELEGATED) -> Organisation:
    return Organisation.objects.get(code=code)


def county(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def enter(actor: Actor, **more: Any) -> MatterEntry:
    whole = Organisation.objects.get(kind=Organisation.CITY)
    return register.enter_matter(actor, **{"scope_id": whole.id} | LINE | more)


def publish(officers: tuple[Actor, Actor], **more: Any) -> MatterEntry:
    return register.publish_matter(officers[1], enter(officers[0], **more).id)


def referral(city: City, clerk: Actor, code: str = "MEDICAL") -> Referral:
    with fence(clerk):
        people = city.facts("single_elder", DELEGATED)["people"]
        reception = receptions.receive(
            clerk,
            town_id=town().id,
            village_code=queries.villages_of(town())[0].code,
            area_type="RURAL",
            people_rows=[{"name": people[0]["name"], "id_no": people[0]["id_no"], "relation": "0"}],
            need="看病花费大，家里没有收入",
            own=[],
            other=[code],
            consent=True,
            channel="WINDOW",
        )
        return reception.referrals.get()


def offered(code: str = DELEGATED) -> dict[str, MatterEntry]:
    return {each.code: each for each in queries.other_matters(town(code))}


def test_intake_lists_what_is_in_force_that_day(officers: tuple[Actor, Actor]) -> None:
    entry = publish(officers)

    with clock.at(date(2019, 10, 7)):
        assert offered()["MEDICAL"].organ == "医疗保障局"
    with clock.at(LATER):
        assert offered()["MEDICAL"] == entry
        assert list(offered()) == [each["code"] for each in matters.seed()]
    former = MatterEntry.objects.get(code="MEDICAL", effective_to=date(2019, 10, 7))
    assert former.published_by is None
    assert [each.id for each in queries.matter_history("MEDICAL")] == [entry.id, former.id]


def test_a_slip_already_made_keeps_its_department_its_inbox_and_its_days(
    city: City, clerk: Actor, officers: tuple[Actor, Actor]
) -> None:
    old = referral(city, clerk)
    publish(officers, title="医疗保障", effective_from=NEXT_DAY)

    with clock.at(NEXT_DAY):
        new = referral(city, clerk)
        with fence(clerk):
            for each in (old, new):
                referrals.note_delivered(clerk, each.uid, how="送到窗口，李某签收")
            kept, fresh = (
                queries.referral_view(clerk, queries.referral_for(clerk, e.uid)) for e in (old, new)
            )

    assert (kept["about"].title, kept["referral"].department) == ("医疗救助", "东昌府区医疗保障局")
    assert (kept["about"].desk, kept["clock"].due_on) == ("yibao", date(2019, 9, 18))
    assert (fresh["about"].title, fresh["referral"].department) == ("医疗保障", "东昌府区医疗保障服务中心")
    assert (fresh["about"].desk, fresh["clock"].due_on) == ("yibao-2", date(2019, 9, 10))


def test_a_countys_own_line_holds_there_and_nowhere_else(officers: tuple[Actor, Actor]) -> None:
    publish(officers, scope_id=county("371522").id, effective_from=NEXT_DAY, answer_wd=None)

    with clock.at(NEXT_DAY):
        assert offered(COUNTY_DECIDES)["MEDICAL"].department("莘县") == "莘县医疗保障服务中心"
        assert offered(COUNTY_DECIDES)["MEDICAL"].answer_wd is None
        assert offered(DELEGATED)["MEDICAL"].organ == "医疗保障局"
        assert sum(each.code == "MEDICAL" for each in queries.matters_on(None, NEXT_DAY)) == 2


def test_a_matter_no_longer_taken_is_not_offered_and_its_slips_go_on(
    city: City, clerk: Actor, officers: tuple[Actor, Actor]
) -> None:
    slip = referral(city, clerk)
    publish(officers, offered=False, effective_from=NEXT_DAY)

    with clock.at(NEXT_DAY):
        assert "MEDICAL" not in offered()
        with pytest.raises(Refusal, match="E_INPUT"):
            referral(city, clerk)
        with fence(clerk):
            referrals.note_delivered(clerk, slip.uid, how="送到窗口，李某签收")
            referrals.note_answer(clerk, slip.uid, kind="RETURNED", text="不归我们管")
            with refused("E_INPUT", "列出的事项"):
                referrals.pass_on(clerk, slip.uid, code="NOTHING")
            after = referrals.pass_on(clerk, slip.uid, code="EDUCATION")
    assert after.department == "东昌府区教育和体育局"


def test_a_new_matter_gets_its_own_code_and_goes_by_paper_where_there_is_no_inbox(
    city: City, clerk: Actor, officers: tuple[Actor, Actor]
) -> None:
    entry = publish(
        officers,
        code="",
        title="临时供暖",
        organ="住建服务中心",
        of_county=False,
        desk="",
        effective_from=NEXT_DAY,
    )
    assert entry.code == "M001"

    with clock.at(NEXT_DAY):
        slip = referral(city, clerk, "M001")
        assert slip.department == "住建服务中心"
        assert referrals.deliver(slip.id)
        with fence(PLATFORM):
            slip.refresh_from_db()
        assert (slip.state, slip.failure) == ("OPEN", "对方没有收件箱，请送纸质转办单")
        assert referrals.undelivered() == []
        with fence(clerk):
            referrals.note_delivered(clerk, slip.uid, how="窗口签收")
            assert referrals.unanswered() == []
            assert referrals.fetch_answers(slip.id) == "SENT"
            assert referrals.remind(clerk, slip.uid).failure == ""


def test_only_the_city_enters_and_only_another_person_publishes(officers: tuple[Actor, Actor]) -> None:
    draft = enter(officers[0])
    for role in ROLES:
        if not has_power(role, "parameters.enter"):
            stranger = Actor(kind="STAFF", id=1, name="某人", role=role)
            with refused("E_AUTH"):
                enter(stranger)
            with refused("E_AUTH"):
                register.publish_matter(stranger, draft.id)
            with refused("E_AUTH"):
                register.withdraw_matter(stranger, draft.id)
    with refused("E_SOD"):
        register.publish_matter(officers[0], draft.id)
    register.publish_matter(officers[1], draft.id)
    with refused("E_STATE"):
        register.publish_matter(officers[1], draft.id)
    with refused("E_NOT_FOUND"):
        register.withdraw_matter(officers[1], draft.id)
    with refused("E_NOT_FOUND"):
        register.publish_matter(officers[1], 999_999)
    same_day = enter(officers[0], organ="别的单位")
    with refused("E_STATE", "须晚于该日"):
        register.publish_matter(officers[1], same_day.id)
    late = enter(officers[0], effective_from=MONDAY, code="LEGAL", title="法律援助")
    with clock.at(NEXT_DAY), refused("E_STATE", "执行日期已过"):
        register.publish_matter(officers[1], late.id)
    register.withdraw_matter(officers[0], late.id)
    with fence(PLATFORM):
        told = list(AuditEntry.objects.filter(action__startswith="matter.").values_list("action", flat=True))
    assert sorted(told) == [*["matter.enter"] * 3, "matter.publish", "matter.withdraw"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "事项名称"),
        ({"title": "长" * 21}, "事项名称"),
        ({"title": "教育救助"}, "事项名称"),
        ({"plain": "短"}, "说明"),
        ({"organ": ""}, "主管部门"),
        ({"article": ""}, "依据"),
        ({"doc_no": "  "}, "文件号"),
        ({"phone": "打电话"}, "热线"),
        ({"phone": ""}, "热线"),
        ({"desk": "../fault"}, "收件箱"),
        ({"desk": "医保"}, "收件箱"),
        ({"answer_wd": 0}, "答复时限"),
        ({"answer_wd": 61}, "答复时限"),
        ({"effective_from": date(2019, 9, 1)}, "执行日期"),
        ({"code": "", "title": "新事项", "offered": False}, "不再受理"),
    ],
)
def test_what_nobody_could_use_is_not_even_a_draft(
    officers: tuple[Actor, Actor], wrong: dict[str, Any], field: str
) -> None:
    with refused("E_INPUT", field):
        enter(officers[0], **wrong)


def test_a_line_is_for_the_city_or_a_county_and_for_a_known_matter(officers: tuple[Actor, Actor]) -> None:
    with refused("E_NOT_FOUND"):
        enter(officers[0], scope_id=town().id)
    with refused("E_NOT_FOUND"):
        enter(officers[0], code="NOTHING")
    with refused("E_NOT_FOUND"):
        queries.matter_history("NOTHING")


def test_braces_in_a_departments_name_are_only_letters(officers: tuple[Actor, Actor]) -> None:
    assert enter(officers[0], organ="{county.pk}局").department("莘县") == "莘县{county.pk}局"


def test_a_form_sent_twice_is_one_draft(officers: tuple[Actor, Actor]) -> None:
    once = uuid.uuid4()
    enter(officers[0], once=once)
    with refused("E_REPEAT"):
        enter(officers[0], once=once)


def test_the_database_keeps_lines_as_they_were_written(officers: tuple[Actor, Actor]) -> None:
    publish(officers)
    for sql in (
        "UPDATE onedoor_matterentry SET title = '别的'",
        "UPDATE onedoor_matterentry SET effective_to = NULL",
        "UPDATE onedoor_matterentry SET published_by_id = entered_by_id WHERE entered_by_id IS NOT NULL",
        "DELETE FROM onedoor_matterentry",
    ):
        with (
            pytest.raises((IntegrityError, ProgrammingError)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


def test_loading_reference_data_again_leaves_the_citys_lines_alone(officers: tuple[Actor, Actor]) -> None:
    publish(officers)
    before = list(MatterEntry.objects.order_by("id").values())

    reference.load()

    assert list(MatterEntry.objects.order_by("id").values()) == before
