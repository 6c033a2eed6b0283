"""A sudden hardship walked by the real acts: reported, helped within the day, papers afterwards (3.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from jiuzhu.accounts.actor import fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.cases.acts.emergency import handing_over, registering, reporting
from jiuzhu.cases.models import Case
from jiuzhu.core import clock
from jiuzhu.infra.walk import Walker, citizen_of, drawn_picture, hand_over, later
from jiuzhu.parameters import queries as parameters

Note = Callable[[str, str], None]


def urgent_walk(walker: Walker, family: dict[str, Any], note: Note) -> Iterator[datetime]:
    """From the call to the seal; what first aid does not cover is decided afterwards (E4)."""
    town = Organisation.objects.get(code=family["town"])
    villages, told, person = villages_of(town), family["urgent"], family["people"][0]
    clerk = walker.staff("TOWN_CLERK", town)
    with fence(clerk):
        case = reporting.report_emergency(
            clerk,
            town_id=town.id,
            village_code=villages[family["village"] % len(villages)].code,
            area_type=family["area"],
            name=person["name"],
            id_no=person["id_no"],
            phone=family["phone"],
            cause=told["cause"],
            place=family["address"],
            summary=family["hardship"],
        )
    note("opened", case.case_no)
    if not told["true"]:
        yield later(1)
        lead = walker.staff("TOWN_LEAD", town)
        with fence(lead):
            reporting.reject(lead, case.uid, codes=["RC-FALSE"], reason="上门查看，所报情况不属实。")
        note("refused", case.case_no)
        yield later(1, 15)
        hand_over(walker, case, citizen_of(case), family)
        return
    yield clock.now() + timedelta(hours=told["answer_hours"])
    _deliver(walker, case, town, family)
    note("first_aid", case.case_no)
    yield later(2, 10)
    clerk = walker.staff("TOWN_CLERK", town)
    with fence(clerk):
        registering.complete_registration(
            clerk,
            case.uid,
            severity=told["severity"],
            persons=len(family["people"]),
            cause=told["cause"],
            reason="突遭变故，生活一时无着。",
            picture=drawn_picture("signature"),
        )
    yield later(1, 9)
    lead = walker.staff("TOWN_LEAD", town)
    with fence(lead):
        registering.seal_registration(lead, case.uid)
    note("closed", case.case_no)


def _deliver(walker: Walker, case: Case, town: Organisation, family: dict[str, Any]) -> None:
    """As much as the law's table gives, at most what a town may hand over before anything is decided (TA-10, TA-11)."""
    one, two = (walker.staff("TOWN_CLERK", town, position) for position in (0, 1))
    values = parameters.parameter_set(
        case.county, on=clock.today(), area_type=case.area_type, regime=case.regime
    )
    order = ("LIGHT", "MEDIUM", "HEAVY", "EXTREME").index(family["urgent"]["severity"])
    wanted = values["dibao.standard"] * len(family["people"]) * values["ta.months_by_severity"][order]
    limit = values["ta.first_aid_limit"]
    with fence(one):
        handing_over.deliver(
            one,
            case.uid,
            kind="CASH",
            amount_fen=int(min(wanted, limit)),
            second_id=two.id,
            picture=drawn_picture("signature"),
            second_picture=drawn_picture("signature"),
        )
