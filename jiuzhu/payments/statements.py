"""The statements of a run: each works on the whole list at once, whatever its length."""

from __future__ import annotations

# In force on a month (PAY-03): paid on, or stopped with that month still due.
_IN_FORCE = """(e.state IN ('ACTIVE', 'GRADUAL') OR (e.state IN ('STOPPED', 'CLOSED') AND e.last_month IS NOT NULL))
    AND e.first_month <= {month} AND (e.last_month IS NULL OR e.last_month >= {month})"""

# One living sum a month: a month listed, as its own or as arrears, is done (PAY-06).
_LISTED = """EXISTS (SELECT 1 FROM payments_payline l WHERE l.entitlement_id = e.id AND l.pay_month = {month}
    AND l.reissue_of_id IS NULL AND l.pay_kind IN ('REGULAR', 'ARREARS', 'TA'))"""

# The account of an entitlement by purpose, the first of those wanted that there is (TK-10).
# Who pays a month of a family that moved to another county: the old one through the month of the transfer, whoever
# makes his list first (CH-MOVE2).
_MOVED = """(SELECT t.{column} FROM cases_transfer t WHERE t.household_id = e.household_id AND t.kind = 'CH-MOVE2'
    AND t.state IN ('ACCEPTED', 'CHECKED') AND t.paid_until >= {month} ORDER BY t.id LIMIT 1)"""
_PLACE = f"coalesce({_MOVED.format(column='from_town_id', month='{month}')}, e.town_id)"

_ACCOUNT = """LATERAL (
    SELECT n.* FROM people_bankaccount n JOIN cases_case k ON k.id = e.case_id
    WHERE n.household_id = e.household_id AND CASE WHEN {account} IS NULL
        THEN n.purpose = ANY ({wants}) AND (n.purpose = '' OR n.for_person_id = k.for_person_id)
            AND n.valid_from <= %(today)s AND (n.valid_to IS NULL OR n.valid_to >= %(today)s)
        ELSE n.id = {account} END
    ORDER BY array_position({wants}, n.purpose::text) LIMIT 1
) b ON true"""

# How a person is supported in a month; nothing for aid that is only money.
_SUPPORT = """LATERAL (
    SELECT u.mode, u.agreement_id FROM cases_supportspan u WHERE u.entitlement_id = e.id
        AND u.from_month <= {month} AND (u.to_month IS NULL OR u.to_month >= {month})
) u ON true"""

# Which one-off dues this list takes, and how: COLUMN of the month's own line, or OWN line. What cannot be taken
# waits: arrears of a suspended family, an instalment that with the earlier ones goes over the share of the
# line that may be kept (DYN-22), a missed month that was paid meanwhile.
CHOOSE = f"""
WITH waiting AS (
    SELECT d.id, d.kind, d.for_month, e.state, own.fen,
        sum(d.amount_fen) FILTER (WHERE d.kind = 'DEDUCTION') OVER (
            PARTITION BY d.entitlement_id ORDER BY d.from_month, d.id) AS kept,
        d.for_month IS NOT NULL AND {_LISTED.format(month="d.for_month")} AS listed
    FROM payments_due d
    JOIN cases_entitlement e ON e.id = d.entitlement_id
    JOIN {_ACCOUNT.format(wants="ARRAY['OWN', '', 'ALL']::text[]", account="d.account_id")}
    LEFT JOIN LATERAL (
        SELECT a.base_fen + a.topup_fen + a.care_fen AS fen FROM cases_entitlementamount a
        WHERE a.entitlement_id = e.id AND a.superseded_at IS NULL AND a.from_month <= %(month)s
            AND (a.to_month IS NULL OR a.to_month >= %(month)s) AND {_IN_FORCE.format(month="%(month)s")}
            AND NOT {_LISTED.format(month="%(month)s")}
    ) own ON own.fen > 0
    WHERE e.town_id = ANY (%(towns)s) AND e.aid_type = %(aid_type)s AND e.area_type = %(area_type)s
        AND d.from_month <= %(month)s AND (d.for_month IS NULL OR d.for_month <= %(month)s)
        AND NOT EXISTS (SELECT 1 FROM payments_dueend x WHERE x.due_id = d.id)
)
SELECT id, kind IN ('ARREARS', 'DEDUCTION') AND for_month IS NULL AND fen IS NOT NULL
FROM waiting
WHERE CASE kind WHEN 'DEDUCTION' THEN kept * %(share_of)s <= fen * %(share)s
    WHEN 'ARREARS' THEN NOT listed AND state <> 'SUSPENDED'
        AND (for_month IS NOT NULL OR fen IS NOT NULL OR state IN ('STOPPED', 'CLOSED'))
    ELSE true END
"""

# Everything a line takes from where it comes. Aid given once has a kind of its own, late or not (TA). A family whose first month was missed (granted after the list was
# made) gets those months as arrears; a month that already has a line is left out (PAY-03, PAY-06, AMT-06).
# Arrears and deductions chosen above stand in the columns of the month's line; without one they have their own.
# A supported person's money goes whole to the home that keeps him; at home his care money goes to his carer, as a
# part of its own (TK-10). Before he has chosen nothing is listed; the months then come as arrears.
BUILD = f"""
INSERT INTO payments_payline (
    run_id, line_no, entitlement_id, household_id, pay_month, pay_kind, part, dossier_no, town_id, village_code,
    payee_id, payee_name, relation, members_count, base_fen, topup_fen, care_fen, arrears_fen, deduction_fen,
    total_fen, account_id, bank_code, bank_name, account_name)
SELECT %(run)s, row_number() OVER (ORDER BY e.town_id, e.village_code, e.id, x.pay_month, x.pay_kind, x.part),
    e.id, e.household_id, x.pay_month, x.pay_kind, x.part,
    h.dossier_no, coalesce(g.from_town_id, e.town_id), coalesce(g.from_village, e.village_code),
    p.id, p.name, coalesce(s.relation, ''), x.members_count, x.base_fen, x.topup_fen, x.care_fen, x.arrears_fen, x.deduction_fen,
    x.base_fen + x.topup_fen + x.care_fen + x.arrears_fen - x.deduction_fen,
    b.id, b.bank_code, b.bank_name, b.holder_name
FROM (
    SELECT e.id, m.pay_month, CASE WHEN %(only_once)s THEN 'TA'
            WHEN m.pay_month = %(month)s THEN 'REGULAR' ELSE 'ARREARS' END AS pay_kind,
        q.part, q.wants, NULL::bigint AS account_id, a.members_count,
        CASE q.part WHEN 'BASE' THEN a.base_fen ELSE 0 END AS base_fen,
        CASE q.part WHEN 'BASE' THEN a.topup_fen ELSE 0 END AS topup_fen,
        CASE WHEN q.part = 'CARE' OR u.agreement_id IS NULL THEN a.care_fen ELSE 0 END AS care_fen,
        CASE q.part WHEN 'BASE' THEN coalesce(c.arrears_fen, 0) ELSE 0 END AS arrears_fen,
        CASE q.part WHEN 'BASE' THEN coalesce(c.deduction_fen, 0) ELSE 0 END AS deduction_fen
    FROM cases_entitlement e
    CROSS JOIN LATERAL (
        SELECT g::date AS pay_month
        FROM generate_series(
            CASE WHEN e.first_month < %(month)s
                  AND NOT EXISTS (SELECT 1 FROM payments_payline l WHERE l.entitlement_id = e.id
                                  AND l.pay_kind IN ('REGULAR', 'ARREARS', 'TA'))
                 THEN e.first_month ELSE %(month)s END::timestamp, %(month)s::timestamp, interval '1 month') g
    ) m
    JOIN cases_entitlementamount a ON a.entitlement_id = e.id AND a.superseded_at IS NULL
        AND a.from_month <= m.pay_month AND (a.to_month IS NULL OR a.to_month >= m.pay_month)
    LEFT JOIN (
        SELECT entitlement_id, coalesce(sum(amount_fen) FILTER (WHERE kind = 'ARREARS'), 0) AS arrears_fen,
            coalesce(sum(amount_fen) FILTER (WHERE kind = 'DEDUCTION'), 0) AS deduction_fen
        FROM payments_due WHERE id = ANY (%(columns)s) GROUP BY entitlement_id
    ) c ON c.entitlement_id = e.id AND m.pay_month = %(month)s
    LEFT JOIN {_SUPPORT.format(month="m.pay_month")}
    CROSS JOIN LATERAL (
        SELECT 'BASE' AS part, CASE u.mode WHEN 'CENTRAL' THEN ARRAY['ALL'] ELSE ARRAY['OWN', ''] END AS wants
        UNION ALL SELECT 'CARE', ARRAY['CARE'] WHERE u.agreement_id IS NOT NULL AND a.care_fen > 0
    ) q
    WHERE (NOT %(supported)s OR u.mode IS NOT NULL) AND {_PLACE.format(month="m.pay_month")} = ANY (%(towns)s)
        AND e.aid_type = %(aid_type)s AND e.area_type = %(area_type)s
        AND {_IN_FORCE.format(month="m.pay_month")} AND a.base_fen + a.topup_fen + a.care_fen > 0
        AND NOT {_LISTED.format(month="m.pay_month")}
        AND NOT EXISTS (SELECT 1 FROM payments_due o WHERE o.id = ANY (%(own)s)
            AND o.entitlement_id = e.id AND o.for_month = m.pay_month)
    UNION ALL
    SELECT d.entitlement_id, coalesce(d.for_month, %(month)s), d.own_kind, 'BASE', ARRAY['OWN', '', 'ALL'],
        d.account_id, 0, 0, 0, 0, sum(d.amount_fen), 0
    FROM (
        SELECT *, CASE WHEN kind = 'ARREARS' AND for_month IS NULL THEN 'SETTLEMENT' ELSE kind END AS own_kind
        FROM payments_due WHERE id = ANY (%(own)s)
    ) d
    GROUP BY d.entitlement_id, coalesce(d.for_month, %(month)s), d.own_kind, d.account_id
) x
JOIN cases_entitlement e ON e.id = x.id
JOIN people_household h ON h.id = e.household_id
JOIN people_person p ON p.id = e.payee_id
JOIN {_ACCOUNT.format(wants="x.wants", account="x.account_id")}
LEFT JOIN people_membership s ON s.person_id = e.payee_id
    AND s.joined_on <= %(today)s AND (s.left_on IS NULL OR s.left_on >= %(today)s)
LEFT JOIN cases_transfer g ON g.id = {_MOVED.format(column="id", month="x.pay_month")}
    AND g.from_town_id = ANY (%(towns)s)
"""

# Every due taken ends on the line that carries it: the one-to-one key makes a second time impossible.
TAKE = """
INSERT INTO payments_dueend (due_id, line_id, reason, by_name, at)
SELECT d.id, l.id, '', %(by_name)s, %(at)s
FROM payments_due d JOIN payments_payline l ON l.run_id = %(run)s AND l.entitlement_id = d.entitlement_id
    AND l.pay_month = coalesce(d.for_month, %(month)s) AND l.part = 'BASE'
    AND l.pay_kind = CASE WHEN d.id = ANY (%(columns)s) THEN 'REGULAR'
        WHEN d.kind = 'ARREARS' AND d.for_month IS NULL THEN 'SETTLEMENT' ELSE d.kind END
WHERE d.id = ANY (%(columns)s) OR d.id = ANY (%(own)s)
"""

# A failed line again, with the account in force now. Codes that say the account is wrong need another one first.
REISSUE = """
INSERT INTO payments_payline (
    run_id, line_no, entitlement_id, household_id, pay_month, pay_kind, part, reissue_of_id, dossier_no, town_id,
    village_code, payee_id, payee_name, relation, members_count, base_fen, topup_fen, care_fen, arrears_fen,
    deduction_fen, total_fen, account_id, bank_code, bank_name, account_name)
SELECT %(run)s, row_number() OVER (ORDER BY l.line_no), l.entitlement_id, l.household_id, l.pay_month,
    l.pay_kind, l.part, l.id, l.dossier_no, l.town_id, l.village_code, l.payee_id, p.name, l.relation,
    l.members_count, l.base_fen, l.topup_fen, l.care_fen, l.arrears_fen, l.deduction_fen, l.total_fen,
    b.id, b.bank_code, b.bank_name, b.holder_name
FROM payments_payline l
JOIN people_person p ON p.id = l.payee_id
JOIN people_bankaccount o ON o.id = l.account_id
JOIN people_bankaccount b ON b.household_id = l.household_id AND b.purpose = o.purpose
    AND b.for_person_id IS NOT DISTINCT FROM o.for_person_id
    AND b.valid_from <= %(today)s AND (b.valid_to IS NULL OR b.valid_to >= %(today)s)
LEFT JOIN payments_lineresult r ON r.line_id = l.id
WHERE l.run_id = %(former)s
    AND NOT EXISTS (SELECT 1 FROM payments_payline n WHERE n.reissue_of_id = l.id)
    AND ((r.code <> '00' AND r.code <> ALL (%(never)s) AND (r.code <> ALL (%(other_account)s) OR b.id <> l.account_id))
        OR (l.id = ANY (%(released)s)
            AND EXISTS (SELECT 1 FROM payments_linemark k WHERE k.line_id = l.id AND k.kind = 'HELD')))
"""

TOTALS = "SELECT count(*), coalesce(sum(total_fen), 0) FROM payments_payline WHERE run_id = %(run)s"

_UNHELD = "NOT EXISTS (SELECT 1 FROM payments_linemark k WHERE k.line_id = l.id AND k.kind = 'HELD')"

# What is frozen: who gets how much for which month on which account, held lines left out.
DIGEST = f"""
SELECT count(*), coalesce(sum(l.total_fen), 0), encode(sha256(convert_to(coalesce(string_agg(
    concat_ws('|', l.line_no, l.entitlement_id, l.pay_month, l.pay_kind, l.part, l.payee_id, l.account_id, l.total_fen),
    E'\\n' ORDER BY l.line_no), ''), 'UTF8')), 'hex')
FROM payments_payline l WHERE l.run_id = %(run)s AND {_UNHELD}
"""

# Towns that have lines and have not checked them yet.
UNCHECKED_TOWNS = """
SELECT DISTINCT l.town_id FROM payments_payline l WHERE l.run_id = %(run)s
EXCEPT SELECT s.town_id FROM payments_runstep s WHERE s.run_id = %(run)s AND s.move = 'check_town'
"""

# PAY-04 and the checks before sending. E must be held or waived, W is to be looked at. Not materialised: each
# check is planned by itself, with its indexes; kept as one heap the whole goes quadratic.
PROMPTS = """
WITH line AS NOT MATERIALIZED (
    SELECT l.*, p.died_on, h.died_on AS holder_died_on, b.purpose, b.holder_id, b.number_index, b.valid_from AS account_from, e.state AS entitled,
        e.last_month, e.first_month, e.fades_until
    FROM payments_payline l
    JOIN people_person p ON p.id = l.payee_id
    JOIN people_bankaccount b ON b.id = l.account_id
    LEFT JOIN people_person h ON h.id = b.holder_id AND h.id <> l.payee_id
    JOIN cases_entitlement e ON e.id = l.entitlement_id
    WHERE l.run_id = %(run)s AND (%(towns)s::bigint[] IS NULL OR l.town_id = ANY (%(towns)s))
)
SELECT id, 'DEAD', 'E' FROM line WHERE died_on < pay_month AND pay_kind <> 'FUNERAL'
UNION ALL
SELECT id, 'DEAD_HOLDER', 'E' FROM line WHERE holder_died_on < pay_month
UNION ALL
SELECT id, 'FADED', 'E' FROM line WHERE fades_until < pay_month
UNION ALL
SELECT id, 'ENDED', 'E' FROM line WHERE pay_kind IN ('REGULAR', 'ARREARS', 'TA')
    AND (last_month < pay_month OR (last_month IS NULL AND entitled NOT IN ('ACTIVE', 'GRADUAL')))
UNION ALL
SELECT l.id, 'AMOUNT', 'E' FROM line l WHERE l.base_fen + l.topup_fen + l.care_fen > 0 AND NOT EXISTS (
    SELECT 1 FROM cases_entitlementamount a WHERE a.entitlement_id = l.entitlement_id
        AND a.superseded_at IS NULL AND a.from_month <= l.pay_month AND (a.to_month IS NULL OR a.to_month >= l.pay_month)
        AND CASE l.part WHEN 'CARE' THEN a.care_fen = l.care_fen
            ELSE (a.base_fen, a.topup_fen) = (l.base_fen, l.topup_fen) AND a.care_fen = l.care_fen + (
                SELECT coalesce(sum(f.care_fen), 0) FROM payments_payline f WHERE f.entitlement_id = l.entitlement_id
                    AND f.pay_month = l.pay_month AND f.part = 'CARE' AND f.reissue_of_id IS NULL) END)
UNION ALL
SELECT l.id, 'DUES', 'E' FROM line l WHERE l.reissue_of_id IS NULL AND (l.arrears_fen, l.deduction_fen) <> (
    SELECT coalesce(sum(d.amount_fen) FILTER (WHERE d.kind <> 'DEDUCTION'), 0),
        coalesce(sum(d.amount_fen) FILTER (WHERE d.kind = 'DEDUCTION'), 0)
    FROM payments_dueend x JOIN payments_due d ON d.id = x.due_id WHERE x.line_id = l.id)
UNION ALL
SELECT l.id, 'RATING', 'E' FROM line l WHERE %(supported)s AND l.pay_kind IN ('REGULAR', 'ARREARS', 'TA') AND NOT EXISTS (
    SELECT 1 FROM cases_selfcarerating g JOIN cases_entitlement e ON e.case_id = g.case_id
    WHERE e.id = l.entitlement_id AND g.valid_to >= l.pay_month)
UNION ALL
SELECT id, 'SHARED_ACCOUNT', 'W' FROM (
    SELECT id, min(household_id) OVER same <> max(household_id) OVER same AS shared FROM line
    WHERE purpose <> 'ALL' WINDOW same AS (PARTITION BY number_index)) x WHERE shared
UNION ALL
SELECT id, 'HOLDER', 'W' FROM line WHERE holder_id IS DISTINCT FROM payee_id AND purpose IN ('', 'OWN')
UNION ALL
SELECT id, 'NEW_ACCOUNT', 'W' FROM line WHERE account_from > %(today)s - 10 AND first_month < pay_month
UNION ALL
SELECT id, 'RARE_NAME', 'W' FROM line WHERE account_name ~ '[^\u4e00-\u9fa5·]' AND purpose <> 'ALL'
UNION ALL
SELECT l.id, 'CHANGE', 'W' FROM line l JOIN payments_payline f ON f.entitlement_id = l.entitlement_id
    AND f.pay_kind = 'REGULAR' AND f.reissue_of_id IS NULL AND f.part = l.part
    AND f.pay_month = (l.pay_month - interval '1 month')::date
WHERE l.pay_kind = 'REGULAR' AND l.reissue_of_id IS NULL
    AND (abs(l.total_fen - f.total_fen) > 20000 OR 10 * abs(l.total_fen - f.total_fen) > 3 * f.total_fen)
UNION ALL
SELECT l.id, 'FAILED_TWICE', 'W' FROM line l WHERE 2 = (
    SELECT count(*) FROM payments_payline f JOIN payments_lineresult r ON r.line_id = f.id
    WHERE f.entitlement_id = l.entitlement_id AND f.part = l.part AND f.reissue_of_id IS NULL AND r.code <> '00'
        AND f.pay_month >= (l.pay_month - interval '2 months')::date AND f.pay_month < l.pay_month)
"""
NEVER_WAIVED = ("DEAD", "FADED")
PROMPT_WORDS = {
    "DEAD": "收款人已于发放月份之前死亡",
    "DEAD_HOLDER": "账户户名是已去世的人，请先变更账户",
    "FADED": "渐退期已满，还没有停发",
    "ENDED": "待遇已停发或到期",
    "AMOUNT": "金额与现行待遇不一致",
    "DUES": "补发、抵扣与登记不一致",
    "RATING": "自理能力评估已过期",
    "SHARED_ACCOUNT": "同一账户用于多户",
    "HOLDER": "户名不是收款人本人",
    "NEW_ACCOUNT": "账户十天内变更过",
    "RARE_NAME": "户名含生僻字或符号",
    "CHANGE": "比上月变动较大",
    "FAILED_TWICE": "连续两个月没有到账",
}

# What a county still has to list for a month: aid and area of whoever is in force, with money, and on no list.
LISTS_DUE = f"""
SELECT k.aid_type, k.area_type
FROM unnest(%(aid_types)s::text[], %(area_types)s::text[]) AS k (aid_type, area_type)
WHERE NOT EXISTS (
        SELECT 1 FROM payments_payrun r WHERE r.county_id = %(county)s AND r.aid_type = k.aid_type
            AND r.area_type = k.area_type AND r.month = %(month)s AND r.kind = 'REGULAR')
    AND EXISTS (
        SELECT 1 FROM cases_entitlement e
        JOIN cases_entitlementamount a ON a.entitlement_id = e.id AND a.superseded_at IS NULL
            AND a.from_month <= %(month)s AND (a.to_month IS NULL OR a.to_month >= %(month)s)
            AND a.base_fen + a.topup_fen + a.care_fen > 0
        WHERE e.town_id = ANY (%(towns)s) AND e.aid_type = k.aid_type AND e.area_type = k.area_type
            AND {_IN_FORCE.format(month="%(month)s")} AND NOT {_LISTED.format(month="%(month)s")})
"""

# In force that month, yet on no list: said, never dropped in silence. First who, then why of those few.
LEFT_OUT = f"""
WITH missing AS MATERIALIZED (
    SELECT e.id, e.town_id, e.village_code, e.household_id, e.payee_id, e.state
    FROM cases_entitlement e
    LEFT JOIN (
        SELECT l.entitlement_id FROM payments_payline l
        WHERE l.pay_month = %(month)s AND l.reissue_of_id IS NULL AND l.pay_kind IN ('REGULAR', 'ARREARS', 'TA')
            AND l.town_id = ANY (%(towns)s)
    ) listed ON listed.entitlement_id = e.id
    WHERE {_PLACE.format(month="%(month)s")} = ANY (%(towns)s) AND e.aid_type = %(aid_type)s AND e.area_type = %(area_type)s
        AND e.state IN ('ACTIVE', 'SUSPENDED', 'GRADUAL') AND e.first_month <= %(month)s
        AND (e.last_month IS NULL OR e.last_month >= %(month)s) AND listed.entitlement_id IS NULL
    ORDER BY e.town_id, e.village_code, e.id LIMIT 200
)
SELECT e.village_code, p.name, h.dossier_no,
    CASE WHEN e.state NOT IN ('ACTIVE', 'GRADUAL') THEN '待遇暂停'
         WHEN %(supported)s AND NOT EXISTS (SELECT 1 FROM cases_supportspan u WHERE u.entitlement_id = e.id
             AND u.from_month <= %(month)s) THEN '还没有选定集中或分散供养'
         WHEN NOT EXISTS (SELECT 1 FROM people_bankaccount b WHERE b.household_id = e.household_id
             AND (b.valid_to IS NULL OR b.valid_to >= %(today)s)) THEN '没有银行账户'
         WHEN NOT EXISTS (SELECT 1 FROM cases_entitlementamount a WHERE a.entitlement_id = e.id
             AND a.superseded_at IS NULL AND a.from_month <= %(month)s AND (a.to_month IS NULL OR a.to_month >= %(month)s)
             AND a.base_fen + a.topup_fen + a.care_fen > 0) THEN '当月没有金额'
         ELSE '名单编制之后批准，下月补发' END
FROM missing e
JOIN people_household h ON h.id = e.household_id
JOIN people_person p ON p.id = e.payee_id
ORDER BY e.town_id, e.village_code, e.id
"""
