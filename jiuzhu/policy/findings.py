"""What observations mean for a household: over a limit (BLOCK), unlike what was said (DIFF), or a hint (VER-11).

Also puts observations into the evidence, so that the same facts judge the family as departments know it.
Two spouses who own one flat, or one company seen twice, are one thing: things are told apart by certificate,
plate or registration code, and what the family declared is matched with what was found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from jiuzhu.core.money import yuan
from jiuzhu.core.observation import Observation
from jiuzhu.policy.conditions import show
from jiuzhu.policy.evidence import Asset, Evidence, Income, Member
from jiuzhu.policy.outcome import ConditionResult, Outcome
from jiuzhu.policy.regimes import regime as regime_of

BLOCK, DIFF, HINT = "BLOCK", "DIFF", "HINT"
GONE = ("SCRAPPED", "DEREGISTERED", "TRANSFERRED")
# who asks registers about a family, and what it declared is held against (VER-11)
_ASKED_BY = "国务院令第649号第五十八条"
SMALL_VEHICLES = ("MOTORCYCLE", "TRICYCLE")
_ASSET_KINDS = ("vehicle", "small_vehicle", "dwelling", "nonresidential", "company", "machine")
PENSIONS = ("basic_pension", "pension")
_ASSET_SOURCES = {
    "vehicle": "CL",
    "small_vehicle": "CL",
    "dwelling": "BDC",
    "nonresidential": "BDC",
    "company": "GS",
    "cash": "CK",
}
# which finding a failed condition is, and who owns what it is about
_CODES = {
    "cash": "F-CASH",
    "cash_flag": "F-CASH",
    "cars": "F-CAR",
    "car_price": "F-CAR",
    "dwellings": "F-HOUSE",
    "nonresidential": "F-NONRES",
    "companies": "F-CORP",
    "machines": "F-MACH",
    "new_house": "F-NEWHOUSE",
    "transfer": "F-TRANSFER",
    "other_aid": "F-DUP",
    "income": "F-INC",
}
_SOURCES = {
    "cash": "CK",
    "cash_flag": "CK",
    "cars": "CL",
    "car_price": "CL",
    "dwellings": "BDC",
    "nonresidential": "BDC",
    "new_house": "BDC",
    "companies": "GS",
    "income": "SB",
}


@dataclass(frozen=True)
class Finding:
    """One finding. ``value`` and ``limit`` are words; ``person`` is a member ref or "" for the family."""

    code: str
    level: str
    person: str
    source: str
    value: str
    limit: str
    article: str
    sentence: str
    reason_code: str = ""


# —— evidence as departments know it


def with_observations(
    evidence: Evidence,
    observations: Iterable[Observation],
    refs: Mapping[str, str],
    *,
    regime: str,
    explained: Collection[tuple[str, str, str]] = (),
) -> Evidence:
    """The evidence with what departments know put in. ``refs`` maps ID numbers to member refs.

    The family may have been verified before (a review): what a department said then stands until it speaks again of
    everybody (``evidence.answered``), a wage until its contribution base no longer fits it, and a documented exemption
    as long as the thing is there and, for money, has not grown.

    Observations of people who are not members are left out. A member registered as dead no longer counts (HH-14), nor
    one held in prison (HH-11) or, where the regime says so, in compulsory isolation (HH-12).
    ``explained`` holds (finding code, member ref, value) an officer accepted an explanation for: after H-WAGE the
    declared wage stands though the contribution base is higher, after F-PRISON he is at home, after F-CASH the banks'
    flag is no reason. Another value is another matter.
    """
    seen = _distinct([each for each in observations if each.subject in refs])
    members = {member.ref: member for member in evidence.members}
    incomes = _still_known(evidence, seen, refs)
    over_limit = None if "CK" in evidence.answered else evidence.over_limit
    found = list[Asset]()
    for each in seen:
        ref = refs[each.subject]
        found += _assets(each, members.get(ref), evidence)
        incomes = _incomes(incomes, each, ref, explained=explained)
        if each.kind == "deposit_flag":
            over_limit = bool(over_limit) or bool(each.attributes["over_limit"])
        if each.kind == "death" and ref in members and each.attributes["died_on"] <= evidence.as_of:
            members[ref] = replace(members[ref], exclude=members[ref].exclude or "HH-14")
        if each.kind == "custody" and ref in members and ("F-PRISON", ref, held_words(each)) not in explained:
            rule = _held_away(each, evidence.as_of, regime)
            members[ref] = replace(members[ref], exclude=members[ref].exclude or rule)
    if over_limit and ("F-CASH", "", show(over_limit, "bank_flag")) in explained:
        over_limit = False
    spoken = evidence.answered
    former = [
        asset for asset in evidence.assets if asset.verified and _ASSET_SOURCES.get(asset.kind) in spoken
    ]
    declared = [asset for asset in evidence.assets if asset not in former]
    found = [replace(asset, exempt=asset.exempt or _exempt_before(asset, former)) for asset in found]
    return replace(
        evidence,
        members=tuple(members.values()),
        incomes=incomes,
        assets=tuple(_merged(declared, found)),
        over_limit=over_limit,
    )


def _still_known(
    evidence: Evidence, seen: Sequence[Observation], refs: Mapping[str, str]
) -> tuple[Income, ...]:
    """Incomes before the departments are heard: without the pensions the insurer speaks of anew."""
    paid = {refs[each.subject] for each in seen if each.kind == "pension"}
    spoken = "SB" in evidence.answered
    return tuple(
        item
        for item in evidence.incomes
        if not (item.verified and item.kind in PENSIONS and (spoken or item.member in paid))
    )


def _exempt_before(asset: Asset, former: Sequence[Asset]) -> str:
    """Why a thing found earlier was left out (PR-21); money that has grown since is to be explained anew."""
    same = next(
        (each for each in former if _same_thing(each, asset) or each.kind == asset.kind == "cash"), None
    )
    grown = same is not None and asset.kind == "cash" and asset.value_fen > same.value_fen
    return same.exempt if same is not None and not grown else ""


def _held_away(seen: Observation, on: date, regime: str) -> str:
    """The rule that leaves out who is held on a day, "" when he counts: not begun, over, or not left out then."""
    what = seen.attributes
    if what["since"] > on or (what["until"] and what["until"] < on):
        return ""
    if what["kind"] == "PRISON":
        return "HH-11"
    return "HH-12" if regime_of(regime).leaves_out_isolated_and_missing else ""


_NUMBERS = {
    "vehicle": "plate",
    "dwelling": "certificate_no",
    "nonresidential": "certificate_no",
    "company": "uscc",
}


def _distinct(seen: Sequence[Observation]) -> list[Observation]:
    """Every thing once, though two owners or two rows name it."""
    kept: list[Observation] = []
    for each in seen:
        if each.kind not in _NUMBERS or not any(_same_observed(each, other) for other in kept):
            kept.append(each)
    return kept


def _same_observed(one: Observation, other: Observation) -> bool:
    """One number, or one building of two owners: same place, area and day under different certificates."""
    if one.kind != other.kind:
        return False
    number, what, known = _NUMBERS[one.kind], one.attributes, other.attributes
    if what.get(number) and what.get(number) == known.get(number):
        return True
    place = ("address", "area_m2_tenths", "registered_on")
    joint = one.subject != other.subject and all(name in what for name in place)
    return joint and all(what[name] == known.get(name) for name in place)


def _merged(declared: Sequence[Asset], found: Sequence[Asset]) -> list[Asset]:
    """Found things, plus declared things no department knows; a documented exemption is kept on the found thing."""
    unmatched, merged = list(declared), []
    for asset in found:
        same = next((each for each in unmatched if _same_thing(each, asset)), None)
        if same is not None:
            unmatched.remove(same)
            asset = replace(
                asset, exempt=asset.exempt or same.exempt, value_fen=asset.value_fen or same.value_fen
            )
        merged.append(asset)
    return [*merged, *unmatched]


def _same_thing(declared: Asset, found: Asset) -> bool:
    """A declared thing is the found one when kinds agree and neither owner nor name contradicts it."""
    if declared.kind != found.kind or declared.kind not in _ASSET_KINDS:
        return False
    if declared.label and found.label:
        return declared.label in found.label or found.label in declared.label
    return not declared.member or not found.member or declared.member == found.member


def _assets(seen: Observation, member: Member | None, evidence: Evidence) -> list[Asset]:
    what, ref = seen.attributes, member.ref if member else ""
    if seen.kind == "vehicle" and what.get("state") not in GONE:
        return [_vehicle(seen, ref, evidence)]
    if seen.kind == "dwelling":
        label = what.get("address") or what.get("certificate_no", "")
        area, bought_on = what["area_m2_tenths"], _bought_on(seen)
        return [Asset(ref, "dwelling", label, area_m2_tenths=area, verified=True, bought_on=bought_on)]
    if seen.kind == "nonresidential":
        label = what.get("address") or what.get("certificate_no") or what.get("use", "")
        return [Asset(ref, "nonresidential", label, area_m2_tenths=what["area_m2_tenths"], verified=True)]
    if seen.kind == "company" and what["state"] == "ACTIVE" and what["capital_fen"] > 0:
        return [Asset(ref, "company", what["name"], what["capital_fen"], verified=True, exempt=_idle(seen))]
    if seen.kind == "deposit_balance":
        return [Asset(ref, "cash", "银行存款", value_fen=what["balance_fen"], verified=True)]
    return []


def _vehicle(seen: Observation, ref: str, evidence: Evidence) -> Asset:
    """PR-02: a disabled member's mobility vehicle is exempt; two- and three-wheelers are counted apart."""
    what = seen.attributes
    if what["kind"] == "MOBILITY" and any(member.disability_category for member in evidence.members):
        return Asset(ref, "vehicle", what["plate"], verified=True, exempt="残疾人功能补偿代步车")
    kind = "small_vehicle" if what["kind"] in (*SMALL_VEHICLES, "MOBILITY") else "vehicle"
    return Asset(ref, kind, what["plate"], value_fen=what.get("price_fen", 0), verified=True)


def _bought_on(seen: Observation) -> date | None:
    """PR-08: the day a dwelling was bought; none for one given for a demolished home or inherited."""
    what = seen.attributes
    given = what.get("demolition_replacement") or what.get("acquired") == "INHERITED"
    registered: date | None = what.get("registered_on")
    return None if given else registered


def _idle(seen: Observation) -> str:
    """PR-05: proven dormant companies and co-operative membership are exempt."""
    if seen.attributes.get("co_operative"):
        return "农民专业合作社成员"
    return "经核实企业无经营（停业、空壳）" if seen.attributes.get("dormant") else ""


def _incomes(
    incomes: tuple[Income, ...],
    seen: Observation,
    ref: str,
    *,
    explained: Collection[tuple[str, str, str]],
) -> tuple[Income, ...]:
    """A pension paid replaces the declared one. A contribution base proves employment; only a base of more than 1.2
    times the declared wage stands in for it, until the family has explained itself."""
    what = seen.attributes
    if seen.kind == "pension":
        kind = "basic_pension" if what["kind"] == "RESIDENT" else "pension"
        kept = [item for item in incomes if item.member != ref or item.kind not in PENSIONS or item.verified]
        return (*kept, Income(ref, "T", kind, 12 * what["amount_fen"], verified=True))
    if seen.kind != "contribution" or not what.get("base_fen"):
        return incomes
    declared = tuple(item for item in incomes if item.member == ref and item.category == "W")
    accepted = ("H-WAGE", ref, _base_words(what["base_fen"])) in explained
    if accepted or wage_is_plausible(what["base_fen"], declared):
        return tuple(replace(item, verified=True) if item in declared else item for item in incomes)
    kept = [item for item in incomes if item not in declared]
    cost = sum(item.cost_fen for item in declared)
    return (*kept, Income(ref, "W", "wage", 12 * what["base_fen"], cost_fen=cost, verified=True))


def _base_words(base_fen: int) -> str:
    return f"{yuan(base_fen)}元"


def wage_is_plausible(base_fen: int, declared: Sequence[Income]) -> bool:
    """S06: base ≤ declared × 1.2, compared without dividing."""
    return 5 * 12 * base_fen <= 6 * sum(item.year_fen for item in declared)


# —— findings


def find(
    declared: Evidence,
    outcome: Outcome,
    observations: Sequence[Observation],
    refs: Mapping[str, str],
    *,
    answered: Collection[str] = (),
) -> list[Finding]:
    """Findings: what the outcome of the *verified* evidence says is over a limit, then every difference and hint.

    ``declared`` is the evidence as the family said it; ``outcome`` the assessment of :func:`with_observations`;
    ``answered`` the sources that spoke, whose silence about somebody says something.
    """
    findings = [_block(result) for result in outcome.not_met if _is_finding(result.key, outcome)]
    known = {member.ref: member for member in declared.members}
    for seen in observations:
        ref = refs.get(seen.subject, "")
        if ref:
            findings += _differences(declared, known.get(ref), seen, ref, refs)
    if "SB" in answered:
        findings += _no_longer_insured(declared, observations, refs)
    return list(dict.fromkeys(findings))


def _is_finding(key: str, outcome: Outcome) -> bool:
    """Income is judged before the application only when nothing of it is merely imputed (LAB-02, LAB-04)."""
    if key == "income":
        return not any(line.rule == "LAB-02" for line in outcome.lines)
    return key in _CODES


def _block(result: ConditionResult) -> Finding:
    return Finding(
        code=_CODES[result.key],
        level=BLOCK,
        person="",
        source=_SOURCES.get(result.key, ""),
        value=show(result.value, result.unit),
        limit=show(result.limit, result.unit),
        article=result.article,
        sentence=result.sentence,
        reason_code=result.reason_code,
    )


def _diff(
    code: str,
    ref: str,
    seen: Observation,
    value: str,
    limit: str,
    sentence: str,
    level: str = DIFF,
    reason: str = "",
) -> Finding:
    return Finding(code, level, ref, seen.source, value, limit, _ASKED_BY, sentence, reason)


def _differences(
    declared: Evidence, member: Member | None, seen: Observation, ref: str, refs: Mapping[str, str]
) -> list[Finding]:
    what = seen.attributes
    if seen.kind == "death":
        died = f"{what['died_on']:%Y-%m-%d}"
        said = f"殡葬登记显示该成员已于{died}死亡"
        return [_diff("F-DEATH", ref, seen, died, "", said, BLOCK, "RC-DEATH")]
    if seen.kind == "register":
        return _register(seen, ref, refs)
    if seen.kind == "custody" and member and member.counted:
        value = held_words(seen)
        said = f"司法行政登记显示该成员{value}，申报在家共同生活"
        return [_diff("F-PRISON", ref, seen, value, "在家", said)]
    if seen.kind == "marriage":
        return _marriage(member, seen, ref, refs)
    if seen.kind == "contribution" and what.get("base_fen"):
        return _wage(declared, seen, ref)
    if seen.kind == "pension":
        return _pension(declared, seen, ref)
    if seen.kind == "individual_business" and what.get("state", "ACTIVE") == "ACTIVE":
        return _business(declared, seen, ref)
    return []


def held_words(seen: Observation) -> str:
    """自2020-02-20起在监狱服刑，至2023-02-19."""
    what = seen.attributes
    where = {"PRISON": "在监狱服刑", "DRUG_ISOLATION": "被强制隔离戒毒"}[what["kind"]]
    end = f"，至{what['until']}" if what["until"] else ""
    return f"自{what['since']}起{where}{end}"


def _register(seen: Observation, ref: str, refs: Mapping[str, str]) -> list[Finding]:
    """F-CANCEL; F-MEMBER for people of the same register the family did not name (``others``: their ID numbers)."""
    findings = []
    if seen.attributes.get("state") == "CANCELLED":
        findings.append(_diff("F-CANCEL", ref, seen, "已注销", "在册", "户籍登记显示该成员户口已注销"))
    unnamed = [number for number in seen.attributes.get("others", ()) if number not in refs]
    if unnamed:
        said = f"同一户口簿上另有{len(unnamed)}人未申报，请核实是否共同生活"
        findings.append(_diff("F-MEMBER", ref, seen, f"{len(unnamed)}人未申报", "全部申报", said))
    return findings


_MARITAL = {"1": "未婚", "2": "已婚", "3": "丧偶", "4": "离婚"}
_REGISTERED = {"MARRIED": "已婚", "DIVORCED": "离婚"}


def _marriage(member: Member | None, seen: Observation, ref: str, refs: Mapping[str, str]) -> list[Finding]:
    """F-MARRIAGE; and F-MEMBER for a registered spouse the family did not name. A widow is not "unlike" married."""
    married = seen.attributes["state"] == "MARRIED"
    registered = _REGISTERED.get(seen.attributes["state"], "没有登记")
    said = _MARITAL.get(member.marital[:1], "") if member else ""
    findings = []
    if said and said != "丧偶" and (said == "已婚") != married:
        sentence = f"申报为{said}，婚姻登记为{registered}"
        findings.append(_diff("F-MARRIAGE", ref, seen, registered, said, sentence))
    spouse = seen.attributes.get("spouse_id_no")
    if married and spouse and spouse not in refs and said != "丧偶":
        sentence = "婚姻登记的配偶没有申报为家庭成员，请核实"
        findings.append(_diff("F-MEMBER", ref, seen, "配偶未申报", "全部申报", sentence))
    return findings


def _level(declared: Evidence) -> str:
    """Before the form is filled nothing can be unlike it: what departments know is then a hint for the form."""
    return DIFF if declared.incomes else HINT


def _wage(declared: Evidence, seen: Observation, ref: str) -> list[Finding]:
    wages = [item for item in declared.incomes if item.member == ref and item.category == "W"]
    if wage_is_plausible(seen.attributes["base_fen"], wages):
        return []
    value = _base_words(seen.attributes["base_fen"])
    limit = f"{yuan(sum(item.year_fen for item in wages) // 12)}元"
    said = f"社会保险缴费基数{value}，高于申报工资{limit}的1.2倍"
    if not declared.incomes:
        said = f"社会保险缴费基数{value}，请在申请表中如实填写工资收入"
    return [_diff("H-WAGE", ref, seen, value, limit, said, _level(declared))]


def _no_longer_insured(
    declared: Evidence, observations: Sequence[Observation], refs: Mapping[str, str]
) -> list[Finding]:
    """A wage once proved by contributions still counts though nobody contributes any more: is he still at work?"""
    insured = {refs.get(each.subject, "") for each in observations if each.attributes.get("base_fen")}
    return [
        Finding(
            "H-NOJOB",
            HINT,
            item.member,
            "SB",
            "没有缴费记录",
            f"{yuan(item.year_fen // 12)}元",
            _ASKED_BY,
            f"工资每月{yuan(item.year_fen // 12)}元已计入，社会保险现在没有缴费记录；已不在工作的，请办理收入变化",
            "",
        )
        for item in declared.incomes
        if item.verified and item.kind == "wage" and item.member not in insured
    ]


def _pension(declared: Evidence, seen: Observation, ref: str) -> list[Finding]:
    said_fen = sum(item.year_fen for item in declared.incomes if item.member == ref and item.kind in PENSIONS)
    if said_fen == 12 * seen.attributes["amount_fen"]:
        return []
    value, limit = f"{yuan(seen.attributes['amount_fen'])}元", f"{yuan(said_fen // 12)}元"
    said = f"社会保险待遇每月{value}，" + (f"申报{limit}" if declared.incomes else "请在申请表中核对")
    return [_diff("F-INC", ref, seen, value, limit, said, _level(declared))]


def _business(declared: Evidence, seen: Observation, ref: str) -> list[Finding]:
    """PR-06: allowed, but its profit belongs into B."""
    if any(item.member == ref and item.category == "B" for item in declared.incomes):
        return []
    name = seen.attributes.get("name", "")
    said = f"登记有个体工商户“{name}”，没有申报经营净收入"
    return [_diff("F-INC", ref, seen, "有个体工商户", "未申报经营收入", said, _level(declared))]
