"""Families for tests, walked to a wanted state by the real acts, with the departments simulated in this process.

    def test_x(city):
        family = city.walk_to("TOWN_REVIEW", story="plain_poor", town=DELEGATED)
        with family.at(), refused("E_AUTH"):
            review.forward(city.staff("TOWN_CLERK", family.case.town), family.uid, opinion="同意")

``module_city`` is one city for all tests of a module (families walked in a module fixture are shared);
``city`` undoes whatever one test did to it.
"""

from __future__ import annotations

import itertools
import os
import re
import string
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import httpx
import pytest
from django.db import connection, transaction

os.environ.setdefault("JIUZHU_WORLD_SIZE", "40")

from departments import app as simulated
from departments import world
from departments.register import Register
from jiuzhu.accounts.actor import PLATFORM, Actor, fence
from jiuzhu.connectors.contract import Transport
from jiuzhu.connectors.tests.test_contract import _Bridge
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal, register

DELEGATED, COUNTY_DECIDES, ZONE = "371502101", "371522001", "371502009"
FIRST_DAY = date(2019, 9, 2)
_SEED, _SIZE = 57, 400
_TABLES = (
    "cases_",
    "benefits_",
    "people_",
    "verification_",
    "documents_",
    "publicity_",
    "payments_",
    "funds_",
    "audit_",
    "vault_",
)


class Family:
    """One family on its way. ``case`` is read anew each time; ``now`` is when the next thing would happen."""

    def __init__(self, city: City, facts: dict[str, Any], start: datetime) -> None:
        from jiuzhu.infra import walk

        self.city, self.facts, self.now, self.notes = city, facts, start, []
        self.pk: int | None = None
        self._walk = walk.family_walk(city.walker, facts, self._note)

    def _note(self, event: str, case_no: str) -> None:
        from jiuzhu.cases.models import Case

        self.notes.append(event)
        if self.pk is None:
            with fence(PLATFORM):
                self.pk = Case.objects.get(case_no=case_no).pk

    def step(self) -> bool:
        """Make the next act or acts of the story; False when the story is over."""
        try:
            with clock.at(self.now):
                self.now = next(self._walk)
        except StopIteration:
            return False
        return True

    def until(self, state: str) -> Family:
        while not self.pk or self.case.state != state:
            if not self.step() and self.case.state != state:
                raise AssertionError(f"{self.facts['story']} ended in {self.case.state}, never at {state}")
        return self

    def resume(self) -> Family:
        """Something happened beside the story; the family goes on from where its case stands now."""
        from jiuzhu.infra import walk

        self._walk = walk.go_on(self.city.walker, self.case, self.facts, self._note)
        return self

    def to_the_end(self) -> Family:
        while self.step():
            pass
        return self

    def at(self, moment: datetime | None = None) -> Any:
        return clock.at(moment or self.now)

    @property
    def case(self) -> Any:
        from jiuzhu.cases.models import Case

        with fence(PLATFORM):
            return Case.objects.select_related(
                "town", "county", "household", "applicant", "authorisation"
            ).get(pk=self.pk)

    @property
    def uid(self) -> Any:
        return self.case.uid

    @property
    def citizen(self) -> Actor:
        from jiuzhu.infra import walk

        return walk.citizen_of(self.case)

    def staff(self, role: str, position: int = 0) -> Actor:
        """Whoever holds ``role`` over this case: at the town, its county or the city."""
        case = self.case
        organ = case.town if role.startswith(("TOWN", "VILLAGE")) else case.county
        return self.city.staff(role, organ, position)

    def receive(self, code: str) -> Family:
        """The family opens its latest paper of this kind on the phone, now."""
        from jiuzhu.cases.acts import service
        from jiuzhu.cases.queries import papers_of

        with self.at(), fence(self.citizen) as family:
            paper = next(each for each in reversed(papers_of(family, self.case)) if each.code == code)
            service.receive_paper(family, self.uid, paper.id)
        return self

    def steps(self) -> list[str]:
        with fence(PLATFORM):
            return list(self.case.steps.order_by("seq").values_list("move", flat=True))


_cast = itertools.count(1)


def person(
    name: str,
    born: str,
    *,
    sex: str = "1",
    relation: str = "0",
    truth: dict[str, Any] | None = None,
    **facts: Any,
) -> dict[str, Any]:
    """One person of a cast family with a valid number of nobody (area 371599); ``truth`` is what departments know."""
    sequence = 2 * (next(_cast) % 499) + (1 if sex == "1" else 0)
    first = f"371599{born.replace('-', '')}{sequence:03d}"
    said = {"marital": "10", "education": "70", "health": "1", "labour": "FULL", "employment": "5"}
    return (
        said
        | {
            "name": name,
            "id_no": first + world.check_character(first),
            "relation": relation,
            "sex": sex,
            "born_on": born,
            "truth": truth or {},
        }
        | facts
    )


class City:
    """Staff of the demo city and the line to the simulated departments."""

    def __init__(self) -> None:
        from jiuzhu.infra import walk

        self.walker = walk.Walker(self.line(), self.console())
        self._used: Counter[str] = Counter()

    def console(self) -> httpx.Client:
        return httpx.Client(transport=_Bridge(simulated.app), base_url="http://departments")

    def line(self) -> Transport:
        return Transport("", "jiuzhu-demo", "simulated-exchange-secret", client=self.console())

    def staff(self, role: str, organ: Any, position: int = 0) -> Actor:
        if role in ("CITY_OFFICER", "AUDITOR", "SYSADMIN"):
            organ = type(organ).objects.get(kind="CITY")
        return self.walker.staff(role, organ, position)

    def facts(
        self, story: str, town: str, *, channel: str = "ONLINE", county_run: bool = False
    ) -> dict[str, Any]:
        """The next unused made-up family of that story, moved to ``town``."""
        places = [i for i in range(_SIZE) if world.story_of(_SEED, i) == story]
        family = world.family(_SEED, places[self._used[story]])
        self._used[story] += 1
        wanted = ("ONLINE", "WINDOW", "AGENT").index(channel)
        index = next(i for i in range(12) if i % 3 == wanted and (i % 4 == 0) == county_run)
        area = "URBAN" if town in (COUNTY_DECIDES, ZONE) else "RURAL"
        return family | {"town": town, "area": area, "index": index}

    def cast(
        self,
        *people: dict[str, Any],
        town: str = DELEGATED,
        incomes: tuple[tuple[int, str, str, int], ...] = (),
        exemptions: dict[int, str] | None = None,
        start: date = FIRST_DAY,
        channel: str = "ONLINE",
        aid_type: str = "DIBAO",
        alone: int | None = None,
        spendings: tuple[tuple[int, str, int], ...] = (),
        **behaviour: Any,
    ) -> Family:
        """A family with exact numbers (``person(...)`` each), known to the departments by what is planted in ``truth``.

        ``incomes`` are (position, category, kind, yuan a month), ``spendings`` (position, kind, yuan a year);
        ``alone`` is the position of the one person to be aided.
        """
        self.console().post("/console/people", json=list(people))
        holder = people[0]
        facts = {
            "story": "cast",
            "town": town,
            "village": 0,
            "area": "URBAN" if town in (COUNTY_DECIDES, ZONE) else "RURAL",
            "index": ("ONLINE", "WINDOW", "AGENT").index(channel) + 3,
            "address": "1号",
            "phone": "13906350000",
            "causes": ["03"],
            "hardship": "家里劳动力少，收入不够基本生活。",
            "people": list(people),
            "declared": {
                "incomes": [
                    {"person": position, "category": category, "kind": kind, "month_yuan": yuan}
                    for position, category, kind, yuan in incomes
                ],
                "kin": [],
                "spendings": [
                    {"person": position, "kind": kind, "year_yuan": yuan}
                    for position, kind, yuan in spendings
                ],
                "exemptions": {str(position): code for position, code in (exemptions or {}).items()},
                "account": {
                    "bank_code": "103",
                    "bank_name": "中国农业银行",
                    "number": f"6228{holder['id_no'][:17][::-1]}"[:19],
                    "holder": 0,
                },
            },
            "behaviour": dict(behaviour),
            "aid_type": aid_type,
        }
        if alone is not None:
            facts["for_person"] = people[alone]["id_no"]
        return Family(self, facts, clock.instant(start))

    def family(
        self, story: str = "plain_poor", *, town: str = DELEGATED, start: date = FIRST_DAY, **more: Any
    ) -> Family:
        return Family(self, self.facts(story, town, **more), clock.instant(start))

    def walk_to(self, state: str, **more: Any) -> Family:
        return self.family(**more).until(state)

    @staticmethod
    def publish(key: str, value: Any, *, since: date = date(2019, 1, 1), area_type: str = "") -> None:
        """The city sets a value; what was in force ends the day before."""
        from jiuzhu.accounts.models import Organisation
        from jiuzhu.parameters.models import PublishedValue

        city, now = Organisation.objects.get(kind="CITY"), clock.now()
        former = PublishedValue.objects.filter(
            key=key, scope=city, state="PUBLISHED", effective_to=None, area_type=area_type
        )
        former.filter(effective_from__gte=since).update(state="WITHDRAWN")
        former.filter(effective_from__lt=since).update(effective_to=since - timedelta(days=1))
        PublishedValue.objects.create(
            key=key,
            scope=city,
            area_type=area_type,
            value=value,
            effective_from=since,
            doc_no="测试文件",
            state="PUBLISHED",
            entered_at=now,
            published_at=now,
        )

    @contextmanager
    def faults(self, **by_source: str) -> Iterator[None]:
        """Departments misbehave inside the block."""
        simulated.faults.update(by_source)
        try:
            yield
        finally:
            simulated.faults.clear()


@contextmanager
def _departments(folder: Any) -> Iterator[None]:
    former = simulated.register
    simulated.register = Register(seed=_SEED, size=_SIZE, folder=folder)
    simulated.faults.clear()
    simulated.tickets.clear()
    try:
        yield
    finally:
        simulated.register = former
        simulated.faults.clear()


@pytest.fixture(scope="module")
def module_city(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[City]:
    """One city for all tests of a module, undone after the last of them."""
    from jiuzhu.infra import demo

    with (
        django_db_blocker.unblock(),
        _departments(tmp_path_factory.mktemp("departments")),
        transaction.atomic(),
    ):
        demo.make()
        yield City()
        transaction.set_rollback(True)


@pytest.fixture
def city(module_city: City) -> Iterator[City]:
    """The module's city; whatever the test does to it is undone."""
    with transaction.atomic():
        yield module_city
        transaction.set_rollback(True)


@pytest.fixture
def committed_city(committed_db: str, tmp_path: Any) -> Iterator[City]:
    """A city in a database of its own where everything commits (threads, several connections)."""
    from jiuzhu.infra import demo

    with _departments(tmp_path):
        demo.make()
        yield City()


def snapshot() -> dict[str, tuple[int, str]]:
    """Count and fingerprint of every table that an act may write, without entries about refusals."""
    with fence(PLATFORM), connection.cursor() as cursor:
        names = [
            name
            for name in connection.introspection.table_names(cursor)
            if name.startswith(_TABLES) and name != "audit_chainhead"
        ]
        parts = [
            f"SELECT '{name}', count(*), md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) "
            f'FROM "{name}" t' + (" WHERE action NOT LIKE '%%refused'" if name == "audit_auditentry" else "")
            for name in names
        ]
        cursor.execute(" UNION ALL ".join(parts).replace("%%", "%"))
        return {name: (count, digest) for name, count, digest in cursor.fetchall()}


def check_sentence(refusal: Refusal) -> None:
    """What happened and what to do next, in Chinese, with every gap filled and no code name showing."""
    entry = register()[refusal.code]
    for text in (entry["sentence"], entry.get("next", "")):
        wanted = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        assert wanted <= set(refusal.params), f"{refusal.code} lacks {wanted - set(refusal.params)}"
    sentence = refusal.sentence + refusal.next_step
    assert refusal.next_step, f"{refusal.code} does not say what to do next"
    plain = re.sub(r"JPG|PNG|HEIC|[A-Z]{2,4}(?=\d{6})", "", sentence)  # file kinds, case numbers
    assert not re.search(r"[{}]|None|[A-Z]{3,}_?[A-Z]*|[a-z]{4,}", plain), sentence
    assert re.search(r"[\u4e00-\u9fff]{4,}", refusal.sentence)
    assert sentence.count("。。") == 0, sentence


@contextmanager
def refused(code: str, words: str = "") -> Iterator[None]:
    """The block is refused with ``code``, in a full sentence containing ``words``, and nothing is changed."""
    before = snapshot()
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code, str(caught.value)
    check_sentence(caught.value)
    assert words in caught.value.sentence, caught.value.sentence
    after = snapshot()
    assert {name for name in after if after[name] != before[name]} == set()
