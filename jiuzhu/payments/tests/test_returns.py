"""Returned files that are right, wrong or read twice; failed lines paid again (PAY codes, PAY-06)."""

from __future__ import annotations

from datetime import date

import httpx
import pytest

from departments import app as outside
from departments import bank
from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.connectors.contract import Transport
from jiuzhu.connectors.tests.test_contract import _Bridge
from jiuzhu.core import clock, sealing
from jiuzhu.core.refusal import Refusal
from jiuzhu.jobs import payments as jobs
from jiuzhu.payments import queries
from jiuzhu.payments.acts import checking, reissuing, returning, sending
from jiuzhu.payments.bank_client import BankFront
from jiuzhu.payments.bank_files import RURAL_BANK, Batch, Order
from jiuzhu.payments.models import BankFile, LineResult, PayLine, PayRun
from jiuzhu.payments.tests import city as cities
from jiuzhu.payments.tests.city import City
from jiuzhu.payments.tests.test_month import BUILT, build, lines, returned, sent, walk

CLOSED = next(
    number
    for number in map(str, range(62309100000000001, 62309100000900000))
    if bank._draw(number) < bank.CLOSED
)
GOOD = next(
    number for number in map(str, range(62309100000000001, 62309100000900000)) if bank._draw(number) > 100
)


@pytest.fixture
def city(db: None):
    with clock.at(BUILT):
        made = cities.make(families=0)
        with fence(PLATFORM):
            made.entitlements += [
                cities.family(made, 0, name="张明", account=GOOD),
                cities.family(made, 2, name="李国兰", account=CLOSED),
            ]
            made.entitlements.append(cities.family(made, 1, name="赵䶮", account="6230910000000000000"))
        yield made


@pytest.fixture
def at_bank(city: City) -> PayRun:
    return walk(city, build(city), "SENT_TO_BANK")


def read(city: City, run: PayRun, content: bytes) -> PayRun:
    with fence(city.finance) as actor:
        return returning.read_return_file(actor, run.id, content)


def resealed(content: bytes, old: str, new: str) -> bytes:
    """A return changed in one place, its digest made right again: only the checks of content can notice."""
    text = content.decode("gb18030")
    assert old in text
    rows = text.replace(old, new, 1).split("\r\n")
    body = ("\r\n".join(rows[:-2]) + "\r\n").encode("gb18030")
    tail = rows[-2].split("|")
    return body + f"T|{tail[1]}|{tail[2]}|{sealing.sm3(body)}\r\n".encode("gb18030")


def nothing_kept(run: PayRun) -> bool:
    with fence(PLATFORM):
        kept = (
            LineResult.objects.filter(line__run=run).exists()
            or BankFile.objects.filter(run=run, direction="IN").exists()
        )
    run.refresh_from_db()
    return not kept and run.state == "SENT_TO_BANK"


def test_the_bank_file_is_gb18030_with_control_totals_and_digest(at_bank: PayRun) -> None:
    content = sent(at_bank)
    rows = content.decode("gb18030").split("\r\n")

    assert rows[0] == f"H|S|{at_bank.batch_no}|{at_bank.county.organ_name}|20191028|CNY|3|900.00"
    assert "赵䶮" in rows[3] or "赵䶮" in rows[2]
    assert rows[-2].startswith("T|3|900.00|")
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")


def test_a_file_whose_totals_do_not_tie_is_never_written() -> None:
    order = Order(1, "6230910000000001", "张明", 30000, "农村低保金201911", "371599196803120014", "314")

    with pytest.raises(Refusal, match="E_PAY_CHANGED"):
        RURAL_BANK.write(Batch("B", "示例县民政局", date(2019, 11, 1), 1, 30001), [order])


def test_the_answers_of_the_bank_become_ours(city: City, at_bank: PayRun) -> None:
    read(city, at_bank, returned(at_bank))

    with fence(PLATFORM):
        codes = dict(LineResult.objects.filter(line__run=at_bank).values_list("line__payee_name", "code"))
    assert codes == {"张明": "00", "李国兰": "03", "赵䶮": "02"}


@pytest.mark.parametrize(
    ("what", "code", "spoil"),
    [
        ("not text", "E_RETURN_FORMAT", lambda back: b"\xff\xff\xff"),
        ("no tail", "E_RETURN_FORMAT", lambda back: back[: back.rindex(b"T|")]),
        ("a byte changed", "E_RETURN_FORMAT", lambda back: back.replace(b"|300.00|0000", b"|300.00|2003", 1)),
        (
            "head says more",
            "E_RETURN_TOTAL",
            lambda back: resealed(back, "|1|300.00|2|600.00", "|2|600.00|1|300.00"),
        ),
        ("a line never sent", "E_RETURN_LINE", lambda back: resealed(back, "D|2|", "D|77|")),
        ("a line twice", "E_RETURN_LINE", lambda back: resealed(back, "D|2|", "D|1|")),
        ("another account", "E_RETURN_LINE", lambda back: resealed(back, GOOD, "6230919999999999999")),
        ("another batch", "E_RETURN_BATCH", lambda back: resealed(back, "-REGULAR", "-R1")),
    ],
)
def test_a_wrong_return_is_refused_and_nothing_is_kept(
    city: City, at_bank: PayRun, what: str, code: str, spoil
) -> None:
    with pytest.raises(Refusal, match=code):
        read(city, at_bank, spoil(returned(at_bank)))

    assert nothing_kept(at_bank), what


def test_a_return_with_a_line_missing_is_refused(city: City, at_bank: PayRun) -> None:
    rows = returned(at_bank).decode("gb18030").split("\r\n")
    kept = [rows[0].replace("|2|600.00", "|1|300.00"), *[row for row in rows[1:-2] if "李国兰" not in row]]
    body = "".join(f"{row}\r\n" for row in kept).encode("gb18030")

    with pytest.raises(Refusal, match="E_RETURN_LINE") as refused:
        read(city, at_bank, body + f"T|2|600.00|{sealing.sm3(body)}\r\n".encode())

    assert "缺少1笔" in refused.value.sentence
    assert nothing_kept(at_bank)


def test_the_same_return_twice_is_refused_and_says_when_it_was_read(city: City, at_bank: PayRun) -> None:
    back = returned(at_bank)
    read(city, at_bank, back)

    with pytest.raises(Refusal, match="E_RETURN_TWICE"):
        read(city, at_bank, back)

    with fence(PLATFORM):
        assert LineResult.objects.filter(line__run=at_bank).count() == 3


def test_a_failed_line_is_paid_again_as_a_linked_line_once_the_account_is_put_right(
    city: City, at_bank: PayRun
) -> None:
    run = walk(city, at_bank, "RECONCILED")
    closed = next(line for line in lines(run) if line.payee_name == "李国兰")
    with fence(city.builder) as actor, pytest.raises(Refusal, match="E_REISSUE") as refused:
        reissuing.reissue(actor, run.id)
    assert "账户还没有更正" in refused.value.sentence
    clerk = next(each for each in (city.payroll(0), city.payroll(1)) if closed.town_id in each.towns)

    with clock.at(date(2019, 11, 6)):
        with fence(clerk):
            reissuing.correct_account(
                clerk, closed.id, bank_code="314", bank_name="农村商业银行", number=GOOD
            )
        with fence(city.builder) as actor:
            again = reissuing.reissue(actor, run.id)
        (line,) = lines(again)
        assert (line.reissue_of_id, line.total_fen, again.kind) == (closed.id, 30000, "R1")
        walk_part(city, again)

    with fence(PLATFORM):
        assert LineResult.objects.get(line=line).code == "00"
        assert PayLine.objects.get(pk=closed.id).result.code == "03"


def walk_part(city: City, run: PayRun) -> None:
    """A re-issue run has lines of one town only; it takes the same way."""
    town = next(index for index, each in enumerate(city.towns) if each.id == lines(run)[0].town_id)
    for actor, act in (
        (city.payroll(town), checking.check_town),
        (city.checker, checking.check_county),
        (city.finance, checking.confirm),
        (city.finance, sending.write_bank_file),
    ):
        with fence(actor):
            act(actor, run.id)
    read(city, run, returned(run))


def test_a_line_is_not_paid_again_twice(city: City, at_bank: PayRun) -> None:
    run = walk(city, at_bank, "RETURNED")
    with clock.at(date(2019, 11, 6)):
        for line in lines(run):
            if line.payee_name == "李国兰":
                clerk = next(
                    each for each in (city.payroll(0), city.payroll(1)) if line.town_id in each.towns
                )
                with fence(clerk):
                    reissuing.correct_account(
                        clerk, line.id, bank_code="314", bank_name="农商行", number=GOOD
                    )
        with fence(city.builder) as actor:
            reissuing.reissue(actor, run.id)
            with pytest.raises(Refusal, match="E_REISSUE"):
                reissuing.reissue(actor, run.id)


def test_an_account_is_put_right_by_the_own_town_only(city: City, at_bank: PayRun) -> None:
    run = walk(city, at_bank, "RETURNED")
    closed = next(line for line in lines(run) if line.payee_name == "李国兰")
    other = next(each for each in (city.payroll(0), city.payroll(1)) if closed.town_id not in each.towns)

    with fence(other), pytest.raises(Refusal, match="E_NOT_FOUND"):
        reissuing.correct_account(other, closed.id, bank_code="314", bank_name="农商行", number=GOOD)
    with fence(city.finance) as finance, pytest.raises(Refusal, match="E_AUTH"):
        reissuing.correct_account(finance, closed.id, bank_code="314", bank_name="农商行", number=GOOD)


@pytest.fixture
def front() -> BankFront:
    bank.batches.clear()
    bank.state["fault"] = ""
    client = httpx.Client(transport=_Bridge(outside.app), base_url="http://x")
    return BankFront(Transport("", "jiuzhu-demo", "simulated-exchange-secret", client=client))


def test_the_bank_takes_the_batch_over_http_and_gives_its_return(at_bank: PayRun, front: BankFront) -> None:
    receipt = sending.deliver(at_bank.id, front)
    again = sending.deliver(at_bank.id, front)

    run = returning.fetch_return(at_bank.id, front)

    assert receipt == again != ""
    assert run is not None and run.state == "RETURNED"


def test_a_bank_still_working_changes_nothing(at_bank: PayRun, front: BankFront) -> None:
    sending.deliver(at_bank.id, front)
    bank.state["fault"] = "late"

    assert returning.fetch_return(at_bank.id, front) is None
    assert nothing_kept(at_bank)


def test_a_bank_that_is_down_is_said_so_and_asked_again_later(
    at_bank: PayRun, front: BankFront, monkeypatch
) -> None:
    bank.state["fault"] = "down"
    with pytest.raises(Refusal, match="E_BANK"):
        sending.deliver(at_bank.id, front)
    monkeypatch.setattr(returning, "bank_front", lambda: front)
    jobs.fetch_returns()
    assert nothing_kept(at_bank)

    bank.state["fault"] = ""
    jobs.fetch_returns()

    at_bank.refresh_from_db()
    assert at_bank.state == "RETURNED"


def test_the_bank_refuses_another_file_under_a_known_batch_number(at_bank: PayRun, front: BankFront) -> None:
    sending.deliver(at_bank.id, front)
    order = Order(1, GOOD, "张明", 999900, "农村低保金201911", "", "314")
    forged = RURAL_BANK.write(Batch(at_bank.batch_no, "x", date(2019, 11, 1), 1, 999900), [order])

    with pytest.raises(Refusal, match="E_BANK"):
        front.hand_in(at_bank.batch_no, "x.txt", forged)


def test_the_bank_says_on_its_face_that_it_is_simulated(front: BankFront) -> None:
    assert "模拟" in front.transport.client.get("/bank/").text


def test_the_same_accounts_fail_every_time() -> None:
    first = [bank.answer_for("X-REGULAR", str(number), "张明") for number in range(3000)]
    second = [bank.answer_for("X-REGULAR", str(number), "张明") for number in range(3000)]

    assert first == second
    assert {code for code, _ in first} == {"0000", "2002", "2003", "2005"}


def test_months_are_summed_for_the_chart(city: City, at_bank: PayRun) -> None:
    read(city, at_bank, returned(at_bank))

    with fence(city.builder) as actor:
        (november,) = queries.by_month(actor)

    assert (november.families, november.due_fen, november.paid_fen) == (3, 90000, 30000)
