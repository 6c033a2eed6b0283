"""今日待办: what this person can do now, the nearest deadline first; how much lies where."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuzhu.accounts.roles import has_power
from jiuzhu.aid_types import registry
from jiuzhu.benefits import queries as benefits
from jiuzhu.benefits import support_queries
from jiuzhu.cases import emergencies, queries
from jiuzhu.intake import queries as reports
from jiuzhu.office.work.page import case_url, staff_only
from jiuzhu.office.work.tables import case_table
from jiuzhu.onedoor import queries as onedoor
from jiuzhu.payments import queries as money
from jiuzhu.ui.tables import Page
from jiuzhu.workflow.states import STAGES, STATES

COLOURS = (
    ("RED", "已超期", "red"),
    ("ORANGE", "即将到期", "orange"),
    ("YELLOW", "过半", "yellow"),
    ("GREEN", "时间充裕", "green"),
    ("NONE", "不计时限", ""),
)


@staff_only
def today(request: HttpRequest) -> HttpResponse:
    actor = request.asker
    if not has_power(actor.role, "case.read"):
        return redirect(_elsewhere(actor.role))
    rows = queries.due_today(actor)
    asked = request.GET.get("colour", "")
    shown = [row for row in rows if not asked or (row.colour or "NONE") == asked]
    colours = Counter(row.colour or "NONE" for row in rows)
    stages = Counter()
    for state, count in queries.stage_counts(actor).items():
        stages[STAGES[STATES[state].stage]] += count
    here = reverse("office:today")
    return render(
        request,
        "office/work/today.html",
        {
            "page_title": "今日待办",
            "tiles": [
                {
                    "label": words,
                    "value": colours[code],
                    "tone": tone,
                    "url": f"{here}?colour={code}",
                }
                for code, words, tone in COLOURS
            ],
            "asked": dict((code, words) for code, words, _ in COLOURS).get(asked, ""),
            "table": case_table(Page(rows=shown, size=0), empty="现在没有等您办理的案件"),
            "stages": STAGES[:-1],
            "series": [("在办案件", [stages[stage] for stage in STAGES[:-1]])],
            "total": sum(stages.values()),
            "may_register": actor.role == "TOWN_CLERK",
            "door_tiles": _door_tiles(actor),
            "benefit_tiles": _benefit_tiles(actor),
            "due_home": [
                {
                    "applicant": case.applicant.name,
                    "name": each.person.name,
                    "due_on": each.due_on,
                    "what": "先签授权" if each.to_sign else "补充核对",
                    "url": case_url(case),
                }
                for case, each in queries.due_home(actor)
            ],
            "supported": support_queries.todo(actor),
            "ending": [
                {
                    "name": case.applicant.name,
                    "aid": registry.get(case.aid_type).short_name,
                    "valid_to": case.entitlement.valid_to,
                    "url": case_url(case),
                }
                for case in (queries.ending_soon(actor) if actor.role == "TOWN_CLERK" else ())
            ],
        },
    )


def _door_tiles(actor: Any) -> list[tuple[str, int, str, str]]:
    """Leads, referrals and families that wait or are late, first aid to sign as the second handler, to announce; nothing
    where nothing waits.
    """
    counts = onedoor.counts(actor)
    leads, slips = reverse("office:leads"), reverse("office:referrals")
    unsigned = emergencies.to_countersign(actor)
    sign_here = reverse("office:act", args=[unsigned[0].uid, "E2c"]) if unsigned else ""
    coming = queries.transfers_to_do(actor)
    tiles = [
        ("先行救助待您签认", len(unsigned), sign_here, "orange"),
        ("困难线索待办", counts["leads_open"], f"{leads}?scope=open", ""),
        ("困难线索超期", counts["leads_overdue"], f"{leads}?scope=overdue", "red"),
        (
            "受理事项待答复",
            counts["matters_open"],
            _first_matter(actor),
            "red" if counts["matters_overdue"] else "orange",
        ),
        ("转办结果待告知", counts["referrals"]["ANSWERED"], f"{slips}?scope=all&state=ANSWERED", "orange"),
        ("转办超期", counts["referrals_overdue"], f"{slips}?scope=overdue", "red"),
        (
            "转入家庭待接收、核实",
            len(coming),
            reverse("office:transfers"),
            "red" if any(each["late"] for each in coming) else "orange",
        ),
        ("急难救助待公布", emergencies.announcements_due(actor), reverse("office:announce"), "orange"),
    ]
    return [tile for tile in tiles if tile[1]]


def _first_matter(actor: Any) -> str:
    """The reception whose refused matter is nearest its day."""
    found = onedoor.unopened_matters(actor).first()
    return reverse("office:reception", args=[found.reception.uid]) if found else ""


def _benefit_tiles(actor: Any) -> list[tuple[str, int, str, str]]:
    """What waits in families in benefit, death first; only what is not nothing."""
    changes, reviews, ledger = (reverse(f"office:{name}") for name in ("changes", "reviews", "benefits"))
    clerk = actor.role == "TOWN_CLERK"
    told = reports.change_reports(actor, open_only=True) if clerk else None
    tiles = [
        ("报告有人去世", told.filter(kind="DEATH").count() if clerk else 0, changes, "red"),
        ("其他变化报告", told.exclude(kind="DEATH").count() if clerk else 0, changes, "orange"),
        ("告知书待送达", benefits.unserved(actor).count() if clerk else 0, f"{changes}?state=DECIDED", "red"),
        (
            "核对授权待签署",
            benefits.consents_due(actor).count() if clerk else 0,
            f"{ledger}?pending=consent",
            "orange",
        ),
        ("暂停到期", benefits.pauses_due(actor).count() if clerk else 0, f"{ledger}?pending=pause", "red"),
        ("渐退期满待停发", len(benefits.fadings_to_end(actor)), f"{ledger}?pending=fading", "red"),
        (
            "多发待定退回方式",
            benefits.recoveries_to_plan(actor).count(),
            reverse("office:recoveries"),
            "orange",
        ),
        ("变更待办", benefits.waiting(actor).count(), changes, ""),
        ("预警待查清", benefits.alerts(actor).count() if clerk else 0, reverse("office:alerts"), "red"),
        (
            "村镇预警待查清",
            benefits.place_alerts(actor).count() if actor.role == "COUNTY_SUPERVISOR" else 0,
            reverse("office:place-alerts"),
            "orange",
        ),
        ("新标准待调整", len(benefits.standards_due(actor)), reverse("office:batches"), "orange"),
        (
            "调标名单待确认、施行",
            len(benefits.batches_to_confirm(actor)),
            reverse("office:batches"),
            "orange",
        ),
        (
            "资金发放待办",
            len(money.lists_due(actor)) + len(money.to_move(actor)),
            reverse("office:runs"),
            "orange",
        ),
        ("银行退回待处理", money.returned_count(actor), reverse("office:money-returns"), "orange"),
        ("复核超期", benefits.reviews(actor, colour="RED").count(), f"{reviews}?colour=RED", "red"),
        ("复核到期", benefits.reviews(actor, colour="ORANGE").count(), f"{reviews}?colour=ORANGE", "orange"),
    ]
    return [tile for tile in tiles if tile[1]]


def _elsewhere(role: str) -> str:
    """Money and system roles have no cases; their work begins elsewhere."""
    return reverse("office:runs") if has_power(role, "payroll.read") else reverse("office:admin-home")
