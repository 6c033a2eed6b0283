"""Two clerks at once never overdraw the fund: the ledger has one writer at a time."""

from __future__ import annotations

import uuid
from threading import Thread

from django.db import connection, transaction

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.funds import acts, queries
from jiuzhu.funds.tests.test_ledger import BASE, DAY, people, town_of
from tests.families import City


def test_two_clerks_at_once_never_overdraw(committed_city: City) -> None:
    with clock.at(clock.instant(DAY)), fence(PLATFORM), transaction.atomic():
        acts.pay(PLATFORM, town_of(), amount_fen=BASE - 500_000, case_no="JN0", ref=uuid.uuid4())
    clerk, done, refusals = people(committed_city)["clerk"], [], []

    def pay() -> None:
        try:
            with clock.at(clock.instant(DAY)), fence(clerk), transaction.atomic():
                acts.pay(clerk, town_of(), amount_fen=300_000, case_no="JN1", ref=uuid.uuid4())
            done.append(1)
        except Refusal as refusal:
            refusals.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=pay) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(done), refusals) == (1, ["E_FUND_SHORT"] * 3)
    with fence(PLATFORM):
        assert queries.balance_of(town_of()) == 200_000
