"""``jiuzhu doctor``: what must be true for the platform to work, looked at one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
from django.conf import settings
from django.db import ProgrammingError, connection

from jiuzhu.core import clock, sealing
from jiuzhu.documents import fonts
from jiuzhu.infra import schema

_OLDEST_POSTGRES = 160000


@dataclass(frozen=True)
class Finding:
    what: str
    seen: str
    good: bool


def examine() -> list[Finding]:
    return [
        _server(),
        _role(),
        _migrations(),
        _reference(),
        _keys(),
        _fonts(),
        _departments(),
        _worker(),
        Finding("业务时间", f"{clock.now():%Y-%m-%d %H:%M}", True),
    ]


def _one(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()


def _server() -> Finding:
    connection.ensure_connection()
    number = connection.pg_version
    return Finding("PostgreSQL", f"{number // 10000}.{number % 10000}", number >= _OLDEST_POSTGRES)


def _role() -> Finding:
    role, unsafe = _one("SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    return Finding("运行角色", f"{role}{'（权限过大）' if unsafe else ''}", not unsafe)


def _migrations() -> Finding:
    try:
        missing = schema.pending()
    except ProgrammingError:  # the owner has not come as far as the runtime role's rights
        missing = ["?"]
    return Finding(
        "数据库结构", f"待更新 {len(missing)} 项，请执行 jiuzhu migrate" if missing else "最新", not missing
    )


def _reference() -> Finding:
    there = schema.holds("accounts_division") and schema.holds("parameters_holidayday")
    return Finding("基础数据", "已载入" if there else "未载入，请执行 jiuzhu load-reference", there)


def _keys() -> Finding:
    sealed = sealing.seal("检查".encode(), "doctor")
    good = sealing.unseal(sealed, "doctor").decode() == "检查"
    return Finding("密钥", f"{settings.CIPHER}，{len(sealing.ring().data)} 把数据密钥", good)


def _fonts() -> Finding:
    found = fonts.folders()
    return Finding("中文字体", "、".join(str(folder) for folder in found) or "未找到", bool(found))


def _departments() -> Finding:
    try:
        httpx.get(settings.DEPARTMENTS_URL, timeout=3)
    except httpx.HTTPError as failed:
        return Finding("部门接口", f"{settings.DEPARTMENTS_URL} 无应答（{type(failed).__name__}）", False)
    return Finding("部门接口", f"{settings.DEPARTMENTS_URL} 有应答", True)


def _worker() -> Finding:
    (alive,) = _one(
        "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '1 minute'"
    )
    return Finding("后台作业进程", f"{alive} 个在线", alive > 0)
