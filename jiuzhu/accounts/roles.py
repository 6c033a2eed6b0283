"""Roles of domain 1.2 in words a manager can read. The permission page and the tables of tests derive from here."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Role:
    """``level`` says at which organs the role exists; ``sight`` is the view level L0–L3 of VER-30."""

    code: str
    name: str
    level: str
    sight: int
    powers: frozenset[str] = field(default_factory=frozenset)
    limits: str = ""


def _role(code: str, name: str, level: str, sight: int, powers: str, limits: str = "") -> Role:
    return Role(code, name, level, sight, frozenset(powers.split()), limits)


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        _role(
            "VILLAGE_ASSIST",
            "村（居）社会救助协理员",
            "VILLAGE",
            0,
            "case.read lead.register posting.photo",
            "看不到核对明细",
        ),
        _role(
            "TOWN_CLERK",
            "乡镇（街道）经办人员",
            "TOWN",
            1,
            "case.read person.reveal documents.serve fund.read",
            "不得审批",
        ),
        _role(
            "TOWN_VERIFIER",
            "乡镇（街道）核对专员",
            "TOWN",
            2,
            "case.read person.reveal verification.read",
            "须有有效保密协议；不得审批同一案件",
        ),
        _role(
            "TOWN_LEAD",
            "乡镇（街道）负责人",
            "TOWN",
            1,
            "case.read person.reveal clock.pause fund.read",
            "不得调查并审批同一案件",
        ),
        _role(
            "TOWN_PAYROLL",
            "乡镇资金经办",
            "TOWN",
            0,
            "payroll.read payroll.check_town fund.read fund.close",
            "与审批岗位分离",
        ),
        _role(
            "COUNTY_APPROVER",
            "县级民政审批岗",
            "COUNTY",
            2,
            "case.read person.reveal verification.read",
            "未下放时审批",
        ),
        _role(
            "COUNTY_VERIFIER",
            "县级核对机构核对岗",
            "COUNTY",
            2,
            "case.read person.reveal verification.read",
            "须有有效保密协议；不认定",
        ),
        _role(
            "COUNTY_SUPERVISOR",
            "县级民政监管岗",
            "COUNTY",
            1,
            "case.read audit.read delegation.propose payroll.read payroll.waive fund.read",
            "对案件只读，监督记录除外",
        ),
        _role(
            "CENTER_STAFF",
            "县社会救助中心",
            "COUNTY",
            1,
            "case.read payroll.read payroll.build payroll.check_county payroll.publish fund.read fund.top_up standard.batch",
            "",
        ),
        _role(
            "COUNTY_FINANCE",
            "县级财政",
            "COUNTY",
            0,
            "payroll.read payroll.confirm payroll.bank fund.read fund.top_up",
            "只见资金数据",
        ),
        _role(
            "CITY_OFFICER",
            "市级民政",
            "CITY",
            0,
            "divisions.change parameters.enter parameters.publish delegation.record holidays.load statistics.read",
            "不作个案决定",
        ),
        _role(
            "AUDITOR", "审计 / 纪检", "CITY COUNTY", 1, "case.read audit.read payroll.read fund.read", "只读"
        ),
        _role("SYSADMIN", "系统管理员", "CITY", 0, "accounts.manage", "看不到案件内容"),
    )
}


def role_name(code: str) -> str:
    return (
        ROLES[code].name
        if code in ROLES
        else {"APPLICANT": "申请人", "PUBLIC": "群众", "SYSTEM": "系统"}.get(code, code)
    )


def has_power(role: str, power: str) -> bool:
    return role in ROLES and power in ROLES[role].powers


def sees_cases(role: str) -> bool:
    """Whether the role's area lets it see personal rows at all; money, policy and system roles do not."""
    return has_power(role, "case.read") or has_power(role, "payroll.read")
