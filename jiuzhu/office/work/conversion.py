"""改办其他救助: another kind of aid out of this case, nothing entered again (DB-04, AS-33)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from jiuzhu.aid_types import registry
from jiuzhu.cases import queries
from jiuzhu.cases.acts import conversion
from jiuzhu.core.refusal import Refusal
from jiuzhu.intake import handed
from jiuzhu.office.work.page import case_url, head, refused, staff_only

_TEMPLATE = "office/work/convert.html"


class ConvertForm(forms.Form):
    aid_type = forms.ChoiceField(label="改办什么", widget=forms.RadioSelect)
    person_uid = forms.ChoiceField(label="为谁办", required=False)
    agreed = forms.BooleanField(label="家庭已书面同意改办")

    def __init__(self, *args: Any, case: Any, members: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["aid_type"].choices = [
            (aid.code, f"{aid.name}（家里一人单独申请）" if aid.code == case.aid_type else aid.name)
            for aid in registry.offered(case.regime)
            if aid.moves.named("D1") and (aid.code != case.aid_type or aid.may_be_single)
        ]
        self.fields["person_uid"].choices = [
            ("", "全家；按人救助的为申请人本人"),
            *((each["uid"], f"{each['name']}一人") for each in members),
        ]

    def clean_person_uid(self) -> str | None:
        return self.cleaned_data["person_uid"] or None


def _consequences(case: Any) -> list[str]:
    """What happens to this case, and what the other one begins with."""
    name = registry.get(case.aid_type).name
    ends = (
        f"本案（{name}）终止，给家庭改办告知；另开一件新案，用新案号"
        if case.open
        else f"本案（{name}）的决定不变；另开一件新案，用新案号"
    )
    found = [
        ends,
        "成员、申请表和材料带过去，不重新填写",
        "授权有效的不重签，有效的核对报告和近期的入户调查可以沿用",
    ]
    if case.state == "GRANTED":
        found.append("原待遇在新的救助批准后停止，不重复发放")
    return found


@staff_only
def convert(request: HttpRequest, uid: UUID) -> HttpResponse:
    actor = request.asker
    case = queries.case_for(actor, uid)
    members = queries.household_view(actor, case)["members"]
    offered = {name: request.GET.get(name, "") for name in ("aid_type", "person_uid")}
    form = ConvertForm(request.POST or None, case=case, members=members, initial=offered)
    context = head(actor, case) | {
        "page_title": f"{case.applicant.name}家庭改办其他救助",
        "form": form,
        "seen": case.version,
        "back": case_url(case),
        "consequences": _consequences(case),
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, _TEMPLATE, context, status=422 if request.method == "POST" else 200)
    try:
        made = conversion.convert(actor, uid, seen=handed.version(request), **form.cleaned_data)
    except Refusal as refusal:
        return refused(request, _TEMPLATE, context, refusal)
    messages.success(request, f"已改办{registry.get(made.aid_type).name}，案号{made.case_no}。")
    return redirect(case_url(made))
