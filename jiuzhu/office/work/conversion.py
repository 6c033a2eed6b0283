"""改办其他救助: another kind of aid out of this case, nothing entered again (DB-04, AS-33)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuzhu.aid_types import registry
from jiuzhu.cases import queries
from jiuzhu.cases.acts import conversion
from jiuzhu.core.refusal import Refusal
from jiuzhu.office.work.page import case_url, refused, staff_only


class ConvertForm(forms.Form):
    aid_type = forms.ChoiceField(label="改办", widget=forms.RadioSelect)
    person_uid = forms.ChoiceField(label="救助对象", required=False)
    agreed = forms.BooleanField(label="家庭已书面同意改办")

    def __init__(self, *args: Any, case: Any, members: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["aid_type"].choices = [
            (aid.code, aid.name)
            for aid in registry.offered(case.regime)
            if aid.moves.named("D1") and (aid.code != case.aid_type or aid.may_be_single)
        ]
        self.fields["person_uid"].choices = [
            ("", "全家（按人救助的为申请人）"),
            *((each["uid"], f"{each['name']}一人") for each in members),
        ]

    def clean_person_uid(self) -> str | None:
        return self.cleaned_data["person_uid"] or None


@staff_only
def convert(request: HttpRequest, uid: UUID) -> HttpResponse:
    actor = request.asker
    case = queries.case_for(actor, uid)
    members = queries.household_view(actor, case)["members"]
    offered = {name: request.GET.get(name, "") for name in ("aid_type", "person_uid")}
    form = ConvertForm(request.POST or None, case=case, members=members, initial=offered)
    context = {
        "page_title": f"{case.applicant.name}家庭改办其他救助",
        "form": form,
        "back": case_url(case),
        "crumbs": [("案件查询", reverse("office:cases")), (case.applicant.name, case_url(case))],
        "note": "成员、申请表和材料带过去，不重新填写；授权有效的不重签，有效的核对报告和近期的入户调查可以沿用。",
        "submit": "改办",
    }
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "office/admin/form.html", context, status=422 if request.method == "POST" else 200
        )
    try:
        made = conversion.convert(actor, uid, **form.cleaned_data)
    except Refusal as refusal:
        return refused(request, "office/admin/form.html", context, refusal)
    messages.success(request, f"已改办{registry.get(made.aid_type).name}，案号{made.case_no}。")
    return redirect(case_url(made))
