"""临时救助 end to end: AS-13, AS-34..AS-38 and the branches of 3.5 and 3.6."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation, Post
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.cases import emergencies, queries
from jiuzhu.cases.acts import afterwards
from jiuzhu.cases.acts.emergency import announcing, handing_over, registering, reporting, supplementing
from jiuzhu.cases.models import Case, Countersign
from jiuzhu.core import clock
from jiuzhu.documents.models import Document
from jiuzhu.funds import queries as funds
from jiuzhu.infra import invariants, queue
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.publicity.models import Posting
from jiuzhu.verification.models import Run
from tests.families import COUNTY_DECIDES, DELEGATED, City, refused

FIRE, TRAFFIC, ILLNESS = "01", "02", "04"


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


class Town:
    """One town's people at a moment, and the emergencies they handle."""

    def __init__(self, city: City, code: str = DELEGATED) -> None:
        self.city, self.organ = city, Organisation.objects.get(code=code)
        self.village = villages_of(self.organ)[0].code

    def staff(self, role: str, position: int = 0) -> Actor:
        organ = self.organ
        if role.startswith("COUNTY"):
            from jiuzhu.accounts.organisations import county_of

            organ = county_of(self.organ, date(2019, 10, 1))
        return self.city.staff(role, organ, position)

    @property
    def second(self) -> int:
        return Post.objects.get(organ=self.organ, role="TOWN_VERIFIER").staff_id

    @contextmanager
    def as_(self, role: str, moment: str) -> Any:
        actor = self.staff(role)
        with clock.at(shanghai(moment)), fence(actor):
            yield actor

    def report(self, moment: str, *, cause: str = FIRE, name: str = "示例火", **more: Any) -> Case:
        with self.as_("TOWN_CLERK", moment) as clerk:
            return reporting.report_emergency(
                clerk,
                town_id=self.organ.id,
                village_code=self.village,
                name=name,
                cause=cause,
                area_type="URBAN",
                summary="住房起火",
                **({"age": 40} | more),
            )

    def deliver(self, case: Case, moment: str, yuan: str = "2000", **more: Any) -> Case:
        with self.as_("TOWN_CLERK", moment) as clerk:
            return handing_over.deliver(
                clerk,
                case.uid,
                **(
                    {
                        "kind": "CASH",
                        "amount_fen": round(float(yuan) * 100),
                        "second_id": self.second,
                        "picture": drawn_picture("signature"),
                        "second_picture": drawn_picture("second"),
                    }
                    | more
                ),
            )

    def register(self, case: Case, moment: str, **more: Any) -> Case:
        with self.as_("TOWN_CLERK", moment) as clerk:
            return registering.complete_registration(
                clerk,
                case.uid,
                **(
                    {
                        "severity": "MEDIUM",
                        "persons": 4,
                        "cause": FIRE,
                        "reason": "住房起火，生活用品烧毁",
                        "unknown_identity": "证件烧毁，待补",
                        "picture": drawn_picture("clerk"),
                    }
                    | more
                ),
            )

    def seal(self, case: Case, moment: str) -> Case:
        with self.as_("TOWN_LEAD", moment) as lead:
            return registering.seal_registration(lead, case.uid)

    def clock_of(self, case: Case, name: str) -> Any:
        with fence(PLATFORM):
            return case.clocks.filter(clock=name).order_by("-id").first()


@pytest.fixture
def town(city: City) -> Town:
    return Town(city)


@pytest.fixture
def outside(city: City) -> Town:
    return Town(city, COUNTY_DECIDES)


def balance(town: Town) -> int:
    with fence(PLATFORM):
        return funds.balance_of(town.organ)


def papers(case: Case) -> list[str]:
    with fence(PLATFORM):
        return list(Document.objects.filter(case_id=case.pk).order_by("id").values_list("code", flat=True))


# —— AS-34, AS-13: hours and working days


@pytest.mark.parametrize(
    ("delivered", "late"),
    [("2019-10-02T09:30:00", False), ("2019-10-02T20:00:00", False), ("2019-10-02T20:00:01", True)],
)
def test_as_34_first_aid_within_twenty_four_hours_to_the_second(
    town: Town, delivered: str, late: bool
) -> None:
    case = town.report("2019-10-01T20:00:00")

    town.deliver(case, delivered)

    row = town.clock_of(case, "CLK-TA24")
    assert (row.ended_at, row.breached) == (shanghai(delivered), late)
    assert row.due_at == shanghai("2019-10-02T20:00:00")


def test_as_34_the_clock_runs_from_the_event_not_from_typing(town: Town) -> None:
    case = town.report("2019-10-01T21:30:00", reported_at=shanghai("2019-10-01T20:00:00"))

    town.deliver(case, "2019-10-03T10:00:00", delivered_at=shanghai("2019-10-02T19:59:00"))

    row = town.clock_of(case, "CLK-TA24")
    assert (row.started_at, row.ended_at) == (
        shanghai("2019-10-01T20:00:00"),
        shanghai("2019-10-02T19:59:00"),
    )
    assert not row.breached


def test_as_13_as_34_registration_is_due_after_the_holiday_and_never_without_a_seal(town: Town) -> None:
    case = town.report("2019-10-01T20:00:00")
    town.deliver(case, "2019-10-02T09:30:00")
    assert town.clock_of(case, "CLK-TA5").due_on == date(2019, 10, 12)

    town.register(case, "2019-10-08T09:00:00")
    with fence(PLATFORM):
        town.organ.seals.update(ended_on=date(2019, 10, 1))
    with town.as_("TOWN_LEAD", "2019-10-08T10:00:00") as lead, refused("E_SEAL", "公章"):
        registering.seal_registration(lead, case.uid)
    with fence(PLATFORM):
        town.organ.seals.update(ended_on=None)
    closed = town.seal(case, "2019-10-12T17:00:00")

    row = town.clock_of(case, "CLK-TA5")
    assert (closed.state, closed.open, row.breached) == ("CLOSED", False, False)
    assert papers(case) == ["W32", "W33", "W34"]


def test_as_13_registration_clock_started_before_the_holiday(town: Town) -> None:
    case = town.report("2019-09-30T08:00:00")
    town.deliver(case, "2019-09-30T10:00:00")

    assert town.clock_of(case, "CLK-TA5").due_on == date(2019, 10, 12)


def test_the_city_may_count_the_five_days_from_the_report(city: City, town: Town) -> None:
    city.publish("ta5_start_event", "REPORTED")
    case = town.report("2019-10-10T08:00:00")
    town.deliver(case, "2019-10-11T07:00:00")

    assert town.clock_of(case, "CLK-TA5").due_on == date(2019, 10, 16)


# —— AS-35, AS-36: limits and stages


def test_as_35_the_town_pays_its_limit_and_not_one_fen_more(outside: Town) -> None:
    case = outside.report("2019-10-10T08:00:00")

    with refused("E_LIMIT", "3,000.01"):
        outside.deliver(case, "2019-10-10T09:00:00", "3000.01")
    outside.deliver(case, "2019-10-10T09:00:00", "3000")

    assert balance(outside) == 5_000_000 - 300_000


def test_as_36_outside_the_pilots_the_county_decides_and_the_second_stage_follows(outside: Town) -> None:
    case = outside.report("2019-10-10T08:00:00")
    outside.deliver(case, "2019-10-10T09:00:00", "3000")
    with outside.as_("TOWN_LEAD", "2019-10-10T10:00:00") as lead:
        case = supplementing.ask_for_supplement(
            lead, case.uid, severity="MEDIUM", persons=4, opinion="全家四口受灾"
        )
    assert case.state == "COUNTY_REVIEW"
    with outside.as_("COUNTY_APPROVER", "2019-10-11T10:00:00") as approver:
        case = supplementing.approve_supplement(approver, case.uid)
    assert case.state == "EMERGENCY_AID"

    with refused("E_LIMIT", "4,800.01"):
        outside.deliver(case, "2019-10-11T14:00:00", "1800.01")
    case = outside.deliver(case, "2019-10-11T14:00:00", "1800")
    outside.register(case, "2019-10-12T09:00:00")
    outside.seal(case, "2019-10-12T10:00:00")

    with fence(PLATFORM):
        assert [each.amount_fen for each in case.deliveries.order_by("stage")] == [300_000, 180_000]
        assert case.registration.amount_fen == 480_000
    assert balance(outside) == 5_000_000 - 480_000
    assert papers(case) == ["W32", "W33", "W19", "W21", "W33", "W34"]
    assert list(invariants.violations()) == []


def test_as_36_a_pilot_town_decides_and_may_pay_all_at_once(town: Town) -> None:
    case = town.report("2019-10-10T08:00:00")

    with refused("E_LIMIT", "5,000.00"):
        town.deliver(case, "2019-10-10T09:00:00", "5000.01")
    town.deliver(case, "2019-10-10T09:00:00", "4800")
    town.register(case, "2019-10-11T09:00:00")
    assert town.seal(case, "2019-10-11T10:00:00").state == "CLOSED"


def test_more_than_the_town_may_decide_never_closes_without_the_county(outside: Town) -> None:
    case = outside.report("2019-10-10T08:00:00")
    with outside.as_("TOWN_CLERK", "2019-10-10T08:30:00") as clerk:
        handing_over.record_oral_approval(
            clerk, case.uid, amount_fen=480_000, approver_name="周海", approver_post="副局长"
        )
    outside.deliver(case, "2019-10-10T09:00:00", "4800")
    outside.register(case, "2019-10-10T10:00:00")

    with refused("E_LIMIT", "4,800.00"):
        outside.seal(case, "2019-10-10T11:00:00")


def test_a_county_not_entrusting_decides_every_sum(outside: Town) -> None:
    from jiuzhu.accounts.models import DelegationStep

    case = outside.report("2019-10-10T08:00:00")
    outside.deliver(case, "2019-10-10T09:00:00", "600")
    outside.register(case, "2019-10-10T10:00:00", persons=1)
    with fence(PLATFORM):
        step = DelegationStep.objects.filter(
            delegation__county=case.county, delegation__aid_types__contains=["TA_EMERGENCY"]
        ).first()
        DelegationStep.objects.create(
            delegation=step.delegation,
            state="SUSPENDED",
            effective_on=date(2019, 10, 1),
            reason="暂停",
            at=clock.instant(date(2019, 10, 1)),
        )

    with refused("E_LIMIT"):
        outside.seal(case, "2019-10-10T11:00:00")


def test_an_extreme_case_goes_beyond_the_table_only_with_the_county_meeting(outside: Town) -> None:
    case = outside.report("2019-10-10T08:00:00")
    outside.deliver(case, "2019-10-10T09:00:00", "3000")
    with outside.as_("TOWN_LEAD", "2019-10-10T10:00:00") as lead:
        supplementing.ask_for_supplement(
            lead, case.uid, severity="EXTREME", persons=2, opinion="主要劳动力死亡"
        )
    with outside.as_("COUNTY_APPROVER", "2019-10-11T10:00:00") as approver:
        with refused("E_INPUT", "会议纪要"):
            supplementing.approve_supplement(approver, case.uid, meeting_fen=2_000_000)
        supplementing.approve_supplement(
            approver,
            case.uid,
            meeting_no="〔2019〕12号",
            meeting_on=date(2019, 10, 11),
            meeting_fen=2_000_000,
        )

    case = outside.deliver(case, "2019-10-11T15:00:00", "17000")

    with fence(PLATFORM):
        assert case.decisions.get().amount_fen == 2_000_000
        assert sum(each.amount_fen for each in case.deliveries.all()) == 2_000_000


def test_a_supplement_refused_leaves_first_aid_as_it_was(outside: Town) -> None:
    case = outside.report("2019-10-10T08:00:00")
    outside.deliver(case, "2019-10-10T09:00:00", "3000")
    with outside.as_("TOWN_LEAD", "2019-10-10T10:00:00") as lead:
        supplementing.ask_for_supplement(lead, case.uid, severity="MEDIUM", persons=4, opinion="建议追加")
    with outside.as_("COUNTY_APPROVER", "2019-10-11T10:00:00") as approver:
        case = supplementing.refuse_supplement(
            approver, case.uid, codes=["RC-FALSE"], reason="损失没有那么大"
        )

    assert case.state == "EMERGENCY_AID"
    with refused("E_LIMIT"):
        outside.deliver(case, "2019-10-11T12:00:00", "1")
    outside.register(case, "2019-10-11T14:00:00")
    assert outside.seal(case, "2019-10-11T15:00:00").state == "CLOSED"
    assert papers(case) == ["W32", "W33", "W19", "W21", "W22", "W34"]


# —— AS-38: repeats (the dates of the rule book a year later: the demo city begins in July 2019)


def test_as_38_the_same_cause_within_twelve_months_needs_a_good_reason(town: Town) -> None:
    number = "371599195801010046"
    first = town.report("2020-03-10T08:00:00", id_no=number, age=None, cause=ILLNESS)
    town.deliver(first, "2020-03-10T09:00:00", "600")
    town.register(first, "2020-03-11T09:00:00", persons=1, cause=ILLNESS)
    town.seal(first, "2020-03-11T10:00:00")

    again = town.report("2020-12-01T08:00:00", id_no=number, age=None, cause=ILLNESS)
    with refused("E_TA_REPEAT", "2020-03-10"):
        town.deliver(again, "2020-12-01T09:00:00", "600")
    town.deliver(again, "2020-12-01T09:00:00", "600", good_reason="病情复发，再次手术")

    with fence(PLATFORM):
        again.emergency.refresh_from_db()
        assert again.emergency.good_reason == "病情复发，再次手术"


@pytest.mark.parametrize(
    ("day", "cause", "ok"),
    [("2021-03-10", ILLNESS, False), ("2021-03-11", ILLNESS, True), ("2020-12-01", FIRE, True)],
)
def test_as_38_after_twelve_months_or_for_another_cause_it_is_no_repeat(
    town: Town, day: str, cause: str, ok: bool
) -> None:
    number = "371599195801010046"
    first = town.report("2020-03-10T08:00:00", id_no=number, age=None, cause=ILLNESS)
    town.deliver(first, "2020-03-10T09:00:00", "600")
    town.register(first, "2020-03-11T09:00:00", persons=1, cause=ILLNESS)
    town.seal(first, "2020-03-11T10:00:00")
    again = town.report(f"{day}T08:00:00", id_no=number, age=None, cause=cause)

    if ok:
        town.deliver(again, f"{day}T09:00:00", "600")
    else:
        with refused("E_TA_REPEAT"):
            town.deliver(again, f"{day}T09:00:00", "600")


def test_as_38_help_in_another_town_is_known_too(town: Town, outside: Town) -> None:
    number = "371599195801010046"
    first = town.report("2020-03-10T08:00:00", id_no=number, age=None, cause=ILLNESS)
    town.deliver(first, "2020-03-10T09:00:00", "600")
    town.register(first, "2020-03-11T09:00:00", persons=1, cause=ILLNESS)
    town.seal(first, "2020-03-11T10:00:00")

    again = outside.report("2020-12-01T08:00:00", id_no=number, age=None, cause=ILLNESS)

    with refused("E_TA_REPEAT"):
        outside.deliver(again, "2020-12-01T09:00:00", "600")


# —— E1, E2: who, what, with whom


def test_no_registered_residence_and_no_number_is_needed_at_first(town: Town) -> None:
    case = town.report("2019-10-10T08:00:00", name="无名氏", age=35)
    town.deliver(case, "2019-10-10T08:20:00", "500")
    with refused("E_DOC", "公民身份号码"):
        town.register(case, "2019-10-10T10:00:00", unknown_identity="")
    town.register(case, "2019-10-10T10:00:00", id_no="371599195801010046", unknown_identity="", persons=1)

    with fence(PLATFORM):
        case = Case.objects.select_related("applicant").get(pk=case.pk)
        assert (case.applicant.id_no, case.applicant.born_on) == ("371599195801010046", date(1958, 1, 1))
        assert case.authorisation is None and not case.evidence.filter(kind="VERIFIED").exists()


def test_two_people_hand_over_and_the_recipient_signs(town: Town) -> None:
    case = town.report("2019-10-10T08:00:00")
    clerk = town.staff("TOWN_CLERK")

    with refused("E_SOD"):
        town.deliver(case, "2019-10-10T09:00:00", second_id=clerk.id)
    with refused("E_INPUT", "第二经办人"):
        town.deliver(case, "2019-10-10T09:00:00", second_id=0)
    with refused("E_SEAL", "受助人"):
        town.deliver(case, "2019-10-10T09:00:00", picture=None)
    with refused("E_INPUT", "金额"):
        town.deliver(case, "2019-10-10T09:00:00", "0")
    with refused("E_INPUT", "实物"):
        town.deliver(case, "2019-10-10T09:00:00", kind="GOODS")


@pytest.mark.parametrize(
    ("kind", "yuan", "what", "spent"),
    [
        ("CASH", "1000", "", 100_000),
        ("GOODS", "300", "棉被两床、面粉", 30_000),
        ("REFERRAL", "0", "县救助管理站", 0),
    ],
)
def test_aid_may_be_money_goods_or_a_way_to_others(
    town: Town, kind: str, yuan: str, what: str, spent: int
) -> None:
    case = town.report("2019-10-10T08:00:00")

    town.deliver(case, "2019-10-10T09:00:00", yuan, kind=kind, what=what)

    assert balance(town) == 5_000_000 - spent


def test_an_empty_fund_pays_nothing_and_nothing_half_done_remains(town: Town) -> None:
    with fence(PLATFORM), transaction.atomic():
        from jiuzhu.funds import acts

        with clock.at(shanghai("2019-10-10T07:00:00")):
            acts.pay(
                PLATFORM, town.organ, amount_fen=4_900_000, case_no="JN0", ref=__import__("uuid").uuid4()
            )
    case = town.report("2019-10-10T08:00:00")

    with refused("E_FUND_SHORT", "1,000.00"):
        town.deliver(case, "2019-10-10T09:00:00", "1000.01")

    with fence(PLATFORM):
        assert Case.objects.get(pk=case.pk).state == "INTENT"


def test_e5_facts_not_true_are_refused_with_a_letter(town: Town) -> None:
    case = town.report("2019-10-10T08:00:00")
    with town.as_("TOWN_LEAD", "2019-10-10T09:00:00") as lead:
        case = reporting.reject(lead, case.uid, codes=["RC-FALSE"], reason="现场没有火情")

    assert case.state == "REFUSED"
    assert papers(case) == ["W32", "W22"]
    assert town.clock_of(case, "CLK-TA24").ended_at is not None
    with fence(PLATFORM):
        assert Document.objects.get(case_id=case.pk, code="W22").title == "临时救助不予批准告知书"


def test_one_page_reports_and_hands_over_in_one_transaction(town: Town) -> None:
    report = {
        "town_id": town.organ.id,
        "village_code": town.village,
        "name": "示例水",
        "age": 30,
        "cause": "06",
    }
    aid = {"kind": "CASH", "second_id": town.second, "picture": drawn_picture("signature")}
    with town.as_("TOWN_CLERK", "2019-10-10T09:00:00") as clerk:
        with refused("E_LIMIT"):
            handing_over.first_aid_at_once(clerk, report=report, delivery=aid | {"amount_fen": 600_000})
        case = handing_over.first_aid_at_once(clerk, report=report, delivery=aid | {"amount_fen": 100_000})

    assert case.state == "EMERGENCY_AID"
    assert papers(case) == ["W32", "W33"]


def test_a_double_click_helps_once(town: Town) -> None:
    once = "11111111-1111-4111-8111-111111111111"
    case = town.report("2019-10-10T08:00:00", once=once)
    with refused("E_REPEAT"):
        town.report("2019-10-10T08:00:00", once=once)
    token = "22222222-2222-4222-8222-222222222222"
    town.deliver(case, "2019-10-10T09:00:00", "1000", once=token)
    with refused("E_REPEAT"):
        town.deliver(case, "2019-10-10T09:00:00", "1000", once=token)

    assert balance(town) == 5_000_000 - 100_000


def test_killed_in_the_middle_nothing_was_paid(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    case = town.report("2019-10-10T08:00:00")
    monkeypatch.setattr(handing_over, "_receipt", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        town.deliver(case, "2019-10-10T09:00:00", "1000")

    assert balance(town) == 5_000_000
    with fence(PLATFORM):
        assert not case.deliveries.exists()


# —— the database by itself


def test_the_database_refuses_to_close_what_is_not_complete(town: Town) -> None:
    case = town.report("2019-10-10T08:00:00")
    town.deliver(case, "2019-10-10T09:00:00")
    town.register(case, "2019-10-10T10:00:00")

    with fence(PLATFORM), pytest.raises(IntegrityError, match="not complete"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="CLOSED")


def test_receipts_are_never_changed(town: Town) -> None:
    case = town.report("2019-10-10T08:00:00")
    town.deliver(case, "2019-10-10T09:00:00")
    for sql in ("UPDATE cases_delivery SET amount_fen = 1", "DELETE FROM cases_delivery"):
        refusal = pytest.raises(Exception, match=r"append-only|permission denied")
        with fence(PLATFORM), refusal, transaction.atomic():
            connection.cursor().execute(sql)


def test_whoever_handed_over_does_not_seal(town: Town) -> None:
    lead = town.staff("TOWN_LEAD")
    case = town.report("2019-10-10T08:00:00")
    town.deliver(case, "2019-10-10T09:00:00", second_id=lead.id)
    town.register(case, "2019-10-10T10:00:00")

    with refused("E_SOD"):
        town.seal(case, "2019-10-10T11:00:00")


def test_more_than_the_hardship_gives_is_explained(town: Town) -> None:
    case = town.report("2019-10-10T08:00:00")
    town.deliver(case, "2019-10-10T09:00:00", "1000")

    with refused("E_ASSESSMENT", "600.00"):
        town.register(case, "2019-10-10T10:00:00", severity="LIGHT", persons=1)
    town.register(
        case, "2019-10-10T10:00:00", severity="LIGHT", persons=1, override_reason="寒冬露宿，另购棉被棉衣"
    )


def test_a_foreign_clerk_finds_nothing(town: Town, outside: Town) -> None:
    case = town.report("2019-10-10T08:00:00")

    with refused("E_NOT_FOUND"):
        outside.deliver(case, "2019-10-10T09:00:00")
    with outside.as_("TOWN_CLERK", "2019-10-10T09:00:00") as clerk:
        assert queries.listing(clerk, q=case.case_no)[0] == []


# —— E8: the month's list


def test_e8_the_month_s_list_says_name_persons_and_sum_and_nothing_else(town: Town) -> None:
    case = town.report("2019-10-10T08:00:00")
    town.deliver(case, "2019-10-10T09:00:00")
    town.register(case, "2019-10-10T10:00:00")
    town.seal(case, "2019-10-10T11:00:00")

    with town.as_("TOWN_CLERK", "2019-11-01T09:00:00") as clerk:
        assert announcing.announce_month(clerk, town.organ.id, date(2019, 10, 1)) == 1
        assert announcing.announce_month(clerk, town.organ.id, date(2019, 10, 1)) == 0

    with fence(PLATFORM):
        sheet = Posting.objects.get(case_id=case.pk)
        case.refresh_from_db()
        body = Document.objects.get(case_id=case.pk, code="W25").data
    assert (sheet.kind, sheet.applicant_name, sheet.members_count, sheet.amount_fen) == (
        Posting.ANNOUNCEMENT,
        "示例火",
        4,
        200_000,
    )
    assert (case.state, case.closed_on) == ("CLOSED", date(2019, 10, 10))
    assert "火灾" not in body and "起火" not in body


# —— the second handler, and what is asked afterwards


def test_e2_the_second_handler_signs_for_himself_once(town: Town) -> None:
    case = town.deliver(town.report("2019-10-10T08:00:00"), "2019-10-10T09:00:00", second_picture=None)
    with town.as_("TOWN_CLERK", "2019-10-10T10:00:00") as clerk, refused("E_SOD", "第二经办人"):
        handing_over.countersign(clerk, case.uid)

    with town.as_("TOWN_VERIFIER", "2019-10-10T10:00:00") as second:
        assert [each.pk for each in emergencies.to_countersign(second)] == [case.pk]
        assert emergencies.emergency_of(case)["deliveries"][0]["handlers"].endswith("（未签认）")
        handing_over.countersign(second, case.uid)
        assert not emergencies.to_countersign(second)
        assert (
            "未签认"
            not in emergencies.emergency_of(Case.objects.get(pk=case.pk))["deliveries"][0]["handlers"]
        )
        with refused("E_STATE", "您已签认"):
            handing_over.countersign(second, case.uid)


def test_e7_nothing_is_closed_before_the_second_handler_has_signed(town: Town) -> None:
    case = town.deliver(town.report("2019-10-10T08:00:00"), "2019-10-10T09:00:00", second_picture=None)
    town.register(case, "2019-10-11T09:00:00")
    with refused("E_SEAL", "第二经办人"):
        town.seal(case, "2019-10-11T10:00:00")
    with fence(PLATFORM), pytest.raises(IntegrityError, match="one signature"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="CLOSED")

    with town.as_("TOWN_VERIFIER", "2019-10-11T11:00:00") as second:
        handing_over.countersign(second, case.uid)
    assert town.seal(case, "2019-10-11T12:00:00").state == "CLOSED"


def test_e2_who_sees_no_cases_signs_on_the_spot_or_is_not_the_second_handler(town: Town) -> None:
    """ORG-03: the colleague of the lists may stand beside the clerk, but could never sign what he cannot open."""
    payroll = town.staff("TOWN_PAYROLL")
    case = town.report("2019-10-10T08:00:00")
    with refused("E_SEAL", "当场签字"):
        town.deliver(case, "2019-10-10T09:00:00", second_id=payroll.id, second_picture=None)
    town.deliver(case, "2019-10-10T09:00:00", second_id=payroll.id)
    with fence(PLATFORM):
        assert Countersign.objects.get(case=case).by_id == payroll.id


def test_e2_the_second_handler_may_sign_on_the_spot(town: Town) -> None:
    case = town.deliver(town.report("2019-10-10T08:00:00"), "2019-10-10T09:00:00")

    with fence(PLATFORM):
        signed = Countersign.objects.get(case=case)
    assert signed.by_id == town.second and signed.signature is not None


def helped(town: Town) -> Case:
    case = town.report("2019-10-10T08:00:00", id_no="371599195801010046", name="示例水", age=None)
    return town.deliver(case, "2019-10-10T09:00:00")


def test_e6_departments_are_asked_after_help_and_only_about_the_person_helped(town: Town) -> None:
    case = helped(town)
    with town.as_("TOWN_VERIFIER", "2019-10-10T10:00:00") as verifier, refused("E_NOAUTH"):
        afterwards.start(verifier, case.uid)
    with town.as_("TOWN_CLERK", "2019-10-10T10:00:00") as clerk:
        afterwards.consent(clerk, case.uid, picture=drawn_picture("signature"))

    with town.as_("TOWN_VERIFIER", "2019-10-11T10:00:00") as verifier, queue.collected() as jobs:
        afterwards.start(verifier, case.uid)
    with clock.at(shanghai("2019-10-11T11:00:00")):
        town.city.walker.ask_departments(jobs)
    with town.as_("TOWN_VERIFIER", "2019-10-11T12:00:00") as verifier:
        with refused("E_INPUT", "查到了什么"):
            afterwards.conclude(verifier, case.uid, fit=False)
        case = afterwards.conclude(verifier, case.uid, fit=False, words="名下有商品房三套，均出租")

    assert case.state == "EMERGENCY_AID"
    assert papers(case) == ["W32", "W33", "W02", "W05"]
    with fence(PLATFORM):
        run = Run.objects.get(case_id=case.pk)
        assert [each.person_id for each in run.subjects.all()] == [case.applicant_id]
        assert case.after_check.words.startswith("名下有") and not case.after_check.false_statement


def test_e6_a_check_may_follow_the_seal_and_changes_nothing_that_was_given(town: Town) -> None:
    case = helped(town)
    case = town.register(case, "2019-10-11T09:00:00", unknown_identity="")
    case = town.seal(case, "2019-10-11T15:00:00")
    with town.as_("TOWN_CLERK", "2019-10-12T10:00:00") as clerk:
        case = afterwards.consent(clerk, case.uid, picture=drawn_picture("signature"))

    assert case.state == "CLOSED"
    assert balance(town) == 5_000_000 - 200_000


def test_e6_nobody_is_asked_about_a_person_without_a_number(town: Town) -> None:
    case = town.deliver(town.report("2019-10-10T08:00:00"), "2019-10-10T09:00:00")

    with town.as_("TOWN_CLERK", "2019-10-10T10:00:00") as clerk, refused("E_DOC", "公民身份号码"):
        afterwards.consent(clerk, case.uid, picture=drawn_picture("signature"))
