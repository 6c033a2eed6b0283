"""What banks read and write: named formats. GB18030 (rare characters of names survive), CRLF, digest in the tail.

No database here: a format turns an order into bytes and a return into lines, and refuses what does not add up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from jiuzhu.core import names, sealing
from jiuzhu.core.money import yuan
from jiuzhu.core.refusal import Refusal

SUCCESS = "00"


@dataclass(frozen=True)
class Order:
    """One sum to be paid: sequence in the batch, account, its owner, fen, words on the statement (≤ 20 characters)."""

    seq: int
    account: str
    name: str
    amount_fen: int
    memo: str
    id_no: str
    bank_code: str


@dataclass(frozen=True)
class Batch:
    """Head of a file; ``count`` and ``total_fen`` are the control totals."""

    batch_no: str
    unit: str
    on: date
    count: int
    total_fen: int


@dataclass(frozen=True)
class Returned:
    """What the bank says of one sum. ``code`` is ours (PAY codes 00–99), ``text`` the bank's own words."""

    seq: int
    account: str
    amount_fen: int
    code: str
    text: str


@dataclass(frozen=True)
class ReturnFile:
    batch_no: str
    on: date
    lines: tuple[Returned, ...]

    @property
    def paid_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines if line.code == SUCCESS)

    @property
    def total_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)


@dataclass(frozen=True)
class BankFormat:
    """A bank's text format. ``codes`` maps the bank's answers to ours; an unknown answer becomes 99, words kept."""

    name: str
    title: str
    encoding: str
    separator: str
    codes: Mapping[str, str]

    def file_name(self, batch: Batch) -> str:
        return f"DF_{batch.batch_no}_{batch.on:%Y%m%d}.txt"

    def write(self, batch: Batch, orders: Iterable[Order]) -> bytes:
        """``H`` head, one ``D`` per sum, ``T`` tail with count, total and SM3 of everything before it."""
        rows = [
            self._row(
                "H",
                "S",
                batch.batch_no,
                batch.unit,
                f"{batch.on:%Y%m%d}",
                "CNY",
                batch.count,
                _plain(batch.total_fen),
            )
        ]
        count = total = 0
        for order in orders:
            count, total = count + 1, total + order.amount_fen
            rows.append(
                self._row(
                    *("D", order.seq, order.account, names.normalise(order.name), _plain(order.amount_fen)),
                    *(order.memo[:20], "01", order.id_no, order.bank_code),
                )
            )
        if (count, total) != (batch.count, batch.total_fen):
            raise Refusal("E_PAY_CHANGED")
        body = "".join(rows).encode(self.encoding)
        return body + self._row("T", count, _plain(total), sealing.sm3(body)).encode(self.encoding)

    def read_return(self, content: bytes) -> ReturnFile:
        """Parse and check a return: form, digest, counts and both totals. Raises E_RETURN_FORMAT, E_RETURN_TOTAL."""
        head, details, tail, body = self._parts(content)
        if sealing.sm3(body) != tail[3]:
            raise Refusal("E_RETURN_FORMAT", why="校验码不符，文件可能不完整或被改动")
        lines = tuple(self._returned(number, row) for number, row in enumerate(details, 2))
        found = ReturnFile(head[2], _day(head[4]), lines)
        paid = [line for line in lines if line.code == SUCCESS]
        said = (int(head[5]), _fen(head[6]), int(head[7]), _fen(head[8]))
        counted = (len(paid), found.paid_fen, len(lines) - len(paid), found.total_fen - found.paid_fen)
        if said != counted or (int(tail[1]), _fen(tail[2])) != (len(lines), found.total_fen):
            raise Refusal(
                "E_RETURN_TOTAL",
                why=f"文件写成功{said[0]}笔{yuan(said[1])}元、失败{said[2]}笔{yuan(said[3])}元，"
                f"明细为成功{counted[0]}笔{yuan(counted[1])}元、失败{counted[2]}笔{yuan(counted[3])}元",
            )
        return found

    def _row(self, *fields: object) -> str:
        return self.separator.join(str(field).replace(self.separator, " ") for field in fields) + "\r\n"

    def _parts(self, content: bytes) -> tuple[list[str], list[list[str]], list[str], bytes]:
        try:
            text = content.decode(self.encoding)
        except UnicodeDecodeError as garbled:
            raise Refusal("E_RETURN_FORMAT", why=f"不是{self.encoding.upper()}文本") from garbled
        rows = [row.split(self.separator) for row in text.splitlines() if row.strip()]
        shape = "".join(row[0][:1] for row in rows)
        if not re.fullmatch(r"HD*T", shape):
            raise Refusal("E_RETURN_FORMAT", why="应有一行文件头、若干明细和一行文件尾")
        head, tail = rows[0], rows[-1]
        if len(head) != 9 or head[1] != "R" or len(tail) != 4 or not _numbers(head[5:9] + tail[1:3]):
            raise Refusal("E_RETURN_FORMAT", why="文件头或文件尾的栏目不对")
        body = content[: content.rindex(self._row(*tail).strip().encode(self.encoding))]
        return head, rows[1:-1], tail, body

    def _returned(self, number: int, row: list[str]) -> Returned:
        if len(row) != 7 or not _numbers([row[1], row[4]]):
            raise Refusal("E_RETURN_FORMAT", why=f"第{number}行的栏目不对")
        code = self.codes.get(row[5], "99")
        return Returned(int(row[1]), row[2], _fen(row[4]), code, row[6] if code != SUCCESS else "")


def _plain(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _numbers(fields: list[str]) -> bool:
    return all(re.fullmatch(r"\d{1,15}(\.\d{2})?", field, re.ASCII) for field in fields)


def _fen(text: str) -> int:
    whole, _, cents = text.partition(".")
    return int(whole) * 100 + int(cents or 0)


def _day(text: str) -> date:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError as wrong:
        raise Refusal("E_RETURN_FORMAT", why="文件头的日期不对") from wrong


# The agent bank's front end of the demo city; a real bank is one more object beside it.
RURAL_BANK = BankFormat(
    name="RURAL_BANK",
    title="农村商业银行代发文本（示例格式）",
    encoding="gb18030",
    separator="|",
    codes={
        "0000": "00",
        "2001": "01",
        "2002": "02",
        "2003": "03",
        "2004": "04",
        "2005": "05",
        "2006": "06",
        "2007": "07",
        "2008": "08",
        "2009": "09",
    },
)
FORMATS = {each.name: each for each in (RURAL_BANK,)}
