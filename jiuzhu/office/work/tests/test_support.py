"""Screens of a supported person over plain HTTP: obligors, rating, choice and agreement, the end, the funeral."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.cases.acts import authorisation
from jiuzhu.core import clock
from jiuzhu.infra import walk
from jiuzhu.office.work.tests.test_screens import browser, hidden, upload
from tests.families import City, Family
from tests.supported import number, old_man

CLERK, LEAD, SUPERVISOR = "clerk-371502101", "lead-371502101", "supervisor-371502"
SON = {"name": "王小军", "relation": "2", "facts": {"age": 45}}


@pytest.fixture(scope="module")
def granted_once(module_city: City) -> Family:
    return old_man(module_city).to_the_end()


@pytest.fixture
def granted(granted_once: Family, city: City) -> Family:
    return granted_once


def at(family: Family, day: date, hour: int = 10) -> Any:
    return family.at(clock.instant(day, hour))


def send(family: Family, username: str, part: str, **fields: Any) -> str:
    """Open the support page, send one block of it with a photo of the signed paper; the page that follows."""
    client = browser(username)
    page = client.get(f"/office/cases/{family.uid}/support/")
    assert page.status_code == 200
    answer = client.post(
        f"/office/cases/{family.uid}/support/{part}/", hidden(page.content.decode()) | fields, follow=True
    )
    return answer.content.decode()


def test_the_clerk_names_supporters_has_them_sign_and_writes_down_who_does_not(city: City) -> None:
    family = old_man(city)
    with family.at():
        case = walk._first_word(city.walker, family.facts)
        family.pk = case.pk
        client, address = browser(CLERK), f"/office/cases/{case.uid}/sign/"
        page = client.get(address).content.decode()
        assert "法定义务人" in page
        for name in ("王小军", "王大军"):
            client.post(f"/office/cases/{case.uid}/obligors/", {"do": "add", "name": name, "relation": "2"})
        with fence(PLATFORM):
            one, other = case.household.obligors.order_by("id")
        again = client.post(
            f"/office/cases/{case.uid}/obligors/",
            {"do": "excuse", "obligor": other.id, "kind": "NOT_FOUND", "reason": ""},
        )
        assert again.status_code == 422 and "写明理由" in again.content.decode()
        client.post(
            f"/office/cases/{case.uid}/obligors/",
            {"do": "excuse", "obligor": other.id, "kind": "NOT_FOUND", "reason": "电话停机，邻居也不知去向"},
        )
        with fence(family.citizen):
            authorisation.sign(
                family.citizen,
                case.uid,
                person_uid=case.applicant.uid,
                picture=walk.drawn_picture("signature"),
            )
        page = client.get(f"/office/cases/{case.uid}/obligors/{one.id}/").content.decode()
        client.post(
            f"/office/cases/{case.uid}/obligors/{one.id}/",
            hidden(page) | {"read": "1", "paper": upload("signature")},
        )

    assert family.case.state == "AUTHORISED"
    with family.at():
        facts = client.get(f"/office/cases/{case.uid}/").content.decode()
    assert "电话停机" in facts and "已签授权" in facts


def test_what_is_found_out_of_a_supporter_is_written_down_and_the_rest_stays_open(city: City) -> None:
    family = old_man(city, obligors=(SON,)).until("ACCEPTED")
    with fence(PLATFORM):
        one = family.case.household.obligors.get()
    with family.at():
        client, address = browser(CLERK), f"/office/cases/{family.uid}/obligors/{one.id}/ability/"
        assert "没有查清的留空" in client.get(address).content.decode()
        client.post(address, {"age": "72", "own_year_fen": "8000", "property_fits": ""})

    with fence(PLATFORM):
        one.refresh_from_db()
    assert one.facts == {"age": 72, "own_year_fen": 800000}


def test_self_care_is_rated_by_clicks_and_three_signatures(city: City) -> None:
    family = old_man(city).until("TOWN_APPROVAL")
    with family.at():
        client, address = browser(CLERK), f"/office/cases/{family.uid}/rating/"
        page = client.get(address).content.decode()
        keep("rating", page)
        fields = hidden(page) | {
            "item_eat": "1",
            "item_dress": "1",
            "item_bed": "1",
            "item_toilet": "1",
            "item_walk": "0",
            "item_bathe": "0",
            "assessor": "孙医生",
            "second_assessor": "李护士",
            "witness": "邻居老周",
        }
        unsigned = client.post(address, fields)
        assert unsigned.status_code == 422 and "签字" in unsigned.content.decode()
        signed = {f"paper_{name}": upload("signature") for name in ("first", "second", "witness")}
        answer = client.post(address, fields | signed, follow=True).content.decode()

    assert "半护理" in answer
    with fence(PLATFORM):
        assert family.case.ratings.get().level == "PART"


def test_agreement_choice_stop_and_funeral_by_forms_alone(granted: Family) -> None:
    with at(granted, date(2019, 10, 9)):
        keep("support_before", browser(CLERK).get(f"/office/cases/{granted.uid}/support/").content.decode())
        refused = send(granted, CLERK, "choose", mode="SCATTERED", paper_choice=upload("signature"))
        assert "照料服务协议" in refused
        agreed = send(
            granted,
            CLERK,
            "agreement",
            carer_name="王翠花",
            carer_relation="侄女",
            carer_id_no=number("37159919800101002"),
            duties="一日三餐，协助洗澡",
            ends_on="2021-12-31",
            bank_code="103",
            bank_name="中国农业银行沙镇支行",
            number="6228480000000000017",
            paper_person=upload("signature"),
            paper_carer=upload("signature"),
        )
        assert "照料护理费将发给照料人" in agreed
        chosen = send(granted, CLERK, "choose", mode="SCATTERED", paper_choice=upload("signature"))
        assert "供养方式已登记" in chosen
        homed = send(
            granted,
            SUPERVISOR,
            "home",
            name="沙镇镇敬老院",
            bank_code="103",
            bank_name="农行沙镇支行",
            number="9558800000000000123",
        )
        assert "已登记沙镇镇敬老院" in homed
        proposed = send(
            granted, CLERK, "propose", reason="DEATH", facts="因病在镇卫生院去世", happened_on="2019-10-08"
        )
        assert "等待核准并公示" in proposed
        assert "请张贴公示" in send(granted, LEAD, "post")
        assert "照片已上传" in send(granted, CLERK, "photo", moment="START", photo=upload("posting"))
        assert "公示至" in send(granted, LEAD, "decide")
    with at(granted, date(2019, 10, 17)):
        send(granted, CLERK, "photo", moment="END", photo=upload("posting"))
        assert "送达后才停发" in send(granted, LEAD, "decide")
        served = send(granted, CLERK, "serve", mode="AGENT", receiver="王翠花")
        assert "发放到2019年10月为止" in served
        paid = send(
            granted,
            LEAD,
            "funeral",
            arranger_name="王翠花",
            arranger_relation="侄女",
            arranger_id_no=number("37159919800101002"),
            bank_code="103",
            bank_name="中国农业银行沙镇支行",
            number="6228480000000000033",
            proof=upload("home"),
        )
        assert "丧葬费7020元已登记" in paid
        keep("support_after", browser(CLERK).get(f"/office/cases/{granted.uid}/support/").content.decode())


def test_the_clerk_is_reminded_today_of_who_has_not_chosen(granted: Family) -> None:
    with at(granted, date(2019, 10, 9)):
        page = browser(CLERK).get("/office/").content.decode()

    assert "选定集中或分散供养" in page


def test_an_objection_to_the_end_of_support_comes_by_the_public_page(granted: Family) -> None:
    from django.test import Client

    with at(granted, date(2019, 10, 9)):
        send(granted, CLERK, "propose", reason="OBLIGOR", facts="女儿已经参加工作，有赡养能力")
        send(granted, LEAD, "post")
        with fence(PLATFORM):
            token = granted.case.entitlement.support_stops.get().posting.token
        client = Client()
        page = client.get(f"/public/postings/{token}/").content.decode()
        assert "拟终止救助公示" in page
        client.post(
            f"/public/postings/{token}/", hidden(page) | {"content": "他女儿在外地没有工作，养不起他"}
        )

    with fence(PLATFORM):
        assert granted.case.entitlement.support_stops.get().state == "OBJECTED"


def keep(name: str, page: str) -> None:
    """A look at the page, where somebody wants one."""
    folder = Path("/tmp/tekun_pages")
    if folder.is_dir():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")


def test_the_village_assistant_and_the_family_itself_name_supporters_too(city: City) -> None:
    from jiuzhu.accounts.models import Post

    family = old_man(city)
    family.facts["index"] = 2  # told to the village assistant
    with family.at():
        case = walk._first_word(city.walker, family.facts)
        family.pk = case.pk
        post = next(
            each
            for each in Post.objects.filter(role="VILLAGE_ASSIST", organ=case.town).select_related("staff")
            if case.village_code in each.village_codes
        )
        client = browser(post.staff.username)
        page = client.get(f"/village/families/{case.uid}/signers/")
        assert page.status_code == 200 and "法定义务人" in page.content.decode()
        answer = client.post(
            f"/village/families/{case.uid}/obligors/",
            {"do": "add", "name": "王小军", "relation": "2"},
            follow=True,
        )
        assert "王小军" in answer.content.decode()
        excused = client.post(
            f"/village/families/{case.uid}/obligors/",
            {"do": "excuse", "obligor": "1", "kind": "REFUSED", "reason": "x"},
        )

    assert excused.status_code in (403, 422)
    with fence(PLATFORM):
        assert case.household.obligors.get().name == "王小军"
