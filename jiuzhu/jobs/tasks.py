"""Queued work: asking departments, asking again what is late, ending windows that are over."""

from __future__ import annotations

from jiuzhu.cases import clocks, queries
from jiuzhu.cases.acts import continuation, decision, divisions, verification, withdrawal
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.jobs.queue import every, job
from jiuzhu.verification import queries as inquiries


@job("verification.ask")
def ask(inquiry_id: int) -> None:
    """Put one question to one department; the inquiry itself knows when to be asked again."""
    verification.ask_source(inquiry_id)


@every("* * * * *", "verification.ask_again")
def ask_again() -> None:
    """Questions whose time for another try has come (late answers, failures that may pass)."""
    for inquiry_id in inquiries.due_again(clock.now()):
        verification.ask_source(inquiry_id)


@every("10 * * * *", "cases.lapse")
def lapse() -> None:
    """What lapsed: objection window, correction, apply window (D10, D15, D11x); silence accepts (CLK-AC)."""
    for uid, key in queries.lapsing(clock.today()):
        try:
            withdrawal.lapse(uid, key)
        except Refusal:  # somebody acted in the meantime
            continue


@every("5 0 * * *", "cases.new_day")
def new_day() -> None:
    """Townships merge on their day (ORG-01); cases follow the authority (ORG-06); paused clocks show their new day;
    statuses not renewed have ended.
    """
    divisions.take_effect(clock.today())
    for uid in queries.misplaced(clock.today()):
        decision.follow_authority(uid)
    for case in queries.standing_still():
        clocks.rebuild(case)
    continuation.lapse_statuses(clock.today())
