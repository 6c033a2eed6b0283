"""One door (一门受理、协同办理) and active discovery: ORG-11, ORG-15, WF-03, W50.

One family, one conversation: our own matters become intentions, others become referrals with a clock on the answer;
who is found in hardship is visited in time and followed to an end.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from departments import desks
from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.cases.acts.emergency import reporting
from jiuzhu.core import clock
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.intake import acts as intake
from jiuzhu.onedoor import leads, queries, receptions, referrals
from jiuzhu.onedoor.models import AskedMatter, Lead, LeadReport, Referral
from jiuzhu.people.models import Household
from tests.families import COUNTY_DECIDES, DELEGATED, City, refused

MONDAY = date(2019, 9, 2)
NEED = "父亲住院花了六万多，家里只靠种地，孩子开学交不起学费"


@pytest.fixture(autouse=True)
def _desks() -> Iterator[None]:
    desks.slips.clear()
    desks.state["fault"] = ""
    yield
    desks.slips.clear()
    desks.state["fault"] = ""


def town_of(code: str = DELEGATED) -> Organisation:
    return Organisation.objects.get(code=code)


def village(code: str = DELEGATED) -> str:
    return villages_of(town_of(code))[0].code


def picture() -> Any:
    return drawn_picture("签")


def family_rows(city: City) -> list[dict[str, Any]]:
    return [
        {"name": each["name"], "id_no": each["id_no"], "relation": each["relation"]}
        for each in city.facts("plain_poor", DELEGATED)["people"]
    ]


def come(city: City, actor: Actor, **more: Any) -> Any:
    """The family at the window with one own matter and two of other departments."""
    given = {
        "town_id": town_of().id,
        "village_code": village(),
        "area_type": "RURAL",
        "people_rows": family_rows(city),
        "need": NEED,
        "own": ["DIBAO"],
        "other": ["MEDICAL", "EDUCATION"],
        "consent": True,
        "channel": "WINDOW",
    }
    return receptions.receive(actor, **given | more)


@pytest.fixture
def clerk(city: City) -> Actor:
    return city.staff("TOWN_CLERK", town_of())


def slips(reception: Any) -> list[Referral]:
    with fence(PLATFORM):
        return list(Referral.objects.filter(reception=reception).order_by("id"))


# —— one intake for everything


def test_one_conversation_opens_the_case_and_passes_on_what_is_not_ours(city: City, clerk: Actor) -> None:
    with clock.at(MONDAY), fence(clerk):
        reception = come(city, clerk)
        rows = queries.matters_of(reception)

    case = rows[0]["case"]
    assert (case.state, case.hardship, case.channel) == ("INTENT", NEED, "WINDOW")
    assert [row["title"] for row in rows[1:]] == ["医疗救助", "教育救助"]
    first, second = slips(reception)
    assert first.department == "东昌府区医疗保障局"
    assert first.number.startswith("东昌沙镇救转字〔2019〕")
    assert second.person_id == case.applicant_id
    with fence(PLATFORM):
        assert first.document.code == "W50"


def test_a_family_on_record_types_nothing_again(city: City, clerk: Actor) -> None:
    with clock.at(MONDAY), fence(clerk):
        come(city, clerk, own=[], other=["MEDICAL"])
        household = Household.objects.latest("id")
        (hit,) = queries.find_families(clerk, household.persons.first().name)
        reception = receptions.receive(
            clerk,
            town_id=town_of().id,
            household_uid=hit.household.uid,
            need=NEED,
            own=["DIBAO"],
            other=[],
            channel="WINDOW",
        )
        (row,) = queries.matters_of(reception)

    with fence(PLATFORM):
        assert row["case"].household_id == household.id
        assert row["case"].members.count() == len(receptions.family_rows(household))


def test_what_could_not_be_opened_stays_with_its_reason_and_one_click(city: City, clerk: Actor) -> None:
    with clock.at(MONDAY), fence(clerk):
        first = come(city, clerk, other=[])
        household = first.household
        again = receptions.receive(
            clerk,
            town_id=town_of().id,
            household_uid=household.uid,
            need=NEED,
            own=["DIBAO"],
            other=["LEGAL"],
            consent=True,
            channel="WINDOW",
        )
        rows = queries.matters_of(again)

        assert rows[0]["case"] is None
        assert "已有在办案件" in rows[0]["refused"]
        assert rows[1]["referral"].open
        with refused("E_DUP"):
            receptions.open_intention(clerk, again.uid, "DIBAO")


def test_nobodys_data_leaves_for_another_department_without_consent(city: City, clerk: Actor) -> None:
    with clock.at(MONDAY), fence(clerk), refused("E_TRANSFER_CONSENT", "东昌府区医疗保障局"):
        come(city, clerk, consent=False)


def test_a_double_click_makes_one_reception(city: City, clerk: Actor) -> None:
    once = "5a6b6a3e-5f0c-4a0c-9d3e-0b8f2a6f7f11"
    rows = family_rows(city)
    with clock.at(MONDAY), fence(clerk):
        come(city, clerk, once=once, people_rows=rows)
        with refused("E_REPEAT"):
            come(city, clerk, once=once, people_rows=rows)


def test_only_matters_of_the_regime_in_force_are_offered(city: City, clerk: Actor) -> None:
    with clock.at(MONDAY):
        offered = {aid.code for aid in receptions.own_types(town_of())}
        all_of_them = {aid.code for aid in queries.own_matters(town_of())}

    assert "DIBAO" in offered
    assert offered == all_of_them
    with clock.at(MONDAY), fence(clerk), refused("E_INPUT", "事项"):
        come(city, clerk, own=["NOTHING"])


# —— a referral is never silently lost


@pytest.fixture
def slip(city: City, clerk: Actor) -> Referral:
    with clock.at(MONDAY), fence(clerk):
        reception = come(city, clerk, own=[], other=["MEDICAL"])
    return slips(reception)[0]


def fresh(row: Any) -> Any:
    with fence(PLATFORM):
        return type(row).objects.get(pk=row.pk)


def answer_of(draw: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "_draw", lambda number: draw)


def test_the_department_takes_answers_and_the_family_is_told(
    city: City, clerk: Actor, slip: Referral, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_of(99, monkeypatch)
    with clock.at(MONDAY):
        assert referrals.deliver(slip.id, city.line())
    assert fresh(slip).due_on == date(2019, 9, 17)  # ten working days, over the Mid-Autumn holiday

    with clock.at(date(2019, 9, 4)):
        assert referrals.fetch_answers(slip.id, city.line()) == "TAKEN"
        assert referrals.fetch_answers(slip.id, city.line()) == "ANSWERED"
        with fence(clerk):
            referrals.close(clerk, slip.uid, result="HELPED", told="已打电话告诉本人：报销已办好")

    done = fresh(slip)
    assert (done.state, done.open, done.result, done.late) == ("CLOSED", False, "HELPED", False)
    with fence(PLATFORM):
        said = list(done.answers.order_by("seq"))
    assert [each.kind for each in said] == ["TAKEN", "DONE"]
    assert all(each.simulated for each in said)


def test_the_family_reads_the_answer_on_its_own_phone_and_nobody_elses(
    city: City, clerk: Actor, slip: Referral, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_of(99, monkeypatch)
    with clock.at(MONDAY):
        referrals.deliver(slip.id, city.line())
        referrals.fetch_answers(slip.id, city.line())
        referrals.fetch_answers(slip.id, city.line())
        person = fresh(slip)
        own = Actor(kind="CITIZEN", id=None, name="本人", role="APPLICANT", household_id=person.household_id)
        stranger = Actor(kind="CITIZEN", id=None, name="别人", role="APPLICANT", household_id=-1)
        with fence(own):
            (shown,) = queries.referrals_for_family(own)
        with fence(stranger):
            assert queries.referrals_for_family(stranger) == []
            with refused("E_NOT_FOUND"):
                queries.referral_for(stranger, slip.uid)

    assert shown["place"].plain == "主管部门已有结果，工作人员会告诉您"
    assert "已落实帮扶" in shown["answers"][-1].text


def test_a_department_that_is_down_is_tried_again_and_the_clerk_sees_why(
    city: City, clerk: Actor, slip: Referral
) -> None:
    desks.state["fault"] = "down"
    with clock.at(MONDAY):
        assert not referrals.deliver(slip.id, city.line())
    assert (fresh(slip).state, fresh(slip).tries) == ("OPEN", 1)
    assert "HTTP 503" in fresh(slip).failure
    assert (fresh(slip).clock, fresh(slip).due_on) == ("CLK-REFD", date(2019, 9, 3))
    assert referrals.undelivered() == [slip.id]

    desks.state["fault"] = ""
    with clock.at(MONDAY + timedelta(days=1)):
        assert referrals.deliver(slip.id, city.line())
    assert (fresh(slip).state, fresh(slip).failure) == ("SENT", "")


def test_a_slip_handed_in_by_two_jobs_at_once_is_delivered_once(
    city: City, slip: Referral, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep and the queued job meet: the later one finds it done."""

    class Slow(referrals.Desk):
        def hand_in(self, body: Any) -> str:
            monkeypatch.undo()
            assert referrals.deliver(slip.id, city.line())
            return str(super().hand_in(body))

    with clock.at(MONDAY):
        monkeypatch.setattr(referrals, "Desk", Slow)
        assert referrals.deliver(slip.id, city.line())
    assert (fresh(slip).state, fresh(slip).tries, fresh(slip).failure) == ("SENT", 1, "")


def test_paper_goes_where_the_inbox_does_not_answer(city: City, clerk: Actor, slip: Referral) -> None:
    with clock.at(MONDAY), fence(clerk):
        referrals.note_delivered(clerk, slip.uid, how="纸质转办单送医保局办公室，王某签收")
        referrals.note_answer(
            clerk, slip.uid, kind="DONE", helped=False, text="起付线以下，不符合医疗救助条件", officer="李某"
        )

    assert fresh(slip).state == "ANSWERED"
    with fence(PLATFORM):
        (said,) = fresh(slip).answers.all()
    assert (said.by_hand, said.simulated, said.helped) == (True, False, False)


@pytest.mark.parametrize("fault", ["garbled", "down"])
def test_an_answer_nobody_can_read_changes_nothing(
    city: City, clerk: Actor, slip: Referral, fault: str
) -> None:
    with clock.at(MONDAY):
        referrals.deliver(slip.id, city.line())
        desks.state["fault"] = fault
        assert referrals.fetch_answers(slip.id, city.line()) == "SENT"

    assert fresh(slip).failure
    with fence(PLATFORM):
        assert not fresh(slip).answers.exists()


def test_a_made_up_kind_of_answer_is_no_answer(city: City, slip: Referral) -> None:
    with clock.at(MONDAY):
        referrals.deliver(slip.id, city.line())
        desks.slips[str(slip.uid)]["answers"].append({"seq": 1, "kind": "MAYBE", "text": "看看"})
        desks.state["fault"] = "late"
        assert referrals.fetch_answers(slip.id, city.line()) == "SENT"

    assert "无法识别" in fresh(slip).failure


def test_a_late_department_is_red_reminded_weekly_and_its_late_answer_still_counts(
    city: City, clerk: Actor, slip: Referral, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_of(99, monkeypatch)
    with clock.at(MONDAY):
        referrals.deliver(slip.id, city.line())
    with clock.at(date(2019, 9, 17)):
        assert referrals.to_remind() == []
    with clock.at(date(2019, 9, 18)), fence(clerk):
        (row,), _ = queries.referrals(clerk, overdue=True)
        assert row.colour == "RED"
        assert referrals.to_remind() == [slip.uid]
        with fence(PLATFORM):
            referrals.remind(PLATFORM, slip.uid, transport=city.line())
        assert referrals.to_remind() == []
        with refused("E_STATE", "今天已催办"):
            referrals.remind(clerk, slip.uid, transport=city.line())
    assert desks.slips[str(slip.uid)]["reminded"] == 1
    with clock.at(date(2019, 9, 25)):
        assert referrals.to_remind() == [slip.uid]
        referrals.fetch_answers(slip.id, city.line())
        referrals.fetch_answers(slip.id, city.line())

    late = fresh(slip)
    assert (late.state, late.late) == ("ANSWERED", True)
    assert (late.clock, late.due_on) == (
        "CLK-REFT",
        date(2019, 9, 29),
    )  # a working Sunday; nor may we let it lie


def test_a_slip_sent_back_is_passed_on_and_the_chain_is_kept(
    city: City, clerk: Actor, slip: Referral, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_of(0, monkeypatch)
    with clock.at(MONDAY):
        referrals.deliver(slip.id, city.line())
        assert referrals.fetch_answers(slip.id, city.line()) == "RETURNED"
        assert (fresh(slip).clock, fresh(slip).due_on) == ("CLK-REFT", date(2019, 9, 5))
        with fence(clerk):
            with refused("E_INPUT", "已退回"):
                referrals.close(clerk, slip.uid, result="HELPED", told="已经帮过了")
            successor = referrals.pass_on(clerk, slip.uid, code="CHARITY")

    assert (fresh(slip).state, fresh(slip).result) == ("CLOSED", "PASSED_ON")
    assert (fresh(successor).former_id, fresh(successor).state) == (slip.id, "OPEN")
    assert fresh(successor).need == fresh(slip).need


def test_the_same_need_is_not_passed_on_twice_at_a_time(city: City, clerk: Actor, slip: Referral) -> None:
    with clock.at(MONDAY), fence(clerk), refused("E_DUP", "已经转办"):
        receptions.receive(
            clerk,
            town_id=town_of().id,
            household_uid=Household.objects.get(pk=slip.household_id).uid,
            need=NEED,
            own=[],
            other=["MEDICAL"],
            consent=True,
            channel="WINDOW",
        )


def test_not_accepted_because_it_is_another_departments_becomes_a_referral(city: City) -> None:
    family = city.walk_to("APPLIED", town=DELEGATED)
    clerk = family.staff("TOWN_CLERK")
    from jiuzhu.cases.acts import acceptance

    with family.at(), fence(clerk):
        acceptance.not_accept(clerk, family.uid, reason="属于住房救助，由住建部门办理", codes=[])
        slip = referrals.refer_case(clerk, family.uid, code="HOUSING", need="")

    assert slip.need == family.case.hardship
    assert slip.case_id == family.pk


# —— active discovery


def find(actor: Actor, **more: Any) -> Lead:
    given = {
        "town_id": town_of().id,
        "village_code": village(),
        "source": "VILLAGE",
        "name": "高大柱",
        "text": "独自住在村头旧房，卧床半个月，没人做饭",
    }
    return leads.report(actor, **given | more)


@pytest.fixture
def assistant(city: City) -> Actor:
    return city.staff("VILLAGE_ASSIST", town_of())


def test_the_assistants_lead_goes_to_a_clerk_and_must_be_visited_in_three_working_days(
    city: City, assistant: Actor
) -> None:
    with clock.at(MONDAY), fence(assistant):
        lead = find(assistant)
        another = find(assistant, name="高二柱")

    assert (lead.state, lead.due_on) == ("OPEN", date(2019, 9, 5))
    assert lead.handler_id and another.handler_id and lead.handler_id != another.handler_id


def test_the_city_may_set_another_number_of_days(city: City, assistant: Actor) -> None:
    city.publish("lead.visit_wd", 1)
    with clock.at(MONDAY), fence(assistant):
        assert find(assistant).due_on == date(2019, 9, 3)


def test_a_second_word_about_the_same_person_joins_the_first(
    city: City, assistant: Actor, clerk: Actor
) -> None:
    with clock.at(MONDAY), fence(assistant):
        first = find(assistant)
    with clock.at(MONDAY), fence(clerk):
        second = find(clerk, source="HOTLINE", order_no="12345-20190902-0071", text="邻居来电反映老人没人管")
        with refused("E_HOTLINE_TWICE"):
            find(clerk, source="HOTLINE", order_no="12345-20190902-0071", name="别的人", text="同一工单又来")

    assert first.pk == second.pk
    with fence(PLATFORM):
        assert LeadReport.objects.filter(lead=first).count() == 2


def test_a_number_learned_later_does_not_make_two_leads_of_one_person(
    city: City, assistant: Actor, clerk: Actor
) -> None:
    person = family_rows(city)[0]
    with clock.at(MONDAY), fence(assistant):
        unnumbered = find(assistant, name=person["name"])
    with clock.at(MONDAY), fence(clerk):
        same = find(clerk, source="GRID", name=person["name"], id_no=person["id_no"], incapable=True)
        other = find(clerk, source="GRID", name="小名石头")
        with refused("E_DUP", unnumbered.number):
            seen_at_home(clerk, other, id_no=person["id_no"])

    assert same.pk == unnumbered.pk
    assert (fresh(same).id_no, fresh(same).incapable) == (person["id_no"], True)


def test_help_ends_the_lead_with_the_intention_and_the_hotline_is_answered_once_from_it(
    city: City, clerk: Actor
) -> None:
    rows = family_rows(city)
    with clock.at(MONDAY), fence(clerk):
        lead = find(
            clerk,
            source="HOTLINE",
            order_no="12345-20190902-0088",
            name=rows[0]["name"],
            id_no=rows[0]["id_no"],
        )
        (said,) = queries.lead_view(clerk, lead)["reports"]
        with refused("E_STATE"):
            leads.answer_order(clerk, said["report"].id, answer="还没有去看过，先这样答复")
        reception = come(city, clerk, people_rows=rows, other=[], lead_uid=lead.uid)

        lead = queries.lead_for(clerk, lead.uid)
        assert (lead.state, lead.open) == ("HELPED", False)
        assert lead.case == queries.matters_of(reception)[0]["case"]
        assert lead.case.channel == "DISCOVERY"
        assert queries.origin_of_case(clerk, lead.case).startswith(
            f"困难线索{lead.number}，热线工单12345-20190902-0088"
        )
        text = queries.suggested_answer(lead)
        assert lead.case.case_no in text
        leads.answer_order(clerk, said["report"].id, answer=text)
        with refused("E_STATE", "已答复"):
            leads.answer_order(clerk, said["report"].id, answer=text)


def seen_at_home(clerk: Actor, lead: Lead, **more: Any) -> None:
    given = {"visited_on": clock.today(), "found": True, "text": "人在家，身体还好，有退休金"}
    leads.visit(clerk, lead.uid, **given | more)


def test_help_declined_is_signed_or_witnessed_and_leaves_the_leaflet(
    city: City, assistant: Actor, clerk: Actor
) -> None:
    with clock.at(MONDAY), fence(assistant):
        lead = find(assistant)
    with clock.at(MONDAY), fence(clerk):
        given = {"mode": "WITNESSED", "picture": picture(), "words": "儿女会管，不给国家添麻烦"}
        with refused("E_STATE"):
            leads.decline(clerk, lead.uid, witness="村主任张某", leaflet_given=True, **given)
        seen_at_home(clerk, lead)
        with refused("E_LEAFLET"):
            leads.decline(clerk, lead.uid, witness="村主任张某", **given)
        with refused("E_INPUT", "见证人"):
            leads.decline(clerk, lead.uid, leaflet_given=True, **given)
        leads.decline(clerk, lead.uid, witness="村主任张某", leaflet_given=True, **given)

    assert (fresh(lead).state, fresh(lead).open) == ("DECLINED", False)
    with fence(PLATFORM):
        assert fresh(lead).declining.witness == "村主任张某"


def test_nobody_without_capacity_declines_help_for_himself(
    city: City, assistant: Actor, clerk: Actor
) -> None:
    """F43 art. 11: whoever cannot apply is helped to apply."""
    with clock.at(MONDAY), fence(assistant):
        lead = find(assistant, incapable=True)
    with clock.at(MONDAY), fence(clerk):
        seen_at_home(clerk, lead)
        with refused("E_INCAPABLE", "高大柱"):
            leads.decline(clerk, lead.uid, mode="SIGNED", picture=picture(), words="不要", leaflet_given=True)
        come(city, clerk, other=[], lead_uid=lead.uid)

    assert fresh(lead).state == "HELPED"
    with fence(PLATFORM):
        applicant = fresh(lead).case.applicant
        assert applicant.memberships.filter(lacks_capacity=True).exists()


def test_not_found_and_not_needed_come_after_a_visit_with_a_reason(
    city: City, assistant: Actor, clerk: Actor
) -> None:
    with clock.at(MONDAY), fence(assistant):
        gone, well = find(assistant), find(assistant, name="高二柱")
    with clock.at(MONDAY), fence(clerk):
        with refused("E_STATE"):
            leads.not_found(clerk, gone.uid, reason="村里没有这个人")
        seen_at_home(clerk, gone, found=False, text="门锁着，邻居说不认识")
        with refused("E_LEAD_UNSEEN"):
            leads.not_needed(clerk, gone.uid, reason="看着不需要帮助")
        leads.not_found(clerk, gone.uid, reason="村里没有这个人，电话也打不通")
        seen_at_home(clerk, well)
        with refused("E_REASONS"):
            leads.not_needed(clerk, well.uid, reason="")
        leads.not_needed(clerk, well.uid, reason="有退休金三千元，儿女照料")
        ended = queries.counts(clerk)["leads"]

    assert (ended["NOT_FOUND"], ended["NOT_NEEDED"]) == (1, 1)


def test_already_helped_needs_a_case_or_benefit_the_platform_knows(
    city: City, assistant: Actor, clerk: Actor
) -> None:
    rows = family_rows(city)
    with clock.at(MONDAY), fence(clerk):
        come(city, clerk, people_rows=rows, other=[])
        known = find(clerk, source="STAFF", name=rows[0]["name"], id_no=rows[0]["id_no"])
        unknown = find(clerk, source="STAFF", name="生面孔")
        assert "正在办理" in queries.lead_view(clerk, known)["known"][0].words
        with refused("E_LEAD_UNKNOWN"):
            leads.already_helped(clerk, unknown.uid, reason="听说已经有低保")
        leads.already_helped(clerk, known.uid, reason="低保申请正在办理")

    assert fresh(known).state == "ALREADY_HELPED"
    assert fresh(known).case_id is not None


def test_aid_given_first_ends_the_lead_by_its_case_number(city: City, clerk: Actor) -> None:
    rows = family_rows(city)
    with clock.at(MONDAY), fence(clerk):
        (urgent,) = queries.urgent_matters(town_of())
        lead = find(clerk, source="STAFF", name=rows[0]["name"])
        case = reporting.report_emergency(
            clerk,
            town_id=town_of().id,
            village_code=village(),
            name=rows[0]["name"],
            id_no=rows[0]["id_no"],
            cause=next(iter(urgent.hardship_causes)),
            summary="家中失火",
        )
        with refused("E_NOT_FOUND"):
            leads.help_with_case_no(clerk, lead.uid, case_no="没有这个号")
        leads.help_with_case_no(clerk, lead.uid, case_no=case.case_no)

    assert (fresh(lead).state, fresh(lead).case_id) == ("HELPED", case.id)


def test_a_need_of_another_department_ends_the_lead_as_referred(city: City, clerk: Actor) -> None:
    with clock.at(MONDAY), fence(clerk):
        lead = find(clerk, source="GRID")
        come(city, clerk, own=[], other=["HOUSING"], lead_uid=lead.uid)

    assert fresh(lead).state == "REFERRED"
    assert "住房和城乡建设局" in fresh(lead).reason


def test_an_unvisited_lead_turns_red_and_the_breach_stays_on_record(
    city: City, assistant: Actor, clerk: Actor
) -> None:
    with clock.at(MONDAY), fence(assistant):
        lead = find(assistant)
    with clock.at(date(2019, 9, 9)), fence(clerk):
        (row,), _ = queries.leads(clerk, overdue=True)
        assert (row.colour, row.item.pk) == ("RED", lead.pk)
        seen_at_home(clerk, lead)

    assert fresh(lead).late
    assert (fresh(lead).clock, fresh(lead).due_on) == ("CLK-LEND", date(2019, 9, 24))
    with clock.at(date(2019, 9, 16)), fence(clerk):
        seen_at_home(clerk, lead)
    assert fresh(lead).due_on == date(2019, 9, 24), "a second visit buys no time"


def test_a_reported_need_becomes_a_lead_by_itself(city: City, assistant: Actor) -> None:
    with clock.at(MONDAY), fence(assistant):
        report = intake.report_change(
            assistant,
            town_id=town_of().id,
            village_code=village(),
            kind="NEED",
            person="高大柱",
            text="房子漏雨，两天没吃上热饭",
        )

    with fence(PLATFORM):
        lead = Lead.objects.get(pk=report.lead_id)
    assert (lead.name, lead.state) == ("高大柱", "OPEN")
    assert lead.number in report.answer and report.answered_at, "not in two lists of work"


def test_who_told_us_is_sealed_for_the_handler_alone(city: City, assistant: Actor, clerk: Actor) -> None:
    public = Actor(kind="CITIZEN", id=None, name="路人甲", role="PUBLIC")
    with clock.at(MONDAY), fence(public):
        lead = find(public, source="PUBLIC", informant="路人甲", informant_phone="13900000000")
    lead = fresh(lead)
    with fence(PLATFORM):
        (said,) = lead.reports.all()
        row = said.informant
        assert b"\xe8\xb7\xaf" not in bytes(row.name_sealed)
    handler = next(
        each
        for each in (city.staff("TOWN_CLERK", town_of(), n) for n in (0, 1))
        if each.id == lead.handler_id
    )
    other = next(
        each
        for each in (city.staff("TOWN_CLERK", town_of(), n) for n in (0, 1))
        if each.id != lead.handler_id
    )
    with clock.at(MONDAY):
        with fence(handler):
            assert leads.informant_of(handler, said.id).name == "路人甲"
        with fence(other), refused("E_SEALED"):
            leads.informant_of(other, said.id)
        with fence(assistant), refused("E_SEALED"):
            leads.informant_of(assistant, said.id)


# —— the fence


def test_a_foreign_town_sees_neither_leads_nor_receptions_nor_referrals(
    city: City, assistant: Actor, clerk: Actor, slip: Referral
) -> None:
    with clock.at(MONDAY), fence(assistant):
        lead = find(assistant)
    stranger = city.staff("TOWN_CLERK", town_of(COUNTY_DECIDES))
    with clock.at(MONDAY), fence(stranger):
        assert not Lead.objects.exists() and not Referral.objects.exists()
        assert not LeadReport.objects.exists() and not AskedMatter.objects.exists()
        for read in (
            lambda: queries.lead_for(stranger, lead.uid),
            lambda: queries.referral_for(stranger, slip.uid),
        ):
            with refused("E_NOT_FOUND"):
                read()
        with refused("E_NOT_FOUND"):
            leads.already_helped(stranger, lead.uid, reason="这不是我们的人")


# —— what could not be opened, and whom a person's own aid is for


def test_a_refused_own_matter_has_three_working_days_to_be_opened_or_explained(
    city: City, clerk: Actor
) -> None:
    with clock.at(MONDAY), fence(clerk):
        first = come(city, clerk, other=[])
        again = receptions.receive(
            clerk,
            town_id=town_of().id,
            household_uid=first.household.uid,
            need=NEED,
            own=["DIBAO"],
            other=[],
            channel="WINDOW",
        )
        (row,) = queries.matters_of(again)
        assert row["refused"] and row["due_on"] == date(2019, 9, 5)
        assert queries.counts(clerk)["matters_open"] == 1
        assert list(queries.unopened_matters(clerk)) == [again.matters.get()]
    with clock.at(date(2019, 9, 6)), fence(clerk):
        assert queries.counts(clerk)["matters_overdue"] == 1
        with refused("E_REASONS"):
            receptions.explain(clerk, again.uid, "DIBAO", text="不")
        receptions.explain(clerk, again.uid, "DIBAO", text="已有在办的低保申请，等结果即可")
        assert queries.counts(clerk)["matters_open"] == 0
        with refused("E_REPEAT"):
            receptions.explain(clerk, again.uid, "DIBAO", text="已有在办的低保申请，等结果即可")
    with clock.at(date(2019, 9, 6)), fence(city.staff("TOWN_LEAD", town_of())) as lead, refused("E_AUTH"):
        receptions.explain(lead, first.uid, "DIBAO", text="已有在办的低保申请")


def test_a_persons_own_aid_is_for_whom_it_is_asked_not_for_the_applicant(city: City, clerk: Actor) -> None:
    rows = family_rows(city)
    assert len(rows) > 1
    with clock.at(MONDAY), fence(clerk):
        reception = come(city, clerk, own=["TEKUN"], other=[], people_rows=rows, for_person=rows[1]["id_no"])
        (row,) = queries.matters_of(reception)
        with refused("E_INPUT", "该家庭的成员"):
            come(
                city,
                clerk,
                own=["TEKUN"],
                other=[],
                people_rows=family_rows(city),
                for_person="371599195801010046",
            )
    assert row["person"] == rows[1]["name"]
    with fence(PLATFORM):
        assert row["case"] is not None and row["case"].for_person.name == rows[1]["name"]
