"""A person is found by a number without reading everybody: 100,000 families are asked about a hundred times a day."""

from __future__ import annotations

from datetime import date

import psycopg
from django.conf import settings
from django.db.models import QuerySet

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.cases.models import EntitlementMember
from jiuzhu.infra import postgres
from jiuzhu.people.models import Obligor, Person
from jiuzhu.people.queries import homes_of_returned

# 2,000 families of three, every one aided, every person in a hundred away. So filled and counted, the tables
# let the planner choose freely; on empty ones every way costs the same and the choice is a matter of luck.
_CROWD = """
SET jiuzhu.system = 'on';
DO $$ DECLARE key text; BEGIN  -- benefits without a case and a decision, in this throw-away copy only
    FOR key IN SELECT conname FROM pg_constraint WHERE conrelid = 'cases_entitlement'::regclass AND contype = 'f' LOOP
        EXECUTE format('ALTER TABLE cases_entitlement DROP CONSTRAINT %I', key);
    END LOOP;
END $$;
INSERT INTO people_household (uid, dossier_no, town_id, village_code, area_type, opened_at)
SELECT gen_random_uuid(), 'D' || n, towns.ids[1 + n % cardinality(towns.ids)], '371502101001', 'RURAL', now()
FROM generate_series(1, 2000) n, (SELECT array_agg(id) ids FROM accounts_organisation WHERE kind = 'TOWN') towns;
INSERT INTO people_person (uid, household_id, name, name_key, sex, born_on, id_no_index, phone_index, shares_number)
SELECT gen_random_uuid(), id, n, n, '1', '1960-01-01', encode(sha256(('n' || id || n)::bytea), 'hex'),
    encode(sha256(('p' || id || n)::bytea), 'hex'), false
FROM people_household, generate_series(1, 3) n;
INSERT INTO people_membership (household_id, person_id, relation, joined_on, marital, education, health,
    disability_category, disability_grade, disability_certificate, serious_illness, labour, employment, student_stage,
    hukou_division, hukou_type, residence_division, lacks_capacity, exclude_code, exclude_until)
SELECT household_id, id, '01', '2019-09-02', '', '', '', '', '', '', '', '', '', '', '', '', '', false,
    CASE WHEN id % 100 = 0 THEN 'PRISON' ELSE '' END, CASE WHEN id % 100 = 0 THEN '2020-03-09'::date END
FROM people_person;
INSERT INTO people_obligor (uid, household_id, supports_id, name, relation, id_no_index, facts)
SELECT gen_random_uuid(), household_id, id, 'O', '4', encode(sha256(('o' || id)::bytea), 'hex'), '{}'
FROM people_person;
INSERT INTO cases_entitlement (id, number, case_id, decision_id, household_id, aid_type, area_type, town_id, county_id,
    village_code, payee_id, state, review_class, first_month, created_at, stop_reason)
OVERRIDING SYSTEM VALUE
SELECT household.id, 'E' || household.id, household.id, household.id, household.id, 'dibao', 'RURAL', town_id, town_id,
    village_code, person.id, 'ACTIVE', 'C', '2019-10-01', now(), ''
FROM people_household household JOIN people_person person ON household_id = household.id AND name = '1';
INSERT INTO cases_entitlementmember (entitlement_id, person_id, "group", from_month)
SELECT household_id, id, 'LIVING', '2019-10-01' FROM people_person;
ANALYZE;
"""


LOOKED_UP: dict[str, QuerySet] = {
    "people_person_id_no_index": Person.objects.filter(id_no_index="a" * 64),
    "people_person_phone_index": Person.objects.filter(phone_index="a" * 64),
    "people_obligor_id_no_index": Obligor.objects.filter(id_no_index="a" * 64),
    "one_living_aid_a_person": EntitlementMember.objects.filter(person__id_no_index__in=["a" * 64, "b" * 64]),
    "membership_away": homes_of_returned(date(2020, 3, 10)),
}


def test_nobody_reads_everybody(committed_db: str) -> None:
    with psycopg.connect(postgres.uri_of(settings.ADMIN_URL, committed_db), autocommit=True) as owner:
        owner.execute(_CROWD)

    for index, rows in LOOKED_UP.items():
        with fence(PLATFORM):
            plan = rows.explain()
        assert index in plan and "Seq Scan" not in plan, plan
