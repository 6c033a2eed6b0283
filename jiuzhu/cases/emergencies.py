"""Reads on emergencies: what happened, what was handed over, what may still be, and what is missing (3.6)."""

from __future__ import annotations

from datetime import date
from typing import Any

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Organisation, Staff
from jiuzhu.accounts.organisations import county_of, village_name
from jiuzhu.accounts.queries import colleagues
from jiuzhu.cases import authority, evidence
from jiuzhu.cases.acts.emergency.announcing import unannounced
from jiuzhu.cases.acts.emergency.handing_over import HANDLERS, delivered, second_signed
from jiuzhu.cases.hardship import last_help
from jiuzhu.cases.models import AfterCheck, Case, Delivery, Emergency, Registration
from jiuzhu.cases.temporary_guards import first_aid_limit_fen
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.core.codes import name_of
from jiuzhu.core.refusal import Refusal
from jiuzhu.parameters import queries as parameters
from jiuzhu.policy.regimes import regime_on
from jiuzhu.verification import queries as verification
from jiuzhu.verification.models import Run

KINDS = list(Delivery.KINDS.items())


def emergency_of(case: Case) -> dict[str, Any] | None:
    """The emergency as its page shows it; ``None`` for a case that is none."""
    told = Emergency.objects.filter(case=case).first()
    if told is None:
        return None
    today = clock.today()
    given = authority.delivered_fen(case)
    limit = first_aid_limit_fen(case)
    helped = last_help(case, told.cause, today)
    months = int(evidence.parameter_set(case, today)["ta.repeat_months"])
    return {
        "told": told,
        "cause": name_of("ta_cause", told.cause),
        "severity": name_of("severity", told.severity),
        "deliveries": [
            {
                "stage": each.stage,
                "kind": Delivery.KINDS[each.kind],
                "amount_fen": each.amount_fen,
                "what": each.what,
                "delivered_at": each.delivered_at,
                "handlers": f"{each.handler.name}、{each.second_handler.name}{second_signed(each)}",
                "receiver": each.receiver_name,
            }
            for each in delivered(case)
        ],
        "after_check": AfterCheck.objects.filter(case=case).select_related("by").first(),
        "oral": list(case.oral_approvals.order_by("id")),
        "given_fen": given,
        "limit_fen": limit,
        "left_fen": max(0, limit - given),
        "last_help": helped,
        "repeated": helped is not None and today <= add_months(helped, months),
        "registration": Registration.objects.filter(case=case).select_related("handler", "sealed_by").first(),
    }


def to_countersign(actor: Actor) -> list[Case]:
    """Cases in which this person stood beside the first handler and has not signed yet (E2)."""
    unsigned = Delivery.objects.filter(second_handler_id=actor.id, countersign__isnull=True)
    return list(Case.objects.filter(pk__in=unsigned.values("case_id")).order_by("id"))


def has_to_do(actor: Actor, case: Case, key: str) -> bool:
    """Whether one of the steps that may follow help (E2c, E6) is still to be made by this person."""
    run = verification.latest_run(case.id)
    unsigned = Delivery.objects.filter(case=case, second_handler_id=actor.id or 0, countersign__isnull=True)
    return {
        "E2c": unsigned.exists(),
        "E6c": case.authorisation_id is None and bool(case.applicant.id_no),
        "E6v": case.authorisation_id is not None and run is None,
        "E6r": run is not None and run.state == Run.RUNNING,
    }[key]


def second_handlers(actor: Actor) -> list[Staff]:
    """Who of the same town may stand beside this clerk today; the lead, who seals, and who cannot sign later come last."""
    found: dict[int, Staff] = {}
    for role in HANDLERS:
        for each in colleagues(actor.organ_id or 0, clock.today(), (role,)):
            found.setdefault(each.id, each)
    return [each for each in found.values() if each.id != actor.id]


def suggested_fen(town: Organisation, area_type: str = "RURAL") -> int:
    """What a page proposes to hand over at first: two months of the standard for one person, within the limit."""
    today = clock.today()
    county = county_of(town, today)
    values = parameters.parameter_set(county, on=today, area_type=area_type, regime=regime_on(today, "SEED"))
    months = values["ta.months_by_severity"][1]
    return int(min(months * (values["dibao.standard"] or 0), values["ta.first_aid_limit"]))


def announcements_due(actor: Actor) -> int:
    """E8: emergencies of the clerk's town closed in a month that is over and on no board yet."""
    if actor.role != "TOWN_CLERK":
        return 0
    return len(unannounced(actor.organ_id or 0, add_months(clock.today().replace(day=1), -1)))


def to_announce(actor: Actor, town_id: int, month: date) -> list[dict[str, Any]]:
    """What the month's list will say of each: name, persons, sum, village; no cause (PUBL-03)."""
    if town_id not in actor.towns:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    return [
        {
            "name": case.applicant.name,
            "persons": case.emergency.persons or 1,
            "amount_fen": case.registration.amount_fen,
            "village": village_name(case.village_code),
            "closed_on": case.closed_on,
        }
        for case in unannounced(town_id, month)
    ]
