"""Nothing is ever paid twice, and nothing is half done: threads that race, processes that die (PAY-06)."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.payments import queries
from jiuzhu.payments.acts import _run, reissuing, returning, sending
from jiuzhu.payments.models import BankFile, LineResult, PayLine, PayRun
from jiuzhu.payments.tests import city as cities
from jiuzhu.payments.tests.test_month import BUILT, NOVEMBER, build, lines, returned, walk


class _Killed(BaseException):
    """The process dies here."""


def in_threads(*works) -> list[str]:
    """Run each work in a thread of its own, all at once; what each came to."""
    ready = threading.Barrier(len(works))
    ends: list[str] = []

    def run(work) -> None:
        try:
            ready.wait()
            work()
            ends.append("done")
        except Refusal as refused:
            ends.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def test_two_people_making_the_same_list_at_once_make_one(committed_db: str) -> None:
    with clock.at(BUILT):
        city = cities.make(families=6)

        def make() -> None:
            build(city)

        ends = in_threads(make, make)

    assert ends == ["E_PAYDUP", "done"]
    with fence(PLATFORM):
        assert PayLine.objects.count() == 6


def test_two_months_made_at_once_do_not_pay_a_month_twice(committed_db: str) -> None:
    """December pays November as arrears; November's own list made at the same moment must not pay it too."""
    with clock.at(date(2019, 11, 27)):
        city = cities.make(families=6)
        ends = in_threads(lambda: build(city, NOVEMBER), lambda: build(city, date(2019, 12, 1)))

    assert ends in (["done", "done"], ["E_PAYDUP", "done"], ["E_PAY_EMPTY", "done"])
    with fence(PLATFORM):
        months = list(PayLine.objects.values_list("entitlement_id", "pay_month"))
    assert len(months) == len(set(months))


def test_a_return_read_by_two_at_once_is_read_once(committed_db: str) -> None:
    with clock.at(BUILT):
        city = cities.make(families=4)
        run = walk(city, build(city), "SENT_TO_BANK")
        back = returned(run)

        def read() -> None:
            with fence(city.finance) as actor:
                returning.read_return_file(actor, run.id, back)

        ends = in_threads(read, read)

    assert ends == ["E_RETURN_TWICE", "done"]
    with fence(PLATFORM):
        assert LineResult.objects.count() == 4


def test_two_clicks_on_reissue_pay_again_once(committed_db: str) -> None:
    with clock.at(BUILT):
        city = cities.make(families=0)
        with fence(PLATFORM):
            city.entitlements = [cities.family(city, index, name="赵䶮") for index in range(2)]
        run = walk(city, build(city), "RETURNED")
        other = [str(62309177700000000 + index) for index in range(2)]
    with clock.at(date(2019, 11, 6)):
        for number, line in zip(other, lines(run), strict=True):
            clerk = next(each for each in (city.payroll(0), city.payroll(1)) if line.town_id in each.towns)
            with fence(clerk):
                reissuing.correct_account(clerk, line.id, bank_code="314", bank_name="农商行", number=number)

        def again() -> None:
            with fence(city.builder) as actor:
                reissuing.reissue(actor, run.id)

        ends = in_threads(again, again)

    assert ends in (["E_REISSUE", "done"], ["E_PAYDUP", "done"])
    with fence(PLATFORM):
        assert PayLine.objects.filter(reissue_of__isnull=False).count() == 2


@pytest.mark.parametrize("kind", ["REGULAR", "ARREARS"])
def test_the_database_itself_refuses_a_second_line_for_the_month(db: None, kind: str) -> None:
    with clock.at(BUILT):
        city = cities.make(families=1)
        run = build(city)
    with fence(PLATFORM), connection.cursor() as cursor:
        columns = [
            field.column
            for field in PayLine._meta.concrete_fields
            if field.column not in ("id", "line_no", "pay_kind")
        ]
        names = ", ".join(columns)

        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(
                f"INSERT INTO payments_payline (line_no, pay_kind, {names})"
                f" SELECT 99, %s, {names} FROM payments_payline WHERE run_id = %s",
                [kind, run.id],
            )


@pytest.mark.parametrize(
    "sentence", ["UPDATE payments_payline SET total_fen = 1", "DELETE FROM payments_payline"]
)
def test_a_line_is_never_changed_nor_removed(db: None, sentence: str) -> None:
    with clock.at(BUILT):
        build(cities.make(families=1))

    with fence(PLATFORM), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(sentence)


def test_a_process_killed_between_writing_and_committing_leaves_the_run_as_it_was(
    committed_db: str, monkeypatch
) -> None:
    with clock.at(BUILT):
        city = cities.make(families=4)
        run = walk(city, build(city), "FINANCE_CONFIRMED")

        def die(*_: object, **__: object) -> None:
            raise _Killed

        with monkeypatch.context() as patched:
            patched.setattr(sending, "defer", die)
            with pytest.raises(_Killed), fence(city.finance) as actor:
                sending.write_bank_file(actor, run.id)
        run.refresh_from_db()
        assert (run.state, BankFile.objects.count(), queries.pay_lists(PLATFORM, run)) == (
            "FINANCE_CONFIRMED",
            0,
            [],
        )

        with fence(city.finance) as actor:
            sending.write_bank_file(actor, run.id)

    run.refresh_from_db()
    assert run.state == "SENT_TO_BANK"


def test_a_process_killed_while_reading_the_return_keeps_no_line_of_it(
    committed_db: str, monkeypatch
) -> None:
    with clock.at(BUILT):
        city = cities.make(families=4)
        run = walk(city, build(city), "SENT_TO_BANK")
        back = returned(run)

        def die(*_: object, **__: object) -> None:
            raise _Killed

        with monkeypatch.context() as patched:
            patched.setattr(_run, "record", die)
            with pytest.raises(_Killed), fence(city.finance) as actor:
                returning.read_return_file(actor, run.id, back)
        with fence(PLATFORM):
            assert LineResult.objects.count() == 0
        assert PayRun.objects.get().state == "SENT_TO_BANK"

        with fence(city.finance) as actor:
            returning.read_return_file(actor, run.id, back)

    with fence(PLATFORM):
        assert LineResult.objects.count() == 4
