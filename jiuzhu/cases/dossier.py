"""What the file of a finished case must hold: every way of ending has its papers (DOC-08, ARC-03)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from jiuzhu.aid_types import registry
from jiuzhu.cases.models import Appraisal, Case, CountyVisit
from jiuzhu.documents.models import Document
from jiuzhu.workflow.endings import needed
from jiuzhu.workflow.states import TERMINAL

Codes = frozenset[str]


def required(case: Case, *, visited: bool, appraised: bool) -> list[Codes]:
    """Papers this case must hold at its end; of a set with several one is enough."""
    aid, wanted = registry.get(case.aid_type), set[str]()
    if case.state == "GRANTED":
        wanted |= {"W23"} | ({"W24"} if aid.certificate else set()) | ({"W30"} if aid.support else set())
    if case.near_relative:
        wanted.add("W11")
    if visited:
        wanted.add("W20")
    if appraised:
        wanted |= {"W26", "W27", "W28"}
    ways = needed(aid.moves, case.state, case.regime)
    return [
        *(each for each in ways if wanted.isdisjoint(each)),
        *(frozenset({code}) for code in sorted(wanted)),
    ]


def lacking(case: Case) -> list[Codes]:
    """What is required and not there."""
    there = set(
        Document.objects.filter(case_id=case.id).exclude(state=Document.VOID).values_list("code", flat=True)
    )
    wanted = required(
        case,
        visited=case.county_visits.filter(visited_on__isnull=False).exists(),
        appraised=case.appraisals.exclude(result="").exists(),
    )
    return [each for each in wanted if there.isdisjoint(each)]


def incomplete() -> Iterator[tuple[Case, list[Codes]]]:
    """Every finished case whose file lacks something, asked as a set."""
    visited = CountyVisit.objects.filter(case=OuterRef("pk"), visited_on__isnull=False)
    appraised = Appraisal.objects.filter(case=OuterRef("pk")).exclude(result="")
    there: dict[int, set[str]] = {}
    papers = Document.objects.filter(case_id__isnull=False).exclude(state=Document.VOID)
    for case_id, code in papers.values_list("case_id", "code").distinct():
        there.setdefault(case_id, set()).add(code)
    cases = Case.objects.filter(state__in=TERMINAL).annotate(
        visited=Exists(visited), appraised=Exists(appraised)
    )
    for case in cases.iterator():
        wanted = required(case, visited=case.visited, appraised=case.appraised)
        if missing := [each for each in wanted if there.get(case.id, set()).isdisjoint(each)]:
            yield case, missing
