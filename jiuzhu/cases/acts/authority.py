"""Delegation as it touches cases: its paper, and cases that follow the authority at once (ORG-06, W49)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from jiuzhu.accounts import acts as accounts
from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import ConfidentialityAgreement, Delegation, Organisation
from jiuzhu.cases import queries
from jiuzhu.cases.acts.decision import follow_authority
from jiuzhu.core import clock
from jiuzhu.documents import acts as documents
from jiuzhu.parameters import queries as parameters

LEAST_STAFF = "staff.min"


def settings_of(county: Organisation) -> dict[str, object]:
    """The pilot list and the checklist's limit in force today."""
    values = parameters.plain_values(county, on=clock.today(), regime="P2019")
    return {
        "pilots": list(values["city.pilot_counties"]),
        "pilot_only": bool(values["city.pilot_only"]),
        "least_staff": int(values[LEAST_STAFF]),
    }


def move_delegation(
    actor: Actor, delegation_id: int, to: str, *, effective_on: date, reason: str
) -> tuple[Delegation, int]:
    """Activate, suspend or revoke; W49 on activation; waiting cases follow today. Returns how many moved."""
    with transaction.atomic():
        county = Organisation.objects.get(delegations__id=delegation_id)
        delegation = accounts.move_delegation(
            actor,
            delegation_id,
            to,
            effective_on=effective_on,
            reason=reason,
            **settings_of(county),  # type: ignore[arg-type]
        )
        if to == "ACTIVE":
            _issue(
                actor,
                "W49",
                {
                    "authority_doc_no": delegation.authority_doc_no,
                    "issued_by": delegation.issued_by,
                    "aid_types": "、".join(delegation.aid_types),
                    "valid_from_on": delegation.valid_from,
                    "duty_split": delegation.duty_split,
                },
                county,
                event_on=delegation.issued_on,
            )
        moved = 0
        if effective_on <= clock.today():
            moved = sum(follow_authority(uid) is not None for uid in queries.misplaced(clock.today()))
    return delegation, moved


def _issue(
    actor: Actor, code: str, data: dict[str, object], organ: Organisation, *, event_on: date | None = None
) -> None:
    """The city's officer and the administrator see no papers of a county or town; the platform files it there."""
    with fence(PLATFORM):
        documents.issue(actor, code, data, organ=organ, regime="P2019", event_on=event_on)


DUTIES = [
    "只查询经授权的人员和事项，不查询无关信息；",
    "不泄露、不复制、不对外提供核对结果；",
    "不使用他人账号，不把账号交给他人；",
    "发现泄露立即报告。",
]


def sign_agreement(actor: Actor, staff_id: int, *, valid_to: date) -> ConfidentialityAgreement:
    """The agreement and its paper W43 together (VER-31, VER-35)."""
    with transaction.atomic():
        agreement = accounts.sign_agreement(actor, staff_id, valid_to=valid_to)
        _issue(
            actor,
            "W43",
            {
                "staff_name": agreement.staff.name,
                "organ_name": agreement.organ.organ_name,
                "signed_on": agreement.signed_on,
                "valid_to_on": agreement.valid_to,
                "duties": DUTIES,
            },
            agreement.organ,
        )
    return agreement
