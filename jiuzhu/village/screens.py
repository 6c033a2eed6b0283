"""Big buttons: help somebody apply, photograph a posting, see who must bring what (leads and one door: door.py).

An assistant sees neither verification answers nor money (VER-30, L0).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.aid_types import registry
from jiuzhu.benefits import support_queries
from jiuzhu.cases import queries
from jiuzhu.cases.acts import intention, objection
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import acts as intake
from jiuzhu.intake import handed, places, screens
from jiuzhu.intake.changes import ChangeForm
from jiuzhu.intake.family import FamilyForms
from jiuzhu.intake.models import Assistance, ChangeReport
from jiuzhu.publicity import queries as publicity

ROLE = "VILLAGE_ASSIST"
FRAME = screens.Frame(
    template="ui/frame_village.html",
    case_url=lambda uid: reverse("village:family", args=[uid]),
    signers_url=lambda uid: reverse("village:signers", args=[uid]),
    sign_url=lambda uid, person: reverse("village:sign", args=[uid, person]),
    form_url=lambda uid, step: reverse("village:form", args=[uid, step]),
    obligors_url=lambda uid: reverse("village:obligors", args=[uid]),
    obligor_sign_url=lambda uid, obligor: reverse("village:obligor-sign", args=[uid, obligor]),
)
# what the assistant can help with in a state: words, address of the button
HELP = {
    "INTENT": ("还有人没签授权", "去签字", "village:signers", ()),
    "MAY_APPLY": ("可以填申请表了", "帮着填", "village:form", ("family",)),
    "CORRECTION": ("要补材料", "看看缺什么", "village:family", ()),
    "VER_NOT_FIT": ("核对不符合，可以提异议或坚持申请", "看看怎么办", "village:family", ()),
}


def assistant_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Signed in as a village assistant, else sign in first or E_AUTH."""

    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if request.asker is None:
            return redirect(f"{reverse('account_login')}?next={request.get_full_path()}")
        if request.asker.role != ROLE:
            raise Refusal("E_AUTH", role=request.asker.organ or request.asker.name, act="使用村居端", why="")
        return view(request, *arguments, **named)

    return guarded


def _waiting(actor: Any) -> list[dict[str, Any]]:
    """Families of the assistant's villages that somebody must help now."""
    rows, _ = queries.listing(actor, open_only=True, limit=100)
    return [
        {
            "case": row.case,
            "clock": row.clock,
            "words": HELP[row.case.state][0],
            "button": HELP[row.case.state][1],
            "url": reverse(HELP[row.case.state][2], args=[row.case.uid, *HELP[row.case.state][3]]),
        }
        for row in rows
        if row.case.state in HELP and row.case.state not in registry.get(row.case.aid_type).words
    ]


def _boards(actor: Any) -> list[dict[str, Any]]:
    """Sheets that want a photo today: the first, or the last."""
    found = publicity.to_photograph(actor.towns, actor.villages, clock.today())
    for each in found:
        each["due"] = not each["start_taken"] or (each["end_due"] and not each["end_taken"])
    return found


@assistant_only
def home(request: HttpRequest) -> HttpResponse:
    actor = request.asker
    return render(
        request,
        "village/home.html",
        {
            "page_title": "协理员工作台",
            "waiting": len(_waiting(actor)),
            "boards": sum(bool(each["due"]) for each in _boards(actor)),
        },
    )


@assistant_only
def apply(request: HttpRequest) -> HttpResponse:
    """Register an intention for a neighbour; on whose word is kept."""
    actor = request.asker
    town = places.town(actor.organ_id)
    if town is None:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    data = request.POST if request.method == "POST" else None
    forms = FamilyForms(data, villages=places.village_choices(town, actor.villages), aids=places.aids(town))
    context: dict[str, Any] = {
        "frame": "ui/frame_village.html",
        "page_title": "帮人申请",
        "back_url": reverse("village:home"),
        "town": town,
        "forms": forms,
        "grounds": Assistance.GROUNDS,
        "ground": request.POST.get("ground", Assistance.PRESENT),
        "once": handed.token(request),
    }
    if data is None or forms.adding:
        return render(request, "village/apply.html", context)
    try:
        forms.check()
        values = forms.values()
        proof = handed.photo(request, "proof")
        if context["ground"] == Assistance.WRITTEN and proof is None:
            raise Refusal("E_INPUT", field="委托书照片", problem="书面委托须拍照留存")
        case = intention.register_intention(
            actor, town_id=town.id, channel="AGENT", once=context["once"], **values
        )
        intake.note_assistance(
            actor, case, ground=context["ground"], principal=values["people"][0]["name"], proof=proof
        )
    except Refusal as refusal:
        return handed.refused(request, "village/apply.html", context, refusal)
    messages.success(request, f"已登记，编号{case.case_no}。请家里的成年人签授权。")
    return redirect("village:signers", uid=case.uid)


@assistant_only
def families(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "village/families.html",
        {
            "page_title": "待办",
            "back_url": reverse("village:home"),
            "waiting": _waiting(request.asker),
        },
    )


@assistant_only
def family(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Where the case stands and what the family must bring; no figures."""
    case = queries.case_for(request.asker, uid)
    view = queries.household_view(request.asker, case)
    own = case.state in registry.get(case.aid_type).words
    help_ = None if own else HELP.get(case.state)
    return render(
        request,
        "village/family.html",
        {
            "page_title": case.applicant.name,
            "back_url": reverse("village:families"),
            "case": case,
            "members": view["members"],
            "support": support_queries.view(case),
            "missing": [each["name"] for each in view["members"] if each["adult"] and not each["signed"]],
            "items": queries.correction_items(case) if case.state == "CORRECTION" else [],
            "help": help_,
            "help_url": reverse(help_[2], args=[uid, *help_[3]])
            if help_ and help_[2] != "village:family"
            else "",
        },
    )


@assistant_only
def signers(request: HttpRequest, uid: UUID) -> HttpResponse:
    return screens.signers(request, FRAME, uid)


@assistant_only
def sign(request: HttpRequest, uid: UUID, person: UUID) -> HttpResponse:
    return screens.sign(request, FRAME, uid, person)


@assistant_only
@require_POST
def obligors(request: HttpRequest, uid: UUID) -> HttpResponse:
    return screens.obligors(request, FRAME, uid)


@assistant_only
def sign_obligor(request: HttpRequest, uid: UUID, obligor: int) -> HttpResponse:
    return screens.sign_obligor(request, FRAME, uid, obligor)


@assistant_only
def form(request: HttpRequest, uid: UUID, step: str) -> HttpResponse:
    return screens.one_form_page(request, FRAME, uid, step)


@assistant_only
def postings(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "village/postings.html",
        {
            "page_title": "公示拍照",
            "back_url": reverse("village:home"),
            "boards": _boards(request.asker),
        },
    )


@assistant_only
def posting(request: HttpRequest, token: str) -> HttpResponse:
    """Take the photo of one sheet: the first when it goes up, the second when it comes down."""
    board = next((each for each in _boards(request.asker) if each["token"] == token), None)
    if board is None:
        raise Refusal("E_NOT_FOUND", what="公示单")
    context = {
        "page_title": "拍公示照片",
        "back_url": reverse("village:postings"),
        "board": board,
        "moment": "END" if board["start_taken"] else "START",
    }
    if request.method != "POST":
        return render(request, "village/posting.html", context)
    try:
        picture = handed.photo(request, "photo")
        if picture is None:
            raise Refusal("E_INPUT", field="照片", problem="请先拍照")
        case = queries.case_of_id(request.asker, board["case_id"])
        objection.photograph_posting(request.asker, case.uid, picture=picture, moment=context["moment"])
    except Refusal as refusal:
        return handed.refused(request, "village/posting.html", context, refusal)
    messages.success(request, "照片已上传。")
    return redirect("village:postings")


@assistant_only
def change(request: HttpRequest) -> HttpResponse:
    """A change in a family of the village, death first."""
    actor = request.asker
    town = places.town(actor.organ_id)
    if town is None:
        raise Refusal("E_NOT_FOUND", what="乡镇（街道）")
    form = ChangeForm(request.POST or None, villages=places.village_choices(town, actor.villages))
    context = {
        "frame": "ui/frame_village.html",
        "page_title": "报告变化",
        "back_url": reverse("village:home"),
        "form": form,
        "once": handed.token(request),
        "kinds": ChangeReport.KINDS,
    }
    if request.method != "POST":
        return render(request, "intake/change.html", context)
    try:
        form.check()
        intake.report_change(
            actor,
            town_id=town.id,
            photo=handed.photo(request, "photo"),
            once=context["once"],
            **form.values(),
        )
    except Refusal as refusal:
        if refusal.code == "E_REPEAT":
            return handed.repeated(request, refusal, reverse("village:home"))
        return handed.refused(request, "intake/change.html", context, refusal)
    messages.success(request, "已报告，乡镇（街道）会处理。")
    return redirect("village:home")
