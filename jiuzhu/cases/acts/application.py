"""The one form: filled in from what is known, saved as it stands, handed in with its promise (D9, D11)."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.queries import kin_of_officials
from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import AidType
from jiuzhu.cases import evidence, one_form, one_visit, papers
from jiuzhu.cases.acts._act import Act, acting, locked
from jiuzhu.cases.acts.materials import materials_table, take_account
from jiuzhu.cases.acts.obligors import take_obligors
from jiuzhu.cases.models import Case, Draft, KinFiling
from jiuzhu.cases.permissions import FAMILY_SIDE, check_may_do, check_may_see
from jiuzhu.core import clock
from jiuzhu.core.codes import name_of
from jiuzhu.core.refusal import Refusal
from jiuzhu.people.models import Person
from jiuzhu.verification import queries as verification
from jiuzhu.workflow.states import STATES

_BEFORE_APPLYING = ("INTENT", "AUTHORISED", "VERIFYING", "VERIFIED", "MAY_APPLY", "VER_NOT_FIT", "CORRECTION")
# after the family has signed its form, only the investigators put right what they found at home
_INVESTIGATED = ("ACCEPTED", "INVESTIGATING")

_PROMISES = [
    "所填写的{declared_word}真实、完整，没有隐瞒。",
    "{changes_word}发生变化，三十日内主动报告；有人去世首先报告。",
    "配合核对、入户调查和复核。",
    "如有虚假，愿意退回救助款物并依法承担责任。",
]


def promises(aid: AidType) -> list[str]:
    """What is promised under the form (W10, CRD-01), of the family or of the one person aided."""
    return [each.format(**aid.paper_words) for each in _PROMISES]


def prefilled(actor: Actor, uid: UUID | str) -> dict[str, Any]:
    """The one form as far as it is already known: what was saved, and what departments said (S: 一次性填写)."""
    case = Case.objects.select_related("household", "authorisation", "county").filter(uid=uid).first()
    if case is None:
        raise Refusal("E_NOT_FOUND", what="案件")
    check_may_see(actor, case)
    body = evidence.draft_body(case)
    body.setdefault("hardship", case.hardship)
    body["shared"] = _shared_facts(case)
    return body


def _shared_facts(case: Case) -> list[dict[str, Any]]:
    """Pensions and wages departments already told us: shown, not asked (WF-04)."""
    run = verification.latest_run(case.id)
    if run is None:
        return []
    observations, refs = verification.observations_of(run)
    words = {
        "pension": ("T", "养老金", "amount_fen"),
        "contribution": ("W", "工资（社保缴费基数）", "base_fen"),
    }
    return [
        {
            "person": refs[seen.subject],
            "category": words[seen.kind][0],
            "kind": words[seen.kind][1],
            "month_fen": seen.attributes[words[seen.kind][2]],
        }
        for seen in observations
        if seen.kind in words
    ]


def save_draft(
    actor: Actor, uid: UUID | str, body: dict[str, Any], *, seen: int | None = None, once: Any = None
) -> Draft:
    """Save the form as it stands; every step of it can be left and taken up again."""
    with transaction.atomic():
        case = locked(actor, uid)
        check_may_do(actor, case, FAMILY_SIDE, "填写申请表")
        allowed = _BEFORE_APPLYING + (_INVESTIGATED if actor.role == "TOWN_CLERK" else ())
        if case.state not in allowed:
            raise Refusal("E_STATE", act="保存申请表", state=STATES[case.state].name)
        one_form.check(body, _member_uids(case))
        draft = Draft.objects.select_for_update().filter(case=case).first() or Draft(case=case)
        draft.body = json.dumps(
            {key: value for key, value in body.items() if key != "shared"}, ensure_ascii=False
        )
        draft.saved_at = clock.now()
        draft.save()
        return draft


def _member_uids(case: Case) -> set[str]:
    return {str(uid) for uid in Person.objects.filter(household=case.household).values_list("uid", flat=True)}


def submit_application(
    actor: Actor,
    uid: UUID | str,
    *,
    commitment: bool,
    place: str = "",
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """D11, or D9 when the family insists after a report that did not fit."""
    state = Case.objects.filter(uid=uid).values_list("state", flat=True).first()
    key = "D9" if state == "VER_NOT_FIT" else "D11"
    with acting(actor, uid, key, seen=seen, once=once, commitment=commitment) as act:
        case = act.case
        body = evidence.draft_body(case)
        take_account(case, body)
        take_obligors(case, body)
        _take_kin(case, body)
        act.change(applied_on=act.today, hardship=str(body.get("hardship") or case.hardship)[:1000])
        frozen = evidence.freeze(case, evidence.declared(case, act.today), kind="DECLARED", by=actor.name)
        act.note(evidence=frozen.seq)
        _application_papers(act, body)
        one_visit.note(actor, case, act.move.title, place=place)
    return act.case


def _take_kin(case: Case, body: dict[str, Any]) -> None:
    """REL-03: what the family declares, and what the register of officials' relatives says by itself."""
    persons = {str(person.uid): person for person in Person.objects.filter(household=case.household)}
    for each in body.get("kin", ()):
        member = persons.get(str(each.get("person")), case.applicant)
        KinFiling.objects.create(
            case=case,
            official_name=str(each.get("official", ""))[:60],
            official_post=str(each.get("post", ""))[:80],
            relation=str(each.get("relation", ""))[:30],
            member_name=member.name,
            declared=True,
        )
    indexes = {person.id_no_index: person for person in persons.values()}
    for kin in kin_of_officials(list(indexes)):
        if not KinFiling.objects.filter(case=case, official_name=kin.official_name).exists():
            KinFiling.objects.create(
                case=case,
                official_name=kin.official_name,
                official_post=kin.official_post,
                relation=kin.relation,
                member_name=indexes[kin.id_no_index].name,
                declared=False,
                staff_id=kin.staff_id,
            )


def _application_papers(act: Act, body: dict[str, Any]) -> None:
    case = act.case
    names = {str(person.uid): person.name for person in Person.objects.filter(household=case.household)}
    categories = {"W": "工资性收入", "B": "经营净收入", "P": "财产净收入", "T": "转移净收入", "O": "其他收入"}
    incomes = [
        {
            "name": names.get(each["person"], ""),
            "category": categories[each["category"]],
            "kind": each["kind"],
            "month_fen": each["month_fen"],
            "source": source,
        }
        for rows, source in ((body.get("incomes", ()), "申报"), (_shared_facts(case), "部门共享"))
        for each in rows
    ]
    obligors = [
        {"name": each.name, "relation": name_of("relation", each.relation), "note": "已登记"}
        for each in case.household.obligors.all()
    ]
    act.paper(
        "W09",
        address=case.household.address or "见档案",
        phone=case.applicant.phone or "无",
        incomes=incomes,
        obligors=obligors,
        **papers.account_words(case, act.today),
    )
    kin = [
        f"{each.member_name}与{each.official_name}（{each.official_post}）为{each.relation}关系"
        for each in case.kin_filings.filter(declared=True)
    ]
    act.paper(
        "W10",
        promises=promises(registry.get(case.aid_type)),
        kin_statement="；".join(kin) or "申请人一方没有社会救助经办人员和村（居）委会成员的近亲属。",
    )
    act.paper("W12", materials=materials_table(case))
