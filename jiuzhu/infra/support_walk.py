"""A supported person after the grant, by the real acts: home or at home, carer's agreement, and the end (TK-10..12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.organisations import decide_authority
from jiuzhu.benefits import table
from jiuzhu.benefits.acts import support, support_stop
from jiuzhu.benefits.models import Change
from jiuzhu.cases.acts import objection
from jiuzhu.cases.models import Case, Entitlement
from jiuzhu.cases.models.support import Institution, SelfCareRating
from jiuzhu.core import clock
from jiuzhu.core.calendar import add_months
from jiuzhu.core.refusal import Refusal
from jiuzhu.infra.later_walk import PAUSE_WD, TRIES, WAIT_FOR, change_walk
from jiuzhu.infra.walk import Walker, drawn_picture, later, on_day, rating
from jiuzhu.parameters import queries as parameters
from jiuzhu.policy import changes as law
from jiuzhu.publicity.models import Posting

_RATED_BEFORE = timedelta(days=30)


def settle(walker: Walker, case: Case, family: dict[str, Any]) -> None:
    """The person's choice, on the day the grant is handed over."""
    clerk = walker.staff("TOWN_CLERK", case.town)
    drawn, mode = drawn_picture("signature"), family["mode"]
    home = _home(walker, case) if mode == "CENTRAL" else None
    with fence(clerk):
        if home is None:
            support.sign_agreement(
                clerk,
                case.uid,
                carer_name=family["carer"]["name"],
                carer_relation="侄女",
                carer_id_no=family["carer"]["id_no"],
                bank_code="103",
                bank_name="中国农业银行",
                number=f"62284{case.id:014d}",
                duties="每日三餐，协助洗澡，陪同就医",
                ends_on=clock.today() + timedelta(days=3 * 365),
                person_signature=drawn,
                carer_signature=drawn,
            )
        support.choose_support(
            clerk, case.uid, mode=mode, institution_id=home.id if home else None, signature=drawn
        )


def _home(walker: Walker, case: Case) -> Institution:
    with fence(PLATFORM):
        known = Institution.objects.filter(county=case.county).first()
    if known:
        return known
    officer = walker.staff("COUNTY_SUPERVISOR", case.county)
    with fence(officer):
        return support.register_institution(
            officer,
            name=f"{case.county.short_name}示例敬老院",
            bank_code="103",
            bank_name="中国农业银行",
            number=f"95588{case.county_id:014d}",
            beds=80,
        )


def supported_later(walker: Walker, case: Case, family: dict[str, Any], note: Any) -> Iterator[datetime]:
    """Rated again before a rating ends (TK-08); where the story holds a death: proposed, posted seven days, decided,
    told, the funeral paid (3.4, TK-11).
    """
    with fence(PLATFORM):
        first_month = Entitlement.objects.get(case=case).first_month
    deaths = [plan for plan in family.get("later", ()) if plan.get("why") == "DEATH"]
    dies_on = None
    if deaths:
        month = add_months(first_month, deaths[0]["after_months"])
        dies_on = max(month + timedelta(days=deaths[0]["day"] - 1), clock.today() + timedelta(days=1))
    while again := _rated_until(case):
        wanted = again - _RATED_BEFORE
        if dies_on and dies_on <= wanted:
            break
        yield on_day(parameters.calendar().roll_forward(max(wanted, clock.today())).on, 9)
        yield from _rate_again(walker, case, family, note)
    if dies_on and _rated_until(case):
        yield on_day(parameters.calendar().roll_forward(dies_on).on, 10)
        yield from _death(walker, case, family)
        note("supported_end", case.case_no)


def _rated_until(case: Case) -> date | None:
    """Last day of the newest rating; None when nobody is supported any more."""
    with fence(PLATFORM):
        if not Entitlement.objects.filter(case=case, state__in=Entitlement.RUNNING).exists():
            return None
        return SelfCareRating.objects.filter(case=case).latest("seq").valid_to


def _rate_again(walker: Walker, case: Case, family: dict[str, Any], note: Any) -> Iterator[datetime]:
    """A review under way comes first; where the sum for care changes, that is a change of its own."""
    for _ in range(TRIES):
        clerk = walker.staff("TOWN_CLERK", case.town)
        try:
            with fence(clerk):
                support.rate_again(clerk, case.uid, **rating(case, family, clerk))
            break
        except Refusal as refused:
            if refused.code not in WAIT_FOR:
                raise
        yield later(PAUSE_WD)
        if _rated_until(case) is None:
            return
    note("rated_again", case.case_no)
    with fence(PLATFORM):
        opened = Change.objects.filter(entitlement__case=case, kind=law.CARE, state=table.REPORTED).first()
    if opened:
        yield from change_walk(walker, opened, note, examined=False)


def _death(walker: Walker, case: Case, family: dict[str, Any]) -> Iterator[datetime]:
    clerk = walker.staff("TOWN_CLERK", case.town)
    with fence(clerk):
        support_stop.propose(
            clerk,
            case.uid,
            reason="DEATH",
            facts="因病去世，村委会证明。",
            happened_on=clock.today() - timedelta(days=2),
        )
    yield later(1)
    local = decide_authority(case.town, case.aid_type, clock.today()) == "TOWN"
    decider = walker.staff("TOWN_LEAD", case.town) if local else walker.staff("COUNTY_APPROVER", case.county)
    with fence(decider):
        support_stop.post(decider, case.uid)
    _photograph(walker, case, "START")
    with fence(PLATFORM):
        ends = Posting.objects.filter(case_id=case.id).order_by("-id").first().ends_on
    yield on_day(ends, 17)
    _photograph(walker, case, "END")
    yield on_day(parameters.calendar().add_working_days(ends, 1).on, 10)
    with fence(decider):
        support_stop.decide(decider, case.uid)
    clerk = walker.staff("TOWN_CLERK", case.town)
    with fence(clerk):
        support_stop.serve(clerk, case.uid, mode="AGENT", receiver=family["carer"]["name"])
    with fence(decider):
        support_stop.pay_funeral(
            decider,
            case.uid,
            arranger_name=family["carer"]["name"],
            arranger_relation="侄女",
            arranger_id_no=family["carer"]["id_no"],
            bank_code="103",
            bank_name="中国农业银行",
            number=f"62284{case.id:014d}",
            proof=drawn_picture("home"),
        )


def _photograph(walker: Walker, case: Case, moment: str) -> None:
    clerk = walker.staff("TOWN_CLERK", case.town)
    with fence(clerk):
        objection.photograph_posting(clerk, case.uid, picture=drawn_picture("posting"), moment=moment)
