"""Accounts and posts by the administrator: opened, given, ended at once, renewed; every act on record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from click.testing import CliRunner
from django.core.cache import cache
from django.test import Client

from jiuzhu.accounts import commands, staffing, tokens
from jiuzhu.accounts.actor import PLATFORM, Actor
from jiuzhu.accounts.acts import readiness
from jiuzhu.accounts.models import Organisation, Post, Seal, Staff
from jiuzhu.accounts.organisations import villages_of
from jiuzhu.accounts.queries import actor_for, agreement_in_force, posts_of
from jiuzhu.audit.models import AuditEntry
from jiuzhu.cases.acts import authority
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from tests.families import DELEGATED
from tests.pages import page_of


@pytest.fixture
def town(as_platform: Actor) -> Organisation:
    found = Organisation.objects.get(code=DELEGATED)
    staffing.register_seal(PLATFORM, found.id, registered_on=clock.today())
    return found


@pytest.fixture
def admin(town: Organisation) -> Actor:
    city = Organisation.objects.get(kind="CITY")
    staff, _ = staffing.open_account(
        PLATFORM, username="A0001", name="林涛", organ_id=city.id, role="SYSADMIN"
    )
    return _actor(staff)


def _actor(staff: Staff) -> Actor:
    return actor_for(posts_of(staff, clock.today())[0], clock.today())


def _open(admin: Actor, town: Organisation, **more: Any) -> tuple[Staff, str]:
    given = {"username": "T0007", "name": "钱小真", "organ_id": town.id, "role": "TOWN_CLERK"}
    return staffing.open_account(admin, **given | more)


def test_an_account_opens_with_a_first_password_that_signs_in(admin: Actor, town: Organisation) -> None:
    cache.clear()
    staff, password = _open(admin, town)
    client = Client()

    client.post("/accounts/login/", {"login": "T0007", "password": password})

    assert client.session["_auth_user_id"] == str(staff.id)
    assert not staff.is_demo
    assert staff.password_given and client.get("/office/").headers["Location"] == "/accounts/password/change/"
    assert password not in staff.password
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"account.open", "post.give"}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"username": "t0"}, "E_INPUT"),
        ({"username": "王敏"}, "E_INPUT"),
        ({"username": "a0001"}, "E_INPUT"),
        ({"name": " "}, "E_INPUT"),
        ({"role": "COUNTY_APPROVER"}, "E_INPUT"),
        ({"role": "NOBODY"}, "E_INPUT"),
        ({"role": "VILLAGE_ASSIST"}, "E_INPUT"),
        ({"role": "VILLAGE_ASSIST", "villages": ("371522001001",)}, "E_INPUT"),
        ({"employment": "FRIEND"}, "E_INPUT"),
        ({"organ_id": 0}, "E_NOT_FOUND"),
    ],
)
def test_what_makes_no_sense_opens_nothing(
    admin: Actor, town: Organisation, given: dict[str, Any], code: str
) -> None:
    before = Staff.objects.count(), Post.objects.count()

    with pytest.raises(Refusal, match=code):
        _open(admin, town, **given)

    assert (Staff.objects.count(), Post.objects.count()) == before


def test_only_the_administrator_manages_accounts(admin: Actor, town: Organisation) -> None:
    clerk, _ = _open(admin, town)
    post = posts_of(clerk, clock.today())[0]

    for act in (
        lambda: _open(_actor(clerk), town, username="T0008"),
        lambda: staffing.give_post(_actor(clerk), clerk.id, organ_id=town.id, role="TOWN_LEAD"),
        lambda: staffing.end_post(_actor(clerk), post.id, last_day=clock.today()),
        lambda: staffing.renew_access(_actor(clerk), clerk.id),
        lambda: staffing.close_account(_actor(clerk), clerk.id),
        lambda: staffing.register_seal(_actor(clerk), town.id, registered_on=clock.today()),
        lambda: staffing.record_training(
            _actor(clerk), clerk.id, held_on=clock.today(), topic="业务", hours_tenths=80
        ),
    ):
        with pytest.raises(Refusal, match="E_AUTH"):
            act()


def test_nobody_checks_himself(admin: Actor, town: Organisation) -> None:
    """The administrator, the auditor and finance hold no second post; payroll and approval lie apart."""
    lead, _ = _open(admin, town, role="TOWN_LEAD")
    city = Organisation.objects.get(kind="CITY")

    for organ, role in ((town, "TOWN_PAYROLL"), (city, "AUDITOR"), (city, "SYSADMIN")):
        with pytest.raises(Refusal, match="E_SOD"):
            staffing.give_post(admin, lead.id, organ_id=organ.id, role=role)

    staffing.give_post(admin, lead.id, organ_id=town.id, role="TOWN_CLERK")
    assert {each.role for each in posts_of(lead, clock.today())} == {"TOWN_LEAD", "TOWN_CLERK"}


def test_a_verifier_who_leaves_may_not_look_any_more(admin: Actor, town: Organisation) -> None:
    """VER-35: agreement and token end with the post."""
    today = clock.today()
    verifier, _ = _open(admin, town, role="TOWN_VERIFIER")
    authority.sign_agreement(admin, verifier.id, valid_to=today + timedelta(days=365))
    post = posts_of(verifier, today)[0]
    token = tokens.issue(PLATFORM, post, label="test", days=30)
    assert agreement_in_force(verifier.id, today)

    staffing.end_post(admin, post.id, last_day=today)

    assert posts_of(verifier, today + timedelta(days=1)) == []
    assert agreement_in_force(verifier.id, today)
    assert agreement_in_force(verifier.id, today + timedelta(days=1)) is None
    assert tokens.actor_of(token, "test") is None


def test_a_verifier_who_keeps_another_verifying_post_keeps_the_agreement(
    admin: Actor, town: Organisation
) -> None:
    today = clock.today()
    verifier, _ = _open(admin, town, role="TOWN_VERIFIER")
    other = Organisation.objects.get(code="371502102")
    staffing.register_seal(PLATFORM, other.id, registered_on=clock.today())
    staffing.give_post(admin, verifier.id, organ_id=other.id, role="TOWN_VERIFIER")
    authority.sign_agreement(admin, verifier.id, valid_to=today + timedelta(days=365))

    staffing.end_post(admin, posts_of(verifier, today)[0].id, last_day=today)

    assert agreement_in_force(verifier.id, today + timedelta(days=1))


def test_a_lost_telephone_means_a_new_password_and_a_new_second_factor(
    admin: Actor, town: Organisation
) -> None:
    staff, first = _open(admin, town)
    TOTP.activate(staff, "JBSWY3DPEHPK3PXP")

    second = staffing.renew_access(admin, staff.id)

    staff.refresh_from_db()
    assert staff.check_password(second) and not staff.check_password(first)
    assert not Authenticator.objects.filter(user=staff).exists()


def test_a_closed_account_is_closed_and_the_administrator_does_not_lock_himself_out(
    admin: Actor, town: Organisation
) -> None:
    staff, _ = _open(admin, town)

    staffing.close_account(admin, staff.id)

    assert not Staff.objects.get(pk=staff.id).is_active
    with pytest.raises(Refusal, match="E_NOT_FOUND"):
        staffing.renew_access(admin, staff.id)
    for act in (staffing.close_account, staffing.renew_access):
        with pytest.raises(Refusal, match="E_SOD"):
            act(admin, admin.id or 0)


def test_the_first_administrator_is_opened_from_the_command_line(town: Organisation) -> None:
    done = CliRunner().invoke(commands.staff, ["open", "A0009", "林涛", "3715", "SYSADMIN"])

    assert done.exit_code == 0, done.output
    password = done.output.split("初始密码 ")[1].split("（")[0]
    assert Staff.objects.get(username="A0009").check_password(password)


def test_the_administrator_does_it_all_on_screen(admin: Actor, town: Organisation) -> None:
    client = Client()
    client.force_login(Staff.objects.get(pk=admin.id), backend="jiuzhu.accounts.backend.StaffBackend")
    TOTP.activate(Staff.objects.get(pk=admin.id), "JBSWY3DPEHPK3PXP")
    Staff.objects.filter(pk=admin.id).update(password_given=False)
    village = villages_of(town)[0].code
    given = {"organ": town.id, "employment": "VILLAGE", "full_time": "on"}

    opened = client.post(
        "/office/admin/staff/new/",
        given | {"username": "V0001", "name": "马秀兰", "role": "VILLAGE_ASSIST", "villages": village},
    )
    staff = Staff.objects.get(username="V0001")
    address = f"/office/admin/staff/{staff.id}/"
    password = page_of(opened).split('<strong class="gov-mono">')[1].split("<")[0]
    assert staff.check_password(password)
    assert "马秀兰" in client.get("/office/admin/staff/?q=V0001").content.decode()

    client.post(address, given | {"do": "give", "role": "TOWN_CLERK"})
    assert len(posts_of(staff, clock.today())) == 2
    refused = client.post(address, given | {"do": "give", "role": "COUNTY_APPROVER"})
    assert refused.status_code == 422 and "岗位" in refused.content.decode()
    post = posts_of(staff, clock.today())[0]
    client.post(address, {"do": "end", "post": post.id, "last_day": clock.today().isoformat()})
    assert Post.objects.get(pk=post.id).ends_on == clock.today()
    client.post(address, {"do": "train", "held_on": clock.today(), "topic": "业务", "hours": "8"})
    assert staff.trainings.get().hours_tenths == 80
    older = {"organ": post.organ_id, "registered_on": "2026-01-05"}
    assert client.post("/office/admin/organisations/seal/", older).status_code == 422
    assert client.get("/office/admin/organisations/").status_code == 200
    client.post(address, {"do": "renew"})
    staff.refresh_from_db()
    assert not staff.check_password(password)
    assert client.post(address, {"do": "close"}).status_code == 302
    assert client.get(address).status_code == 404


def test_a_town_becomes_ready_by_these_acts_alone(admin: Actor, town: Organisation) -> None:
    """ORG-07: three people, a bound verifier, training, seal."""
    today = clock.today()
    assert [check.good for check in readiness(town, today, least_staff=3)] == [False, False, False, True]

    for number, role in enumerate(("TOWN_CLERK", "TOWN_VERIFIER", "TOWN_LEAD")):
        staff, _ = _open(admin, town, username=f"T100{number}", role=role)
        staffing.record_training(admin, staff.id, held_on=today, topic="社会救助业务", hours_tenths=80)
        if role == "TOWN_VERIFIER":
            authority.sign_agreement(admin, staff.id, valid_to=today + timedelta(days=365))

    assert all(check.good for check in readiness(town, today, least_staff=3))


def test_a_new_seal_ends_the_one_before(admin: Actor, town: Organisation) -> None:
    with clock.at(clock.today() + timedelta(days=30)):
        staffing.register_seal(admin, town.id, registered_on=clock.today())
        with pytest.raises(Refusal, match="E_INPUT"):
            staffing.register_seal(admin, town.id, registered_on=clock.today() - timedelta(days=3))

        assert Seal.objects.filter(organ=town, ended_on__isnull=True).count() == 1
