"""Closing the dossier of a finished case: nothing missing, every paper listed with number, day and pages (ARC-01..04)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from jiuzhu.accounts.actor import Actor
from jiuzhu.audit.acts import record
from jiuzhu.cases import papers
from jiuzhu.cases.acts._act import locked
from jiuzhu.cases.dossier import lacking
from jiuzhu.cases.models import Case
from jiuzhu.cases.permissions import check_may_do
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import acts as documents
from jiuzhu.documents.models import Document
from jiuzhu.workflow.states import STATES

_SERVED = ("W22",)


def missing_papers(case: Case) -> list[str]:
    """Titles of the papers the dossier lacks, and of those nobody has proof of having handed over."""
    missing = [
        "或".join(f"《{papers.title(code, case)}》" for code in sorted(each)) for each in lacking(case)
    ]
    unserved = Document.objects.filter(case_id=case.id, code__in=_SERVED, state=Document.ISSUED)
    codes = sorted(set(unserved.values_list("code", flat=True)))
    return missing + [f"《{papers.title(code, case)}》的送达证明" for code in codes]


def close_dossier(actor: Actor, uid: UUID | str, *, seen: Any = None, once: Any = None) -> Document:
    """Issue the table of contents (W48). A later paper makes a further volume, never a second list of the same."""
    with transaction.atomic():
        case = locked(actor, uid)
        check_may_do(actor, case, ("TOWN_CLERK", "CENTER_STAFF"), "立卷归档")
        if case.open:
            raise Refusal("E_STATE", act="立卷归档", state=STATES[case.state].name)
        if missing := missing_papers(case):
            raise Refusal("E_DOC", missing="、".join(missing))
        last = Document.objects.filter(case_id=case.id, code="W48").order_by("-id").first()
        files = Document.objects.filter(case_id=case.id, id__gt=last.id if last else 0).order_by("id")
        if not files:
            raise Refusal("E_REPEAT", case_no=case.case_no)
        rows = [
            {
                "seq": number,
                "title": each.title,
                "doc_no": each.doc_no or each.code,
                "issued_on": each.issued_on,
                "pages": each.pages,
            }
            for number, each in enumerate(files, 1)
        ]
        listed = documents.issue(
            actor,
            "W48",
            papers.common(case, clock.today())
            | {"files": rows, "pages_total": sum(row["pages"] for row in rows)},
            organ=case.town,
            regime=case.regime,
            household=case.household,
            case_id=case.id,
            addressee=case.applicant.name,
        )
        record(actor, "case.archive", about=case, case_no=case.case_no, papers=len(rows))
        return listed
