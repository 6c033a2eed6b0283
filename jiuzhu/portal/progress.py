"""办理进度: plain words, the promised date, papers, what to do next; and what the family may still do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from jiuzhu.accounts.organisations import village_name
from jiuzhu.aid_types import registry
from jiuzhu.benefits import queries as benefits
from jiuzhu.benefits import support_queries
from jiuzhu.benefits.acts import consents as consent_acts
from jiuzhu.cases import queries
from jiuzhu.cases.acts import authorisation, materials, service, verification, withdrawal
from jiuzhu.cases.guards import PROVIDED_MATERIALS
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import acts as documents
from jiuzhu.intake import handed, screens
from jiuzhu.portal import words
from jiuzhu.portal.asking import citizen_only
from jiuzhu.portal.authorisation import FRAME
from jiuzhu.workflow.states import STATES

_ASKED_IN_WORDS = {
    "withdraw": ("撤回申请", "撤回后本次办理结束，授权同时失效；以后需要可以重新申请。", "为什么撤回"),
    "object": (
        "对核对结果提出异议",
        "请写清哪一项不对、实际情况是什么。收到后只复查有异议的项目。",
        "哪里不对",
    ),
}


@citizen_only
def mine(request: HttpRequest) -> HttpResponse:
    """All cases of one's own household; a single one opens at once."""
    rows = queries.listing(request.asker)[0] if request.asker.household_id else []
    if len(rows) == 1:
        return redirect("portal:case", uid=rows[0].case.uid)
    shown = [{"case": each.case, "aid": registry.get(each.case.aid_type).name} for each in rows]
    return render(request, "portal/mine.html", {"page_title": "办理进度", "back_url": "/", "rows": shown})


@citizen_only
def case_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    actor = request.asker
    case = queries.case_for(actor, uid, purpose="本人查看办理进度")
    steps = queries.timeline(actor, case)
    members = queries.household_view(actor, case)["members"]
    return render(
        request,
        "portal/case.html",
        {
            "page_title": "办理进度",
            "back_url": "/",
            "case": case,
            "aid": registry.get(case.aid_type).name,
            "urgent": registry.get(case.aid_type).urgent,
            "village": village_name(case.village_code),
            "state": words.state_of(case),
            "next": words.next_of(case),
            "promise": words.promise(case),
            "done": words.stage_days(steps),
            "steps": steps,
            "actions": actions(actor, case),
            "papers": papers(actor, case),
            "members": members,
            "missing": [each["name"] for each in members if each["adult"] and not each["signed"]],
            "support": support_queries.view(case),
            "benefits": benefits.of_household(actor),
            "result": words.result(actor, case, {each["uid"]: each["name"] for each in members}),
        },
    )


@citizen_only
def benefit(request: HttpRequest, number: int, refusal: Refusal | None = None) -> HttpResponse:
    """What the family receives, what changed and what that means, in plain words."""
    actor = request.asker
    found = benefits.benefit(actor, number)
    changes = benefits.changes(actor, entitlement=found.id)
    pause, consent = benefits.suspension_of(found), benefits.consent_of(found)
    return render(
        request,
        "portal/benefit.html",
        {
            "page_title": "我家的救助",
            "back_url": "/mine/",
            "found": found,
            "aid": registry.get(found.aid_type).name,
            "state": benefits.STATE_WORDS[found.state][0],
            "pause": pause,
            "consent": consent,
            "unsigned": consent.unsigned if consent and (consent.renewing or consent.holds) else (),
            "refusal": refusal,
            "signers_url": FRAME.signers_url(found.case.uid),
            "unpaid": bool(pause and pause.from_month <= clock.today()),
            "fading": benefits.fading_of(found),
            "members": [each for each in benefits.members(found) if each.until is None],
            "changes": [
                {"row": each, "told": benefits.told(each), "plain": benefits.plain_words(each)}
                for each in changes
            ],
            "overpaid": [
                {"row": each, "plan": each.PLANS.get(each.plan, ""), "parts": benefits.instalments(each)}
                for each in benefits.overpays(actor, open_only=False).filter(entitlement=found)
            ],
            "payments": [
                {
                    "month": line.pay_month,
                    "kind": benefits.line_kind(line),
                    "fen": line.total_fen,
                    "result": benefits.line_words(line),
                }
                for line in benefits.payments(found, 6)
            ],
        },
        status=refusal.status if refusal else 200,
    )


@citizen_only
@require_POST
def renew_consent(request: HttpRequest, number: int) -> HttpResponse:
    """The family has every adult sign anew, before the consent ends or after it did (VER-21)."""
    found = benefits.benefit(request.asker, number)
    try:
        authorisation.renew(request.asker, found.case.uid)
    except Refusal as refusal:
        return benefit(request, number, refusal=refusal)
    return redirect(FRAME.signers_url(found.case.uid))


@citizen_only
@require_POST
def withdraw_consent(request: HttpRequest, number: int) -> HttpResponse:
    """The family takes back its leave to ask departments (VER-23)."""
    try:
        consent_acts.withdraw(request.asker, number, reason=request.POST.get("reason", ""))
    except Refusal as refusal:
        return benefit(request, number, refusal=refusal)
    messages.success(request, "授权已撤回，不再向部门查询。乡镇（街道）会和您联系。")
    return redirect("portal:benefit", number=number)


def actions(actor: Any, case: Any) -> list[dict[str, Any]]:
    """What the family may do now; the first one is the big button."""
    keys = {move.key for move in queries.available_moves(actor, case)}
    found = []
    if "D2" in keys:
        found.append({"title": "去签授权书", "url": FRAME.signers_url(case.uid)})
    if "D11" in keys:
        found.append({"title": "填写申请表", "url": FRAME.form_url(case.uid, "family")})
    if case.state == "CORRECTION":
        found.append({"title": "去补材料", "url": f"/mine/{case.uid}/correction/"})
    if "D7" in keys:
        found.append({"title": "提出异议", "url": f"/mine/{case.uid}/object/"})
    if "D9" in keys:
        found.append({"title": "坚持申请", "url": FRAME.form_url(case.uid, "family")})
    return [each | {"main": number == 0} for number, each in enumerate(found)]


def papers(actor: Any, case: Any) -> list[dict[str, Any]]:
    """Papers addressed to the family, the newest first, with the one tap that says they arrived."""
    return [
        {
            "uid": each.uid,
            "title": each.title,
            "number": each.doc_no,
            "issued_on": each.issued_on,
            "url": f"/mine/{case.uid}/papers/{each.uid}/",
            "waiting": each.needs_service and each.state == "ISSUED",
            "served_on": next((service.served_on for service in each.services.all()), None),
        }
        for each in reversed(queries.papers_of(actor, case))
    ]


@citizen_only
def paper(request: HttpRequest, uid: UUID, document_uid: UUID) -> HttpResponse:
    case = queries.case_for(request.asker, uid, purpose="本人查看文书")
    document = queries.paper_for(request.asker, case, document_uid)
    response = HttpResponse(documents.read_file(request.asker, document), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{document.code}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@citizen_only
def received(request: HttpRequest, uid: UUID, document_uid: UUID) -> HttpResponse:
    """我已收到: electronic service by one tap (DOC-03)."""
    case = queries.case_for(request.asker, uid, purpose="电子送达")
    document = queries.paper_for(request.asker, case, document_uid)
    if service.receive_paper(request.asker, uid, document.id):
        messages.success(request, f"已签收《{document.title}》。")
    else:
        messages.info(request, f"《{document.title}》已经签收过了。")
    return redirect("portal:case", uid=uid)


@citizen_only
def say(request: HttpRequest, uid: UUID, what: str) -> HttpResponse:
    """Withdraw, or object to the verification report: one reason in one's own words."""
    actor = request.asker
    case = queries.case_for(actor, uid)
    title, explanation, label = _ASKED_IN_WORDS[what]
    context = {
        "page_title": title,
        "back_url": FRAME.case_url(uid),
        "case": case,
        "explanation": explanation,
        "label": label,
        "what": what,
        "reason": request.POST.get("reason", ""),
        "once": handed.token(request),
        "seen": request.POST.get("seen") or case.version,
    }
    if request.method != "POST":
        return render(request, "portal/say.html", context)
    act = withdrawal.withdraw if what == "withdraw" else verification.object_to_report
    try:
        act(
            actor,
            uid,
            reason=context["reason"].strip()[:1000],
            seen=handed.version(request),
            once=context["once"],
        )
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, FRAME.case_url(uid))
        return handed.refused(request, "portal/say.html", context, refusal)
    messages.success(request, "已撤回。" if what == "withdraw" else "异议已收到，正在复查。")
    return redirect("portal:case", uid=uid)


@citizen_only
def form(request: HttpRequest, uid: UUID, step: str) -> HttpResponse:
    return screens.one_form_page(request, FRAME, uid, step)


@citizen_only
def correction(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What is asked for, each with its own photo; asked once, handed in once (D13, D14)."""
    actor = request.asker
    case = queries.case_for(actor, uid)
    asked = getattr(case, "correction", None)
    if asked is None:
        raise Refusal("E_NOT_FOUND", what="补正告知")
    have = set(case.materials.filter(received_at__date__gte=asked.asked_on).values_list("kind", flat=True))
    context = {
        "page_title": "补材料",
        "back_url": FRAME.case_url(uid),
        "case": case,
        "correction": asked,
        "left": (asked.due_on - clock.today()).days,
        "items": [
            {
                "kind": kind,
                "title": PROVIDED_MATERIALS.get(kind, kind),
                "there": kind in have,
                "account": kind == "bank_account",
            }
            for kind in asked.items
        ],
        "account_url": FRAME.form_url(uid, "account"),
        "once": handed.token(request),
        "open": case.state == "CORRECTION",
    }
    if request.method != "POST":
        return render(request, "portal/correction.html", context)
    try:
        if case.state != "CORRECTION":
            raise Refusal("E_STATE", act="补材料", state=STATES[case.state].name)
        kind = request.POST.get("kind", "")
        if kind not in asked.items:
            raise Refusal("E_INPUT", field="材料", problem="请补告知书上列的材料")
        picture = handed.photo(request, "photo")
        if picture is None:
            raise Refusal("E_INPUT", field="照片", problem="请先拍照或选择图片")
        materials.add_material(actor, uid, kind=kind, picture=picture)
    except Refusal as refusal:
        return handed.refused(request, "portal/correction.html", context, refusal)
    messages.success(request, f"已收到：{PROVIDED_MATERIALS.get(kind, kind)}。")
    return redirect("portal:correction", uid=uid)
