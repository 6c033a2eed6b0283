"""What watches over families in benefit: the cross-check, late reports, pauses of a change, failed pay, the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.benefits import queries as benefits
from jiuzhu.benefits.acts import alerts, crosscheck, ending, pausing, places
from jiuzhu.benefits.models import Alert, PlaceAlert
from jiuzhu.benefits.tests import homes
from jiuzhu.benefits.tests.homes import ADULT, CHILD, OLD, SPOUSE, Home, Place
from jiuzhu.benefits.tests.test_changes import decide, examine, report, serve
from jiuzhu.cases.acts import archive, continuation, verification
from jiuzhu.cases.models import Decision, Entitlement, EntitlementAmount
from jiuzhu.core import clock
from jiuzhu.payments import queries as money
from jiuzhu.payments.models import BankFile, LineResult, PayLine
from jiuzhu.people.models import Membership, Person
from jiuzhu.vault import files
from jiuzhu.verification.models import Inquiry, Run
from tests.families import City, refused

DAY = date(2020, 3, 10)


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    with clock.at(date(2019, 12, 1)):
        yield homes.place()


@pytest.fixture
def home(place: Place) -> Iterator[Home]:
    made = place.home([ADULT, SPOUSE, CHILD], [(0, "wage", 1000)], granted_on=date(2019, 12, 20))
    with clock.at(DAY):
        yield made


def told() -> list[tuple[str, str]]:
    with fence(PLATFORM):
        return list(Alert.objects.order_by("id").values_list("kind", "level"))


# —— DYN-04, SUP-20


def test_dyn_04_somebody_known_to_be_dead_and_still_paid_is_told_once(home: Home) -> None:
    with fence(PLATFORM):
        Person.objects.filter(pk=home.persons[1].pk).update(died_on=date(2020, 2, 3))
    assert crosscheck.look_through(DAY) == 1
    assert crosscheck.look_through(DAY) == 0

    assert told() == [("DEATH", "E")]
    with fence(PLATFORM):
        alert = Alert.objects.get()
    assert "2020-02-03" in alert.text and alert.due_on == date(2020, 3, 17)


def test_sup_20_the_day_of_an_answer_comes_from_the_countys_parameter_and_says_so(home: Home) -> None:
    City.publish("alert.urgent_wd", 3, since=date(2020, 1, 1))
    cache.clear()
    with fence(PLATFORM):
        Person.objects.filter(pk=home.persons[1].pk).update(died_on=date(2020, 2, 3))
    crosscheck.look_through(DAY)

    with fence(PLATFORM):
        alert = Alert.objects.get()
    assert alert.due_on == date(2020, 3, 13)
    [said] = benefits.limit_words(alert.limits)
    assert "：3（" in said and "SUP-20" in said and "系统缺省值" not in said


def test_dyn_04_the_month_of_the_death_is_still_due(home: Home) -> None:
    with fence(PLATFORM):
        Person.objects.filter(pk=home.persons[1].pk).update(died_on=date(2020, 3, 3))

    assert crosscheck.look_through(DAY) == 0


def test_as_57_the_day_after_a_member_was_due_home_the_town_is_told_once(home: Home) -> None:
    """And again only when he was kept away until another day that has passed."""
    with fence(PLATFORM):
        away = home.city._person(home.entitlement.household, SPOUSE, 7, date(2019, 12, 1))
        spans = Membership.objects.filter(person=away)
        spans.update(exclude_code="PRISON", exclude_until=date(2020, 3, 9))

    assert crosscheck.look_through(date(2020, 3, 9)) == 0
    assert crosscheck.look_through(DAY) == 1
    assert crosscheck.look_through(DAY) == 0
    assert told() == [("RETURNED", "W")]
    with fence(PLATFORM):
        alert = Alert.objects.get()
        assert alert.person_id == away.id and "2020-03-09" in alert.text
        spans.update(exclude_until=date(2020, 4, 30))
    assert crosscheck.look_through(date(2020, 4, 30)) == 0
    assert crosscheck.look_through(date(2020, 5, 1)) == 1


def test_as_57_who_comes_home_to_a_supported_person_is_looked_at_and_does_not_join(place: Place) -> None:
    home = supported(place)
    with fence(PLATFORM):
        son = place._person(home.entitlement.household, CHILD, 7, date(2019, 12, 1))
        Membership.objects.filter(person=son).update(exclude_code="PRISON", exclude_until=date(2020, 3, 9))

    assert crosscheck.look_through(DAY) == 1
    (words,) = words_of("RETURNED")
    assert words == f"{son.name}应于2020-03-09返回家庭，请核实其收入、财产和赡养能力是否影响本人的救助"


def test_sup_20_an_alert_is_answered_by_the_town_with_what_was_found_out(home: Home) -> None:
    with fence(PLATFORM):
        Person.objects.filter(pk=home.persons[1].pk).update(died_on=date(2020, 2, 3))
    crosscheck.look_through(DAY)
    clerk, lead = home.city.staff("TOWN_CLERK"), home.city.staff("TOWN_LEAD")
    with fence(clerk):
        alert = Alert.objects.get()
        with refused("E_INPUT", "怎样查清"):
            alerts.answer(clerk, alert.id, result="FALSE", text="不")
        alerts.answer(clerk, alert.id, result="FALSE", text="本人健在，登记有误")
        with refused("E_REPEAT"):
            alerts.answer(clerk, alert.id, result="CONFIRMED", text="本人已去世")
    with fence(lead), refused("E_AUTH"):
        alerts.answer(lead, alert.id, result="FALSE", text="本人健在，登记有误")

    assert crosscheck.look_through(DAY) == 0


def planted(city: City, person: dict[str, Any], **truth: Any) -> None:
    city.console().post("/console/people", json=[person | {"truth": person["truth"] | truth}])


def asked_and_collected(city: City, verifier: Any) -> set[str]:
    """The month's questions put and answered; which registers were asked."""
    with fence(verifier):
        asked, left = crosscheck.ask(verifier)
        assert asked >= 1 and not left
        assert crosscheck.ask(verifier) == (0, [])
    with fence(PLATFORM):
        questions = list(
            Inquiry.objects.filter(run__kind="CROSS", run__state=Run.RUNNING).values_list("id", "source")
        )
    assert crosscheck.collect() == 0
    for inquiry, _ in questions:
        verification.ask_source(inquiry, city.line())
    assert crosscheck.collect() == asked
    return {source for _, source in questions}


def test_dyn_04_registers_are_asked_once_a_month_and_what_they_say_becomes_alerts(city: City) -> None:
    """SUP-20: a death, a marriage, a dwelling, wages, a pension, deposits; the wider ones every three months."""
    family = city.family("plain_poor").to_the_end()
    holder = family.facts["people"][0]
    house = {
        "no": "鲁（示例）不动产第1号",
        "place": "示例小区",
        "area": "88.0",
        "use": "住宅",
        "on": "2020-02-20",
    }
    planted(
        city,
        holder,
        died_on="2020-02-20",
        real_estate=[house],
        contribution={"employer": "示例公司", "base_yuan": 4200},
        deposit_over=True,
        marriage={"kind": "离婚", "partner": "某", "partner_no": "", "on": "2020-02-20"},
    )
    verifier, clerk = family.staff("TOWN_VERIFIER"), family.staff("TOWN_CLERK")
    with clock.at(DAY):
        with fence(clerk), refused("E_AUTH"):
            crosscheck.ask(clerk)
        assert asked_and_collected(city, verifier) == {"SW", "CL", "GS", "HY", "BDC", "SB", "CK", "SF"}
    with clock.at(date(2020, 4, 10)):
        assert asked_and_collected(city, verifier) == {"SW", "CL", "GS"}
    with fence(PLATFORM):
        found = Alert.objects.filter(entitlement__case_id=family.pk)
        death = found.get(kind="DEATH")
        assert (death.level, death.source) == ("E", "SW")
        assert set(found.values_list("kind", flat=True)) >= {"MARRIAGE", "DWELLING", "WAGE", "DEPOSIT"}
        over = found.get(kind="DEPOSIT")
        assert any("金融资产上限" in words for words in benefits.limit_words(over.limits))
        assert not Run.objects.filter(kind="CROSS", state="RUNNING").exists()
        assert Entitlement.objects.get(case_id=family.pk).state == "ACTIVE"


def test_sup_20_a_member_in_prison_is_told_and_the_family_gets_less_only_when_somebody_has_looked(
    city: City,
) -> None:
    family = city.family("plain_poor").to_the_end()
    wife = family.facts["people"][1]
    planted(city, wife, held={"kind": "PRISON", "on": "2020-02-20", "until": "2023-02-19"})
    with clock.at(DAY):
        asked_and_collected(city, family.staff("TOWN_VERIFIER"))

    with fence(PLATFORM):
        (alert,) = Alert.objects.filter(entitlement__case_id=family.pk)
        assert (alert.kind, alert.level, alert.source, alert.person.name) == (
            "PRISON",
            "E",
            "SF",
            wife["name"],
        )
        assert alert.text.endswith("司法行政登记：自2020-02-20起在监狱服刑，至2023-02-19")
        assert Entitlement.objects.get(case_id=family.pk).state == "ACTIVE"


def test_sup_20_a_car_and_a_company_are_alerts_of_two_kinds(city: City) -> None:
    family = city.family("plain_poor").to_the_end()
    car = {"plate": "鲁P00001", "kind": "K33", "use": "非营运", "on": "2020-01-08", "state": "正常"}
    company = {
        "name": "聊城示例商贸有限公司",
        "uscc": "91371500MA00000000",
        "kind": "有限责任公司",
        "role": "法定代表人",
        "capital_wan": "50",
        "state": "存续",
        "on": "2020-01-08",
    }
    planted(city, family.facts["people"][0], vehicles=[car], companies=[company])
    with clock.at(DAY):
        asked_and_collected(city, family.staff("TOWN_VERIFIER"))

    with fence(PLATFORM):
        rows = Alert.objects.filter(entitlement__case_id=family.pk).order_by("source")
        assert [(each.source, each.kind) for each in rows] == [("CL", "VEHICLE"), ("GS", "COMPANY")]
    assert set(rows.values_list("kind", flat=True)) <= set(alerts.TITLES)


def test_ver_22_a_register_the_consent_does_not_name_is_not_asked(city: City) -> None:
    """A family that signed before a register was connected is asked of it after its next signature."""
    family = city.family("plain_poor").to_the_end()
    with fence(PLATFORM):
        consent = family.case.authorisation
        consent.sources = [each for each in consent.sources if each != "SF"]
        consent.save(update_fields=["sources"])
    with clock.at(DAY):
        assert "SF" not in asked_and_collected(city, family.staff("TOWN_VERIFIER"))


def test_as_57_a_family_with_a_member_away_is_asked_about_without_him(city: City) -> None:
    """Once he was due home he signs first, like everybody."""
    family = city.family("plain_poor").to_the_end()
    verifier = family.staff("TOWN_VERIFIER")
    with fence(PLATFORM):
        son = homes.Place()._person(family.case.household, CHILD, 7, date(2019, 9, 2))
        Membership.objects.filter(person=son).update(exclude_code="PRISON", exclude_until=date(2020, 4, 9))
    with clock.at(DAY):
        asked_and_collected(city, verifier)
    with fence(PLATFORM):
        run = Run.objects.filter(case_id=family.pk).latest("id")
        assert son.id not in run.subjects.values_list("person_id", flat=True)
    with clock.at(date(2020, 4, 10)), fence(verifier):
        _, left = crosscheck.ask(verifier)
    assert any(son.name in words for words in left)


def test_dyn_04_registers_that_say_nothing_new_raise_no_alert(city: City) -> None:
    family = city.family("plain_poor").to_the_end()
    with clock.at(DAY):
        asked_and_collected(city, family.staff("TOWN_VERIFIER"))

    with fence(PLATFORM):
        assert not Alert.objects.filter(entitlement__case_id=family.pk).exists()


@pytest.mark.parametrize(("until", "told_of"), [(date(2020, 3, 9), True), (date(2020, 3, 10), False)])
def test_sup_20_a_disability_certificate_that_has_ended_is_told(
    home: Home, until: date, told_of: bool
) -> None:
    with fence(PLATFORM):
        Membership.objects.filter(person=home.persons[1]).update(
            disability_category="4", disability_grade="2", disability_until=until
        )
    crosscheck.look_through(DAY)

    assert (("DISABILITY", "W") in told()) is told_of


@pytest.mark.parametrize(("months", "told_of"), [(24, False), (6, True)])
def test_sup_20_how_long_nothing_may_change_is_the_countys_to_say(
    home: Home, months: int, told_of: bool
) -> None:
    City.publish("alert.quiet_months", months, since=date(2020, 1, 1))
    cache.clear()
    with fence(PLATFORM):
        Entitlement.objects.filter(pk=home.entitlement_id).update(
            review_class="C", first_month=date(2019, 9, 1)
        )
        EntitlementAmount.objects.filter(entitlement_id=home.entitlement_id).update(
            from_month=date(2019, 9, 1)
        )
    crosscheck.look_through(DAY)

    assert (("NO_CHANGE", "W") in told()) is told_of


# —— supported people against their own rules


def supported(place: Place, member: dict[str, Any] = OLD) -> Home:
    return place.home([member], granted_on=date(2019, 12, 20), aid_type="TEKUN")


@pytest.mark.parametrize("kind", ["CH-ADD", "CH-DEL", "CH-END"])
def test_tk_12_nobody_joins_or_leaves_a_supported_person(place: Place, kind: str) -> None:
    """His death or leaving is told on the support page, where the sheet is posted first."""
    home = supported(place)
    with fence(PLATFORM):
        assert kind not in {each.code for each in benefits.kinds_for(home.entitlement)}
    with clock.at(DAY), refused("E_STATE"):
        report(home, kind, {"person": home.ref(0), "why": "DEATH"}, happened_on=date(2020, 3, 8))


def words_of(kind: str) -> list[str]:
    with fence(PLATFORM):
        return list(Alert.objects.filter(kind=kind).order_by("id").values_list("text", flat=True))


def test_dq_40_care_money_unlike_the_level_is_told(place: Place) -> None:
    """What was established last and is paid this month counts, not what was granted."""
    home = supported(place)
    crosscheck.look_through(DAY)
    assert words_of("DQ-40") == []
    with fence(PLATFORM):
        continuation.set_amount(
            home.entitlement,
            from_month=date(2020, 4, 1),
            members_count=1,
            base_fen=58500,
            care_fen=51700,
            ground="x",
        )
    crosscheck.look_through(DAY)
    assert words_of("DQ-40") == []

    crosscheck.look_through(date(2020, 4, 1))
    assert words_of("DQ-40") == ["按半护理（部分丧失自理能力）应发照料护理259.00元，现发517.00元"]


def test_dq_38_who_is_not_without_labour_capacity_any_more_is_told_on_the_day(place: Place) -> None:
    """TK-06: supported as a child until he is eighteen."""
    supported(place, {"relation": "0", "born_on": date(2004, 3, 10), "labour": "NONE"})
    crosscheck.look_through(date(2022, 3, 9))
    assert words_of("DQ-38") == []

    crosscheck.look_through(date(2022, 3, 10))
    assert words_of("DQ-38") == ["按年龄、残疾和就学情况，已不属于无劳动能力"]


def test_the_night_puts_as_many_statements_for_five_supported_people_as_for_one(place: Place) -> None:
    def statements_of_a_night(day: date) -> int:
        with CaptureQueriesContext(connection) as put:
            crosscheck.look_through(day)
        return len(put)

    supported(place)
    City.publish("tekun.care.PART", 30000, since=date(2020, 1, 1))
    cache.clear()
    crosscheck.look_through(date(2020, 1, 10))  # the limits are read and kept
    one = statements_of_a_night(date(2020, 2, 10))
    for _ in range(4):
        supported(place)
    five = statements_of_a_night(date(2020, 3, 10))

    assert five == one
    assert len(words_of("DQ-40")) == 1 + 1 + 5


# —— places


def stands_out() -> list[tuple[str, str]]:
    with fence(PLATFORM):
        return list(PlaceAlert.objects.order_by("kind").values_list("kind", "text"))


def test_sup_20_many_grants_in_one_village_in_one_month_are_told_to_the_countys_supervisor(
    place: Place,
) -> None:
    for day in (3, 4, 5, 6):
        place.home([ADULT], granted_on=date(2020, 3, day))
    place.home([ADULT], granted_on=date(2020, 2, 28))
    with clock.at(DAY):
        assert places.look_over(DAY) == 0
        place.home([ADULT], granted_on=date(2020, 3, 9))
        assert places.look_over(DAY) == 1
        assert places.look_over(DAY) == 0
        [(kind, text)] = stands_out()
        assert kind == "CLUSTER" and "2020年3月已批准5件" in text

        supervisor, clerk = place.staff("COUNTY_SUPERVISOR"), place.staff("TOWN_CLERK")
        with fence(clerk):
            assert not benefits.place_alerts(clerk).exists()
        with fence(supervisor):
            alert = benefits.place_alerts(supervisor).get()
            assert "一村一月批准数预警（件）：5（系统缺省值，规则 SUP-20）" in benefits.limit_words(
                alert.limits
            )
            assert alert.due_on == date(2020, 4, 8)
            with refused("E_INPUT", "怎样查清"):
                alerts.answer_place(supervisor, alert.id, result="EXPLAINED", text="没")
            alerts.answer_place(supervisor, alert.id, result="EXPLAINED", text="整村排查后集中申请")
            with refused("E_REPEAT"):
                alerts.answer_place(supervisor, alert.id, result="FALSE", text="整村排查后集中申请")
            assert not benefits.place_alerts(supervisor).exists()
        with fence(clerk), refused("E_AUTH"):
            alerts.answer_place(clerk, alert.id, result="FALSE", text="整村排查后集中申请")


@pytest.mark.parametrize(
    ("granted", "refused_count", "told_of"),
    [(5, 0, "100%"), (4, 1, ""), (1, 4, "20%"), (2, 3, ""), (4, 0, "")],
)
def test_sup_20_a_township_that_grants_nearly_all_or_hardly_any_is_told(
    place: Place, granted: int, refused_count: int, told_of: str
) -> None:
    """The least number of decisions is lowered to five; 95 % and 30 % themselves are not told."""
    City.publish("alert.rate_least", 5, since=date(2019, 1, 1))
    City.publish("alert.cluster_grants", 100, since=date(2019, 1, 1))
    cache.clear()
    for number in range(granted + refused_count):
        home = place.home([ADULT], granted_on=date(2020, 1, 6))
        if number >= granted:
            with fence(PLATFORM):
                Decision.objects.create(
                    case=home.entitlement.case,
                    round=2,
                    kind="REFUSE",
                    authority="COUNTY",
                    organ=place.county,
                    decider_id=place.staff("COUNTY_APPROVER").id,
                    role="COUNTY_APPROVER",
                    decided_on=date(2020, 1, 7),
                    decided_at=clock.now(),
                    reasons=["RC-INC"],
                )
    with clock.at(DAY):
        places.look_over(DAY)

    assert [kind for kind, _ in stands_out()] == (["RATE"] if told_of else [])
    assert all(f"批准率{told_of}" in text for _, text in stands_out())


def test_sup_20_few_decisions_say_nothing_of_a_township(place: Place) -> None:
    for _ in range(4):
        place.home([ADULT], granted_on=date(2020, 1, 6))
    with clock.at(DAY):
        assert places.look_over(DAY) == 0


# —— PAY-08


def pay(home: Home, month: int, code: str) -> None:
    with clock.at(date(2020, month, 2)):
        run = home.city.pay(date(2020, month, 1))
    with fence(PLATFORM):
        kept = BankFile.objects.create(
            run=run,
            direction="IN",
            name=f"回盘{month}",
            file=files.keep(f"{month}".encode(), "text/plain"),
            lines_count=1,
            total_fen=run.total_fen,
            at=clock.now(),
            by_name="测试",
        )
        for line in PayLine.objects.filter(run=run):
            LineResult.objects.create(line=line, code=code, text="", returned_at=clock.now(), bank_file=kept)


@pytest.mark.parametrize(
    ("codes", "prompted"), [(("03", "03"), True), (("03", "00"), False), (("00", "03"), False)]
)
def test_pay_08_two_months_failed_in_a_row_prompt_a_suspension(
    home: Home, codes: tuple[str, str], prompted: bool
) -> None:
    with fence(PLATFORM):
        Entitlement.objects.filter(pk=home.entitlement_id).update(first_month=date(2020, 2, 1))
    for month, code in zip((2, 3), codes, strict=True):
        pay(home, month, code)

    with fence(PLATFORM):
        assert money.failed_in_a_row(home.entitlement_id) is prompted
    assert (("ACCOUNT", "W") in told()) is False
    crosscheck.look_through(DAY)
    assert (("ACCOUNT", "W") in told()) is prompted


# —— DYN-10


def test_dyn_10_a_change_told_after_more_than_three_months_is_spoken_about(home: Home) -> None:
    change = report(home, happened_on=date(2019, 12, 9))
    clerk = home.city.staff("TOWN_CLERK")
    with fence(clerk):
        from jiuzhu.benefits.acts import changes

        with refused("E_INPUT", "批评教育"):
            changes.examine(clerk, change.uid, text="已向单位核实。")
        kept = changes.examine(
            clerk, change.uid, text="已向单位核实。", admonition="已当面批评教育，本人认错"
        )
    assert "已批评教育" in kept.text and kept.result == "DECREASE"


def test_dyn_10_three_months_to_the_day_are_in_time(home: Home) -> None:
    change = report(home, happened_on=date(2019, 12, 10))

    assert examine(home, change).result == "DECREASE"


# —— CLK-CHG


def test_clk_chg_stands_still_for_an_appraisal_and_runs_on_with_its_days(home: Home) -> None:
    change = report(home)
    due = change.due_on
    lead, clerk = home.city.staff("TOWN_LEAD"), home.city.staff("TOWN_CLERK")
    with clock.at(date(2020, 3, 12)):
        with fence(clerk), refused("E_AUTH"):
            pausing.pause(clerk, change.uid, kind="PAU-2", reason="等待残疾评定", document_no="残评1号")
        with fence(lead):
            with refused("E_DOC"):
                pausing.pause(lead, change.uid, kind="PAU-2", reason="等待残疾评定", document_no=" ")
            pausing.pause(lead, change.uid, kind="PAU-2", reason="等待残疾评定", document_no="残评1号")
            with refused("E_CHANGE_STATE", "已经暂停"):
                pausing.pause(lead, change.uid, kind="PAU-2", reason="等待残疾评定", document_no="残评1号")
    with clock.at(date(2020, 3, 19)):
        assert pausing.recount_all() == 1
        with fence(lead):
            changed = pausing.resume(lead, change.uid)
            with refused("E_CHANGE_STATE", "没有暂停"):
                pausing.resume(lead, change.uid)

    assert due == date(2020, 4, 8) and changed.due_on > due


def test_clk_death_does_not_stand_still(home: Home) -> None:
    change = report(
        home,
        "CH-DEL",
        {"person": home.ref(1), "why": "DEATH"},
        happened_on=date(2020, 3, 1),
    )
    lead = home.city.staff("TOWN_LEAD")
    with fence(lead), refused("E_CHANGE_STATE", "不得暂停"):
        pausing.pause(lead, change.uid, kind="PAU-2", reason="等待证明", document_no="1号")


# —— STOPPED → CLOSED


def stopped(home: Home) -> None:
    change = report(home, "CH-END", {"why": "ST-VOLUNTARY"})
    examine(home, change)
    serve(home, decide(home, change))


def test_a_stopped_benefit_is_closed_once_it_is_settled_and_bound(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound: list[Any] = []
    monkeypatch.setattr(archive, "close_dossier", lambda actor, uid: bound.append(uid))
    stopped(home)
    clerk, lead = home.city.staff("TOWN_CLERK"), home.city.staff("TOWN_LEAD")
    with fence(clerk), refused("E_BENEFIT_STATE", "还没有过完"):
        ending.close(clerk, home.entitlement_id)
    with clock.at(date(2020, 4, 2)):
        with fence(lead), refused("E_AUTH"):
            ending.close(lead, home.entitlement_id)
        with fence(clerk):
            done = ending.close(clerk, home.entitlement_id)
            with refused("E_BENEFIT_STATE", "不是已停发"):
                ending.close(clerk, home.entitlement_id)
    assert done.state == "CLOSED" and bound == [done.case.uid]


def test_a_benefit_whose_dossier_lacks_a_paper_is_not_closed(home: Home) -> None:
    stopped(home)
    clerk = home.city.staff("TOWN_CLERK")
    with clock.at(date(2020, 4, 2)), fence(clerk), refused("E_DOC"):
        ending.close(clerk, home.entitlement_id)
