"""What an aid type is: one folder that knows its law, its moves and nothing of the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from jiuzhu.aid_types.papers import HOUSEHOLD_WORDS, Papers
from jiuzhu.policy.evidence import Evidence, SelfCare
from jiuzhu.policy.outcome import Outcome
from jiuzhu.policy.parameters import ParameterSet
from jiuzhu.workflow.table import ALL_REGIMES, MoveTable

MONTHLY, ONCE, STATUS = "MONTHLY", "ONCE", "STATUS"


@dataclass(frozen=True)
class Support:
    """What a person who is supported has beyond money: a self-care level, a place, somebody who cares (TK-07..TK-12).

    ``items`` are rated able or unable and ``level_of`` gives one of ``levels``; only at ``alone_without_agreement``
    may he live at home without a care agreement (DQ-41). ``rating_valid_months`` names a parameter (DQ-39).
    ``cannot_work`` is the condition that says the person has no labour capacity (DQ-38).
    ``stop_reasons`` are those of the law; ``funeral_fen`` is the lump sum to whoever arranges the funeral.
    """

    items: Mapping[str, str]
    levels: Mapping[str, str]
    level_of: Callable[[SelfCare], str]
    alone_without_agreement: tuple[str, ...]
    rating_valid_months: str
    stop_reasons: Mapping[str, str]
    cannot_work: str
    funeral_fen: Callable[[ParameterSet], int]


@dataclass(frozen=True)
class AidType:
    """``exclusive_group``: a person is in one open case and one entitlement of a group at a time (AID-01).

    ``mandatory_sources`` are the sources without which a report is only PARTIAL (VER-10).
    ``sources_afterwards``: who may be asked once help was given, where nobody is asked before (E6).
    ``review_class`` gives A, B or C, how often the family is looked at again (5.2).
    ``pays`` is MONTHLY, ONCE or STATUS (recognised, no money); ``regimes`` those in which the type exists.
    ``per_person``: one person's aid, not the household's; ``may_be_single``: a household's that one member may have
    alone (DB-05). ``obligors_sign``: obligors authorise too (TK-05).
    ``restate`` gives base and top-up (fen) under another standard with unchanged income, from per-head income,
    persons and the labels of the former sum's lines (DYN-40); ``None`` where no standard moves the amount.
    ``valid_months``: how long a status holds before it has to be recognised again.
    ``replaces``: exclusive groups whose status the whole household loses when this is granted.
    ``support``: what a supported person has beyond money; nothing for aid that is only money.
    ``cash_months`` is the parameter of the limit banks are asked about (PR-01), ``total_clock`` the clock of the
    whole procedure, ``asks_spending``: the form asks what the family pays itself.
    ``urgent``: help first, papers afterwards (3.6). ``pilots_only``: a county outside the pilots may not delegate the
    decision. ``town_limit`` is the parameter of the sum a town may decide (TA-20; pilots have their own, ``_pilot``).
    ``town_clock``: the township's own limit inside the total one, where the later rules set one.
    ``money_name``: what the month's money is called on papers; ``papers``: their other words for those aided, their
    titles and the law they cite. ``fades``: who finds work may be paid on for some months (DYN-20).
    ``words``: what the family reads in a state where this aid differs from the others.
    """

    code: str
    name: str
    short_name: str
    case_prefix: str
    exclusive_group: str
    moves: MoveTable
    assess: Callable[[Evidence, ParameterSet, str], Outcome]
    sources: tuple[str, ...]
    mandatory_sources: tuple[str, ...]
    hardship_causes: Mapping[str, str]
    review_class: Callable[[Evidence], str]
    papers: Papers
    pays: str = MONTHLY
    regimes: frozenset[str] = ALL_REGIMES
    per_person: bool = False
    may_be_single: bool = False
    replaces: tuple[str, ...] = ()
    obligors_sign: bool = False
    valid_months: Callable[[ParameterSet], int] | None = None
    restate: Callable[[int, int, tuple[str, ...], ParameterSet], tuple[int, int]] | None = None
    support: Support | None = None
    cash_months: str = "prop.cash_months"
    total_clock: str = "CLK-T20"
    asks_spending: bool = False
    urgent: bool = False
    pilots_only: bool = True
    town_limit: str = ""
    sources_afterwards: tuple[str, ...] = ()
    money_name: str = "救助金"
    town_clock: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    fades: bool = False

    @property
    def paper_words(self) -> Mapping[str, str]:
        """How papers and pages speak of those aided, every word of a household's or its own."""
        return {**HOUSEHOLD_WORDS, **self.papers.words}

    @property
    def has_money(self) -> bool:
        return self.pays != STATUS

    @property
    def stop_word(self) -> str:
        return "停发" if self.has_money else "终止认定"

    @property
    def certificate(self) -> bool:
        """Whoever is aided month by month holds a certificate (W24)."""
        return self.pays == MONTHLY

    @property
    def sum_title(self) -> str:
        return f"{self.short_name}测算"

    @property
    def money_word(self) -> str:
        return {MONTHLY: f"月{self.money_name}", ONCE: "救助金额", STATUS: "待遇"}[self.pays]
