"""Signing in with password and second factor over plain HTTP; invented accounts end with the demo."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client

from jiuzhu.accounts.models import Organisation, Post, Staff
from jiuzhu.core import clock
from tests.families import DELEGATED

PASSWORD = "麦子熟了5000次"
SECRET = "JBSWY3DPEHPK3PXP"


def _code(secret: str, periods: int = 0) -> str:
    """What the telephone shows (RFC 6238, 30 seconds); read early enough to be typed in time."""
    if time.time() % 30 > 20:
        time.sleep(30 - time.time() % 30)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


@pytest.fixture(autouse=True)
def _nothing_tried_before() -> None:
    cache.clear()  # counts of attempts and used codes


@pytest.fixture
def clerk(as_platform: Any) -> Staff:
    staff = Staff.objects.create_user("T0007", PASSWORD, name="钱小真")
    town = Organisation.objects.get(code=DELEGATED)
    Post.objects.create(staff=staff, organ=town, role="TOWN_CLERK", starts_on=clock.today())
    return staff


def _password(client: Client, password: str = PASSWORD, username: str = "T0007") -> Any:
    return client.post("/accounts/login/", {"login": username, "password": password}, follow=True)


def _works(client: Client) -> bool:
    return bool(client.get("/office/").status_code == 200)


def test_a_password_alone_opens_nothing_but_the_enrolment_of_the_second_factor(clerk: Staff) -> None:
    client = Client()

    _password(client)

    assert client.get("/office/").headers["Location"] == "/accounts/2fa/totp/activate/"
    assert client.get("/office/cases/").status_code == 302


def test_the_second_factor_is_enrolled_by_scanning_and_then_the_office_opens(clerk: Staff) -> None:
    client = Client()
    _password(client)
    page = client.get("/accounts/2fa/totp/activate/", follow=True).content.decode()
    secret = re.search(r"\b([A-Z2-7]{32})\b", page)
    assert secret, "the secret is shown beside the picture for whoever cannot scan"

    client.post("/accounts/2fa/totp/activate/", {"code": _code(secret[1])})

    assert _works(client)
    kept = json.dumps(Authenticator.objects.get(user=clerk, type="totp").data)
    assert secret[1] not in kept, "the secret lies in the clear in the database"


def test_after_the_password_a_wrong_code_is_refused_and_the_right_one_opens_the_office(clerk: Staff) -> None:
    TOTP.activate(clerk, SECRET)
    client = Client()

    asked = _password(client)
    assert asked.redirect_chain[-1][0] == "/accounts/2fa/authenticate/"
    assert not _works(client)
    wrong = _code(SECRET, periods=40)
    assert client.post("/accounts/2fa/authenticate/", {"code": wrong}).status_code == 200
    assert not _works(client)

    client.post("/accounts/2fa/authenticate/", {"code": _code(SECRET)})
    assert _works(client)


def test_a_code_works_once(clerk: Staff) -> None:
    TOTP.activate(clerk, SECRET)
    code, first, second = _code(SECRET), Client(), Client()
    _password(first)
    first.post("/accounts/2fa/authenticate/", {"code": code})

    _password(second)
    second.post("/accounts/2fa/authenticate/", {"code": code})

    assert (_works(first), _works(second)) == (True, False)


def test_five_wrong_passwords_lock_the_account_for_the_right_one_too(clerk: Staff, settings: Any) -> None:
    settings.AXES_ENABLED = True
    client = Client()

    answers = [_password(client, "误5000次误误误").status_code for _ in range(5)]

    assert answers[-1] == 429
    cache.clear()  # the record in the database holds by itself
    locked = _password(client)
    assert locked.status_code == 429
    assert "30" in locked.content.decode()


def test_a_closed_account_ends_its_open_sessions_at_once(clerk: Staff) -> None:
    TOTP.activate(clerk, SECRET)
    client = Client()
    _password(client)
    client.post("/accounts/2fa/authenticate/", {"code": _code(SECRET)})
    assert _works(client)

    Staff.objects.filter(pk=clerk.pk).update(is_active=False)

    assert not _works(client)


def test_an_invented_account_works_in_a_demo_only(clerk: Staff, settings: Any) -> None:
    """The same database under production settings: no sign-in, and a session from before is nobody's."""
    Staff.objects.filter(pk=clerk.pk).update(is_demo=True)
    before, after = Client(), Client()
    _password(before)
    assert _works(before)

    settings.DEMO = False

    assert not _works(before)
    assert _password(after).redirect_chain[-1][0] == "/accounts/inactive/"
    assert "_auth_user_id" not in after.session
    assert after.get("/demo/").status_code == 404


@pytest.mark.parametrize(
    "address", ["signup/", "email/", "password/reset/", "password/reset/key/1-x/", "password/set/"]
)
def test_nobody_opens_an_account_or_a_new_password_for_himself(db: None, address: str) -> None:
    assert Client().get(f"/accounts/{address}").status_code == 404


def test_the_second_factor_is_changed_only_after_the_password_once_more(clerk: Staff) -> None:
    TOTP.activate(clerk, SECRET)
    client = Client()
    _password(client)
    client.post("/accounts/2fa/authenticate/", {"code": _code(SECRET)})

    asked = client.get("/accounts/2fa/totp/deactivate/")

    assert "reauthenticate" in asked.headers["Location"]


def test_a_password_made_by_the_administrator_is_changed_before_anything_else(clerk: Staff) -> None:
    """Neither work nor the second factor comes first; the old one again is no change (VER-31)."""
    given, client = "管理员给的密码5000", Client()
    clerk.set_password(given)
    clerk.password_given = True
    clerk.save()
    _password(client, given)
    change = "/accounts/password/change/"

    for address in ("/office/", "/accounts/2fa/totp/activate/", "/accounts/posts/", "/"):
        assert client.get(address).headers["Location"] == change
    assert "请先换成只有您自己知道的密码" in client.get(change).content.decode()
    new = "自己想的麦子5001"
    sent = {"oldpassword": given, "password1": given, "password2": given}
    assert "不能与现在的密码相同" in client.post(change, sent).content.decode()
    assert client.get("/office/").headers["Location"] == change

    done = client.post(change, sent | {"password1": new, "password2": new})

    assert done.headers["Location"] == "/office/"
    clerk.refresh_from_db()
    assert clerk.check_password(new) and not clerk.password_given
    assert client.get("/office/").headers["Location"] == "/accounts/2fa/totp/activate/"
