"""Statements that work on every benefit at once, whatever their number."""

from __future__ import annotations

# DYN-01: one open review for every running benefit whose date is near.
PLAN_REVIEWS = """
INSERT INTO benefits_review (entitlement_id, review_class, due_on, state, visitors, visit_text, created_on, result)
SELECT e.id, e.review_class, e.next_review_on, 'PLANNED', '{}', '', %(today)s, ''
FROM cases_entitlement e
WHERE e.state IN ('ACTIVE', 'SUSPENDED', 'GRADUAL') AND e.next_review_on <= %(until)s
    AND NOT EXISTS (SELECT 1 FROM benefits_review r WHERE r.entitlement_id = e.id
        AND (r.state IN ('PLANNED', 'RUNNING') OR r.due_on = e.next_review_on))
ON CONFLICT DO NOTHING
"""

# What ``standing.standing`` says of one benefit: the last change in effect that looked at the family, if there is one.
_LAST_LOOK = """
LEFT JOIN LATERAL (
    SELECT k.after, k.outcome_after FROM benefits_change c
    JOIN benefits_changedecision z ON z.change_id = c.id
    JOIN benefits_effect f ON f.change_id = c.id
    JOIN benefits_examination k ON k.id = z.examination_id
    WHERE c.entitlement_id = e.id AND k.outcome_after <> '{}' AND z.result <> 'STOP'
    ORDER BY z.id DESC LIMIT 1
) x ON true
"""

# DYN-40. The next families of a batch with what is known of each: last outcome, amount now, what lists took since.
STANDARD_FAMILIES = f"""
SELECT e.id, e.state, coalesce(x.outcome_after, s.outcome), a.members_count, a.base_fen + a.topup_fen + a.care_fen,
    a.care_fen, greatest(coalesce(l.last + interval '1 month', e.first_month)::date, e.first_month, %(since)s),
    coalesce(l.months, 0), coalesce(l.fen, 0),
    EXISTS (SELECT 1 FROM cases_entitlementamount n WHERE n.entitlement_id = e.id AND n.superseded_at IS NULL
        AND n.from_month > greatest(e.first_month, %(since)s)),
    EXISTS (SELECT 1 FROM benefits_change c WHERE c.entitlement_id = e.id AND c.state = 'DECIDED')
FROM cases_entitlement e
JOIN cases_decision d ON d.id = e.decision_id
LEFT JOIN cases_assessment s ON s.id = d.assessment_id
{_LAST_LOOK.strip()}
LEFT JOIN LATERAL (
    SELECT max(p.pay_month) AS last,
        count(*) FILTER (WHERE p.pay_month >= %(since)s) AS months,
        sum(CASE WHEN p.base_fen + p.topup_fen + p.care_fen > 0 THEN p.base_fen + p.topup_fen + p.care_fen
            ELSE p.arrears_fen END) FILTER (WHERE p.pay_month >= %(since)s) AS fen
    FROM payments_payline p
    WHERE p.entitlement_id = e.id AND p.pay_kind IN ('REGULAR', 'ARREARS') AND p.reissue_of_id IS NULL
) l ON true
JOIN LATERAL (
    SELECT * FROM cases_entitlementamount a WHERE a.entitlement_id = e.id AND a.superseded_at IS NULL
        AND a.from_month <= greatest(coalesce(l.last + interval '1 month', e.first_month)::date, e.first_month, %(since)s)
    ORDER BY a.from_month DESC LIMIT 1
) a ON true
WHERE e.county_id = %(county)s AND e.aid_type = %(aid_type)s AND e.area_type = %(area_type)s
    AND e.state IN ('ACTIVE', 'SUSPENDED', 'GRADUAL') AND e.id > %(after)s
ORDER BY e.id LIMIT %(count)s
"""

STANDARD_LINES = """
INSERT INTO benefits_standardline (batch_id, entitlement_id, members_count, per_head_fen, old_fen, base_fen, topup_fen,
    care_fen, from_month, arrears_fen, note)
SELECT %(batch)s, * FROM unnest(%(entitlements)s::bigint[], %(members)s::int[], %(heads)s::bigint[], %(olds)s::bigint[],
    %(bases)s::bigint[], %(topups)s::bigint[], %(cares)s::bigint[], %(froms)s::date[], %(arrears)s::bigint[],
    %(notes)s::text[])
"""

STANDARD_TOTALS = """
SELECT count(*) FILTER (WHERE note = ''),
    coalesce(sum(base_fen + topup_fen + care_fen - old_fen) FILTER (WHERE note = ''), 0),
    coalesce(sum(arrears_fen) FILTER (WHERE note = ''), 0), count(*) FILTER (WHERE note <> '')
FROM benefits_standardline WHERE batch_id = %(batch)s
"""

# Families for whom something changed since the list was computed: other amount, other state, another list.
STANDARD_MOVED = """
SELECT count(*) FROM benefits_standardline b
JOIN cases_entitlement e ON e.id = b.entitlement_id
WHERE b.batch_id = %(batch)s AND b.note = '' AND (
    e.state NOT IN ('ACTIVE', 'SUSPENDED')
    OR EXISTS (SELECT 1 FROM payments_payline p WHERE p.entitlement_id = e.id AND p.reissue_of_id IS NULL
        AND p.pay_kind IN ('REGULAR', 'ARREARS') AND p.pay_month >= b.from_month)
    OR NOT EXISTS (SELECT 1 FROM cases_entitlementamount a WHERE a.entitlement_id = e.id
        AND a.superseded_at IS NULL AND a.from_month <= b.from_month AND a.to_month IS NULL
        AND a.base_fen + a.topup_fen + a.care_fen = b.old_fen))
"""

_HIT = "FROM benefits_standardline b WHERE b.batch_id = %(batch)s AND b.note = '' AND b.entitlement_id = a.entitlement_id"
STANDARD_APPLY = (
    f"UPDATE cases_entitlementamount a SET superseded_at = %(at)s {_HIT}"
    " AND a.superseded_at IS NULL AND a.from_month >= b.from_month",
    f"UPDATE cases_entitlementamount a SET to_month = (b.from_month - interval '1 month')::date {_HIT}"
    " AND a.superseded_at IS NULL AND a.to_month IS NULL",
    """
INSERT INTO cases_entitlementamount (entitlement_id, from_month, members_count, base_fen, topup_fen, care_fen, ground)
SELECT entitlement_id, from_month, members_count, base_fen, topup_fen, care_fen, %(ground)s
FROM benefits_standardline WHERE batch_id = %(batch)s AND note = ''
""",
)
STANDARD_UNDO = (
    f"UPDATE cases_entitlementamount a SET superseded_at = %(at)s {_HIT}"
    " AND a.superseded_at IS NULL AND a.ground = %(ground)s",
    # the span that the batch ended, or replaced as a whole
    f"UPDATE cases_entitlementamount a SET to_month = NULL, superseded_at = NULL {_HIT}"
    " AND (a.to_month = (b.from_month - interval '1 month')::date AND a.superseded_at IS NULL"
    " OR a.superseded_at = %(applied)s AND a.ground <> %(ground)s)",
)

# What a list or another change has taken since: then the batch cannot be undone.
STANDARD_TAKEN = """
SELECT count(*) FROM benefits_standardline b WHERE b.batch_id = %(batch)s AND b.note = '' AND (
    EXISTS (SELECT 1 FROM payments_payline p WHERE p.entitlement_id = b.entitlement_id
        AND p.reissue_of_id IS NULL AND p.pay_kind IN ('REGULAR', 'ARREARS') AND p.pay_month >= b.from_month)
    OR NOT EXISTS (SELECT 1 FROM cases_entitlementamount a WHERE a.entitlement_id = b.entitlement_id
        AND a.superseded_at IS NULL AND a.ground = %(ground)s AND a.to_month IS NULL))
"""

STANDARD_PLACES = """
SELECT o.name, count(*), coalesce(sum(b.members_count), 0), coalesce(sum(b.old_fen), 0),
    coalesce(sum(b.base_fen + b.topup_fen + b.care_fen), 0), coalesce(sum(b.arrears_fen), 0)
FROM benefits_standardline b
JOIN cases_entitlement e ON e.id = b.entitlement_id
JOIN accounts_organisation o ON o.id = e.town_id
WHERE b.batch_id = %(batch)s AND b.note = '' GROUP BY o.code, o.name ORDER BY o.code
"""

# SUP-20, DYN-04: what our own books say of everybody in benefit. ``key`` names the fact: told once, not every night.
WATCH = """
WITH limits AS (
    SELECT * FROM unnest(%(counties)s::bigint[], %(quiet)s::int[], %(pension)s::int[])
        AS l(county_id, quiet_months, pension_age)
), inside AS (
    SELECT l.quiet_months, l.pension_age, e.id, e.county_id, e.case_id, e.review_class, e.first_month, m.person_id, m."group", p.name, p.born_on, p.died_on,
        p.id_no_index
    FROM cases_entitlement e
    JOIN limits l ON l.county_id = e.county_id
    JOIN cases_entitlementmember m ON m.entitlement_id = e.id AND (m.to_month IS NULL
        OR m.to_month >= date_trunc('month', %(today)s::date))
    JOIN people_person p ON p.id = m.person_id
    WHERE e.state IN ('ACTIVE', 'SUSPENDED', 'GRADUAL')
)
SELECT i.id, i.county_id, i.person_id, 'DEATH', i.person_id::text,
    '档案登记：' || i.name || '已于' || to_char(least(i.died_on, q.died_on), 'YYYY-MM-DD') || '去世，仍在享受待遇'
FROM inside i
LEFT JOIN LATERAL (
    SELECT min(o.died_on) AS died_on FROM people_person o
    WHERE i.id_no_index <> '' AND o.id_no_index = i.id_no_index AND o.died_on IS NOT NULL
) q ON true
WHERE least(i.died_on, q.died_on) < date_trunc('month', %(today)s::date)
UNION ALL
SELECT i.id, i.county_id, i.person_id, 'DUPLICATE', i.person_id || '-' || min(o.id), i.name || '同时在另一户享受同类待遇'
FROM inside i JOIN inside o ON i.id_no_index <> '' AND o.id_no_index = i.id_no_index AND o."group" = i."group" AND o.id <> i.id
GROUP BY i.id, i.county_id, i.person_id, i.name
UNION ALL
SELECT i.id, i.county_id, i.person_id, 'ADULT', i.person_id::text, i.name || '已满18周岁，请核实就学、就业和授权'
FROM inside i
WHERE (i.born_on + interval '18 years')::date BETWEEN %(since)s AND %(today)s
UNION ALL
SELECT i.id, i.county_id, i.person_id, 'PENSION', i.person_id::text, i.name || '已满' || i.pension_age || '周岁，请核实养老待遇'
FROM inside i
WHERE (i.born_on + make_interval(years => i.pension_age))::date BETWEEN %(since)s AND %(today)s
UNION ALL
SELECT i.id, i.county_id, i.person_id, 'DISABILITY', i.person_id || '-' || s.disability_until,
    i.name || '的残疾证已于' || s.disability_until || '到期，请核实换证和等级'
FROM inside i
JOIN people_membership s ON s.person_id = i.person_id AND s.left_on IS NULL
WHERE s.disability_grade <> '' AND i.died_on IS NULL AND s.disability_until BETWEEN %(since)s AND %(today)s::date - 1
UNION ALL
SELECT e.id, e.county_id, p.id, 'RETURNED', p.id || '-' || s.exclude_until, p.name || '应于' || s.exclude_until || '返回家庭，'
    || CASE WHEN k.for_person_id IS NULL THEN '请重新计算人口' ELSE '请核实其收入、财产和赡养能力是否影响本人的救助' END
FROM people_membership s
JOIN people_person p ON p.id = s.person_id AND p.died_on IS NULL
JOIN cases_entitlement e ON e.household_id = s.household_id AND e.state IN ('ACTIVE', 'SUSPENDED', 'GRADUAL')
JOIN cases_case k ON k.id = e.case_id
WHERE s.left_on IS NULL AND s.exclude_code <> '' AND s.exclude_until < %(today)s
    AND NOT EXISTS (SELECT 1 FROM inside i WHERE i.id = e.id AND i.person_id = s.person_id)
UNION ALL
SELECT DISTINCT i.id, i.county_id, NULL::bigint, 'NO_CHANGE', to_char(%(today)s::date, 'YYYY'), 'C类家庭超过' || i.quiet_months || '个月没有任何变化'
FROM inside i
WHERE i.review_class = 'C' AND i.first_month <= (%(today)s::date - make_interval(months => i.quiet_months))
    AND NOT EXISTS (SELECT 1 FROM cases_entitlementamount a WHERE a.entitlement_id = i.id
        AND a.from_month > (%(today)s::date - make_interval(months => i.quiet_months)))
"""

# DQ-38, DQ-40: every supported person as last established, his newest rating and the care paid this month (of a benefit
# not paid yet, its first month's).
SUPPORTED = f"""
SELECT e.id, e.county_id, e.aid_type, e.area_type, coalesce(x.after, v.body), r.uid, r.items, r.level, a.care_fen
FROM cases_entitlement e
JOIN cases_decision d ON d.id = e.decision_id
JOIN cases_assessment s ON s.id = d.assessment_id
JOIN cases_evidence v ON v.id = s.evidence_id
{_LAST_LOOK.strip()}
LEFT JOIN LATERAL (
    SELECT p.uid::text, g.items, g.level FROM cases_selfcarerating g
    JOIN people_person p ON p.id = g.person_id
    WHERE g.case_id = e.case_id ORDER BY g.seq DESC LIMIT 1
) r ON true
LEFT JOIN LATERAL (
    SELECT a.care_fen FROM cases_entitlementamount a
    WHERE a.entitlement_id = e.id AND a.superseded_at IS NULL
    ORDER BY (a.from_month <= %(month)s AND coalesce(a.to_month, %(month)s) >= %(month)s) DESC,
        CASE WHEN e.first_month > %(month)s THEN a.from_month END, a.from_month DESC LIMIT 1
) a ON true
WHERE e.aid_type = ANY (%(aid_types)s) AND e.state IN ('ACTIVE', 'SUSPENDED', 'GRADUAL')
ORDER BY e.id
"""

# SUP-20: what stands out about a place. Of a case with several decisions the last one counts.
_DECIDED = """
FROM cases_decision d
JOIN cases_case c ON c.id = d.case_id
JOIN limits l ON l.county_id = c.county_id
WHERE NOT EXISTS (SELECT 1 FROM cases_decision z WHERE z.case_id = d.case_id AND z.round > d.round)
"""

# Many grants in one village in one month, this month and the last.
CLUSTERS = f"""
WITH limits AS (
    SELECT * FROM unnest(%(counties)s::bigint[], %(grants)s::int[]) AS l(county_id, grants)
)
SELECT c.county_id, c.town_id, c.village_code, date_trunc('month', d.decided_on)::date, count(*)
{_DECIDED} AND d.kind = 'APPROVE' AND d.decided_on BETWEEN %(since)s AND %(today)s
GROUP BY c.county_id, c.town_id, c.village_code, date_trunc('month', d.decided_on)::date, l.grants
HAVING count(*) >= l.grants
"""

# Towns where nearly everybody, or hardly anybody, is granted. Compared without dividing; help that comes before its
# papers is left out, there is nothing to refuse.
RATES = f"""
WITH limits AS (
    SELECT * FROM unnest(%(counties)s::bigint[], %(months)s::int[], %(least)s::int[], %(high)s::int[], %(high_of)s::int[],
        %(low)s::int[], %(low_of)s::int[]) AS l(county_id, months, least, high, high_of, low, low_of)
), counted AS (
    SELECT c.county_id, c.town_id, count(*) FILTER (WHERE d.kind = 'APPROVE') AS granted, count(*) AS decided
    {_DECIDED} AND NOT c.aid_type = ANY (%(urgent)s) AND d.decided_on <= %(today)s
        AND d.decided_on > (%(today)s::date - make_interval(months => l.months))
    GROUP BY c.county_id, c.town_id
)
SELECT n.county_id, n.town_id, n.granted, n.decided
FROM counted n JOIN limits l ON l.county_id = n.county_id
WHERE n.decided >= l.least AND (n.granted * l.high_of > n.decided * l.high OR n.granted * l.low_of < n.decided * l.low)
"""
