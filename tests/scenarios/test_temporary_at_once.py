"""Two clerks, or one with a nervous thumb, at the same moment: aid is handed over once and paid once."""

from __future__ import annotations

from datetime import date

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Organisation, Post
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.cases.acts.emergency import handing_over, reporting
from jiuzhu.cases.models import Case, Delivery
from jiuzhu.cases.tests.test_at_once import together
from jiuzhu.core import clock
from jiuzhu.funds import queries as funds
from jiuzhu.funds.models import Entry
from jiuzhu.infra.demo import OPENING_FEN
from jiuzhu.infra.walk import drawn_picture
from tests.families import DELEGATED, City


def test_two_clerks_at_once_hand_over_once(committed_city: City) -> None:
    town = Organisation.objects.get(code=DELEGATED)
    clerk, moment = committed_city.staff("TOWN_CLERK", town), clock.instant(date(2019, 10, 10))
    second = Post.objects.get(organ=town, role="TOWN_VERIFIER").staff_id
    with clock.at(moment), fence(clerk):
        case = reporting.report_emergency(
            clerk,
            town_id=town.id,
            village_code=villages_of(town)[0].code,
            name="示例火",
            age=40,
            cause="01",
        )

    said = together(
        3,
        moment,
        clerk,
        lambda _: handing_over.deliver(
            clerk,
            case.uid,
            kind="CASH",
            amount_fen=100_000,
            second_id=second,
            picture=drawn_picture("signature"),
            seen=case.version,
        ),
    )

    assert said == ["E_STATE", "E_STATE", "done"]
    with fence(PLATFORM):
        assert Delivery.objects.filter(case=case).count() == 1
        assert Entry.objects.filter(case_no=case.case_no).count() == 1
        assert funds.balance_of(town) == OPENING_FEN - 100_000
    _two_reports_with_one_token(town, clerk, moment)


def _two_reports_with_one_token(town: Organisation, clerk: object, moment: object) -> None:
    once = "33333333-3333-4333-8333-333333333333"

    said = together(
        3,
        moment,
        clerk,  # type: ignore[arg-type]
        lambda _: reporting.report_emergency(
            clerk,  # type: ignore[arg-type]
            town_id=town.id,
            village_code=villages_of(town)[0].code,
            name="示例水",
            id_no="371599195801010046",
            cause="06",
            once=once,
        ),
    )

    assert said.count("done") == 1 and set(said) <= {"done", "E_REPEAT", "E_DUP"}
    with fence(PLATFORM):
        assert Case.objects.filter(applicant__name="示例水").count() == 1
