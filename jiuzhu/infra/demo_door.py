"""Something to look at behind the one door of a demo city: stations, leads at every stage, slips to departments."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.accounts.models import Organisation, Post
from jiuzhu.accounts.organisations import county_of, villages_of
from jiuzhu.accounts.queries import actor_for
from jiuzhu.core import clock
from jiuzhu.infra.demo import TOWNS
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.onedoor import leads, receptions, windows
from jiuzhu.onedoor.models import Lead
from jiuzhu.people.models import Household

# invented people: source, name, what is seen, days ago, what became of it
_FOUND = (
    ("VILLAGE", "示例甲", "独居，腿摔伤后下不了床，邻居轮流送饭", 1, ""),
    ("GRID", "示例乙", "房子漏雨，两个孩子跟着奶奶过", 6, ""),
    ("HOTLINE", "示例丙", "来电反映其长期患病、无人照料", 9, "declined"),
    ("STAFF", "示例丁", "入户走访时发现家中只有一位老人", 12, "not_needed"),
    ("PUBLIC", "示例戊", "群众反映桥下有人露宿", 12, "not_found"),
)
_NEEDS = (
    ("MEDICAL", "住院花费大，报销后自付部分仍有困难"),
    ("EDUCATION", "孩子今年上高中，学费和住宿费交不上"),
    ("HOUSING", "房屋年久失修，雨季漏水，担心倒塌"),
)


def make(today: date) -> int:
    """Nothing is made twice; returns how many leads were registered."""
    with fence(PLATFORM):
        if Lead.objects.exists():
            return 0
    made = 0
    for number, code in enumerate(TOWNS):
        town = Organisation.objects.get(code=code)
        _station(town, today)
        if number < 3:
            made += _leads(town, number, today)
            _slips(town, today)
    return made


def _staff(role: str, organ: Organisation, on: date) -> Actor:
    posts = Post.objects.filter(role=role, organ=organ).select_related("staff", "organ")
    return actor_for(posts.order_by("id")[0], on)


def _station(town: Organisation, today: date) -> None:
    centre = _staff("CENTER_STAFF", county_of(town, today), today)
    village = villages_of(town)[0]
    windows.keep_station(
        centre,
        village.code,
        address=f"{village.name}办公室一楼（示例）",
        phone="0635-0000000（示例）",
        opening_hours="工作日 8:30—12:00，14:00—17:30",
    )


def _leads(town: Organisation, number: int, today: date) -> int:
    clerk = _staff("TOWN_CLERK", town, today)
    village = villages_of(town)[0].code
    for source, name, text, days, end in _FOUND:
        with clock.at(today - timedelta(days=days)), fence(PLATFORM):
            actor = _staff("VILLAGE_ASSIST", town, today) if source == "VILLAGE" else clerk
            order = f"12345-示例-{town.code}-{number}" if source == "HOTLINE" else ""
            lead = leads.report(
                actor,
                town_id=town.id,
                village_code=village,
                source=source,
                name=name,
                text=text,
                order_no=order,
            )
        if end:
            with clock.at(today - timedelta(days=days - 1)), fence(clerk):
                _end(clerk, lead, end)
    return len(_FOUND)


def _end(clerk: Actor, lead: Any, end: str) -> None:
    leads.visit(
        clerk,
        lead.uid,
        visited_on=clock.today(),
        found=end != "not_found",
        text="家中整洁，子女每周回来，生活有保障" if end != "not_found" else "到现场没有见到人",
        companion="村干部",
    )
    if end == "declined":
        leads.decline(
            clerk,
            lead.uid,
            mode="SIGNED",
            picture=drawn_picture("签"),
            words="儿女会照料，暂时不需要帮助",
            leaflet_given=True,
        )
    elif end == "not_needed":
        leads.not_needed(clerk, lead.uid, reason="有退休金，子女照料，生活有保障")
    else:
        leads.not_found(clerk, lead.uid, reason="两次到现场没有见到人，周边商户不知情")


def _slips(town: Organisation, today: date) -> None:
    """Families already on record come back with another department's matter."""
    clerk = _staff("TOWN_CLERK", town, today)
    with fence(clerk):
        homes = list(Household.objects.filter(town=town).order_by("id")[: len(_NEEDS)])
        for home, (matter, need) in zip(homes, _NEEDS, strict=False):
            with clock.at(clock.instant(today - timedelta(days=3))):
                receptions.receive(
                    clerk,
                    town_id=town.id,
                    household_uid=home.uid,
                    need=need,
                    own=[],
                    other=[matter],
                    consent=True,
                    channel="WINDOW",
                )
