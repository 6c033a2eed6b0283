"""Addresses of standards, delegation, people and audit; names are reversed as office:name."""

from django.urls import path

from jiuzhu.office.admin import audit, delegations, divisions, matters, people, standards

urlpatterns = [
    path("", standards.home, name="admin-home"),
    path("standards/", standards.standards, name="standards"),
    path("standards/new/", standards.enter, name="standard-new"),
    path("standards/<int:value_id>/", standards.decide, name="standard-decide"),
    path("matters/", matters.matters, name="matters"),
    path("matters/new/", matters.edit, name="matter-new"),
    path("matters/<int:entry_id>/decide/", matters.decide, name="matter-decide"),
    path("matters/<str:code>/", matters.edit, name="matter"),
    path("calendar/", standards.calendar, name="calendar"),
    path("delegations/", delegations.delegations, name="delegations"),
    path("delegations/new/", delegations.record, name="delegation-new"),
    path("delegations/<int:delegation_id>/", delegations.delegation, name="delegation"),
    path("permissions/", people.permissions, name="permissions"),
    path("divisions/", divisions.change, name="divisions"),
    path("divisions/<uuid:uid>/withdraw/", divisions.withdraw, name="merger-withdraw"),
    path("organisations/", people.organisations, name="organisations"),
    path("organisations/seal/", people.seal, name="seal"),
    path("staff/", people.staff, name="staff"),
    path("staff/new/", people.open_account, name="staff-new"),
    path("staff/<int:staff_id>/", people.person, name="staff-person"),
    path("staff/<int:staff_id>/agreement/", people.agreement, name="agreement"),
    path("audit/", audit.search, name="audit"),
]
