"""「能不能申请、大概多少」: every type's own law on what somebody says of his family, with what nobody asked left open.

The same functions that judge a case; nothing is decided and nothing is kept here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import ONCE, AidType
from jiuzhu.core.calendar import add_months
from jiuzhu.policy.evidence import Evidence, Hardship, Member, SelfCare
from jiuzhu.policy.household import edge
from jiuzhu.policy.outcome import NOT_QUALIFIED, QUALIFIED, ConditionResult, Outcome
from jiuzhu.policy.parameters import ParameterSet

LIKELY, UNLIKELY, UNSURE = "LIKELY", "UNLIKELY", "UNSURE"
_SEVERITIES = ("LIGHT", "MEDIUM", "HEAVY", "EXTREME")
_SOME_AGE = 40
_ITEMS = ("eat", "dress", "bed", "toilet", "walk", "bathe")


@dataclass(frozen=True)
class Answer:
    """What one type's law says of the family, or of one ``person`` of it. Sums are fen, a month or once.

    ``outcome`` is the law's answer to exactly what was said; the range covers what was not asked.
    """

    aid: AidType
    verdict: str
    low_fen: int
    high_fen: int
    outcome: Outcome
    person: str = ""


def check(
    said: Evidence, parameters: ParameterSet, regime: str, *, causes: tuple[str, ...] = ()
) -> tuple[Answer, ...]:
    """One answer a type, the likely ones first; a person's aid is answered for whoever of the family fits best.

    ``causes`` are the hardships told of (TA-02): one-off aid is for a hardship, so without one it is left out.
    """
    answers = []
    for aid in registry.offered(regime):
        hardship = _hardship(aid, said, causes)
        if aid.pays != ONCE or hardship:
            answers.append(_best(aid, replace(said, hardship=hardship), parameters, regime))
    order = (LIKELY, UNSURE, UNLIKELY)
    return tuple(sorted(answers, key=lambda each: order.index(each.verdict)))


def conditions(aid: AidType, parameters: ParameterSet, regime: str, on: date) -> tuple[ConditionResult, ...]:
    """What a type's law asks for, in its own words, of a family nothing is known of."""
    somebody = Member(ref="", relation="0", sex="0", born_on=add_months(on, -12 * _SOME_AGE))
    unknown = Evidence(as_of=on, aid_type=aid.code, area_type="URBAN", members=(somebody,))
    return tuple(
        each for each in aid.assess(unknown, parameters, regime).conditions if each.unit != "bank_flag"
    )


def _hardship(aid: AidType, said: Evidence, causes: tuple[str, ...]) -> Hardship | None:
    own = [cause for cause in causes if cause in aid.hardship_causes] if aid.pays == ONCE else []
    return Hardship(own[0], persons=len(said.counted)) if own else None


def _best(aid: AidType, said: Evidence, parameters: ParameterSet, regime: str) -> Answer:
    """For the family, and for each who may have it alone; the likeliest goes, the family before the person."""
    found = []
    if not aid.per_person:
        found.append(_answer(aid, said, parameters, regime))
    for member in said.members:
        if aid.per_person or (aid.may_be_single and edge.single_ground(member, said.as_of, regime)):
            own = edge.alone(said, member.ref, parameters, regime)
            found.append(replace(_answer(aid, own, parameters, regime), person=member.ref))
    order = (LIKELY, UNSURE, UNLIKELY)
    return min(found, key=lambda each: (order.index(each.verdict), -each.high_fen))


def _answer(aid: AidType, said: Evidence, parameters: ParameterSet, regime: str) -> Answer:
    outcomes = [aid.assess(each, parameters, regime) for each in _readings(aid, said)]
    given = {each.conclusion for each in outcomes}
    verdict = LIKELY if given == {QUALIFIED} else UNSURE
    if given and not given & {QUALIFIED, "NEED_REVIEW"}:
        verdict = UNLIKELY
    sums = [each.amount_fen for each in outcomes if each.conclusion != NOT_QUALIFIED and each.amount_fen]
    return Answer(
        aid,
        verdict,
        low_fen=min(sums, default=0) if verdict != UNLIKELY else 0,
        high_fen=max(sums, default=0) if verdict != UNLIKELY else 0,
        outcome=outcomes[0],
    )


def _readings(aid: AidType, said: Evidence) -> Iterator[Evidence]:
    """What was said, then the same with what only an investigation settles read the other way.

    Whether somebody able to work is expected to earn (LAB-04), how much help he needs (TK-07), how hard it hit (TA-10).
    """
    told = replace(said, aid_type=aid.code)
    readings = [told]
    if any(member.labour in ("FULL", "PART") for member in told.counted):
        spared = tuple(replace(member, imputed_override="自查") for member in told.members)
        readings.append(replace(told, members=spared))
    if aid.support and told.counted:
        readings = [each for one in readings for each in _rated(one)]
    if told.hardship and not told.hardship.severity:
        readings = [
            replace(one, hardship=replace(told.hardship, severity=severity))
            for one in readings
            for severity in _SEVERITIES
        ]
    yield from readings


def _rated(one: Evidence) -> Iterator[Evidence]:
    """None, one and four of the six items unable: the three levels."""
    for unable in (0, 1, 4):
        items = {item: position >= unable for position, item in enumerate(_ITEMS)}
        yield replace(one, self_care=SelfCare(member=one.counted[0].ref, **items))
