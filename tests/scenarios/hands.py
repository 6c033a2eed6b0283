"""What clerks, heads and county officers do in the scenarios, on the very day a scenario names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.audit.models import AuditEntry
from jiuzhu.cases import queries
from jiuzhu.cases.acts import application, decision, objection
from jiuzhu.core import clock
from jiuzhu.documents.models import Document
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.policy.outcome import Outcome
from jiuzhu.publicity.models import Posting
from tests.families import City, Family, person

FACTS = "他家去年买了一辆小汽车，没有申报。"


def three_in_town(city: City, town: str, *, truth: dict[str, Any] | None = None, **more: Any) -> Family:
    """AS-05, AMT-E1: three people, one wage of 1,500, one carer (E2), a severely disabled child: i = 450.00."""
    wage = {"contribution": {"employer": "示例劳务公司", "base_yuan": 1500}}
    return city.cast(
        person("林志远", "1980-01-01", truth=wage | (truth or {}), marital="20", employment="1"),
        person("周秀兰", "1982-06-07", sex="2", relation="1", marital="20", employment="7"),
        person(
            "林晓光",
            "2012-09-01",
            relation="2",
            labour="MINOR",
            employment="8",
            health="5",
            disability_category="5",
            disability_grade="2",
        ),
        town=town,
        incomes=((0, "W", "wage", 1500),),
        exemptions={1: "E2"},
        **more,
    )


@contextmanager
def on(family: Family, actor: Actor, day: date, hour: int = 9, minute: int = 0) -> Iterator[Actor]:
    """Somebody at work on a day."""
    family.now = max(family.now, clock.instant(day, hour, minute))
    with family.at(clock.instant(day, hour, minute)), fence(actor):
        yield actor


def accepted(family: Family, day: date) -> Family:
    """The application is handed in before and accepted on ``day``; the walk goes on from there."""
    family.until("APPLIED")
    family.now = clock.instant(day)
    family.step()
    assert family.case.accepted_on == day
    return family


def approve(family: Family, day: date, role: str = "TOWN_LEAD", **more: Any) -> Posting:
    """Approved and posted on ``day``."""
    with on(family, family.staff(role), day, 16) as actor:
        decision.approve(actor, family.uid, **more)
    with fence(PLATFORM):
        return Posting.objects.filter(case_id=family.pk).latest("round")


def photograph(family: Family, posting: Posting) -> None:
    for day, moment in ((posting.posted_on, "START"), (posting.ends_on, "END")):
        with on(family, family.staff("TOWN_CLERK"), day, 17) as clerk:
            objection.photograph_posting(clerk, family.uid, picture=drawn_picture("posting"), moment=moment)


def granted(family: Family, posting: Posting, day: date) -> None:
    photograph(family, posting)
    with on(family, family.staff("TOWN_CLERK"), day) as clerk:
        objection.end_publicity(clerk, family.uid)


def outcome(family: Family) -> Outcome:
    with fence(PLATFORM):
        found = queries.outcome_of(family.case)
    assert found is not None
    return found


def clock_of(family: Family, name: str) -> Any:
    with fence(PLATFORM):
        return family.case.clocks.filter(clock=name).latest("id")


def papers(family: Family, code: str) -> list[dict[str, Any]]:
    """The words of every issued paper of a kind, the first first."""
    with fence(PLATFORM):
        rows = Document.objects.filter(case_id=family.pk, code=code).order_by("id")
        return [json.loads(each.data) for each in rows]


def refusals_on_record(family: Family) -> list[str]:
    rows = AuditEntry.objects.filter(action="case.refused", case_no=family.case.case_no).order_by("id")
    return [row.detail["code"] for row in rows]


def apply_with(family: Family, day: date, **form: Any) -> None:
    """The family saves its form with more on it than its story says, and hands it in."""
    from jiuzhu.infra import walk

    case = family.case
    with on(family, family.citizen, day) as citizen:
        body = walk._form(case, family.facts, complete=True) | form
        application.save_draft(citizen, case.uid, body)
        application.submit_application(citizen, case.uid, commitment=True)


def meeting(everybody: int, representatives: int, agree: int) -> list[dict[str, Any]]:
    return [
        {
            "name": f"示例村民{number:02d}",
            "capacity": "REPRESENTATIVE"
            if number < representatives
            else ("TOWN", "COMMITTEE", "PARTY")[number % 3],
            "vote": "TRUE" if number < agree else "NOT_TRUE",
            "signed": True,
        }
        for number in range(everybody)
    ]
