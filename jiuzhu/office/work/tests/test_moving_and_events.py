"""Over plain HTTP: a death, a relative, an end; a family leaves and is taken over; who may know an objector."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.audit.models import AuditEntry
from jiuzhu.cases.acts import objection
from jiuzhu.cases.models import Transfer
from jiuzhu.core import clock
from jiuzhu.documents.models import Document
from jiuzhu.office.work.tests.test_screens import READERS, TABS, browser, do, state
from jiuzhu.publicity.models import Posting
from tests.families import DELEGATED, City

NEIGHBOUR = "371502102"


def test_a_death_is_three_fields_and_the_other_adult_goes_on(city: City) -> None:
    family = city.walk_to("TOWN_APPROVAL", story="old_couple", town=DELEGATED)
    case = family.case
    with fence(PLATFORM):
        dead, left = (each.person for each in case.household.memberships.order_by("relation"))
    with family.at():
        clerk = browser("clerk-371502101")
        page = do(
            clerk,
            case.uid,
            "DTH",
            person_uid=str(dead.uid),
            died_on=f"{clock.today():%Y-%m-%d}",
            proof="火化证明。",
            applicant_uid=str(left.uid),
        )
        assert "入户调查" in page and left.name in page
    assert state(case.uid) == "INVESTIGATING" and family.case.applicant_id == left.id


def test_a_relative_is_filed_and_an_end_names_its_ground(city: City) -> None:
    family = city.walk_to("INVESTIGATING", town=DELEGATED)
    with family.at():
        do(
            browser("clerk-371502101"),
            family.uid,
            "REL-04",
            official="陈立本",
            post="村委员",
            relation="兄弟",
        )
        page = do(
            browser("lead-371502101"), family.uid, "D31", codes=["RC-NOCOOP"], reason="三次上门均拒绝调查。"
        )
    assert "终止" in page and family.case.near_relative
    assert state(family.uid) == "TERMINATED"


def test_a_family_leaves_by_one_form_and_is_taken_over_by_another(city: City) -> None:
    family = city.walk_to("ACCEPTED", town=DELEGATED)
    target = Organisation.objects.get(code=NEIGHBOUR)
    with family.at():
        old, new = browser("clerk-371502101"), browser("clerk-371502102")
        page = old.get(f"/office/cases/{family.uid}/").content.decode()
        assert f"/office/cases/{family.uid}/move/" in page
        empty = old.post(f"/office/cases/{family.uid}/move/", {"to_town_id": target.id, "reason": ""})
        assert empty.status_code == 422
        sent = old.post(
            f"/office/cases/{family.uid}/move/",
            {"to_town_id": target.id, "reason": "投靠子女居住", "hukou_moved": "on"},
            follow=True,
        ).content.decode()
        assert "待接收" in sent and "接收</button>" not in sent
        with fence(PLATFORM):
            made = Transfer.objects.get(household=family.case.household)
        listed = new.get("/office/transfers/").content.decode()
        assert made.applicant_name in listed and "转入" in listed
        for nowhere in ("", "371502999201"):
            wrong = new.post(f"/office/transfers/{made.uid}/", {"do": "take", "village_code": nowhere})
            assert wrong.status_code == 422 and "村（居）" in wrong.content.decode()
        taken = new.post(
            f"/office/transfers/{made.uid}/",
            {"do": "take", "village_code": villages_of(target)[0].code, "address": "8号"},
            follow=True,
        ).content.decode()
        assert "已接收" in taken
        assert old.get(f"/office/cases/{family.uid}/").status_code == 404
        assert new.get(f"/office/cases/{family.uid}/").status_code == 200
        checked = new.post(
            f"/office/transfers/{made.uid}/", {"do": "check", "finding": "情况没有变化"}, follow=True
        ).content.decode()
        assert "情况没有变化" in checked
        assert browser("clerk-371522001").get(f"/office/transfers/{made.uid}/").status_code == 404


OBJECTOR, CONTACT = "欧阳不愿具名", "13906359876"


def _objected(city: City) -> Any:
    family = city.walk_to("RESULT_PUBLICITY", story="old_couple", town=DELEGATED)
    with fence(PLATFORM):
        posting = Posting.objects.get(case_id=family.pk)
    with clock.at(clock.instant(posting.posted_on + timedelta(days=2), 10)):
        objection.object_publicly(
            posting.token, content="他家有一辆货车没有申报。", objector=OBJECTOR, contact=CONTACT
        )
    family.now = clock.instant(posting.posted_on + timedelta(days=5), 10)
    return family


def test_an_objector_is_known_to_the_handler_and_the_supervisor_alone(city: City) -> None:
    """PUBL-06, by role over screens, interface, papers and audit: the name leaves only on purpose, and on record."""
    family = _objected(city)
    with family.at():
        clerk = family.staff("TOWN_CLERK")
        with fence(clerk):
            objection.call_appraisal(clerk, family.uid, planned_at=clock.now(), place="村委会会议室")
        with fence(PLATFORM):
            number = family.case.objections.get().id
        reveal = f"/office/cases/{family.uid}/objections/{number}/objector/"
        for username in [*READERS, "clerk2-371502101", "payroll-371502101"]:
            client = browser(username)
            shown = (
                "".join(client.get(f"/office/cases/{family.uid}/?tab={tab}").content.decode() for tab in TABS)
                + client.get(f"/office/cases/{family.uid}/posting/").content.decode()
            )
            assert OBJECTOR not in shown and CONTACT not in shown, username
            answer = client.post(reveal, {"purpose": "核实异议事实"})
            may = username in ("clerk-371502101", "supervisor-371502")
            assert (answer.status_code == 200) == may, (username, answer.status_code)
            assert (OBJECTOR in answer.content.decode()) == may, username
    with fence(PLATFORM):
        papers = "".join(each.data for each in Document.objects.filter(case_id=family.pk))
        steps = str(list(family.case.steps.values()))
    audit = str(list(AuditEntry.objects.filter(case_no=family.case.case_no).values()))
    assert OBJECTOR not in papers + steps + audit and CONTACT not in papers + steps + audit
    assert AuditEntry.objects.filter(action="objection.reveal").count() == 2


def test_nobody_looks_at_an_objector_without_saying_why(city: City) -> None:
    family = _objected(city)
    with family.at(), fence(PLATFORM):
        number = family.case.objections.get().id
    with family.at():
        answer = browser("supervisor-371502").post(
            f"/office/cases/{family.uid}/objections/{number}/objector/", {"purpose": " "}
        )
    assert answer.status_code == 422 and OBJECTOR not in answer.content.decode()


def test_a_case_is_converted_by_one_form_with_the_familys_agreement(city: City) -> None:
    family = city.walk_to("TOWN_REVIEW", story="single_elder", town=DELEGATED)
    with family.at():
        clerk = browser("clerk-371502101")
        assert (
            f"/office/cases/{family.uid}/convert/"
            in clerk.get(f"/office/cases/{family.uid}/").content.decode()
        )
        address = f"/office/cases/{family.uid}/convert/"
        person = family.case.applicant.uid
        offered = clerk.get(f"{address}?aid_type=TEKUN&person_uid={person}").content.decode()
        assert "本案（最低生活保障）终止" in offered
        assert re.search(r'value="TEKUN"[^>]*checked', offered) and f'value="{person}" selected' in offered
        assert clerk.post(address, {"aid_type": "TEKUN"}).status_code == 422
        page = clerk.post(address, {"aid_type": "TEKUN", "agreed": "on"}, follow=True).content.decode()
        assert "已改办特困人员救助供养" in page
        with fence(PLATFORM):
            made = family.case.continued_by.get()
        verifier = browser("verifier-371502101")
        assert "沿用有效核对报告" in verifier.get(f"/office/cases/{made.uid}/").content.decode()
        do(verifier, made.uid, "VER-CV")
    assert state(made.uid) == "VERIFIED"
    assert state(family.uid) == "TERMINATED"


def test_a_merger_shows_its_numbers_before_it_is_made(city: City) -> None:
    family = city.walk_to("INVESTIGATING", town=DELEGATED)
    town, into = (Organisation.objects.get(code=code) for code in (DELEGATED, NEIGHBOUR))
    both = {"town_id": town.id, "into_id": into.id}
    with family.at():
        assert browser("clerk-371522001").get("/office/admin/divisions/").status_code == 403
        officer = browser("city")
        seen = officer.post("/office/admin/divisions/", both | {"do": "preview"}).content.decode()
        assert "确认撤并" in seen and "在办案件" in seen and family.case.town_id == town.id
        both["shown"] = f"{town.id}-{into.id}"
        bare = officer.post("/office/admin/divisions/", both | {"do": "merge"})
        assert bare.status_code == 422 and "批准文件号" in bare.content.decode()
        done = officer.post(
            "/office/admin/divisions/", both | {"do": "merge", "doc_no": "鲁民函〔2019〕8号"}, follow=True
        ).content.decode()
        assert f"{town.name}已并入{into.name}" in done
        assert browser("clerk-371502101").get(f"/office/cases/{family.uid}/").status_code == 200
    assert family.case.town_id == into.id
