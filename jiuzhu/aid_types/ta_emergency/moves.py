"""Moves of emergency aid (3.6): report to the minute, first aid within a day, registration within five working days.

No verification, appraisal or publicity comes before first aid; departments may be asked afterwards (E6). More than the town may give goes to whoever has
the authority and comes back for the next stage (E4).
"""

from __future__ import annotations

from jiuzhu.workflow.common_moves import ENDING
from jiuzhu.workflow.table import MoveTable, move

REPORTERS = "APPLICANT VILLAGE_ASSIST TOWN_CLERK TOWN_LEAD"
TOWN = "TOWN_CLERK TOWN_LEAD"
SIGNERS = "TOWN_CLERK TOWN_VERIFIER TOWN_LEAD"
HELPED = "EMERGENCY_AID EMERGENCY_REG CLOSED"

FIRST_AID = (
    move(
        "E1",
        "report_emergency",
        "登记急难",
        "",
        "INTENT",
        REPORTERS,
        starts="CLK-TA24",
        may_start="CLK-TA5",
        papers="W32",
    ),
    move(
        "E2",
        "deliver_first_aid",
        "先行救助",
        "INTENT",
        "EMERGENCY_AID",
        "TOWN_CLERK",
        guards="two_handlers receipt_signed within_first_aid_limit repeat_explained",
        stops="CLK-TA24",
        may_start="CLK-TA5",
        papers="W33",
    ),
    move(
        "E2s",
        "deliver_stage",
        "再次发放",
        "EMERGENCY_AID",
        "EMERGENCY_AID",
        "TOWN_CLERK",
        guards="two_handlers receipt_signed within_first_aid_limit",
        papers="W33",
    ),
    move(
        "E2c",
        "countersign",
        "第二经办人签认",
        HELPED,
        HELPED,
        SIGNERS,
        guards="second_handler_signs",
    ),
    move(
        "E2o",
        "record_oral_approval",
        "登记县级口头同意",
        "INTENT EMERGENCY_AID",
        "INTENT EMERGENCY_AID",
        TOWN,
        guards="oral_approval_told",
    ),
    move(
        "E5",
        "reject",
        "情况不实，不予救助",
        "INTENT",
        "REFUSED",
        "TOWN_LEAD",
        guards="reasons_given",
        stops="*",
        starts="CLK-RN",
        papers="W22",
    ),
    move(
        "D31w",
        "withdraw",
        "撤回申请",
        "INTENT",
        "TERMINATED",
        "APPLICANT VILLAGE_ASSIST TOWN_CLERK",
        guards="reasons_given",
        stops="*",
        papers="W29",
    ),
)

REGISTRATION = (
    move(
        "E3",
        "complete_registration",
        "补登记",
        "EMERGENCY_AID",
        "EMERGENCY_REG",
        "TOWN_CLERK",
        guards="registration_told aid_within_assessment",
    ),
    move(
        "E3b",
        "return_registration",
        "退回补登记",
        "EMERGENCY_REG",
        "EMERGENCY_AID",
        "TOWN_LEAD",
        guards="reasons_given",
    ),
    move(
        "E3c",
        "seal_registration",
        "盖章办结",
        "EMERGENCY_REG",
        "CLOSED",
        "TOWN_LEAD",
        guards="registration_complete sealer_stood_apart authority_covers_total",
        stops="*",
        papers="W34",
    ),
)

ANNOUNCED = (
    move(
        "E8",
        "announce",
        "月度公布",
        "CLOSED",
        "CLOSED",
        "TOWN_CLERK",
        guards="not_announced_yet",
        papers="W25",
    ),
)

AFTERWARDS = (
    move(
        "E6c",
        "consent_afterwards",
        "签署核对授权（补做）",
        HELPED,
        HELPED,
        "TOWN_CLERK TOWN_VERIFIER",
        guards="helped_person_known helped_person_signs",
        papers="W02",
    ),
    move(
        "E6v",
        "verify_afterwards",
        "补做核对",
        HELPED,
        HELPED,
        "TOWN_VERIFIER COUNTY_VERIFIER",
        guards="authorisation_in_force verifier_is_bound not_asked_yet",
    ),
    move(
        "E6r",
        "report_afterwards",
        "登记补做核对结果",
        HELPED,
        HELPED,
        "TOWN_VERIFIER COUNTY_VERIFIER",
        guards="verifier_is_bound asked_afterwards sources_answered_or_timed_out unfitness_described",
        papers="W05",
    ),
)

SUPPLEMENT = (
    move(
        "E4",
        "ask_for_supplement",
        "提请追加救助",
        "EMERGENCY_AID",
        "COUNTY_REVIEW TOWN_APPROVAL",
        "TOWN_LEAD",
        guards="opinion_given hardship_measured",
        may_start="CLK-CO",
        papers="W19",
    ),
    *(
        move(
            "E4a",
            "approve_supplement",
            "同意追加",
            state,
            "EMERGENCY_AID",
            role,
            guards="separation_of_duties authority_matches qualified_or_overridden",
            stops="CLK-CO",
            papers="W21",
        )
        for state, role in (("COUNTY_REVIEW", "COUNTY_APPROVER"), ("TOWN_APPROVAL", "TOWN_LEAD"))
    ),
    *(
        move(
            "E4r",
            "refuse_supplement",
            "不同意追加",
            state,
            "EMERGENCY_AID",
            role,
            guards="separation_of_duties authority_matches reasons_given",
            stops="CLK-CO",
            starts="CLK-RN",
            papers="W21 W22",
        )
        for state, role in (("COUNTY_REVIEW", "COUNTY_APPROVER"), ("TOWN_APPROVAL", "TOWN_LEAD"))
    ),
    *(row for row in ENDING if row.key in ("ORG-04", "ORG-06")),
)

MOVES = MoveTable(FIRST_AID + REGISTRATION + ANNOUNCED + AFTERWARDS + SUPPLEMENT)
