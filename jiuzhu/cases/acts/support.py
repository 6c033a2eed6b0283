"""Self-care before a grant: rated by two before a witness (W30), and the law's answer follows (TK-07, TK-08)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from jiuzhu.accounts.actor import Actor
from jiuzhu.aid_types import registry
from jiuzhu.cases import papers
from jiuzhu.cases.acts._act import acting
from jiuzhu.cases.acts.investigation import assess_anew
from jiuzhu.cases.models import Case, SelfCareRating
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.parameters import queries as parameters
from jiuzhu.policy.evidence import SelfCare
from jiuzhu.vault import files
from jiuzhu.vault.uploads import Picture

_BEFORE_ASSESSMENT = ("ACCEPTED", "INVESTIGATING")


def rate_self_care(
    actor: Actor,
    uid: UUID | str,
    *,
    items: dict[str, bool],
    assessor: str,
    second_assessor: str,
    witness: str,
    signatures: list[Picture | None],
    organisation: str = "",
    seen: int | None = None,
    once: UUID | str | None = None,
) -> Case:
    """W30: ``items`` says of each of the six whether the person is able; the level follows (TK-07).

    ``signatures``: both assessors', then the witness's. Where the investigation is over the sum is made anew.
    """
    given: dict[str, Any] = {
        "items": items,
        "assessor": assessor,
        "second_assessor": second_assessor,
        "witness": witness,
        "signatures": signatures,
    }
    with acting(actor, uid, "TK-08", seen=seen, once=once, **given) as act:
        rating = keep_rating(actor, act.case, organisation=organisation, **given)
        act.paper("W30", **rating_words(rating))
        act.note(level=rating.level, rating=rating.seq)
        if act.case.state not in _BEFORE_ASSESSMENT:
            assess_anew(act)
        act.to(act.case.state)
    return act.case


def keep_rating(
    actor: Actor,
    case: Case,
    *,
    items: dict[str, bool],
    assessor: str,
    second_assessor: str,
    witness: str,
    signatures: list[Picture],
    organisation: str,
) -> SelfCareRating:
    """Write one rating; it holds for the months the city has set (DQ-39)."""
    support = registry.get(case.aid_type).support
    assert support is not None
    person, today = case.for_person or case.applicant, clock.today()
    values = parameters.plain_values(case.county, on=today, regime=case.regime)
    kept = [files.keep(each.content, each.mime) for each in signatures]
    able = {item: bool(items[item]) for item in support.items}
    return SelfCareRating.objects.create(
        case=case,
        person=person,
        seq=case.ratings.count() + 1,
        items=able,
        level=support.level_of(SelfCare(member=str(person.uid), **able)),
        rated_on=today,
        valid_to=add_months(today, int(values[support.rating_valid_months])),
        organisation=organisation.strip(),
        assessor=assessor.strip(),
        second_assessor=second_assessor.strip(),
        witness=witness.strip(),
        assessor_signature=kept[0],
        second_signature=kept[1],
        witness_signature=kept[2],
        by_id=actor.id if actor.is_staff else None,
        at=clock.now(),
    )


def rating_words(rating: SelfCareRating) -> dict[str, Any]:
    """A rating as its paper shows it."""
    support = registry.get(rating.case.aid_type).support
    assert support is not None
    return {
        "person_name": rating.person.name,
        "items": [
            {"item": title, "able": "能" if rating.items[item] else "不能"}
            for item, title in support.items.items()
        ],
        "unable_count": sum(not able for able in rating.items.values()),
        "level": support.levels[rating.level],
        "rated_on": rating.rated_on,
        "valid_to_on": rating.valid_to,
        "organisation": rating.organisation or "县级民政部门组织",
        "assessors": [rating.assessor, rating.second_assessor],
        "witness": rating.witness,
        "signatures": papers.pictures(
            [
                (rating.assessor_signature, f"评估人：{rating.assessor}"),
                (rating.second_signature, f"评估人：{rating.second_assessor}"),
                (rating.witness_signature, f"见证人：{rating.witness}"),
            ]
        ),
    }
