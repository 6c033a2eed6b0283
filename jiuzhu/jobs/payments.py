"""Queued work with the bank: hand in a batch, ask for returns. Both may be repeated without harm."""

from __future__ import annotations

from jiuzhu.core.refusal import Refusal
from jiuzhu.jobs.queue import every, job
from jiuzhu.payments import queries
from jiuzhu.payments.acts import returning, sending


@job("payments.deliver")
def deliver(run_id: int) -> None:
    """Hand one batch file to the bank; a bank that does not answer is asked again by the sweep below."""
    try:
        sending.deliver(run_id)
    except Refusal as refused:
        if refused.code != "E_BANK":
            raise


@every("*/10 * * * *", "payments.fetch_returns")
def fetch_returns() -> None:
    """Every run at the bank: hand in again what may have been lost, read the return that is ready."""
    for run_id in queries.due_for_return():
        try:
            returning.fetch_return(run_id)
        except Refusal:  # the bank is down or its file is wrong: finance sees the run still waiting
            continue
