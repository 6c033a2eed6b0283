"""What must hold in every city at every moment, asked as sets. An answer is a violation; there should be none.

The database's own constraints make many of these impossible; asking again here proves it on real walks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.audit import queries as audit
from jiuzhu.cases import clocks, dossier
from jiuzhu.cases.models import CaseClock
from jiuzhu.vault import files
from jiuzhu.vault.models import StoredFile


@dataclass(frozen=True)
class Violation:
    """``where`` is a case, run, paper or row number a person can look up."""

    rule: str
    where: str
    what: str


@dataclass(frozen=True)
class Invariant:
    """``sql`` returns (where, what) for every violation."""

    rule: str
    title: str
    sql: str


INVARIANTS = (
    Invariant(
        "ORG-15",
        "未办结的转办单都有时限和编号文书",
        """SELECT r.number, '没有时限或文书' FROM onedoor_referral r JOIN documents_document d ON d.id = r.document_id
           WHERE (r.open AND (r.clock = '' OR r.due_on IS NULL)) OR d.doc_no <> r.number""",
    ),
    Invariant(
        "WF-03",
        "未办结的困难线索都有时限，办结的都有经过",
        """SELECT l.number, '没有时限或结果' FROM onedoor_lead l WHERE (l.open AND l.due_on IS NULL)
           OR (NOT l.open AND NOT EXISTS (SELECT 1 FROM onedoor_leadstep s WHERE s.lead_id = l.id AND s.to_state = l.state))""",
    ),
    Invariant(
        "ORG-03",
        "调查人员没有审批本人调查的案件",
        """SELECT c.case_no, '由调查人员审批' FROM cases_decision d JOIN cases_case c ON c.id = d.case_id
           WHERE EXISTS (SELECT 1 FROM cases_investigator i WHERE i.case_id = d.case_id AND i.staff_id = d.decider_id)""",
    ),
    Invariant(
        "ORG-03",
        "核对人员没有审批本人核对的案件",
        """SELECT c.case_no, '由核对人员审批' FROM cases_decision d JOIN cases_case c ON c.id = d.case_id
           WHERE EXISTS (SELECT 1 FROM verification_run r WHERE r.case_id = d.case_id AND r.verifier_id = d.decider_id)""",
    ),
    Invariant(
        "ORG-04",
        "乡镇决定时下放有效",
        """SELECT c.case_no, '决定日没有有效的下放' FROM cases_decision d JOIN cases_case c ON c.id = d.case_id
           WHERE d.authority = 'TOWN' AND COALESCE((SELECT s.state FROM accounts_delegationstep s
                 WHERE s.delegation_id = d.delegation_id AND (s.effective_on < d.decided_on OR (s.effective_on = d.decided_on AND s.at <= d.decided_at))
                 ORDER BY s.effective_on DESC, s.id DESC LIMIT 1), '') <> 'ACTIVE'""",
    ),
    Invariant(
        "WF-01",
        "办理环节前后相连，案件状态等于最后一步",
        """WITH walked AS (SELECT case_id, seq, from_state, to_state,
                  lag(to_state) OVER w AS before, lag(seq) OVER w AS seq_before,
                  row_number() OVER (PARTITION BY case_id ORDER BY seq DESC) AS back
                  FROM cases_step WINDOW w AS (PARTITION BY case_id ORDER BY seq))
           SELECT c.case_no, '第' || w.seq || '步不相连或状态不符' FROM walked w JOIN cases_case c ON c.id = w.case_id
           WHERE (w.before IS NOT NULL AND (w.before <> w.from_state OR w.seq <> w.seq_before + 1))
              OR (w.back = 1 AND w.to_state <> c.state)""",
    ),
    Invariant(
        "E_DUP",
        "一户一类只有一个在办案件",
        """SELECT h.dossier_no, count(*) || '个在办案件' FROM cases_case c JOIN people_household h ON h.id = c.household_id
           WHERE c.open AND c.for_person_id IS NULL GROUP BY h.dossier_no, c.exclusive_group HAVING count(*) > 1""",
    ),
    Invariant(
        "AID-01",
        "同一人没有重叠的待遇",
        """SELECT e1.number, '与' || e2.number || '重叠' FROM cases_entitlementmember a
           JOIN cases_entitlementmember b ON a.person_id = b.person_id AND a."group" = b."group" AND a.id < b.id
             AND daterange(a.from_month, a.to_month, '[]') && daterange(b.from_month, b.to_month, '[]')
           JOIN cases_entitlement e1 ON e1.id = a.entitlement_id JOIN cases_entitlement e2 ON e2.id = b.entitlement_id""",
    ),
    Invariant(
        "AMT-01",
        "待遇金额等于决定金额，决定金额等于测算金额或写明理由",
        """SELECT c.case_no, '金额不一致' FROM cases_entitlement e JOIN cases_case c ON c.id = e.case_id
           JOIN cases_decision d ON d.id = e.decision_id LEFT JOIN cases_assessment s ON s.id = d.assessment_id
           JOIN cases_entitlementamount a ON a.entitlement_id = e.id AND a.decision_id = d.id
           WHERE a.base_fen + a.topup_fen + a.care_fen <> d.amount_fen
              OR (d.amount_fen <> s.amount_fen AND d.override_reason = '')""",
    ),
    Invariant(
        "D23",
        "批准有测算依据",
        """SELECT c.case_no, '批准但测算结论为' || s.conclusion FROM cases_decision d JOIN cases_case c ON c.id = d.case_id
           JOIN cases_assessment s ON s.id = d.assessment_id
           WHERE d.kind = 'APPROVE' AND s.conclusion <> 'QUALIFIED' AND d.override_reason = ''""",
    ),
    Invariant(
        "D24",
        "不予批准都送达了告知书",
        """SELECT c.case_no, '没有不予批准告知书' FROM cases_decision d JOIN cases_case c ON c.id = d.case_id
           WHERE d.kind = 'REFUSE' AND NOT EXISTS (SELECT 1 FROM documents_document p WHERE p.case_id = c.id AND p.code = 'W22')""",
    ),
    Invariant(
        "PUBL-01",
        "待遇生效前公示满期",
        """SELECT c.case_no, '未公示满期' FROM cases_entitlement e JOIN cases_case c ON c.id = e.case_id
           WHERE NOT EXISTS (SELECT 1 FROM publicity_posting p WHERE p.case_id = c.id
              AND p.ends_on - p.posted_on >= 6 AND p.ends_on < (e.created_at AT TIME ZONE 'Asia/Shanghai')::date)""",
    ),
    Invariant(
        "PUBL-02",
        "公示单没有证件号码",
        """SELECT token, '出现长数字' FROM publicity_posting
           WHERE concat_ws(' ', applicant_name, village_name, hotline, place) ~ '[0-9]{15}'""",
    ),
    Invariant(
        "VER-21",
        "查询时授权有效、每名成年被查询人都签了字",
        """SELECT r.number, '查询对象没有签字' FROM verification_subject s JOIN verification_run r ON r.id = s.run_id
           JOIN people_person p ON p.id = s.person_id
           WHERE p.born_on <= (r.started_at AT TIME ZONE 'Asia/Shanghai')::date - interval '18 years'
             AND s.role = 'MEMBER'
             AND NOT EXISTS (SELECT 1 FROM people_signature g WHERE g.authorisation_id = r.authorisation_id
                             AND g.person_id = s.person_id AND g.signed_at <= r.started_at)""",
    ),
    Invariant(
        "VER-35",
        "核对人员的保密协议在有效期内",
        """SELECT r.number, '保密协议无效' FROM verification_run r JOIN accounts_confidentialityagreement a ON a.id = r.agreement_id
           WHERE a.staff_id <> r.verifier_id
              OR (r.started_at AT TIME ZONE 'Asia/Shanghai')::date NOT BETWEEN a.signed_on AND LEAST(a.valid_to, COALESCE(a.ended_on, a.valid_to))""",
    ),
    Invariant(
        "D13",
        "补正只通知一次",
        """SELECT c.case_no, '多次通知补正' FROM documents_document p JOIN cases_case c ON c.id = p.case_id
           WHERE p.code = 'W14' AND p.state <> 'VOID' GROUP BY c.case_no HAVING count(*) > 1""",
    ),
    Invariant(
        "DOC-03",
        "文号连续无缺号",
        """SELECT o.short_name || p.code || p.year, '缺号或重号' FROM documents_document p
           JOIN accounts_organisation o ON o.id = p.organ_id WHERE p.seq IS NOT NULL
           GROUP BY o.short_name, p.organ_id, p.code, p.year HAVING max(p.seq) <> count(*) OR min(p.seq) <> 1""",
    ),
    Invariant(
        "WF-01",
        "已结案件只剩送达的时限",
        """SELECT c.case_no, k.clock || '仍在运行' FROM cases_caseclock k JOIN cases_case c ON c.id = k.case_id
           WHERE k.ended_at IS NULL AND NOT c.open AND k.clock NOT IN ('CLK-CARD', 'CLK-RN')""",
    ),
    Invariant(
        "DYN-11",
        "减发、停发之前都送达了告知书",
        """SELECT c.number, '告知书送达之前生效' FROM benefits_effect f JOIN benefits_change c ON c.id = f.change_id
           JOIN benefits_changedecision d ON d.change_id = c.id
           LEFT JOIN benefits_notice n ON n.change_id = c.id LEFT JOIN documents_service s ON s.document_id = n.document_id
           WHERE d.result IN ('DECREASE', 'STOP')
             AND (s.served_on IS NULL OR date_trunc('month', s.served_on) > f.from_month)""",
    ),
    Invariant(
        "ORG-03",
        "登记、核实变更的人没有决定该变更",
        """SELECT c.number, '本人决定' FROM benefits_changedecision d JOIN benefits_change c ON c.id = d.change_id
           WHERE c.reporter_id = d.decider_id OR EXISTS (SELECT 1 FROM benefits_examination x
              WHERE x.change_id = c.id AND x.by_id = d.decider_id)""",
    ),
    Invariant(
        "PAY-06",
        "同一待遇同月只发一次",
        """SELECT e.number, to_char(l.pay_month, 'YYYY-MM') FROM payments_payline l
           JOIN cases_entitlement e ON e.id = l.entitlement_id
           WHERE l.reissue_of_id IS NULL GROUP BY e.number, l.pay_month, l.pay_kind, l.part HAVING count(*) > 1""",
    ),
    Invariant(
        "PAY-06",
        "重新发放的每一笔都对应一笔银行退回或暂缓",
        """SELECT e.number, to_char(l.pay_month, 'YYYY-MM') FROM payments_payline l
           JOIN cases_entitlement e ON e.id = l.entitlement_id
           LEFT JOIN payments_lineresult r ON r.line_id = l.reissue_of_id
           WHERE l.reissue_of_id IS NOT NULL AND COALESCE(r.code, '00') = '00' AND NOT EXISTS (
              SELECT 1 FROM payments_linemark k WHERE k.line_id = l.reissue_of_id AND k.kind = 'HELD')""",
    ),
    Invariant(
        "PAY-02",
        "每笔金额等于当月待遇，批次合计等于明细合计",
        """SELECT e.number, to_char(l.pay_month, 'YYYY-MM') || '金额不符' FROM payments_payline l
           JOIN cases_entitlement e ON e.id = l.entitlement_id
           WHERE l.pay_kind IN ('REGULAR', 'TA') AND l.reissue_of_id IS NULL AND NOT EXISTS (
              SELECT 1 FROM cases_entitlementamount a WHERE a.entitlement_id = e.id AND a.superseded_at IS NULL
              AND l.pay_month >= a.from_month AND (a.to_month IS NULL OR l.pay_month <= a.to_month)
              AND CASE l.part WHEN 'CARE' THEN a.care_fen = l.care_fen
                  ELSE a.base_fen = l.base_fen AND a.topup_fen = l.topup_fen AND a.care_fen = l.care_fen + (
                  SELECT coalesce(sum(f.care_fen), 0) FROM payments_payline f WHERE f.entitlement_id = l.entitlement_id
                  AND f.pay_month = l.pay_month AND f.part = 'CARE' AND f.reissue_of_id IS NULL) END)
           UNION ALL
           SELECT e.number, to_char(l.pay_month, 'YYYY-MM') || '补发、抵扣没有登记' FROM payments_payline l
           JOIN cases_entitlement e ON e.id = l.entitlement_id
           WHERE l.reissue_of_id IS NULL AND (l.arrears_fen, l.deduction_fen) <> (
              SELECT coalesce(sum(d.amount_fen) FILTER (WHERE d.kind <> 'DEDUCTION'), 0),
                 coalesce(sum(d.amount_fen) FILTER (WHERE d.kind = 'DEDUCTION'), 0)
              FROM payments_dueend x JOIN payments_due d ON d.id = x.due_id WHERE x.line_id = l.id)
           UNION ALL
           SELECT 'run ' || r.id, '合计不符' FROM payments_payrun r
           LEFT JOIN (SELECT run_id, count(*) n, sum(total_fen) s FROM payments_payline GROUP BY run_id) t ON t.run_id = r.id
           WHERE r.lines_count <> COALESCE(t.n, 0) OR r.total_fen <> COALESCE(t.s, 0)""",
    ),
    Invariant(
        "TA-21",
        "备用金余额等于历次发生额之和，从不为负（DQ-45）",
        """SELECT o.name, '第' || e.seq || '笔余额不符' FROM (
             SELECT *, sum(amount_fen) OVER (PARTITION BY town_id ORDER BY seq) AS wanted FROM funds_entry) e
           JOIN accounts_organisation o ON o.id = e.town_id
           WHERE e.balance_fen <> e.wanted OR e.balance_fen < 0""",
    ),
    Invariant(
        "TA-21",
        "每次先行救助从备用金恰好支付一次，金额相同",
        """SELECT c.case_no, '第' || d.stage || '次与备用金不符' FROM cases_delivery d JOIN cases_case c ON c.id = d.case_id
           LEFT JOIN funds_entry e ON e.ref = d.uid
           WHERE d.amount_fen > 0 AND (e.id IS NULL OR -e.amount_fen <> d.amount_fen OR e.case_no <> c.case_no
              OR e.town_id <> c.town_id)
           UNION ALL
           SELECT e.case_no, '备用金支付没有签收单' FROM funds_entry e
           WHERE e.kind = 'PAYMENT' AND NOT EXISTS (SELECT 1 FROM cases_delivery d WHERE d.uid = e.ref)""",
    ),
    Invariant(
        "E7",
        "办结的急难有对象、事由、金额、签字、公章，总额在权限之内（DQ-43）",
        """SELECT c.case_no, '急难手续不全或超出权限' FROM cases_emergency m JOIN cases_case c ON c.id = m.case_id
           LEFT JOIN cases_registration r ON r.case_id = c.id
           WHERE c.state = 'CLOSED' AND (r.id IS NULL OR r.sealed_at IS NULL OR r.seal_id IS NULL
              OR r.amount_fen <> (SELECT COALESCE(sum(d.amount_fen), 0) FROM cases_delivery d WHERE d.case_id = c.id))
           UNION ALL
           SELECT c.case_no, '乡镇决定超出额度' FROM cases_decision d JOIN cases_case c ON c.id = d.case_id
           WHERE d.authority = 'TOWN' AND d.kind = 'APPROVE' AND d.pays = 'ONCE'
              AND (d.limit_fen IS NULL OR d.amount_fen > d.limit_fen)""",
    ),
)


def violations(progress: Callable[[str], None] = lambda title: None) -> Iterator[Violation]:
    """Every violation of every invariant, audit chain, stored papers and clocks included. Reads as the platform."""
    with fence(PLATFORM):
        for each in INVARIANTS:
            progress(each.title)
            with connection.cursor() as cursor:
                cursor.execute(each.sql)
                for where, what in cursor.fetchall():
                    yield Violation(each.rule, str(where), f"{each.title}：{what}")
        progress("审计记录前后相连")
        for broken in audit.verify():
            yield Violation("DATA-05", f"{broken.chain}#{broken.seq}", broken.what)
        progress("存放的文件与摘要一致")
        yield from _spoilt_files()
        progress("时限可由步骤重新算出")
        yield from _wrong_clocks()
        progress("办结案件的必备文书齐全")
        yield from _incomplete_dossiers()


def _spoilt_files() -> Iterator[Violation]:
    for stored in StoredFile.objects.iterator():
        if hashlib.sha256(files.read(stored)).hexdigest() != stored.sha256:
            yield Violation("DOC-05", str(stored.pk), "文件内容与摘要不符")


def _wrong_clocks() -> Iterator[Violation]:
    for row in CaseClock.objects.select_related("case").iterator():
        state = clocks.state_of(row, ended_at=row.ended_at)
        if row.due_on and state.due_on != row.due_on:
            yield Violation("3.11", row.case.case_no, f"{row.clock} 应为 {state.due_on}，存为 {row.due_on}")


def _incomplete_dossiers() -> Iterator[Violation]:
    for case, missing in dossier.incomplete():
        codes = "、".join("或".join(sorted(each)) for each in missing)
        yield Violation("ARC-03", case.case_no, f"缺少{codes}")
