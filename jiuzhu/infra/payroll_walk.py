"""The month's money in the simulation: list, checks, bank, return, other accounts, re-issue — by the real acts."""

from __future__ import annotations

from datetime import date
from typing import Any

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.cases.models import Entitlement
from jiuzhu.core import clock
from jiuzhu.core.calendar import next_month
from jiuzhu.core.refusal import Refusal
from jiuzhu.infra import queue
from jiuzhu.infra.walk import Walker
from jiuzhu.parameters import queries as parameters
from jiuzhu.payments import queries
from jiuzhu.payments.acts import building, checking, marking, reissuing, returning, sending
from jiuzhu.payments.models import PayRun

BUILD_DAY = 26  # the day after the cut-off (PAY-02)
_ANSWER_WD = 2
_NOTHING_DUE = "E_PAY_EMPTY"


class PayrollWalk:
    """The runs of some counties. ``day`` does what is due that day and says how much happened."""

    def __init__(self, walker: Walker, counties: list[Organisation], front: Any) -> None:
        self.walker, self.counties, self.front = walker, counties, front
        self.sent: list[tuple[date, int]] = []

    def day(self, today: date) -> dict[str, int]:
        calendar = parameters.calendar()
        done = {"runs": 0, "reissued": 0}
        if not calendar.is_working_day(today):
            return done
        answered = [run_id for due, run_id in self.sent if due <= today]
        self.sent = [(due, run_id) for due, run_id in self.sent if due > today]
        for run_id in answered:
            done["reissued"] += self._returned(run_id)
        if today == calendar.roll_forward(today.replace(day=BUILD_DAY)).on:
            done["runs"] = sum(self._build(county, today) for county in self.counties)
        return done

    def _staff(self, role: str, organ: Organisation, position: int = 0) -> Actor:
        return self.walker.staff(role, organ, position)

    def _build(self, county: Organisation, today: date) -> int:
        made = 0
        center = self._staff("CENTER_STAFF", county)
        with fence(center):  # kinds nobody has ever been granted need no list
            kinds = sorted(
                set(Entitlement.objects.filter(county=county).values_list("aid_type", "area_type"))
            )
        for aid_type, area_type in kinds:
            try:
                with fence(center):
                    run = building.build_run(center, county.id, aid_type, area_type, next_month(today))
            except Refusal as refused:
                if refused.code != _NOTHING_DUE:
                    raise
                continue
            self._send(run.id, county)
            made += 1
        return made

    def _send(self, run_id: int, county: Organisation) -> None:
        """Every town that has lines looks, the county's second person checks, finance confirms, the bank gets it."""
        self._hold(run_id, county)
        with fence(PLATFORM):
            towns = set(queries.lines_of(PayRun.objects.get(pk=run_id)).values_list("town_id", flat=True))
        for town in Organisation.objects.filter(pk__in=towns).order_by("code"):
            payroll = self._staff("TOWN_PAYROLL", town)
            with fence(payroll):
                checking.check_town(payroll, run_id)
        second = self._staff("CENTER_STAFF", county, 1)
        with fence(second):
            checking.check_county(second, run_id)
        finance = self._staff("COUNTY_FINANCE", county)
        with fence(finance), queue.collected():  # handed in below, in this process
            checking.confirm(finance, run_id)
            sending.write_bank_file(finance, run_id)
        sending.deliver(run_id, self.front)
        due = parameters.calendar().add_working_days(clock.today(), _ANSWER_WD).on
        self.sent.append((due, run_id))

    def _hold(self, run_id: int, county: Organisation) -> None:
        """What must not be paid yet (a dead payee, a rating that has expired) stays out until it is put right (PAY-04)."""
        with fence(PLATFORM):
            wrong = {
                line
                for line, _, level in queries.prompts(PLATFORM, PayRun.objects.get(pk=run_id))
                if level == "E"
            }
        center = self._staff("CENTER_STAFF", county, 1)
        with fence(center):
            for line_id in sorted(wrong):
                marking.hold_line(center, line_id, reason="存在必须处理的问题，处理后再发")

    def _returned(self, run_id: int) -> int:
        """The return is read and published; families whose account failed name another one and are paid again."""
        with fence(PLATFORM):
            run = returning.fetch_return(run_id, self.front)
        if run is None:
            self.sent.append((parameters.calendar().add_working_days(clock.today(), 1).on, run_id))
            return 0
        county = run.county
        center = self._staff("CENTER_STAFF", county)
        with fence(center):
            returning.reconcile(center, run_id)
            returning.publish(center, run_id)
            failed = queries.returned_lines(center, run)
            unusable = [line for line in failed if queries.needs_other_account(line)]
        for line in unusable:
            self._other_account(line)
        if not failed:
            return 0
        try:
            with fence(center):
                again = reissuing.reissue(center, run_id)
        except Refusal as refused:
            if refused.code != "E_REISSUE":
                raise
            return 0
        self._send(again.id, county)
        return again.lines_count

    def _other_account(self, line: Any) -> None:
        payroll = self._staff("TOWN_PAYROLL", Organisation.objects.get(pk=line.town_id))
        with fence(payroll):
            reissuing.correct_account(
                payroll,
                line.id,
                bank_code="403",
                bank_name="中国邮政储蓄银行",
                number=f"6217{line.entitlement_id:08d}{clock.today():%m%d}{line.id % 1000:03d}",
            )
