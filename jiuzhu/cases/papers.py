"""Filling papers: what a case knows, in the words papers use; acts add what only they know."""

from __future__ import annotations

import base64
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings

from jiuzhu.accounts.actor import Actor
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import COUNTY_LEVEL, delegation_for, village_name
from jiuzhu.aid_types import registry
from jiuzhu.cases.authority import authority_of
from jiuzhu.cases.models import Case
from jiuzhu.core import clock
from jiuzhu.core.codes import name_of
from jiuzhu.core.id_numbers import age_on
from jiuzhu.documents import acts as documents
from jiuzhu.documents import aid_words, catalogue, engine
from jiuzhu.documents.models import Document
from jiuzhu.people.queries import account_on, members_of, placement
from jiuzhu.policy.conditions import show
from jiuzhu.policy.outcome import Outcome
from jiuzhu.vault import files

if TYPE_CHECKING:
    from jiuzhu.cases.acts._act import Act

# papers that only whoever decides the case may issue (DOC-07, AS-54)
_DECIDERS = ("W21", "W22", "W23", "W24")


def title(code: str, case: Case) -> str:
    """What a paper of this case is called."""
    about = {"aid_type": case.aid_type, "applicant_name": case.applicant.name}
    return engine.title(catalogue.notice(code), aid_words.spoken(about, case.regime), case.regime)


def refused(case: Case) -> str:
    """What a refusal is called under the case's regime: 不予批准, later 不予确认同意."""
    return str(aid_words.words(registry.get(case.aid_type), case.regime)["refuse_word"])


def members(case: Case, on: date, *, numbers: bool) -> list[dict[str, Any]]:
    """The family as a table of words; ID numbers only where the paper needs them."""
    rows = []
    for each in members_of(case.household, on):
        person = each.person
        placed = placement(each, on, case.regime)
        alone = case.for_person_id not in (None, person.id)
        row = {
            "name": person.name,
            "relation": name_of("relation", each.relation),
            "sex": name_of("sex", person.sex),
            "age": age_on(person.born_on, on),
            "labour": name_of("labour", each.labour),
            "health": name_of("health", each.health),
            "counted": f"不计入（{placed.rule}）"
            if not placed.counted
            else "不计入（只救助一人）"
            if alone
            else "计入",
        }
        rows.append(row | ({"id_no": person.id_no} if numbers else {}))
    return rows


def common(case: Case, on: date, listed: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """What every paper of a case may say; ``listed`` are its :func:`members`, if the caller has them."""
    listed = members(case, on, numbers=False) if listed is None else listed
    authority = authority_of(case, on)
    delegation = delegation_for(case.town, case.aid_type, on) if authority == "TOWN" else None
    return {
        "applicant_name": case.applicant.name,
        "case_no": case.case_no,
        "dossier_no": case.household.dossier_no,
        "village_name": village_name(case.village_code),
        "aid_type": case.aid_type,
        "area_type": name_of("area_type", case.area_type),
        "channel": name_of("channel", case.channel),
        "hardship": case.hardship or "无",
        "opened_at": clock.local(case.opened_at).isoformat(),
        "applied_on": case.applied_on or on,
        "accepted_on": case.accepted_on,
        "hotline": case.town.phone,
        "window": case.town.window_address,
        "county_organ": case.county.organ_name,
        "members_count": sum(row["counted"] == "计入" for row in listed),
        "authorisation_no": case.authorisation.number if case.authorisation else "",
        "authority_doc_no": delegation.authority_doc_no if delegation else "",
    }


def account_words(case: Case, on: date) -> dict[str, Any]:
    if not registry.get(case.aid_type).has_money:
        return {}
    account = account_on(case.household, on, case.for_person)
    if account is None:
        return {
            "bank_name": "（待补）",
            "account_no": "（待补）",
            "account_name": "（待补）",
            "account_relation": "",
        }
    return {
        "bank_name": account.bank_name,
        "account_no": account.number,
        "account_name": account.holder_name,
        "account_relation": "本人" if account.holder_id == case.applicant_id else "共同生活成员",
    }


def lines(outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {"label": each.label, "formula": each.formula, "value_fen": each.value_fen, "article": each.article}
        for each in outcome.lines
    ]


def conditions(outcome: Outcome) -> list[dict[str, Any]]:
    words = {True: "符合", False: "不符合", None: "不能判断"}
    return [
        {
            "title": each.title,
            "met": words[each.met],
            "value": show(each.value, each.unit),
            "limit": show(each.limit, each.unit),
            "article": each.article,
        }
        for each in outcome.conditions
    ]


def reasons(outcome_or_codes: Any) -> list[str]:
    """Refusal reasons in plain words: code's name and the condition's own sentence."""
    if isinstance(outcome_or_codes, Outcome):
        return [
            f"{name_of('reason', each.reason_code)}：{each.sentence}" for each in outcome_or_codes.not_met
        ]
    return [name_of("reason", code) for code in outcome_or_codes]


def pictures(stored: list[tuple[Any, str]]) -> list[dict[str, str]]:
    """Stored files as pictures a paper can show: ``[(StoredFile, caption)]``."""
    return [
        {"base64": base64.b64encode(files.read(file)).decode(), "alt": caption} for file, caption in stored
    ]


def organ_for(act_or_case: Any, code: str, actor_organ: Organisation | None) -> Organisation:
    """Which organ issues: the decider for decisions, the town for the family's papers, the county for its own."""
    case: Case = act_or_case
    wanted = catalogue.notice(code).organ
    if wanted == "county":
        return case.county
    if wanted == "decider":
        decision = case.decisions.order_by("-round").first()
        return decision.organ if decision else (actor_organ or case.county)
    return case.town


def may_issue(case: Case, code: str, organ: Organisation, on: date) -> bool:
    """DOC-06, DOC-07, AS-54: a decision's papers come from whoever had authority on the day of the decision."""
    if code not in _DECIDERS:
        return True
    decision = case.decisions.order_by("-round").first()
    day = decision.decided_on if decision else on
    if organ.kind == Organisation.TOWN:
        return organ.id == case.town_id and delegation_for(organ, case.aid_type, day) is not None
    return organ.kind in COUNTY_LEVEL and organ.id == case.county_id


def issue_for(act: Act, code: str, **more: Any) -> Document:
    """Issue one paper of a move, from the case's facts and what the act adds."""
    return issue(act.actor, act.case, code, act.today, **more)


def issue(actor: Actor, case: Case, code: str, on: date, **more: Any) -> Document:
    """Issue one paper of a case."""
    organ = organ_for(case, code, None)
    if not actor.is_staff:  # the platform itself receives what comes in by phone; nobody else handled it
        more.setdefault("signer_name", "网上自助办理")
    if catalogue.notice(code).whitelist:
        url = f"{settings.PUBLIC_URL}/public/postings/{more.pop('token')}/"
        data = {"public_url": url, "aid_type": case.aid_type} | more
    else:
        listed = members(case, on, numbers=code in ("W02", "W09"))
        if code == "W24":  # a certificate names those it is for, nobody else at home
            listed = [row for row in listed if row["counted"] == "计入"]
        data = common(case, on, listed) | {"members": listed} | more
    return documents.issue(
        actor,
        code,
        data,
        organ=organ,
        regime=case.regime,
        household=case.household,
        case_id=case.id,
        addressee=case.applicant.name,
        authorised=may_issue(case, code, organ, on),
        event_on=clock.local(case.opened_at).date() if case.opened_at else None,
    )
