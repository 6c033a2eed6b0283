"""Two people at the same moment: real commits, several connections, one effect."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection

from jiuzhu.accounts.actor import CITIZEN, PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.cases.acts import application, decision, intention
from jiuzhu.cases.models import Case, Decision
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import acts as documents
from jiuzhu.documents.models import Counter, Document
from jiuzhu.people.models import Person
from tests.families import COUNTY_DECIDES, City


def together(count: int, moment: Any, actor: Actor, act: Callable[[int], Any]) -> list[str]:
    """``count`` threads start the act at the same time; "done" or the refusal's code of each."""
    said: list[str] = []
    start = threading.Barrier(count)

    def work(number: int) -> None:
        try:
            with clock.at(moment), fence(actor):
                start.wait(10)
                act(number)
            said.append("done")
        except Refusal as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(said)


def test_of_two_approvers_at_once_one_decides(committed_city: City) -> None:
    family = committed_city.walk_to("COUNTY_REVIEW", story="disabled_child", town=COUNTY_DECIDES)
    approver = family.staff("COUNTY_APPROVER")

    said = together(2, family.now, approver, lambda _: decision.approve(approver, family.uid))

    assert said == ["E_STATE", "done"]
    with fence(PLATFORM):
        assert Decision.objects.filter(case_id=family.pk).count() == 1
        assert Document.objects.filter(case_id=family.pk, code__in=("W21", "W25")).count() == 2


def test_two_submissions_at_once_are_one_and_two_first_words_one_case(committed_city: City) -> None:
    family = committed_city.walk_to("MAY_APPLY", story="single_elder")
    citizen = family.citizen

    said = together(
        2, family.now, citizen, lambda _: application.submit_application(citizen, family.uid, commitment=True)
    )

    assert said == ["E_STATE", "done"]
    with fence(PLATFORM):
        assert Document.objects.filter(case_id=family.pk, code="W09").count() == 1
    _two_first_words()


def _two_first_words() -> None:
    town = Organisation.objects.get(code=COUNTY_DECIDES)
    village = villages_of(town)[0].code
    person = {"name": "示例丁", "id_no": "371599195801010046", "relation": "0"}
    somebody = Actor(kind=CITIZEN, id=None, name="示例丁", role="APPLICANT")

    said = together(
        3,
        clock.instant(date(2019, 9, 3)),
        somebody,
        lambda _: intention.register_intention(
            somebody,
            town_id=town.id,
            village_code=village,
            area_type="URBAN",
            people=[person],
            channel="ONLINE",
        ),
    )

    assert said == ["E_DUP", "E_DUP", "done"]
    with fence(PLATFORM):
        assert Person.objects.filter(name="示例丁").count() == 1
        assert Case.objects.filter(applicant__name="示例丁").count() == 1


def test_numbers_have_no_gap_under_eight_hands_and_after_what_was_undone(committed_city: City) -> None:
    """DOC-01: every third paper is undone after it was numbered; the next one takes its number."""
    town = Organisation.objects.get(code=COUNTY_DECIDES)
    clerk = committed_city.staff("TOWN_CLERK", town)
    data = {
        "applicant_name": "示例戊",
        "case_no": "DB3715222019090500017",
        "aid_type": "DIBAO",
        "hardship": "无",
        "opened_at": "2019-09-05T09:00:00+08:00",
    }

    def five(hand: int) -> None:
        for number in range(5):
            _issue(clerk, town, data, undo=(hand + number) % 3 == 0)

    with clock.at(date(2019, 9, 5)), fence(clerk):
        known = documents.catalogue.notice(_NUMBERED)
    said = together(8, clock.instant(date(2019, 9, 5)), clerk, five)

    assert said == ["done"] * 8
    with fence(PLATFORM):
        seqs = list(
            Document.objects.filter(code=known.code, organ=town, year=2019)
            .order_by("seq")
            .values_list("seq", flat=True)
        )
    undone = sum((hand + number) % 3 == 0 for hand in range(8) for number in range(5))
    assert seqs == list(range(1, 40 - undone + 1))
    assert Counter.objects.get(organ=town, code=known.code, year=2019).last == len(seqs)


_NUMBERED = "W13"


class _Undone(Exception):
    pass


def _issue(clerk: Actor, town: Organisation, data: dict[str, Any], *, undo: bool) -> None:
    from django.db import transaction

    more = {"accepted_on": date(2019, 9, 5), "due_on": date(2019, 10, 10), "hotline": "0635-1234567"}
    try:
        with transaction.atomic():
            documents.issue(clerk, _NUMBERED, data | more, organ=town, regime="P2019", addressee="示例戊")
            if undo:
                raise _Undone
    except _Undone:
        pass
