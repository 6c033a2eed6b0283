"""The organisation tree on a day (ORG-01, ORG-02) and who decides (ORG-04). Reads only; not personal."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, Subquery

from jiuzhu.accounts.models import Delegation, DelegationStep, Division, Organisation, OrganisationLink
from jiuzhu.core.steady import remembered

COUNTY_LEVEL = (Organisation.COUNTY, Organisation.ZONE)


def _in_force(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


@remembered
def parent_of(organ: Organisation, on: date) -> Organisation | None:
    """The organ above on that day."""
    link = OrganisationLink.objects.filter(_in_force(on), child=organ).select_related("parent").first()
    return link.parent if link else None


def county_of(town: Organisation, on: date) -> Organisation:
    """The county-level authority (county bureau or zone) a town answers to on that day; a former town its heir's."""
    county = parent_of(town, on)
    if county is None and town.successor is not None:
        return county_of(town.successor, on)
    if county is None:
        raise LookupError(f"{town} has no authority above it on {on}")
    return county


def county_level_organs() -> list[Organisation]:
    """Every county bureau and zone there is or was."""
    return list(Organisation.objects.filter(kind__in=COUNTY_LEVEL).order_by("code"))


@remembered
def towns_of(organ: Organisation, on: date, *, former: bool = True) -> list[Organisation]:
    """All towns at or under an organ on that day, and (unless ``former`` is off) those merged into them, whose
    names history keeps.
    """
    if organ.kind == Organisation.TOWN:
        return [organ, *(merged_into([organ]) if former else [])]
    children = Organisation.objects.filter(
        id__in=OrganisationLink.objects.filter(_in_force(on), parent=organ).values("child_id")
    ).order_by("code")
    if organ.kind in COUNTY_LEVEL:
        towns = [child for child in children if child.kind == Organisation.TOWN]
        return [*towns, *(merged_into(towns) if former else [])]
    return [town for child in children for town in towns_of(child, on, former=former)]


def heir_of(town: Organisation) -> Organisation:
    """The township that answers for it now: itself, or the one it was merged into."""
    while town.successor is not None:
        town = town.successor
    return town


def merged_into(towns: list[Organisation]) -> list[Organisation]:
    """Former townships that ended in these, and theirs before them."""
    former = list(Organisation.objects.filter(successor__in=towns).order_by("code"))
    return [*former, *merged_into(former)] if former else []


@remembered
def villages_of(town: Organisation) -> list[Division]:
    """Villages and communities under a town (12-digit codes)."""
    return list(Division.objects.filter(stat_parent=town.code, valid_to__isnull=True).order_by("code"))


@remembered
def village_name(code: str) -> str:
    division = Division.objects.filter(code=code).first()
    return division.name if division else code


def delegation_state(delegation: Delegation, on: date) -> str:
    """The delegation's state on a day, read from its steps."""
    step = delegation.steps.filter(effective_on__lte=on).order_by("-effective_on", "-id").first()
    return step.state if step else "DRAFT"


@remembered
def delegation_for(town: Organisation, aid_type: str, on: date) -> Delegation | None:
    """The delegation that lets ``town`` decide ``aid_type`` on ``on``, or ``None`` (ORG-04).

    Follows the administrative tree: a zone's town is not covered by the district that lists it (AS-59).
    """
    latest = DelegationStep.objects.filter(delegation=OuterRef("pk"), effective_on__lte=on)
    latest = latest.order_by("-effective_on", "-id").values("state")[:1]
    above = OrganisationLink.objects.filter(_in_force(on), child=town).values("parent_id")
    named = Delegation.towns.through.objects.filter(delegation_id=OuterRef("pk"))
    return (
        Delegation.objects.filter(_in_force(on), county_id__in=above, aid_types__contains=[aid_type])
        .annotate(state_then=Subquery(latest))
        .filter(~Exists(named) | Exists(named.filter(organisation_id=town.id)), state_then="ACTIVE")
        .order_by("id")
        .first()
    )


def decide_authority(town: Organisation, aid_type: str, on: date) -> str:
    """``TOWN`` where an active delegation covers town, aid type and day, else ``COUNTY`` (ORG-04)."""
    return "TOWN" if delegation_for(town, aid_type, on) else "COUNTY"
