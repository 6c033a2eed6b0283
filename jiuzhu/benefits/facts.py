"""What is reported, checked and put into the words of the law (``policy.changes.after``); and back into plain words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from jiuzhu.cases.models import Entitlement
from jiuzhu.core import clock
from jiuzhu.core.codes import choices, name_of
from jiuzhu.core.id_numbers import age_on
from jiuzhu.core.money import yuan
from jiuzhu.core.refusal import Refusal
from jiuzhu.people import acts as people
from jiuzhu.people.models import Membership, Person
from jiuzhu.people.queries import members_of
from jiuzhu.policy import changes as law
from jiuzhu.policy.evidence import Evidence
from jiuzhu.policy.income_kinds import income_kinds, title_of

ASSETS = {
    "cash": "存款、有价证券",
    "vehicle": "机动车辆",
    "dwelling": "住房",
    "nonresidential": "非居住用房",
    "company": "经营主体",
    "machine": "大型农机具",
}


def person_of(entitlement: Entitlement, uid: str | None) -> Person:
    """A member of the household by reference."""
    try:
        ref = UUID(str(uid))
    except ValueError:
        ref = None
    found = Person.objects.filter(household_id=entitlement.household_id, uid=ref).first() if ref else None
    if found is None:
        raise Refusal("E_INPUT", field="家庭成员", problem="请选择家庭成员")
    return found


def member_facts(person: Person, *, authorised: bool) -> dict[str, Any]:
    """A registered member as the law sees him."""
    row = Membership.objects.filter(person=person, left_on__isnull=True).order_by("-id").first()
    if row is None:
        raise Refusal("E_NOT_FOUND", what="家庭成员")
    return {
        "ref": str(person.uid),
        "relation": row.relation,
        "sex": person.sex,
        "born_on": person.born_on.isoformat(),
        "marital": row.marital,
        "health": row.health,
        "disability_category": row.disability_category,
        "disability_grade": row.disability_grade,
        "serious_illness": row.serious_illness,
        "labour": row.labour,
        "employment": row.employment,
        "student": row.employment == "8",
        "authorised": authorised,
    }


def joining(
    entitlement: Entitlement, entry: dict[str, Any], *, signed: bool
) -> tuple[Person, dict[str, Any]]:
    """Register the new member; an adult has to have signed the authorisation too (D2)."""
    person = people.add_member(entitlement.household, entry)
    adult = age_on(person.born_on, clock.today()) >= 18
    if adult and not signed:
        raise Refusal("E_SEAL", missing=f"{person.name}的核对授权签字")
    return person, {"new": [member_facts(person, authorised=True)]}


def moneys(entitlement: Entitlement, family: Evidence, given: dict[str, Any]) -> dict[str, Any]:
    """Incomes (``month_fen``) and assets as they are now, of members of this family only."""
    refs = {each.ref for each in family.members}
    incomes, assets = [], []
    for each in given.get("incomes", ()):
        kind = income_kinds().get(each.get("kind", ""))
        if each.get("member") not in refs or kind is None or int(each["month_fen"]) < 0:
            raise Refusal("E_INPUT", field="收入", problem="请选择成员和收入种类，金额不能为负数")
        incomes.append(
            {
                "member": each["member"],
                "category": kind.category,
                "kind": each["kind"],
                "year_fen": 12 * int(each["month_fen"]),
                "verified": bool(each.get("verified")),
            }
        )
    for each in given.get("assets", ()):
        if each.get("member") not in refs or each.get("kind") not in ASSETS or int(each["value_fen"]) < 0:
            raise Refusal("E_INPUT", field="财产", problem="请选择成员和财产种类，金额不能为负数")
        assets.append(
            {
                "member": each["member"],
                "kind": each["kind"],
                "label": str(each.get("label", ""))[:60],
                "value_fen": int(each["value_fen"]),
            }
        )
    return {"incomes": incomes, "assets": assets}


def certificate_of(person: Person) -> dict[str, str]:
    """The disability certificate on the family's books."""
    return held_by(Membership.objects.filter(person=person, left_on__isnull=True).order_by("-id").first())


def held_by(row: Membership | None) -> dict[str, str]:
    """``category``, ``grade`` and ``until`` (ISO text, "" where no day is known); all empty without a certificate."""
    until = row.disability_until if row else None
    return {
        "category": row.disability_category if row else "",
        "grade": row.disability_grade if row else "",
        "until": until.isoformat() if until else "",
    }


def certificate(
    entitlement: Entitlement, family: Evidence, given: dict[str, Any]
) -> tuple[Person, dict[str, Any]]:
    """What the new certificate says, beside what the books say: renewed, of another class, a first one, none any more."""
    person = person_of(entitlement, given.get("person"))
    if str(person.uid) not in {each.ref for each in family.members}:
        raise Refusal("E_INPUT", field="家庭成员", problem=f"{person.name}不在保障家庭中")
    category, grade = (str(given.get(key) or "") for key in ("disability_category", "disability_grade"))
    until = given.get("disability_until") or None
    known = category in choices("disability_category") and grade in choices("disability_grade")
    if (category or grade) and not known:
        raise Refusal("E_INPUT", field="残疾类别、等级", problem="请按残疾证选择；不再持证的都不选")
    if bool(grade) != bool(until) or (until and until < clock.today()):
        raise Refusal("E_INPUT", field="有效期至", problem="请按新的残疾证填写，不能早于今天；不再持证的不填")
    held = {"category": category, "grade": grade, "until": until.isoformat() if until else ""}
    former = certificate_of(person)
    if held == former:
        raise Refusal("E_INPUT", field="残疾证", problem="与已登记的相同，没有变化")
    return person, {"certificate": {"member": str(person.uid)} | held, "former": former}


def certificate_words(held: Mapping[str, str], *, none: str = "没有残疾证") -> str:
    """肢体二级，有效期至2030年3月1日."""
    if not held["grade"]:
        return none
    words = name_of("disability_category", held["category"]) + name_of("disability_grade", held["grade"])
    if not held["until"]:
        return words
    return f"{words}，有效期至{_day(held['until'])}"


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"


def told(kind: str, facts: dict[str, Any], names: dict[str, str]) -> list[str]:
    """What was reported, one sentence a line."""
    words: list[str] = []
    for ref in facts.get("gone", ()):
        until = f"，预计{_day(facts['until'])}返回" if facts.get("until") else ""
        words.append(
            f"{names.get(ref, '成员')}不再计入家庭：{law.WHY_GONE.get(facts.get('why', ''), '离开')}{until}"
        )
    for raw in facts.get("new", ()):
        words.append(
            f"{names.get(raw['ref'], '新成员')}加入家庭，与申请人关系：{name_of('relation', raw['relation'])}"
        )
    for raw in facts.get("incomes", ()):
        kind_name = title_of(raw["kind"])
        words.append(
            f"{names.get(raw['member'], '成员')}的{kind_name}现为每月{yuan(raw['year_fen'] // 12)}元"
        )
    for raw in facts.get("assets", ()):
        words.append(
            f"{names.get(raw['member'], '成员')}的{ASSETS.get(raw['kind'], raw['kind'])}现值{yuan(raw['value_fen'])}元"
        )
    if kind == law.CLS:
        words.append(f"复核类别调整为{facts['review_class']}类")
    if kind == law.ACC:
        words.append(f"领款人或账户变更，户名{names.get(facts['holder'], '')}，开户行{facts['bank_name']}")
    if kind == law.SUS:
        words.append(f"暂停原因：{law.WHY_SUSPENDED[facts['why']]}")
    if kind == law.END:
        words.append(f"退出原因：{law.WHY_STOPPED[facts['why']]}")
    if kind == law.JOB:
        words.append("连续3次无正当理由拒绝就业介绍")
    if kind == law.REIN:
        words.append(f"依据：{facts['decision_no']}")
    if kind == law.CERT:
        held = facts["certificate"]
        name = names.get(held["member"], "成员")
        words.append(
            f"{name}的残疾证：原登记{certificate_words(facts['former'])}；现为{certificate_words(held)}"
        )
    if kind == law.CARE:
        unable = sum(not value for key, value in facts["self_care"].items() if key != "member")
        words.append(f"重新评估自理能力，{unable}项不能自主完成")
    return words or [law.KINDS[kind].title]


def names_of(entitlement: Entitlement) -> dict[str, str]:
    return {
        str(person.uid): person.name
        for person in Person.objects.filter(household_id=entitlement.household_id)
    }


def current_members(entitlement: Entitlement, on: date) -> list[Membership]:
    return list(members_of(entitlement.household, on))


def relations() -> dict[str, str]:
    return {code: name for code, name in choices("relation").items() if code != "0"}
