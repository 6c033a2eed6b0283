"""The household as known on a day, frozen. Members are named by ``ref``; ID numbers never enter evidence."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

from jiuzhu.core.id_numbers import age_on


@dataclass(frozen=True)
class Member:
    """A person of the household (fields of 2.1). ``labour``: FULL PART NONE STUDENT ELDER MINOR.

    ``exclude`` is the HH rule that keeps him out of the count; ``exemption`` one of LAB-03 E1..E6. ``education`` of a
    student is the school he attends.
    """

    ref: str
    relation: str
    sex: str
    born_on: date
    marital: str = ""
    health: str = ""
    disability_category: str = ""
    disability_grade: str = ""
    serious_illness: str = ""
    labour: str = ""
    employment: str = ""
    student: bool = False
    exclude: str = ""
    exemption: str = ""
    imputed_override: str = ""
    other_aid: str = ""
    local_hukou: bool | None = True
    authorised: bool = True
    own_register: bool = False
    education: str = ""

    @property
    def counted(self) -> bool:
        return not self.exclude

    def age(self, on: date) -> int:
        return age_on(self.born_on, on)

    @property
    def severely_disabled(self) -> bool:
        """Grade 1–2, or grade 3 of 智力 (5) and 精神 (6)."""
        grade = self.disability_grade
        return grade in ("1", "2") or (grade == "3" and self.disability_category in ("5", "6"))


@dataclass(frozen=True)
class Income:
    """Receipts of one member in the 12-month window, in fen. ``category`` W B P T O (2.2).

    ``cost_fen`` are costs, taxes and own contributions in the same window; ``verified`` when a department says it;
    ``not_counted`` is the documented reason that leaves it out (kinds of INC-10 are left out by themselves).
    Farm income without books (INC-30): ``farm_item`` names a table entry (GRAIN, PIG …) and ``quantity_tenths``
    tenths of mu or head; the table then gives the year's sum.
    """

    member: str
    category: str
    kind: str
    year_fen: int
    cost_fen: int = 0
    verified: bool = False
    not_counted: str = ""
    farm_item: str = ""
    quantity_tenths: int = 0


@dataclass(frozen=True)
class Asset:
    """Something owned. ``kind``: cash vehicle small_vehicle dwelling nonresidential company machine new_house transfer.

    ``value_fen`` for money, capital and a car's price, ``area_m2_tenths`` for buildings; ``label`` tells two things
    of a kind apart (plate, address, company); ``exempt`` is the documented reason of PR-21. ``bought_on`` is the
    day a dwelling was bought, empty when inherited or given for a demolished one (PR-08).
    """

    member: str
    kind: str
    label: str = ""
    value_fen: int = 0
    area_m2_tenths: int = 0
    verified: bool = False
    exempt: str = ""
    bought_on: date | None = None


@dataclass(frozen=True)
class Supporter:
    """An obligor's household (2.4): formula inputs, or an agreed or paid amount that goes before the formula.

    For tekun (TK-02) also the obligor himself: ``standing`` the aid he is on, his disability, ``situation``
    INCAPABLE MISSING PRISON, his own income of a year and whether his property fits (``None`` = not known).
    Money is fen a month. ``agreed_fen`` is a judgment, mediation or written agreement; ``unable`` the ground of
    MNT-03; ``child_count`` > 0 makes it child support (MNT-04); ``age`` of the obligor is needed for MNT-05 only.
    """

    supports: str
    relation: str
    household_size: int = 1
    per_capita_fen: int = 0
    local_standard_fen: int = 0
    supported_count: int = 1
    agreed_fen: int | None = None
    paid_fen: int = 0
    unable: str = ""
    child_count: int = 0
    monthly_income_fen: int = 0
    age: int = 0
    standing: str = ""
    disability_category: str = ""
    disability_grade: str = ""
    situation: str = ""
    own_year_fen: int | None = None
    property_fits: bool | None = None


@dataclass(frozen=True)
class Spending:
    """What the family paid itself in twelve months, fen. ``kind``: MEDICAL EDUCATION REHAB LIVING OTHER (RIG-01, TA-12)."""

    member: str
    kind: str
    self_paid_fen: int


@dataclass(frozen=True)
class SelfCare:
    """Six items of daily life: True = the person is able to do it alone (TK-07)."""

    member: str
    eat: bool
    dress: bool
    bed: bool
    toilet: bool
    walk: bool
    bathe: bool


@dataclass(frozen=True)
class Hardship:
    """What one-off aid is for: cause of TA-02, ``severity`` LIGHT MEDIUM HEAVY EXTREME (TA-10), how many it hits.

    ``helped_on`` is the last day aid was given for the same cause, ``good_reason`` why it is asked for again (TA-04).
    ``meeting_fen`` is what a county meeting settled for an extreme case, ``meeting_no`` its record (一事一议).
    """

    cause: str
    severity: str = ""
    persons: int = 0
    helped_on: date | None = None
    good_reason: str = ""
    meeting_no: str = ""
    meeting_fen: int = 0


@dataclass(frozen=True)
class Single:
    """One person assessed alone (DB-05): on what ground ("" = none), and whether the family keeps the edge limits.

    ``family_fits`` is ``True`` where the ground does not ask about the family, ``None`` while it is not known.
    """

    ref: str
    ground: str
    family_fits: bool | None


@dataclass(frozen=True)
class Evidence:
    """Everything an assessment may look at. ``answered`` lists sources that answered for all counted members.

    ``over_limit`` is the banks' flag: True over, False within, None not said. ``rigid_expense_fen`` are self-paid
    costs of illness and disability in the window. ``single_person`` marks a one-person case (DB-05): only its
    person counts, and ``single`` says why he may stand alone. ``standing`` is the aid the family (or person) holds
    today; what follows it belongs to single types.
    """

    as_of: date
    aid_type: str
    area_type: str
    members: tuple[Member, ...]
    incomes: tuple[Income, ...] = ()
    assets: tuple[Asset, ...] = ()
    supporters: tuple[Supporter, ...] = ()
    rigid_expense_fen: int = 0
    answered: tuple[str, ...] = ()
    over_limit: bool | None = None
    co_operates: bool = True
    single_person: bool = False
    standing: tuple[str, ...] = ()
    spendings: tuple[Spending, ...] = ()
    self_care: SelfCare | None = None
    hardship: Hardship | None = None
    single: Single | None = None

    @property
    def counted(self) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.counted)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; dates as ISO text."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    @staticmethod
    def from_dict(raw: dict[str, Any]) -> Evidence:
        """The inverse of :meth:`to_dict`."""
        parts = {
            "members": Member,
            "incomes": Income,
            "assets": Asset,
            "supporters": Supporter,
            "spendings": Spending,
        }
        values = dict(raw)
        for name, kind in parts.items():
            values[name] = tuple(_build(kind, each) for each in raw.get(name, ()))
        for name in ("answered", "standing"):
            values[name] = tuple(raw.get(name, ()))
        for name, kind in (("self_care", SelfCare), ("hardship", Hardship), ("single", Single)):
            values[name] = _build(kind, raw[name]) if raw.get(name) else None
        built: Evidence = _build(Evidence, values)
        return built


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def _build(kind: type, raw: dict[str, Any]) -> Any:
    known = {each.name: each for each in fields(kind)}
    values = {name: value for name, value in raw.items() if name in known}
    for name, value in values.items():
        if known[name].type in ("date", "date | None") and isinstance(value, str):
            values[name] = date.fromisoformat(value)
    return kind(**values)


@dataclass(frozen=True)
class Person:
    """What composition looks at: one declared person before it is known whether he counts."""

    ref: str
    relation: str
    born_on: date
    student: bool = False
    student_stage: str = ""
    can_live_alone: bool = True
    lives_together: bool = True
    has_support_duty: bool = False
    situation: str = ""
    situation_since: date | None = None


@dataclass(frozen=True)
class Placement:
    """Whether a person counts, by which rule."""

    ref: str
    counted: bool
    rule: str
    sentence: str = field(default="")
