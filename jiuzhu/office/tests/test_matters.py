"""一门受理事项表 through plain HTTP: two officers, one line, bad input stays on the page, others only look (ORG-15)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from jiuzhu.core import clock
from jiuzhu.office.tests.test_onedoor import CLERK, browser, hidden
from jiuzhu.onedoor.models import MatterEntry
from tests.families import City

PAGE = "/office/admin/matters/"
MONDAY = date(2019, 9, 2)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


def form(page: Any, **more: str) -> dict[str, str]:
    """What the page's form holds, with changes."""
    filled = {name: str(field.value() or "") for name, field in ((f.name, f) for f in page.context["form"])}
    filled["of_county"] = "on"
    return filled | {"once": hidden(page, "once")} | more


def test_a_line_is_entered_by_one_officer_published_by_another_and_seen_by_a_clerk(city: City) -> None:
    one, two, clerk = browser("city"), browser("city2"), browser(CLERK)
    page = one.get(f"{PAGE}MEDICAL/")
    filled = form(page, organ="医疗保障服务中心", doc_no="聊民字〔2019〕41号", effective_from="2019-09-03")

    wrong = one.post(f"{PAGE}MEDICAL/", filled | {"phone": "打电话"})
    assert wrong.status_code == 422
    assert "热线" in wrong.content.decode() and "医疗保障服务中心" in wrong.content.decode()
    assert not MatterEntry.objects.filter(state="DRAFT").exists()
    assert one.post(f"{PAGE}MEDICAL/", filled).status_code == 302
    again = one.post(f"{PAGE}MEDICAL/", filled, follow=True)
    assert "没有重复办理" in again.content.decode()
    draft = MatterEntry.objects.get(state="DRAFT")

    own = one.get(PAGE).content.decode()
    assert "由另一人发布" in own and 'value="publish"' not in own
    assert one.post(f"{PAGE}{draft.id}/decide/", {"do": "publish"}).status_code == 403
    assert clerk.post(f"{PAGE}{draft.id}/decide/", {"do": "publish"}).status_code == 403
    assert 'value="publish"' in two.get(PAGE).content.decode()
    done = two.post(f"{PAGE}{draft.id}/decide/", {"do": "publish"}, follow=True).content.decode()
    assert "已发布" in done and "即将执行" in done
    assert "医疗保障服务中心" not in clerk.get(PAGE).content.decode().partition("执行中的事项")[2]
    assert (
        "医疗保障服务中心" in clerk.get(f"{PAGE}?on=2019-09-03").content.decode().partition("执行中的事项")[2]
    )


def test_a_new_matter_is_offered_at_the_window_from_its_day(city: City) -> None:
    one, two = browser("city"), browser("city2")
    page = one.get(f"{PAGE}new/")
    filled = form(
        page,
        title="冬季供暖",
        plain="冬天交不起取暖费",
        organ="住房和城乡建设局",
        article="聊政办字〔2019〕8号",
        doc_no="聊民字〔2019〕42号",
        effective_from="2019-09-03",
    )
    assert one.post(f"{PAGE}new/", filled | {"title": ""}).status_code == 422
    assert one.post(f"{PAGE}new/", filled | {"answer_wd": "很快"}).status_code == 422
    assert one.post(f"{PAGE}new/", filled | {"scope_id": "999999"}).status_code == 422
    assert one.post(f"{PAGE}new/", filled | {"once": "x"}).status_code == 422
    assert one.post(f"{PAGE}new/", filled).status_code == 302
    draft = MatterEntry.objects.get(state="DRAFT")
    two.post(f"{PAGE}{draft.id}/decide/", {"do": "publish"})

    assert "冬季供暖" not in browser(CLERK).get("/office/door/new/").content.decode()
    with clock.at(date(2019, 9, 3)):
        assert "冬季供暖：冬天交不起取暖费" in browser(CLERK).get("/office/door/new/").content.decode()


def test_others_look_but_do_not_write(city: City) -> None:
    clerk = browser(CLERK)
    assert "新增事项" not in clerk.get(PAGE).content.decode()
    line = clerk.get(f"{PAGE}MEDICAL/")
    assert line.status_code == 200 and "保存草稿" not in line.content.decode()
    assert clerk.get(f"{PAGE}new/").status_code == 403
    assert clerk.post(f"{PAGE}MEDICAL/", {"title": "医疗救助"}).status_code in (403, 422)
    assert clerk.get(f"{PAGE}NOTHING/").status_code == 404
    assert clerk.get(f"{PAGE}?on=nonsense").status_code == 200
    assert not MatterEntry.objects.filter(state="DRAFT").exists()
