"""What every case screen shares: staff only, the case's head, a refusal beside the form."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuzhu.accounts.organisations import village_name
from jiuzhu.accounts.roles import ROLES, role_name
from jiuzhu.aid_types import registry
from jiuzhu.cases import emergencies, queries
from jiuzhu.cases.acts import timekeeping
from jiuzhu.core.refusal import Refusal
from jiuzhu.office.work.tables import AFTER_HELP, QUIET, step_of
from jiuzhu.ui.formats import cn_date
from jiuzhu.workflow.clocks import deadlines


def staff_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Nobody signed in → sign in first; a citizen has no business here (E_AUTH)."""

    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if request.asker is None:
            return redirect(f"{reverse('account_login')}?next={request.get_full_path()}")
        if not request.asker.is_staff:
            raise Refusal("E_AUTH", role="申请人", act="使用经办端", why="")
        return view(request, *arguments, **named)

    return guarded


def head(actor: Any, case: Any) -> dict[str, Any]:
    """Who the case is about, where it stands, what may be done now."""
    still = queries.stands_still(case)
    running = [state for row, state in queries.clocks_of(case) if row.ended_at is None]
    moves, quiet, may_convert = [], [], False
    for move in queries.available_moves(actor, case):
        may_convert = may_convert or move.key == "CONV"
        if move.key == "D11r" and not queries.report_expired(case):
            continue
        if move.key == "VER-10" and not queries.followup_due(case):
            continue
        if move.key == "VER-CV" and case.origin_id is None:
            continue
        if move.key in AFTER_HELP and not emergencies.has_to_do(actor, case, move.key):
            continue
        title, url = step_of(case.uid, move)
        entry = {"title": title, "url": url}
        done = move.key == "TK-08" and queries.rated(case)
        quietly = move.key in QUIET and move.key not in ("E2c", "E6r")
        into = quiet if done or quietly else moves
        if entry not in into:
            into.append(entry)
    if actor.role == "TOWN_CLERK" and case.state in ("GRANTED", "REFUSED"):
        quiet.append({"title": "改办其他救助", "url": reverse("office:convert", args=[case.uid])})
    if actor.role == "TOWN_CLERK" and queries.may_move_away(case):
        quiet.append({"title": "转出", "url": reverse("office:transfer-new", args=[case.uid])})
    aid = registry.get(case.aid_type)
    if aid.support and case.state == "GRANTED":
        moves.append({"title": "供养", "url": reverse("office:support", args=[case.uid])})
    return {
        "case": case,
        "aid": aid,
        "village": village_name(case.village_code),
        "running": [
            {"state": state, "paused": still and deadlines()[state.clock].pausable}
            for state in sorted(running, key=lambda state: state.due_on)
        ],
        "moves": moves,
        "quiet_moves": quiet,
        "may_convert": may_convert,
        "paused": _paused_words(case) if still else "",
        "authority": queries.authority_of(case),
        "next_step": next_step(case),
        "crumbs": [
            ("案件查询", reverse("office:cases")),
            (case.applicant.name, reverse("office:case", args=[case.uid])),
        ],
    }


def _paused_words(case: Any) -> str:
    """Since when, why, and on which paper time stands still (PAU-1..4)."""
    pause = queries.pause_of(case)
    paper = f"（{pause.document_no}）" if pause.document_no else ""
    return f"{cn_date(pause.starts_on)}起，{timekeeping.PAUSES[pause.kind]}{paper}：{pause.reason}"


# what may happen at any time is nobody's next step
_ANY_TIME = (
    "CONV",
    "VER-CV",
    "E2s",
    "E2o",
    "E4",
    *AFTER_HELP,
    "DTH",
    "REL-04",
    "CLK-AC",
    "D26",
    "D31",
    "D31w",
    "D7",
    "D21",
    "D11r",
    "D11x",
    "D10",
    "D15",
    "VER-10",
)


def next_step(case: Any) -> str:
    """On whose desk the case lies now: 受理（乡镇（街道）经办人员）; empty when it is closed."""
    words: dict[str, str] = {}
    for move in registry.get(case.aid_type).moves.from_state(case.state, case.regime):
        who = [
            role_name(role)
            for role in ROLES
            if role in move.roles and role not in ("APPLICANT", "VILLAGE_ASSIST")
        ]
        if "APPLICANT" in move.roles:
            who.insert(0, "申请人")
        if move.key == "TK-08" and queries.rated(case):
            continue
        if who and move.key not in _ANY_TIME:
            words.setdefault("、".join(who), step_of(case.uid, move)[0])
    return "；".join(f"{title}（{who}）" for who, title in words.items())


def refused(request: HttpRequest, template: str, context: dict[str, Any], refusal: Refusal) -> HttpResponse:
    """The same page, everything typed still there, with what happened, why, and what next."""
    return render(request, template, context | {"refusal": refusal}, status=refusal.status)


def case_url(case: Any, tab: str = "") -> str:
    address = reverse("office:case", args=[case.uid])
    return f"{address}?tab={tab}" if tab else address
