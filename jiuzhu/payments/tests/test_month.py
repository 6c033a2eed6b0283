"""A month from the list to the published result, by the people who do it (PAY-01..06, ORG-03)."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import connection

from departments import bank
from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.roles import ROLES
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents.models import Document
from jiuzhu.documents.tests.test_aid_papers import text_of
from jiuzhu.payments import queries, table
from jiuzhu.payments.acts import building, checking, marking, reissuing, returning, sending
from jiuzhu.payments.models import BankFile, LineResult, PayLine, PayRun, RunStep
from jiuzhu.payments.tests import city as cities
from jiuzhu.payments.tests.city import City
from jiuzhu.people.models import Person
from jiuzhu.vault import files

NOVEMBER = date(2019, 11, 1)
BUILT = date(2019, 10, 28)


@pytest.fixture
def city(db: None):
    with clock.at(BUILT):
        yield cities.make(families=4)


def build(city: City, month: date = NOVEMBER, **named) -> PayRun:
    with fence(city.builder) as actor:
        return building.build_run(actor, city.county.id, "DIBAO", "RURAL", month, **named)


def walk(city: City, run: PayRun, to: str) -> PayRun:
    """Everybody does what is his until the run is in state ``to``."""
    for actor, key, act in steps(city):
        run.refresh_from_db()
        if run.state == to:
            break
        if run.state not in table.MOVES[key].sources:
            continue
        if key == "read_return":
            with fence(actor):
                returning.read_return_file(actor, run.id, returned(run))
        else:
            with fence(actor):
                act(actor, run.id)
    run.refresh_from_db()
    assert run.state == to
    return run


def steps(city: City):
    return [
        (city.payroll(0), "check_town", checking.check_town),
        (city.payroll(1), "check_town", checking.check_town),
        (city.checker, "check_county", checking.check_county),
        (city.finance, "confirm", checking.confirm),
        (city.finance, "send", sending.write_bank_file),
        (city.finance, "read_return", None),
        (city.builder, "reconcile", returning.reconcile),
        (city.builder, "publish", returning.publish),
    ]


def sent(run: PayRun) -> bytes:
    return files.read(BankFile.objects.get(run=run, direction="OUT").file)


def returned(run: PayRun) -> bytes:
    return bank.make_return(sent(run))


def lines(run: PayRun) -> list[PayLine]:
    with fence(PLATFORM):
        return list(PayLine.objects.filter(run=run).select_related("account").order_by("line_no"))


def test_a_month_runs_from_the_list_to_the_published_result(city: City) -> None:
    run = walk(city, build(city), "PUBLISHED")

    assert [step.move for step in RunStep.objects.filter(run=run).order_by("id")] == [
        *("build", "check_town", "check_town", "check_county", "confirm", "send", "read_return"),
        *("reconcile", "publish"),
    ]
    assert (run.lines_count, run.total_fen) == (4, 120000)


def test_the_list_takes_amount_account_and_payee_from_the_entitlement(city: City) -> None:
    with fence(PLATFORM):
        cities.family(city, 9, name="王秀英", base_fen=45000, topup_fen=12000)

    line = next(line for line in lines(build(city)) if line.payee_name == "王秀英")

    assert (line.base_fen, line.topup_fen, line.total_fen) == (45000, 12000, 57000)
    assert (line.pay_kind, line.pay_month, line.account_name) == ("REGULAR", NOVEMBER, "王秀英")


@pytest.mark.parametrize(
    ("why", "named"),
    [
        ("first month later", {"first_month": date(2019, 12, 1)}),
        ("suspended", {"state": "SUSPENDED"}),
        ("ended", {"state": "STOPPED"}),
        ("no sum", {"base_fen": 0}),
        ("no account", {"account": None}),
    ],
)
def test_who_is_not_due_this_month_is_not_on_the_list(city: City, why: str, named: dict) -> None:
    with fence(PLATFORM):
        outside = cities.family(city, 9, **named)

    assert outside.id not in {line.entitlement_id for line in lines(build(city))}, why


def test_a_gradual_exit_is_still_paid(city: City) -> None:
    with fence(PLATFORM):
        leaving = cities.family(city, 9, state="GRADUAL")

    assert leaving.id in {line.entitlement_id for line in lines(build(city))}


def test_a_family_without_an_account_is_named_as_left_out(city: City) -> None:
    with fence(PLATFORM):
        cities.family(city, 9, name="李无户", account=None)
    run = build(city)

    with fence(city.builder) as actor:
        found = queries.left_out(actor, run)

    assert [(each.name, each.why) for each in found] == [("李无户", "没有银行账户")]


def test_a_family_granted_after_the_list_gets_its_first_month_as_arrears(city: City) -> None:
    build(city)
    with fence(PLATFORM):
        late = cities.family(city, 9)

    with clock.at(date(2019, 11, 27)):
        run = build(city, date(2019, 12, 1))

    own = [(line.pay_month, line.pay_kind) for line in lines(run) if line.entitlement_id == late.id]
    assert own == [(date(2019, 11, 1), "ARREARS"), (date(2019, 12, 1), "REGULAR")]


def test_arrears_paid_early_keep_the_earlier_months_list_from_paying_again(city: City) -> None:
    with clock.at(date(2019, 11, 27)):
        build(city, date(2019, 12, 1))

        with pytest.raises(Refusal, match="E_PAY_EMPTY"):
            build(city, NOVEMBER)


def test_the_list_is_not_made_before_the_cut_off_day(city: City) -> None:
    with clock.at(date(2019, 10, 24)), pytest.raises(Refusal, match="E_PAY_EARLY") as refused:
        build(city)

    assert "2019-10-25" in refused.value.sentence


def test_a_second_list_for_the_same_month_is_refused(city: City) -> None:
    build(city)

    with pytest.raises(Refusal, match="E_PAYDUP"):
        build(city)

    assert PayRun.objects.count() == 1


def test_a_form_sent_twice_makes_one_list(city: City) -> None:
    token = "3f1c7f1e-6f0e-4a7e-9a63-0d2f6c3f9a11"
    build(city, once=token)

    with pytest.raises(Refusal, match="E_REPEAT"):
        build(city, once=token)


def test_a_stale_page_changes_nothing(city: City) -> None:
    run = build(city)
    with fence(city.payroll(0)) as clerk:
        checking.check_town(clerk, run.id, seen=run.version)

    with fence(city.payroll(1)) as clerk, pytest.raises(Refusal, match="E_RUN_STALE"):
        checking.check_town(clerk, run.id, seen=run.version)


def test_the_list_waits_until_every_town_has_checked(city: City) -> None:
    run = build(city)
    with fence(city.payroll(0)) as clerk:
        run = checking.check_town(clerk, run.id)

    assert run.state == "DRAFT"
    assert queries.towns_waiting(run) == [city.towns[1].name]
    with fence(city.payroll(0)) as clerk, pytest.raises(Refusal, match="E_TOWN_CHECKED"):
        checking.check_town(clerk, run.id)


def test_a_town_sees_its_own_lines_only(city: City) -> None:
    run = build(city)

    with fence(city.payroll(0)) as clerk:
        seen = list(queries.run_lines(clerk, run))

    assert {line.town_id for line in seen} == {city.towns[0].id}


def test_another_county_does_not_see_the_run(city: City) -> None:
    run = build(city)
    stranger = city.staff("CENTER_STAFF", _organ("371522"))

    with fence(stranger), pytest.raises(Refusal, match="E_NOT_FOUND"):
        queries.run_for(stranger, run.id)
    with fence(stranger), pytest.raises(Refusal, match="E_NOT_FOUND"):
        checking.check_county(stranger, run.id)


def _organ(code: str):
    from jiuzhu.accounts.models import Organisation

    return Organisation.objects.get(code=code)


_MOVES = {
    "check_town": ("DRAFT", checking.check_town),
    "check_county": ("TOWN_CHECKED", checking.check_county),
    "confirm": ("COUNTY_CHECKED", checking.confirm),
    "send": ("FINANCE_CONFIRMED", sending.write_bank_file),
    "reconcile": ("RETURNED", returning.reconcile),
    "publish": ("RECONCILED", returning.publish),
}


@pytest.mark.parametrize("key", sorted(_MOVES))
def test_only_the_role_of_the_step_makes_it(city: City, key: str) -> None:
    state, act = _MOVES[key]
    run = walk(city, build(city), state)
    level = {"TOWN": city.towns[0], "COUNTY": city.county}

    for code, role in ROLES.items():
        organ = level.get(role.level)
        if organ is None or role.powers & table.MOVES[key].powers:
            continue
        actor = city.staff(code, organ)
        with fence(actor), pytest.raises(Refusal) as refused:
            act(actor, run.id)
        assert refused.value.code in ("E_AUTH", "E_NOT_FOUND"), code

    run.refresh_from_db()
    assert run.state == state


@pytest.mark.parametrize(
    ("key", "state"),
    [(key, state) for key in _MOVES for state in table.STATES if state not in table.MOVES[key].sources],
)
def test_a_step_is_made_in_its_state_only(city: City, key: str, state: str) -> None:
    run = build(city)
    PayRun.objects.filter(pk=run.pk).update(state=state)
    actor = next(actor for actor, move, _ in steps(city) if move == key)

    with fence(actor), pytest.raises(Refusal, match="E_STATE"):
        _MOVES[key][1](actor, run.id)


def test_who_made_the_list_does_not_check_it(city: City) -> None:
    run = walk(city, build(city), "TOWN_CHECKED")

    with fence(city.builder) as actor, pytest.raises(Refusal, match="E_SOD"):
        checking.check_county(actor, run.id)


def test_who_checked_for_the_town_does_not_confirm_for_finance(city: City) -> None:
    run = walk(city, build(city), "COUNTY_CHECKED")
    clerk, finance = city.payroll(0), city.finance
    both = Actor(**(finance.__dict__ | {"id": clerk.id}))

    with fence(both), pytest.raises(Refusal, match="E_SOD"):
        checking.confirm(both, run.id)


def test_a_held_line_stays_out_of_the_bank_file_and_is_paid_when_released(city: City) -> None:
    run = build(city)
    held = lines(run)[0]
    clerk = next(each for each in (city.payroll(0), city.payroll(1)) if held.town_id in each.towns)
    with fence(clerk):
        marking.hold_line(clerk, held.id, reason="本人住院，账户待核实")
    run = walk(city, run, "RECONCILED")

    assert BankFile.objects.get(run=run, direction="OUT").lines_count == 3
    with fence(city.builder) as actor:
        again = reissuing.reissue(actor, run.id, lines=[held.id])
    assert [line.reissue_of_id for line in lines(again)] == [held.id]


def test_after_the_county_check_the_list_is_frozen(city: City) -> None:
    run = walk(city, build(city), "COUNTY_CHECKED")
    line = lines(run)[0]

    with fence(city.builder) as actor, pytest.raises(Refusal, match="E_STATE"):
        marking.hold_line(actor, line.id, reason="太迟了")


def test_a_dead_payee_stops_the_sending_until_held_and_nobody_waives_it(city: City) -> None:
    run = walk(city, build(city), "FINANCE_CONFIRMED")
    line = lines(run)[0]
    with fence(PLATFORM):
        Person.objects.filter(pk=line.payee_id).update(died_on=date(2019, 10, 20))

    with fence(city.finance) as finance, pytest.raises(Refusal, match="E_PAY_PROMPTS") as refused:
        sending.write_bank_file(finance, run.id)
    assert f"第{line.line_no}笔" in refused.value.sentence
    supervisor = city.staff("COUNTY_SUPERVISOR")
    with fence(supervisor), pytest.raises(Refusal, match="E_INPUT"):
        marking.waive_prompt(supervisor, line.id, prompt="DEAD", reason="死亡登记有误，已核实本人在世")
    with fence(city.finance) as finance:
        checking.send_back(finance, run.id, reason="收款人已死亡")
    with fence(city.builder) as actor:
        marking.hold_line(actor, line.id, reason="收款人死亡")

    run = walk(city, run, "SENT_TO_BANK")

    assert BankFile.objects.get(run=run).lines_count == 3


def test_finance_sends_the_list_back_and_the_line_is_held(city: City) -> None:
    run = walk(city, build(city), "FINANCE_CONFIRMED")
    with fence(city.finance) as finance:
        checking.send_back(finance, run.id, reason="第一笔收款人已死亡")
    with fence(city.builder) as actor:
        marking.hold_line(actor, lines(run)[0].id, reason="收款人死亡")

    run = walk(city, run, "SENT_TO_BANK")

    assert BankFile.objects.get(run=run).lines_count == 3


def test_a_list_changed_behind_the_counters_back_is_not_sent(city: City) -> None:
    run = walk(city, build(city), "FINANCE_CONFIRMED")
    PayRun.objects.filter(pk=run.pk).update(frozen_digest="0" * 64)

    with fence(city.finance) as actor, pytest.raises(Refusal, match="E_PAY_CHANGED"):
        sending.write_bank_file(actor, run.id)


def test_the_pay_list_paper_is_issued_once_a_town_with_what_the_form_has(city: City) -> None:
    run = walk(city, build(city), "SENT_TO_BANK")

    with fence(city.finance) as actor:
        papers = queries.pay_lists(actor, run)
    with fence(city.payroll(0)) as clerk:
        own = queries.pay_lists(clerk, run)

    assert sorted(paper.addressee for paper in papers) == sorted(town.name for town in city.towns)
    assert [paper.addressee for paper in own] == [city.towns[0].name]
    assert all(paper.code == "W41" and paper.state == Document.ISSUED and paper.doc_no for paper in papers)
    with fence(PLATFORM):
        text = text_of(files.read(papers[0].file))
        rows = json.loads(papers[0].data)["pay_lines"]
    assert all(row["base_fen"] + row["extra_fen"] + row["other_fen"] == row["total_fen"] for row in rows)
    assert "救助类别农村最低生活保障" in text and "差额分类施保补发抵扣合计" in text


def test_nothing_is_public_before_publication_and_then_only_name_persons_and_sum(city: City) -> None:
    village = city.entitlements[0].village_code
    run = walk(city, build(city), "RECONCILED")
    assert queries.public_list(village, NOVEMBER) == []

    walk(city, run, "PUBLISHED")
    (found,) = queries.public_list(village, NOVEMBER)

    assert set(vars(found.lines[0])) == {"payee_name", "members_count", "total_fen"}
    assert (found.area, found.month) == ("农村", NOVEMBER)


def test_finance_is_shown_money_and_nothing_of_the_family(city: City) -> None:
    run = build(city)

    with fence(city.finance) as finance:
        (view, *_) = queries.line_views(finance, run, list(queries.run_lines(finance, run)[:1]), [])
    with fence(city.builder) as centre:
        (full, *_) = queries.line_views(centre, run, list(queries.run_lines(centre, run)[:1]), [])

    assert (view.place, view.members_count, view.base_fen) == ("", None, None)
    assert "*" in view.payee and "*" in view.account
    assert full.members_count == 1 and "*" not in full.payee


def test_every_step_is_in_the_audit_trail(city: City) -> None:
    walk(city, build(city), "PUBLISHED")

    with connection.cursor() as cursor:
        cursor.execute("SELECT action FROM audit_auditentry WHERE action LIKE 'payroll.%%' ORDER BY id")
        actions = [row[0].removeprefix("payroll.") for row in cursor.fetchall()]

    assert actions == [
        *("build", "check_town", "check_town", "check_county", "confirm", "send", "read_return"),
        *("reconcile", "publish"),
    ]


def test_the_return_is_kept_line_by_line(city: City) -> None:
    run = walk(city, build(city), "RETURNED")

    with fence(PLATFORM):
        assert LineResult.objects.filter(line__run=run).count() == 4
