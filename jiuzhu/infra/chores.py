"""What a county does by the calendar besides its cases: emergencies on the boards, the reserve fund, a new standard
(E8, TA-21, DYN-40).
"""

from __future__ import annotations

from datetime import date

from jiuzhu.accounts.actor import fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import towns_of
from jiuzhu.aid_types import registry
from jiuzhu.benefits.acts import reviews, standard
from jiuzhu.cases import emergencies
from jiuzhu.cases.acts.emergency import announcing
from jiuzhu.core.calendar import add_months
from jiuzhu.core.refusal import Refusal
from jiuzhu.funds import acts as funds
from jiuzhu.funds import queries as fund_queries
from jiuzhu.infra import demo, queue
from jiuzhu.infra.walk import Walker
from jiuzhu.jobs import tasks
from jiuzhu.parameters import acts as publishing
from jiuzhu.parameters import queries as parameters

_MONTHS_TO_NEW_STANDARD = 18
_NEW_STANDARD = {"URBAN": 63000, "RURAL": 48000}
_LEAST_FEN, _TOP_UP_FEN = 3_000_000, 5_000_000


class CityChores:
    """What the city publishes: its policy of regimes on the first day, a higher sample standard after eighteen months;
    and the nightly jobs for everybody.
    """

    def __init__(self, walker: Walker, start: date, policy: str) -> None:
        self.walker, self.policy = walker, policy
        self.start, self.raised_on = start, add_months(start.replace(day=1), _MONTHS_TO_NEW_STANDARD)

    def day(self, today: date) -> None:
        if self.policy and today == self.start:
            self._publish("regime_policy", "", self.policy, today, "示例文件1号")
        if today == self.raised_on:
            for area_type, fen in _NEW_STANDARD.items():
                self._publish("dibao.standard", area_type, fen, today, "示例标准STD-T2（非公布标准）")
        tasks.new_day()
        reviews.plan(today)

    def _publish(self, key: str, area_type: str, value: object, since: date, doc_no: str) -> None:
        city = Organisation.objects.get(kind=Organisation.CITY)
        one, two = (self.walker.staff("CITY_OFFICER", city, position) for position in (0, 1))
        with fence(one):
            entered = publishing.enter_value(
                one,
                key=key,
                scope_id=city.id,
                area_type=area_type,
                value=value,
                effective_from=since,
                doc_no=doc_no,
            )
        with fence(two):
            publishing.publish_value(two, entered.id)


class Chores:
    """The chores of some counties; ``day`` does what is due on it and says what happened."""

    def __init__(self, walker: Walker, counties: list[Organisation]) -> None:
        self.walker, self.counties = walker, counties

    def day(self, today: date) -> dict[str, int]:
        done = {"top_ups": 0, "announced": 0, "closings": 0, "standards": 0}
        calendar = parameters.calendar()
        if today == calendar.roll_forward(today.replace(day=2)).on:
            for county in self.counties:
                done["announced"] += self._announce(county, today)
                done["closings"] += self._close_months(county, today)
                done["top_ups"] += self._top_up(county, today)
                done["standards"] += self._standard(county, today)
        return done

    def _towns(self, county: Organisation, on: date) -> list[Organisation]:
        return [town for town in towns_of(county, on) if town.code in demo.TOWNS]

    def _announce(self, county: Organisation, today: date) -> int:
        """E8: last month's emergencies on the boards."""
        made = 0
        for town in self._towns(county, today):
            clerk = self.walker.staff("TOWN_CLERK", town)
            with fence(clerk):
                if emergencies.announcements_due(clerk):
                    made += announcing.announce_month(clerk, town.id, add_months(today.replace(day=1), -1))
        return made

    def _close_months(self, county: Organisation, today: date) -> int:
        """TA-21: the till is counted and every month that is over closed."""
        made = 0
        for town in self._towns(county, today):
            teller = self.walker.staff("TOWN_PAYROLL", town)
            with fence(teller):
                while month := fund_queries.to_close(town, today):
                    counted = fund_queries.balance_at(town, add_months(month, 1))
                    funds.close_month(teller, town.id, month=month, counted_fen=counted)
                    made += 1
        return made

    def _top_up(self, county: Organisation, today: date) -> int:
        made = 0
        for town in self._towns(county, today):
            finance, center = (self.walker.staff(role, county) for role in ("COUNTY_FINANCE", "CENTER_STAFF"))
            with fence(finance):
                if fund_queries.balance_of(town) >= _LEAST_FEN:
                    continue
                entered = funds.propose_top_up(
                    finance,
                    town.id,
                    amount_fen=_TOP_UP_FEN,
                    document_no=f"财社〔{today:%Y}〕{today:%m}号（示例）",
                )
            with fence(center):
                funds.confirm_top_up(center, entered.id)
            made += 1
        return made

    def _standard(self, county: Organisation, today: date) -> int:
        """A standard in force since this month: list, second person, effect (the family is told by its list)."""
        made = 0
        since = today.replace(day=1)
        one, two = (self.walker.staff("CENTER_STAFF", county, position) for position in (0, 1))
        for aid in registry.all_types():
            for area_type in ("URBAN", "RURAL"):
                if aid.restate is None:
                    continue
                try:
                    with fence(one), queue.collected():
                        batch = standard.open_batch(one, aid_type=aid.code, area_type=area_type, since=since)
                except Refusal as refused:
                    if refused.code != "E_STANDARD":
                        raise
                    continue
                standard.compute(batch.id)
                try:
                    with fence(two):
                        standard.confirm(two, batch.id)
                        standard.apply(two, batch.id)
                    made += 1
                except Refusal as refused:
                    if refused.code != "E_STANDARD":
                        raise
        return made
