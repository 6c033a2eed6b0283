"""Addresses of the one door; names are reversed as office:name."""

from django.urls import path

from jiuzhu.office.onedoor import door, leads, referrals, windows

urlpatterns = [
    path("door/", door.find, name="door"),
    path("door/new/", door.receive, name="door-new"),
    path("door/<uuid:uid>/", door.reception, name="reception"),
    path("door/<uuid:uid>/open/<str:code>/", door.open_matter, name="reception-open"),
    path("door/<uuid:uid>/explain/<str:code>/", door.explain_matter, name="reception-explain"),
    path("referrals/", referrals.listing, name="referrals"),
    path("referrals/<uuid:uid>/", referrals.referral, name="referral"),
    path("referrals/<uuid:uid>/do/<str:key>/", referrals.move, name="referral-move"),
    path("referrals/<uuid:uid>/slip/", referrals.slip, name="referral-slip"),
    path("cases/<uuid:uid>/refer/", referrals.refer_case, name="refer-case"),
    path("leads/", leads.listing, name="leads"),
    path("leads/new/", leads.new, name="lead-new"),
    path("leads/<uuid:uid>/", leads.lead, name="lead"),
    path("leads/<uuid:uid>/do/<str:key>/", leads.move, name="lead-move"),
    path("leads/<uuid:uid>/orders/<int:report>/", leads.answer_order, name="lead-order"),
    path("leads/<uuid:uid>/informant/<int:report>/", leads.informant, name="lead-informant"),
    path("leads/<uuid:uid>/pictures/<str:kind>/<int:number>/", leads.picture, name="lead-picture"),
    path("windows/", windows.listing, name="windows"),
    path("windows/<str:code>/", windows.edit, name="window-edit"),
]
