"""A family moves: the dossier follows, the promised day stays, no month is paid by two counties (CH-MOVE1, CH-MOVE2)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.benefits.acts import support
from jiuzhu.cases import queries
from jiuzhu.cases.acts import decision, transfer
from jiuzhu.cases.models import Case, Entitlement, Transfer
from jiuzhu.core import clock
from jiuzhu.documents.models import Document
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.payments.acts import building
from jiuzhu.payments.models import PayLine
from tests.families import COUNTY_DECIDES, DELEGATED, City, Family, refused
from tests.supported import old_man

NEIGHBOUR = "371502102"  # 同县的堂邑镇
ELSEWHERE = "371581101"  # 临清市松林镇


def _town(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def _send(family: Family, code: str, *, hukou_moved: bool = True) -> Transfer:
    clerk = family.city.staff("TOWN_CLERK", family.case.household.town)
    with family.at(), fence(clerk):
        return transfer.request_transfer(
            clerk,
            family.uid,
            to_town_id=_town(code).id,
            reason="随女儿迁居，户籍已迁。",
            hukou_moved=hukou_moved,
        )


def _clerk(city: City, code: str) -> Actor:
    return city.staff("TOWN_CLERK", _town(code))


def _take(family: Family, made: Transfer, code: str) -> Transfer:
    clerk = _clerk(family.city, code)
    village = villages_of(_town(code))[0].code
    with family.at(), fence(clerk):
        return transfer.accept_transfer(clerk, made.uid, village_code=village, address="示例村一8号")


def _lists(city: City, county: str, month: date, on: date) -> list[PayLine]:
    organ = Organisation.objects.get(code=county)
    center = city.staff("CENTER_STAFF", organ)
    with clock.at(on), fence(center):
        try:
            run = building.build_run(center, organ.id, "DIBAO", "RURAL", month)
        except Exception as nothing:
            assert "E_PAY_EMPTY" in str(nothing), nothing
            return []
    with fence(PLATFORM):
        return list(PayLine.objects.filter(run=run).select_related("town"))


def test_within_the_county_the_dossier_goes_and_nothing_begins_anew(city: City) -> None:
    """CH-MOVE1, for a case under way: same number, same promised day, the new town's people, the old one's no more."""
    family = city.walk_to("INVESTIGATING", town=DELEGATED)
    before = family.case
    with fence(PLATFORM):
        promised = before.clocks.get(clock="CLK-T20").due_on
    made = _send(family, NEIGHBOUR)
    assert made.kind == Transfer.WITHIN and family.case.town.code == DELEGATED

    _take(family, made, NEIGHBOUR)

    case = family.case
    assert (case.case_no, case.household.dossier_no) == (before.case_no, before.household.dossier_no)
    assert (case.town.code, case.county.code, case.state) == (NEIGHBOUR, "371502", "INVESTIGATING")
    with fence(PLATFORM):
        assert case.clocks.get(clock="CLK-T20").due_on == promised
        assert Document.objects.filter(code="W38", household=case.household).count() == 1
    old, new = _clerk(city, DELEGATED), _clerk(city, NEIGHBOUR)
    with family.at(), fence(old), refused("E_NOT_FOUND"):
        queries.case_for(old, case.uid)
    with family.at(), fence(new):
        assert queries.case_for(new, case.uid).uid == case.uid
    family.resume().to_the_end()
    assert family.case.state == "GRANTED"


def test_to_another_county_a_case_waits_for_whoever_decides_there(city: City) -> None:
    """CH-MOVE2 out of a delegated town into a county that decides itself: COUNTY_REVIEW, total clock unchanged."""
    family = city.walk_to("TOWN_APPROVAL", town=DELEGATED)
    with fence(PLATFORM):
        promised = family.case.clocks.get(clock="CLK-T20").due_on
    made = _send(family, COUNTY_DECIDES)
    assert made.kind == Transfer.BETWEEN

    _take(family, made, COUNTY_DECIDES)

    case = family.case
    assert (case.county.code, case.state) == ("371522", "COUNTY_REVIEW")
    with fence(PLATFORM):
        running = set(case.clocks.filter(ended_at__isnull=True).values_list("clock", flat=True))
        assert running == {"CLK-T20", "CLK-CO"}
        assert case.clocks.get(clock="CLK-T20").due_on == promised
    lead = city.staff("TOWN_LEAD", _town(DELEGATED))
    with family.at(), fence(lead), refused("E_NOT_FOUND"):
        decision.approve(lead, case.uid)
    family.resume().until("RESULT_PUBLICITY")
    with fence(PLATFORM):
        assert family.case.decisions.get().organ.code == "371522"


@pytest.mark.parametrize("target_first", [True, False])
def test_two_counties_never_both_pay_a_month_whoever_makes_his_list_first(
    city: City, target_first: bool
) -> None:
    """The old county pays November, the new one December; each list made once early and once late."""
    family = city.walk_to("GRANTED", story="single_elder", town=DELEGATED)
    with fence(PLATFORM):
        benefit = Entitlement.objects.get(case_id=family.pk)
    first = benefit.first_month
    family.now = clock.instant(date(2019, 11, 4))
    _take(family, _send(family, ELSEWHERE), ELSEWHERE)
    november, december = date(2019, 11, 1), date(2019, 12, 1)
    assert first <= november

    both = [("371581", date(2019, 11, 5)), ("371502", date(2019, 11, 6))]
    for county, on in both if target_first else reversed(both):
        _lists(city, county, november, on)
    assert _lists(city, "371502", december, date(2019, 11, 28)) == []
    _lists(city, "371581", december, date(2019, 11, 29))

    with fence(PLATFORM):
        paid = [
            (line.pay_month, line.run.county.code, line.town.code)
            for line in PayLine.objects.filter(entitlement=benefit, pay_month__gte=november)
            .select_related("run__county", "town")
            .order_by("pay_month")
        ]
    assert paid == [(november, "371502", DELEGATED), (december, "371581", ELSEWHERE)]


def test_a_second_line_for_the_month_is_impossible_in_the_database(city: City) -> None:
    family = city.walk_to("GRANTED", story="single_elder", town=DELEGATED)
    family.now = clock.instant(date(2019, 11, 4))
    _take(family, _send(family, ELSEWHERE), ELSEWHERE)
    listed = _lists(city, "371502", date(2019, 11, 1), date(2019, 11, 6))
    with fence(PLATFORM):
        (line,) = [
            each for each in listed if each.entitlement.case_id == family.pk and each.pay_month.month == 11
        ]
    _lists(city, "371581", date(2019, 12, 1), date(2019, 11, 28))

    with fence(PLATFORM):
        other = PayLine.objects.filter(entitlement=line.entitlement, run__county__code="371581").get()
        values = {f.attname: getattr(line, f.attname) for f in PayLine._meta.concrete_fields}
        values |= {"id": None, "run_id": other.run_id, "line_no": 9999}
        with pytest.raises(IntegrityError), transaction.atomic():
            PayLine.objects.create(**values)


def test_the_new_town_verifies_within_twenty_working_days_and_says_what_it_found(city: City) -> None:
    family = city.walk_to("GRANTED", story="single_elder", town=DELEGATED)
    family.now = clock.instant(date(2019, 11, 4))
    made = _take(family, _send(family, ELSEWHERE), ELSEWHERE)
    assert (made.paid_until, made.check_due_on) == (date(2019, 11, 1), date(2019, 12, 2))
    clerk = _clerk(city, ELSEWHERE)
    with clock.at(date(2019, 12, 3)), fence(clerk):
        (listed,) = queries.transfers(clerk, open_only=True)
        assert (listed["coming"], listed["late"]) == (True, True)
        assert [each["row"].id for each in queries.transfers_to_do(clerk)] == [made.id]
        with refused("E_REASONS"):
            transfer.conclude_check(clerk, made.uid, finding=" ")
        transfer.conclude_check(clerk, made.uid, finding="入户核实，家庭情况没有变化。")
        assert queries.transfers(clerk, open_only=True) == queries.transfers_to_do(clerk) == []
    former = _clerk(city, DELEGATED)
    with clock.at(date(2019, 12, 3)), fence(former):
        assert queries.transfers_to_do(former) == []


def test_what_is_sent_back_has_not_moved_and_only_one_move_is_under_way(city: City) -> None:
    family = city.walk_to("ACCEPTED", town=DELEGATED)
    made = _send(family, NEIGHBOUR)
    with refused("E_DUP", "转移"):
        _send(family, ELSEWHERE)
    old, new = _clerk(city, DELEGATED), _clerk(city, NEIGHBOUR)
    with family.at(), fence(old), refused("E_NOT_FOUND"):
        transfer.accept_transfer(old, made.uid, village_code=family.case.village_code)
    with family.at(), fence(new):
        with refused("E_INPUT", "村（居）"):
            transfer.accept_transfer(new, made.uid, village_code=family.case.village_code)
        transfer.return_transfer(new, made.uid, reason="该户仍居住在原村")
        with refused("E_STATE", "已退回"):
            transfer.return_transfer(new, made.uid, reason="该户仍居住在原村")
    assert family.case.town.code == DELEGATED
    stranger = _clerk(city, COUNTY_DECIDES)
    with family.at(), fence(stranger):
        assert queries.transfers(stranger) == []
        with refused("E_NOT_FOUND"):
            queries.transfer_for(stranger, made.uid)


@pytest.mark.parametrize(
    ("more", "code"),
    [({"to_town_id": 0}, "E_INPUT"), ({"reason": ""}, "E_INPUT")],
)
def test_a_move_says_where_to_and_why(city: City, more: dict[str, Any], code: str) -> None:
    family = city.walk_to("ACCEPTED", town=DELEGATED)
    clerk = _clerk(city, DELEGATED)
    good: dict[str, Any] = {"to_town_id": _town(NEIGHBOUR).id, "reason": "投靠子女居住"}
    with family.at(), fence(clerk), refused(code):
        transfer.request_transfer(clerk, family.uid, **(good | more))


def test_nobody_moves_while_a_sheet_hangs_in_the_village(city: City) -> None:
    family = city.walk_to("RESULT_PUBLICITY", town=DELEGATED)
    clerk = _clerk(city, DELEGATED)
    with family.at(), fence(clerk), refused("E_STATE", "公示"):
        transfer.request_transfer(clerk, family.uid, to_town_id=_town(NEIGHBOUR).id, reason="投靠子女居住")
    with fence(PLATFORM):
        assert Case.objects.get(pk=family.pk).town.code == DELEGATED


def test_who_takes_over_a_supported_person_looks_after_him_from_then_on(city: City) -> None:
    """TK-08, TK-10: the file of the running benefit goes with it; the township he left can do nothing with it any more."""
    family = old_man(city, town=DELEGATED).to_the_end()
    _take(family, _send(family, NEIGHBOUR), NEIGHBOUR)

    rating: dict[str, Any] = {
        "items": dict.fromkeys(("eat", "dress", "bed", "toilet", "walk", "bathe"), True),
        "assessor": "孙医生",
        "second_assessor": "李护士",
        "witness": "邻居老周",
        "signatures": [drawn_picture("signature")] * 3,
    }
    old, new = _clerk(city, DELEGATED), _clerk(city, NEIGHBOUR)
    with family.at(), fence(old), refused("E_NOT_FOUND"):
        support.rate_again(old, family.uid, **rating)
    with family.at(), fence(new):
        assert support.rate_again(new, family.uid, **rating).seq == 2
    with fence(PLATFORM):
        assert family.case.decisions.get().organ.code == DELEGATED
