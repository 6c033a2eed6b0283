"""Alerts kept from before vehicles and companies were told apart (SUP-20)."""

from __future__ import annotations

from datetime import date
from importlib import import_module

import psycopg
from django.conf import settings

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.benefits.models import Alert
from jiuzhu.benefits.tests import homes
from jiuzhu.benefits.tests.homes import ADULT
from jiuzhu.core import clock
from jiuzhu.infra import postgres

DAY = date(2020, 3, 10)


def test_sup_20_alerts_told_under_the_one_kind_are_parted_and_stay_told(committed_db: str) -> None:
    with clock.at(date(2019, 12, 1)):
        home = homes.place().home([ADULT], granted_on=date(2019, 12, 20))
    parting = import_module("jiuzhu.benefits.migrations.0009_vehicles_and_companies").Migration.operations[0]

    def rows() -> list[tuple[str, str]]:
        with fence(PLATFORM):
            return list(Alert.objects.order_by("id").values_list("kind", "key"))

    told_before = []
    for source, key in (("CL", "F-CAR::1辆"), ("GS", "F-CORP::1家")):
        told_before.append(("REGISTER", f"REGISTER:{home.entitlement_id}:{key}"))
        with fence(PLATFORM):
            Alert.objects.create(
                entitlement=home.entitlement,
                kind="REGISTER",
                key=told_before[-1][1],
                level="W",
                source=source,
                text="某事",
                found_on=DAY,
                due_on=DAY,
            )
    with psycopg.connect(postgres.uri_of(settings.ADMIN_URL, committed_db), autocommit=True) as owner:
        owner.execute(parting.sql)
        parted = [
            (kind, key.replace("REGISTER", kind))
            for kind, (_, key) in zip(("VEHICLE", "COMPANY"), told_before, strict=True)
        ]
        assert rows() == parted
        owner.execute(parting.reverse_sql)
        assert rows() == told_before
