"""The steps of a pay run (PAY-02) as data: from, to, which power, who must not be the same person."""

from __future__ import annotations

from dataclasses import dataclass

STATES: dict[str, str] = {
    "DRAFT": "待乡镇核对",
    "TOWN_CHECKED": "待县级核对",
    "COUNTY_CHECKED": "待财政确认",
    "FINANCE_CONFIRMED": "待送银行",
    "SENT_TO_BANK": "银行处理中",
    "RETURNED": "待对账",
    "RECONCILED": "待公示",
    "PUBLISHED": "已公示",
}
COLOURS = {"PUBLISHED": "green", "RECONCILED": "green", "SENT_TO_BANK": "yellow", "RETURNED": "orange"}
# what the stepper calls each state once reached
STAGES: dict[str, str] = {
    "DRAFT": "编制花名册",
    "TOWN_CHECKED": "乡镇核对",
    "COUNTY_CHECKED": "县级核对",
    "FINANCE_CONFIRMED": "财政确认",
    "SENT_TO_BANK": "送银行",
    "RETURNED": "银行回盘",
    "RECONCILED": "对账",
    "PUBLISHED": "发放公示",
}


@dataclass(frozen=True)
class RunMove:
    """``separate``: moves of the same run that the same person must not have made (ORG-03)."""

    key: str
    title: str
    sources: tuple[str, ...]
    target: str
    powers: frozenset[str]
    separate: tuple[str, ...] = ()


def _move(
    key: str, title: str, sources: str, target: str, powers: str, separate: tuple[str, ...] = ()
) -> RunMove:
    return RunMove(key, title, tuple(sources.split()), target, frozenset(powers.split()), separate)


MOVES: dict[str, RunMove] = {
    move.key: move
    for move in (
        _move("build", "编制花名册", "", "DRAFT", "payroll.build"),
        _move("check_town", "乡镇核对无误", "DRAFT", "TOWN_CHECKED", "payroll.check_town", ("build",)),
        _move(
            "check_county",
            "县级核对通过",
            "TOWN_CHECKED",
            "COUNTY_CHECKED",
            "payroll.check_county",
            ("build", "check_town"),
        ),
        _move(
            "confirm",
            "财政确认",
            "COUNTY_CHECKED",
            "FINANCE_CONFIRMED",
            "payroll.confirm",
            ("build", "check_town", "check_county"),
        ),
        _move(
            "send_back",
            "退回县级核对",
            "COUNTY_CHECKED FINANCE_CONFIRMED",
            "TOWN_CHECKED",
            "payroll.confirm payroll.check_county",
        ),
        _move("send", "生成银行文件并送银行", "FINANCE_CONFIRMED", "SENT_TO_BANK", "payroll.bank"),
        _move("read_return", "读取银行回盘", "SENT_TO_BANK", "RETURNED", "payroll.bank"),
        _move("reconcile", "对账完成", "RETURNED", "RECONCILED", "payroll.check_county"),
        _move("publish", "公示发放结果", "RECONCILED", "PUBLISHED", "payroll.publish"),
    )
}
# lines may still be held back in these states
OPEN_LIST = ("DRAFT", "TOWN_CHECKED")
UNSENT = (*OPEN_LIST, "COUNTY_CHECKED", "FINANCE_CONFIRMED")
# returned codes that a re-issue must not repeat by itself, and those that need another account first
NEVER_AGAIN = ("09",)
OTHER_ACCOUNT = ("01", "02", "03", "07")
