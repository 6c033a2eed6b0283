"""Loading reference data: divisions, the organisation tree, holidays. Safe to repeat; nothing edited is overwritten."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from jiuzhu.accounts.models import Division, Organisation, OrganisationLink
from jiuzhu.core import calendar, clock
from jiuzhu.onedoor import matters
from jiuzhu.onedoor.models import MatterEntry
from jiuzhu.parameters.models import HolidayDay, HolidayNotice, PublishedValue
from jiuzhu.policy.parameters import sample_rows

_DATA = Path(calendar.__file__).parent / "data"


@transaction.atomic
def load() -> dict[str, int]:
    """Load what is missing; returns how many rows of each kind exist afterwards."""
    _divisions()
    _organisations(yaml.safe_load((_DATA / "organisations.yaml").read_text(encoding="utf-8")))
    _holidays()
    _matters()
    return {
        "divisions": Division.objects.filter(valid_to__isnull=True).count(),
        "organisations": Organisation.objects.count(),
        "holidays": HolidayDay.objects.count(),
        "matters": MatterEntry.objects.values("code").distinct().count(),
    }


def _divisions() -> None:
    with (_DATA / "divisions.csv").open(encoding="utf-8") as source:
        rows = [
            Division(code=row["code"], name=row["name"], level=row["level"], stat_parent=row["parent_code"])
            for row in csv.DictReader(source)
        ]
    Division.objects.bulk_create(rows, ignore_conflicts=True)


def _organisations(tree: dict[str, Any]) -> None:
    for entry in tree["retired_divisions"]:
        Division.objects.get_or_create(
            code=entry["code"], defaults={k: v for k, v in entry.items() if k != "code"}
        )
    city = _organ(tree["city"], Organisation.CITY, None, tree)
    zone_towns: dict[str, Organisation] = {}
    for entry in tree["zones"]:
        zone = _organ(entry, Organisation.ZONE, city, tree)
        zone_towns |= dict.fromkeys(entry["towns"], zone)
    for entry in tree["counties"]:
        county = _organ(entry, Organisation.COUNTY, city, tree)
        for town in Division.objects.filter(stat_parent=entry["code"]).exclude(
            code__in=tree["without_office"]
        ):
            parent = zone_towns.get(town.name, county) if entry["code"] == "371502" else county
            _town(town, parent, tree)


def _organ(
    entry: dict[str, Any], kind: str, parent: Organisation | None, tree: dict[str, Any]
) -> Organisation:
    organ, _ = Organisation.objects.get_or_create(
        code=entry["code"],
        defaults={
            "name": entry["name"],
            "organ_name": entry["organ"],
            "short_name": entry["short"],
            "kind": kind,
            "division": Division.objects.filter(code=entry["code"]).first(),
            "phone": f"0635-{entry['code'][-4:]}001（示例）",
        },
    )
    if parent:
        _link(organ, parent, tree)
    return organ


def _town(division: Division, parent: Organisation, tree: dict[str, Any]) -> None:
    street = division.name.endswith("街道")
    organ, _ = Organisation.objects.get_or_create(
        code=division.code,
        defaults={
            "name": division.name,
            "organ_name": f"{division.name}办事处" if street else f"{division.name}人民政府",
            "short_name": division.name.removesuffix("街道")
            if street
            else division.name[:-1]
            if len(division.name) > 2
            else division.name,
            "kind": Organisation.TOWN,
            "division": division,
            "window_address": f"{division.name}便民服务中心社会救助窗口（示例）",
            "phone": f"0635-{division.code[-4:]}110（示例）",
            "opening_hours": "工作日 8:30—12:00，14:00—17:30",
        },
    )
    _link(organ, parent, tree)


def _link(child: Organisation, parent: Organisation, tree: dict[str, Any]) -> None:
    if not OrganisationLink.objects.filter(child=child).exists():
        OrganisationLink.objects.create(child=child, parent=parent, valid_from=tree["valid_from"])


def _holidays() -> None:
    for year, days in calendar.notices().items():
        notice, fresh = HolidayNotice.objects.get_or_create(
            year=year,
            defaults={"doc_no": f"国务院办公厅关于{year}年部分节假日安排的通知", "loaded_at": clock.now()},
        )
        if fresh:
            for kind, name in (("OFF", "rest"), ("MAKEUP", "makeup")):
                HolidayDay.objects.bulk_create(
                    HolidayDay(day=day, notice=notice, kind=kind) for day in days[name]
                )


def _matters() -> None:
    """A matter the register does not know yet; what the city has entered is never overwritten (ORG-15)."""
    city = Organisation.objects.get(kind=Organisation.CITY)
    known = set(MatterEntry.objects.values_list("code", flat=True))
    for line in matters.seed():
        if line["code"] not in known:
            MatterEntry.objects.create(scope=city, entered_at=clock.now(), published_at=clock.now(), **line)


def load_sample_profile() -> None:
    """Publish STD-T at city level, marked 示例标准 (demo and tests only)."""
    city = Organisation.objects.get(kind=Organisation.CITY)
    for row in sample_rows():
        PublishedValue.objects.get_or_create(
            key=row.key,
            scope=city,
            area_type=row.area_type,
            effective_from=row.effective_from,
            defaults={
                "value": row.value,
                "effective_to": row.effective_to,
                "doc_no": row.doc_no,
                "is_sample": True,
                "state": PublishedValue.PUBLISHED,
                "entered_at": clock.now(),
                "published_at": clock.now(),
            },
        )
