"""Models of a case, cut by stage. Private to this capability: others read through ``queries``, write through ``acts``."""

from jiuzhu.cases.models.application import Correction, Draft, Evidence, KinFiling, Material
from jiuzhu.cases.models.case import Case, CaseClock, CaseMember, Extension, Pause, Step, WindowVisit
from jiuzhu.cases.models.decision import Assessment, Decision, Opinion
from jiuzhu.cases.models.emergency import (
    AfterCheck,
    Countersign,
    Delivery,
    Emergency,
    OralApproval,
    Registration,
)
from jiuzhu.cases.models.entitlement import Entitlement, EntitlementAmount, EntitlementMember
from jiuzhu.cases.models.investigation import CountyVisit, Investigation, Investigator, Photo
from jiuzhu.cases.models.objection import Appraisal, Attendance, Objection
from jiuzhu.cases.models.support import CareAgreement, Institution, SelfCareRating, SupportSpan
from jiuzhu.cases.models.transfer import Transfer

__all__ = [
    "AfterCheck",
    "Appraisal",
    "Assessment",
    "Attendance",
    "CareAgreement",
    "Case",
    "CaseClock",
    "CaseMember",
    "Correction",
    "Countersign",
    "CountyVisit",
    "Decision",
    "Delivery",
    "Draft",
    "Emergency",
    "Entitlement",
    "EntitlementAmount",
    "EntitlementMember",
    "Evidence",
    "Extension",
    "Institution",
    "Investigation",
    "Investigator",
    "KinFiling",
    "Material",
    "Objection",
    "Opinion",
    "OralApproval",
    "Pause",
    "Photo",
    "Registration",
    "SelfCareRating",
    "Step",
    "SupportSpan",
    "Transfer",
    "WindowVisit",
]
