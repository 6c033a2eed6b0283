"""Queued work on benefits: notices opened on the phone take effect, reviews are planned, standards computed."""

from __future__ import annotations

from jiuzhu.accounts.actor import PLATFORM
from jiuzhu.benefits import queries
from jiuzhu.benefits.acts import changes, crosscheck, pausing, places, recovery, reviews, standard
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.jobs.queue import every, job


@every("*/5 * * * *", "benefits.take_effect")
def take_effect() -> None:
    """Changes whose notice the family has opened on the phone."""
    for uid in queries.due_to_take_effect():
        try:
            changes.take_effect(uid)
        except Refusal:  # the clerk was quicker
            continue


@every("20 0 * * *", "benefits.new_day")
def new_day() -> None:
    """Reviews that come near; recoveries that lists have kept in full; clocks that stand still; the cross-check; places."""
    reviews.plan(clock.today())
    pausing.recount_all()
    crosscheck.collect()
    crosscheck.look_through(clock.today())
    places.look_over(clock.today())
    recovery.settle(PLATFORM)


@job("benefits.compute_standard")
def compute_standard(batch_id: int) -> None:
    """The difference list of a new standard."""
    standard.compute(batch_id)
