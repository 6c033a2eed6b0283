"""Queued work of the one door: slips to departments, their answers, reminders. All may be repeated without harm."""

from __future__ import annotations

from jiuzhu.accounts.actor import PLATFORM
from jiuzhu.core.refusal import Refusal
from jiuzhu.jobs.queue import every, job
from jiuzhu.onedoor import referrals


@job("onedoor.deliver")
def deliver(referral_id: int) -> None:
    """Hand one slip in; an inbox that does not answer is tried again by the sweep below."""
    referrals.deliver(referral_id)


@every("*/10 * * * *", "onedoor.departments")
def departments() -> None:
    """Deliver what could not be delivered, fetch what departments have said."""
    for referral_id in referrals.undelivered():
        referrals.deliver(referral_id)
    for referral_id in referrals.unanswered():
        referrals.fetch_answers(referral_id)


@every("30 8 * * *", "onedoor.remind")
def remind() -> None:
    """Departments that are late are reminded, at once and then every week."""
    for uid in referrals.to_remind():
        try:
            referrals.remind(PLATFORM, uid)
        except Refusal:  # answered or reminded in the meantime
            continue
