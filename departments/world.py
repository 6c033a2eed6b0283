"""A made-up city from a seed: households with planted stories (field notes 6.4). The same seed, the same people.

ID numbers use the unassigned area 371599, so nobody real is hit.
"""

from __future__ import annotations

import csv
import functools
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MALE = "国建志军伟强明勇峰磊刚平文辉涛超宏宇海波山林庆华栋"
_FEMALE = "秀英兰芳娟敏静丽红霞玉梅桂琴淑珍雪慧莲娜燕云凤洁"
BASE_YEAR = 2022
# towns of the demo: two of a delegated district, one of a county that decides itself, one of a zone
TOWNS = ("371502101", "371502102", "371522001", "371522102", "371581101", "371521103", "371502009")

# (story, share in 1000); every story also stands once at the head of the list
STORIES: tuple[tuple[str, int], ...] = (
    ("plain_poor", 340),
    ("disabled_child", 80),
    ("single_elder", 110),
    ("old_couple", 90),
    ("sick_worker", 80),
    ("bought_car", 30),
    ("two_houses", 25),
    ("hidden_company", 20),
    ("bank_over_limit", 25),
    ("wage_concealed", 30),
    ("refused_on_income", 30),
    ("objection_true", 15),
    ("objection_untrue", 10),
    ("objection_disputed", 8),
    ("correction_needed", 25),
    ("will_not_sign", 12),
    ("withdraws", 12),
    ("insists", 10),
    ("recheck_car_sold", 10),
    ("near_relative", 12),
    ("rare_name", 6),
    ("old_number", 6),
    ("dead_member", 6),
    ("divorced_same_house", 8),
)


# families that come for another kind of aid (share in 1000 of those)
OTHER_AIDS: tuple[tuple[str, int], ...] = (
    ("tekun_elder", 220),
    ("tekun_able_son", 40),
    ("urgent_fire", 150),
    ("urgent_accident", 80),
    ("urgent_untrue", 20),
    ("medical_bills", 180),
    ("small_bills", 40),
    ("edge_couple", 120),
    ("rigid_bills", 100),
    ("single_disabled", 50),
)
_OTHER_SHARE = 3  # of ten families


def check_character(first17: str) -> str:
    return "10X98765432"[sum(int(d) * w for d, w in zip(first17, _WEIGHTS, strict=True)) % 11]


@functools.cache
def _surnames() -> tuple[list[str], list[float]]:
    with (_HERE / "data" / "surnames.csv").open(encoding="utf-8") as source:
        rows = [row for row in csv.DictReader(source)]
    return [row["surname"] for row in rows], [float(row["relative_frequency"]) for row in rows]


class _Maker:
    """Makes the people of one family; sequence numbers come from the family's index, so numbers never repeat."""

    def __init__(self, seed: int, index: int) -> None:
        self.random = random.Random(f"{seed}:{index}")
        self.index, self.made = index, 0
        self.surname = self.random.choices(*_surnames())[0]

    def number(self, born: date, sex: str) -> str:
        """Unique: the day of birth is spread over a family-specific slot, sequence by order in the family."""
        sequence = (
            (self.index * 7 + self.made * 131) % 499 * 2 + (1 if sex == "1" else 0) + (0 if sex == "1" else 2)
        )
        first = f"371599{born:%Y%m%d}{min(sequence, 999 if sex == '1' else 998):03d}"
        return first + check_character(first)

    def person(
        self, relation: str, sex: str, born_year: int, *, surname: str = "", given: str = "", **facts: Any
    ) -> dict[str, Any]:
        year_day = (self.index * 53 + self.made * 97) % 365
        born = date(born_year, 1, 1) + timedelta(days=year_day)
        letters = _MALE if sex == "1" else _FEMALE
        given = given or "".join(self.random.sample(letters, self.random.choice((1, 2, 2))))
        truth = {
            "vehicles": [],
            "real_estate": [],
            "companies": [],
            "contribution": None,
            "pension_yuan": 0,
            "deposit_over": False,
            "died_on": None,
            "marriage": None,
            "held": None,
            "register": "正常",
        }
        entry = {
            "name": (surname or self.surname) + given,
            "id_no": self.number(born, sex),
            "relation": relation,
            "sex": sex,
            "born_on": born.isoformat(),
            "marital": "10",
            "education": "70",
            "health": "1",
            "labour": "FULL",
            "employment": "5",
            "truth": truth,
        }
        self.made += 1
        return entry | facts


def story_of(seed: int, index: int) -> str:
    """The family's story: every story once at the head, then three of ten come for something else than dibao."""
    once = [name for name, _ in (*STORIES, *OTHER_AIDS)]
    if index < len(once):
        return once[index]
    names, weights = zip(*(OTHER_AIDS if index % 10 < _OTHER_SHARE else STORIES), strict=True)
    return random.Random(f"story:{seed}:{index}").choices(names, weights)[0]


def family(seed: int, index: int) -> dict[str, Any]:
    """One family with what it says (declared), what departments know (truth), and what it will do (behaviour).

    ``later`` is what happens to it once it is in benefit: months after the first payment, kind, facts.
    """
    story = story_of(seed, index)
    maker = _Maker(seed, index)
    draw = maker.random
    town = TOWNS[index % len(TOWNS)]
    result: dict[str, Any] = {
        "index": index,
        "story": story,
        "town": town,
        "village": draw.randrange(10_000),
        "area": "URBAN" if town in ("371522001", "371502009") else "RURAL",
        "address": f"{draw.randint(1, 40)}号",
        "phone": f"1390635{index % 10000:04d}",
        "causes": ["03"],
        "hardship": "家里劳动力少，收入不够基本生活。",
        "people": [],
        "declared": {"incomes": [], "kin": [], "exemptions": {}},
        "behaviour": {},
    }
    _PEOPLE.get(story, _poor)(maker, result)
    _PLANT.get(story, lambda family: None)(result)
    holder = result["people"][0]
    bank = draw.choice((("103", "中国农业银行"), ("402", "农村信用社"), ("403", "中国邮政储蓄银行")))
    result["declared"]["account"] = {
        "bank_code": bank[0],
        "bank_name": bank[1],
        "number": f"62{draw.randrange(10**14):014d}{index % 1000:03d}",
        "holder": 0,
    }
    if holder["labour"] == "ELDER" and "urgent" not in result and result["causes"] == ["03"]:
        result["causes"] = ["05"]
    result["later"] = _later(maker, result)
    return result


def _later(maker: _Maker, family: dict[str, Any]) -> list[dict[str, Any]]:
    """What time brings: most families nothing, some a death, a job, a child, another account, a refusal of work."""
    draw, people = maker.random, family["people"]
    what = draw.choices(
        ("nothing", "death", "income_up", "new_job", "child", "account", "left", "work_refused", "voluntary"),
        (40, 14, 12, 8, 6, 6, 5, 5, 4),
    )[0]
    months, day = draw.randint(3, 26), draw.randint(1, 20)
    last = len(people) - 1
    able = [n for n, each in enumerate(people) if each["labour"] == "FULL"]
    plans: dict[str, dict[str, Any] | None] = {
        "nothing": None,
        "death": {"kind": "CH-DEL", "person": last, "why": "DEATH"},
        "income_up": {
            "kind": "CH-INC",
            "person": 0,
            "income": "wage",
            "month_yuan": draw.choice((120, 300, 500)),
        },
        "new_job": {
            "kind": "CH-INC",
            "person": able[-1] if able else 0,
            "income": "wage",
            "month_yuan": 1600,
            "new_work": True,
        },
        "child": {"kind": "CH-ADD", "comes": maker.person("2", "1", 2014, labour="MINOR", employment="8")},
        "account": {"kind": "CH-ACC"},
        "left": _away(people, last, months) if last else None,
        "work_refused": {"kind": "CH-JOB", "person": able[-1]} if able else None,
        "voluntary": {"kind": "CH-END", "why": "ST-VOLUNTARY"},
    }
    plan = plans[what]
    return [{"after_months": months, "day": day} | plan] if plan else []


def _away(people: list[dict[str, Any]], last: int, months: int) -> dict[str, Any]:
    """Somebody leaves for good, or in every other family an adult goes to prison for some months and comes home."""
    adult = next((n for n, each in enumerate(people) if n and each["labour"] not in ("MINOR", "STUDENT")), 0)
    if months % 2 == 0 or not adult:
        return {"kind": "CH-DEL", "person": last, "why": "LEFT"}
    return {"kind": "CH-DEL", "person": adult, "why": "PRISON", "away_months": 3 + months % 5}


def _income(family: dict[str, Any], person: int, category: str, kind: str, month_yuan: int) -> None:
    family["declared"]["incomes"].append(
        {"person": person, "category": category, "kind": kind, "month_yuan": month_yuan}
    )


def _couple(maker: _Maker, born: int) -> list[dict[str, Any]]:
    husband = maker.person("0", "1", born, marital="20")
    wife = maker.person("1", "2", born + 1, surname=maker.random.choices(*_surnames())[0], marital="20")
    day = date(born + 25, 5, 1).isoformat()
    for one, other in ((husband, wife), (wife, husband)):
        one["truth"]["marriage"] = {
            "kind": "结婚",
            "partner": other["name"],
            "partner_no": other["id_no"],
            "on": day,
        }
    return [husband, wife]


def _poor(maker: _Maker, family: dict[str, Any]) -> None:
    draw = maker.random
    born = draw.randint(1976, 1990)
    family["people"] = _couple(maker, born)
    family["people"][0] |= {
        "health": "4",
        "labour": "NONE",
        "employment": "7",
        "serious_illness": "慢性肾衰竭",
    }
    for _ in range(draw.choice((0, 1, 1, 2))):
        sex = draw.choice("12")
        family["people"].append(
            maker.person(
                "2" if sex == "1" else "3",
                sex,
                draw.randint(2010, 2016),
                labour="MINOR",
                employment="8",
                education="80",
            )
        )
    family["declared"]["exemptions"] = {"1": "E2"}
    family["causes"] = ["01", "03"]
    _income(family, 1, "B", "farm", draw.choice((150, 260, 320, 410)))


def _disabled_child(maker: _Maker, family: dict[str, Any]) -> None:
    family["people"] = _couple(maker, maker.random.randint(1978, 1988))
    child = maker.person(
        "2",
        "1",
        2011,
        labour="MINOR",
        employment="8",
        health="5",
        disability_category="5",
        disability_grade="2",
    )
    family["people"].append(child)
    family["declared"]["exemptions"] = {"1": "E2"}
    family["causes"] = ["02", "03"]
    wage = maker.random.choice((900, 1000, 1100))
    family["people"][0]["truth"]["contribution"] = {"employer": "示例劳务公司", "base_yuan": wage}
    _income(family, 0, "W", "casual", wage)


def _single_elder(maker: _Maker, family: dict[str, Any]) -> None:
    elder = maker.person(
        "0",
        maker.random.choice("12"),
        maker.random.randint(1938, 1955),
        marital="30",
        labour="ELDER",
        employment="7",
    )
    pension = maker.random.choice((118, 142, 150, 160))
    elder["truth"]["pension_yuan"] = pension
    family["people"] = [elder]
    _income(family, 0, "T", "basic_pension", pension)


def _old_couple(maker: _Maker, family: dict[str, Any]) -> None:
    family["people"] = _couple(maker, maker.random.randint(1940, 1954))
    for position, person in enumerate(family["people"]):
        person |= {"labour": "ELDER", "employment": "7"}
        person["truth"]["pension_yuan"] = 150
        _income(family, position, "T", "basic_pension", 150)


def _sick_worker(maker: _Maker, family: dict[str, Any]) -> None:
    family["people"] = _couple(maker, maker.random.randint(1972, 1986))
    family["people"][1] |= {"labour": "NONE", "health": "4", "serious_illness": "恶性肿瘤", "employment": "7"}
    wage = maker.random.choice((700, 780))
    family["people"][0]["truth"]["contribution"] = {"employer": "示例服装厂", "base_yuan": wage}
    _income(family, 0, "W", "casual", wage)
    family["causes"] = ["01"]


def _on_income(maker: _Maker, family: dict[str, Any]) -> None:
    """Passes verification, then the form says more than departments knew."""
    _poor(maker, family)
    _income(family, 0, "T", "gift", 600 * len(family["people"]))


def _tekun(maker: _Maker, family: dict[str, Any]) -> None:
    _single_elder(maker, family)
    (elder,) = family["people"]
    elder |= {"marital": "10"}
    elder["truth"]["pension_yuan"] = 0
    family["declared"]["incomes"] = []
    items = ("eat", "dress", "bed", "toilet", "walk", "bathe")
    carer = maker.person("8", "2", 1975)
    family |= {
        "carer": {key: carer[key] for key in ("name", "id_no")},
        "aid_type": "TEKUN",
        "causes": ["05"],
        "unable": maker.random.sample(items, maker.random.choice((0, 0, 1, 2, 5))),
        "obligors": [],
        "mode": maker.random.choice(("SCATTERED", "SCATTERED", "CENTRAL")),
    }


def _tekun_son(maker: _Maker, family: dict[str, Any]) -> None:
    _tekun(maker, family)
    son = maker.person("2", "1", 1978)
    family["obligors"] = [
        {
            "supports": family["people"][0]["id_no"],
            "name": son["name"],
            "relation": "2",
            "id_no": son["id_no"],
            "facts": {
                "household_size": 3,
                "per_capita_fen": 300_000,
                "own_year_fen": 6_000_000,
                "property_fits": False,
            },
        }
    ]


def _urgent(cause: str, *, true: bool = True):
    def people(maker: _Maker, family: dict[str, Any]) -> None:
        _poor(maker, family)
        draw = maker.random
        family |= {"aid_type": "TA_EMERGENCY", "causes": [cause]}
        family["urgent"] = {
            "cause": cause,
            "severity": draw.choice(("LIGHT", "LIGHT", "MEDIUM", "HEAVY")) if true else "LIGHT",
            "hour": draw.randint(0, 23),
            "answer_hours": draw.randint(1, 20),
            "true": true,
        }

    return people


def _bills(aid_type: str, *, share: tuple[int, int], month_yuan: dict[str, int], kind: str = "MEDICAL"):
    """A worker's family whose bills are that share (percent, from–to) of its year's income."""

    def people(maker: _Maker, family: dict[str, Any]) -> None:
        family["people"] = _couple(maker, maker.random.randint(1972, 1986))
        family["people"][1] |= {
            "labour": "NONE",
            "health": "4",
            "serious_illness": "恶性肿瘤",
            "employment": "7",
        }
        wage = month_yuan[family["area"]]
        family["people"][0]["truth"]["contribution"] = {"employer": "示例服装厂", "base_yuan": wage}
        _income(family, 0, "W", "wage", wage)
        spent = 12 * wage * maker.random.randint(*share) // 100
        family["declared"]["spendings"] = [{"person": 1, "kind": kind, "year_yuan": spent}]
        family |= {"aid_type": aid_type, "causes": ["21" if aid_type.startswith("TA") else "01"]}

    return people


def _edge_couple(maker: _Maker, family: dict[str, Any]) -> None:
    _old_couple(maker, family)
    month = 850 if family["area"] == "URBAN" else 650
    family["declared"]["incomes"] = []
    for position, person in enumerate(family["people"]):
        person["truth"]["pension_yuan"] = month
        _income(family, position, "T", "basic_pension", month)
    family |= {"aid_type": "EDGE", "causes": ["05"]}


def _single_disabled(maker: _Maker, family: dict[str, Any]) -> None:
    """An edge family's grown disabled child, who asks alone (DB-05)."""
    _edge_couple(maker, family)
    child = maker.person(
        "2",
        "1",
        1990,
        labour="NONE",
        employment="7",
        health="5",
        disability_category="5",
        disability_grade="2",
    )
    family["people"].append(child)
    for person in family["people"][:2]:
        person["truth"]["pension_yuan"] += 350
    for each in family["declared"]["incomes"]:
        each["month_yuan"] += 350
    family |= {"aid_type": "DIBAO", "for_person": child["id_no"], "causes": ["02"]}


_PEOPLE = {
    "tekun_elder": _tekun,
    "tekun_able_son": _tekun_son,
    "urgent_fire": _urgent("01"),
    "urgent_accident": _urgent("03"),
    "urgent_untrue": _urgent("08", true=False),
    "medical_bills": _bills("TA_EXPENSE", share=(80, 220), month_yuan={"URBAN": 2400, "RURAL": 1500}),
    "small_bills": _bills("TA_EXPENSE", share=(10, 50), month_yuan={"URBAN": 2400, "RURAL": 1500}),
    "rigid_bills": _bills(
        "RIGID", share=(65, 120), month_yuan={"URBAN": 3200, "RURAL": 1900}, kind="EDUCATION"
    ),
    "edge_couple": _edge_couple,
    "single_disabled": _single_disabled,
    "disabled_child": _disabled_child,
    "single_elder": _single_elder,
    "old_couple": _old_couple,
    "sick_worker": _sick_worker,
    "refused_on_income": _on_income,
    "objection_untrue": _disabled_child,
    "near_relative": _old_couple,
    "old_number": _single_elder,
    "rare_name": _single_elder,
    "dead_member": _old_couple,
}


def _car(family: dict[str, Any]) -> None:
    family["people"][0]["truth"]["vehicles"].append(
        {
            "plate": f"鲁P{family['index'] % 100000:05d}",
            "kind": "K33",
            "use": "非营运",
            "on": "2019-01-08",
            "state": "正常",
        }
    )


def _houses(family: dict[str, Any]) -> None:
    for number, (day, area) in enumerate((("2008-03-02", "110.0"), ("2015-09-30", "126.5"))):
        family["people"][0]["truth"]["real_estate"].append(
            {
                "no": f"鲁（示例）不动产第{family['index']:06d}{number}号",
                "place": "示例小区",
                "area": area,
                "use": "住宅",
                "on": day,
            }
        )


def _company(family: dict[str, Any]) -> None:
    family["people"][0]["truth"]["companies"].append(
        {
            "name": "聊城示例商贸有限公司",
            "uscc": "91371500MA00000000",
            "kind": "有限责任公司",
            "role": "法定代表人",
            "capital_wan": "50",
            "state": "存续",
            "on": "2016-04-01",
        }
    )


def _over(family: dict[str, Any]) -> None:
    family["people"][0]["truth"]["deposit_over"] = True


def _concealed_wage(family: dict[str, Any]) -> None:
    family["people"][1]["truth"]["contribution"] = {"employer": "示例机械厂", "base_yuan": 4200}


def _behave(**behaviour: Any):
    def plant(family: dict[str, Any]) -> None:
        family["behaviour"].update(behaviour)

    return plant


def _both(*plants: Any):
    def plant(family: dict[str, Any]) -> None:
        for each in plants:
            each(family)

    return plant


def _rare(family: dict[str, Any]) -> None:
    family["people"][0]["name"] = family["people"][0]["name"][0] + "䶮"


def _old_number(family: dict[str, Any]) -> None:
    number = family["people"][0]["id_no"]
    if number[6:8] == "19":
        family["people"][0]["typed_id_no"] = number[:6] + number[8:17]


def _dead(family: dict[str, Any]) -> None:
    family["people"][1]["truth"]["died_on"] = "2018-11-20"


def _divorced(family: dict[str, Any]) -> None:
    for person in family["people"][:2]:
        person["truth"]["marriage"]["kind"] = "离婚"
        person["truth"]["marriage"]["on"] = "2017-06-01"


def _kin(family: dict[str, Any]) -> None:
    family["declared"]["kin"] = [
        {"person": 0, "official": "示例村委员", "post": "村民委员会委员", "relation": "父子"}
    ]


_PLANT = {
    "bought_car": _car,
    "two_houses": _houses,
    "hidden_company": _company,
    "bank_over_limit": _over,
    "wage_concealed": _concealed_wage,
    "objection_true": _behave(objection_on_day=4, vote="TRUE"),
    "objection_untrue": _behave(objection_on_day=3, vote="NOT_TRUE"),
    "objection_disputed": _behave(objection_on_day=2, vote="DISPUTED"),
    "correction_needed": _behave(forgets=["bank_account", "photo"]),
    "will_not_sign": _behave(unsigned=[1]),
    "withdraws": _behave(withdraws_after="ACCEPTED"),
    "insists": _both(_car, _behave(insists=True)),
    "recheck_car_sold": _both(_car, _behave(objects_to_report=True, sells_car=True)),
    "near_relative": _kin,
    "rare_name": _rare,
    "old_number": _old_number,
    "dead_member": _dead,
    "divorced_same_house": _divorced,
}
