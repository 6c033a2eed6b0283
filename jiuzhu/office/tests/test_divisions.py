"""区划变动 through plain HTTP: entered ahead, once, withdrawn; bad input stays on the page (ORG-01)."""

from __future__ import annotations

from datetime import date
from typing import Any

from jiuzhu.accounts.models import Merger, Organisation
from jiuzhu.core import clock
from jiuzhu.office.tests.test_onedoor import CLERK, browser, hidden
from tests.families import COUNTY_DECIDES, DELEGATED, City

PAGE = "/office/admin/divisions/"


def test_a_merger_is_entered_ahead_on_the_page_and_withdrawn(city: City) -> None:
    town, into = (Organisation.objects.get(code=code) for code in (DELEGATED, COUNTY_DECIDES))
    client, clerk = browser("city"), browser(CLERK)
    with clock.at(date(2019, 9, 2)):
        given: dict[str, Any] = {"town_id": town.id, "into_id": into.id, "doc_no": "鲁政字〔2019〕1号"}
        given |= {"effective_on": "2019-10-01", "once": hidden(client.get(PAGE), "once")}

        unseen = client.post(PAGE, given | {"do": "merge"})
        assert unseen.status_code == 422 and "请看过再确认" in unseen.content.decode()
        seen = client.post(PAGE, given | {"do": "preview"})
        given["shown"] = hidden(seen, "shown")
        assert "确认撤并" in seen.content.decode() and 'value="2019-10-01"' in seen.content.decode()
        for wrong in ({"effective_on": "2019-09-01"}, {"effective_on": "明天"}, {"doc_no": ""}):
            assert client.post(PAGE, given | {"do": "merge"} | wrong).status_code == 422
        assert not Merger.objects.exists()
        done = client.post(PAGE, given | {"do": "merge"}, follow=True).content.decode()
        assert "到当天自动办理" in done and "待生效" in done
        again = client.post(PAGE, given | {"do": "merge"}, follow=True).content.decode()
        assert "没有重复办理" in again
        merger = Merger.objects.get()
        assert clerk.get(PAGE).status_code == 403
        assert clerk.post(f"{PAGE}{merger.uid}/withdraw/").status_code == 403
        gone = client.post(f"{PAGE}{merger.uid}/withdraw/", follow=True).content.decode()
        assert "撤并登记已撤销" in gone and "待生效" not in gone
        assert client.post(f"{PAGE}{merger.uid}/withdraw/").status_code == 409
