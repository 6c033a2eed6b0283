"""The left menu: each part names its lines and the roles that see them; empty sections disappear."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from jiuzhu.ui.slots import MenuItem, Section


@dataclass(frozen=True)
class Line:
    """``view`` is a url name of this part; ``roles`` empty means every member of staff."""

    title: str
    view: str
    roles: frozenset[str] = frozenset()
    icon: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    icon: str
    lines: tuple[Line, ...]


def build(request: HttpRequest) -> list[Section]:
    """Sections of the asker's menu in the order work, one door, benefits, money, admin."""
    from jiuzhu.office.admin.menu import GROUPS as ADMIN
    from jiuzhu.office.benefits.menu import GROUPS as BENEFITS
    from jiuzhu.office.money.menu import GROUPS as MONEY
    from jiuzhu.office.onedoor.menu import GROUPS as ONEDOOR
    from jiuzhu.office.work.menu import GROUPS as WORK

    role = request.asker.role if request.asker else ""
    sections = []
    for group in (*WORK, *ONEDOOR, *BENEFITS, *MONEY, *ADMIN):
        items = tuple(
            MenuItem(line.title, reverse(line.view), line.icon)
            for line in group.lines
            if request.asker and (not line.roles or role in line.roles)
        )
        if items:
            sections.append(Section(group.title, group.icon, items))
    return sections
