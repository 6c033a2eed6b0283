"""Addresses of the case screens; names are reversed as office:name."""

from django.urls import path

from jiuzhu.office.work import (
    acting,
    cases,
    emergency,
    family,
    intention,
    timekeeping,
    today,
    transfers,
    visits,
)

urlpatterns = [
    path("", today.today, name="today"),
    path("cases/", cases.listing, name="cases"),
    path("cases/new/", intention.place, name="new-place"),
    path("cases/new/<int:town_id>/", intention.register, name="new"),
    path("emergency/", emergency.first_aid, name="emergency"),
    path("cases/<uuid:uid>/aid/", emergency.aid, name="aid"),
    path("cases/<uuid:uid>/registration/", emergency.registration, name="registration"),
    path("cases/<uuid:uid>/", cases.case, name="case"),
    path("cases/<uuid:uid>/do/<str:key>/", acting.act, name="act"),
    path("cases/<uuid:uid>/papers/<uuid:paper>/", cases.paper, name="paper"),
    path("cases/<uuid:uid>/papers/<uuid:paper>/serve/", cases.serve, name="serve"),
    path("cases/<uuid:uid>/reveal/<uuid:person>/<str:field>/", cases.reveal, name="reveal"),
    path("cases/<uuid:uid>/sign/", family.signers, name="signers"),
    path("cases/<uuid:uid>/sign/<uuid:person>/", family.sign, name="sign"),
    path("cases/<uuid:uid>/form/<str:step>/", family.one_form, name="form"),
    path("cases/<uuid:uid>/materials/", family.material, name="material"),
    path("cases/<uuid:uid>/findings/<int:finding>/", acting.answer, name="finding"),
    path("cases/<uuid:uid>/move/", transfers.send, name="transfer-new"),
    path("transfers/", transfers.listing, name="transfers"),
    path("transfers/<uuid:uid>/", transfers.one, name="transfer"),
    path("cases/<uuid:uid>/recheck/", acting.recheck, name="recheck"),
    path("cases/<uuid:uid>/followup/", acting.followup, name="followup"),
    path("cases/<uuid:uid>/clock/<str:what>/", timekeeping.change, name="clock"),
    path("cases/<uuid:uid>/visit/", visits.visit, name="visit"),
    path("cases/<uuid:uid>/visit/<str:part>/", visits.part, name="visit-part"),
    path("cases/<uuid:uid>/posting/", visits.posting, name="posting"),
    path("cases/<uuid:uid>/objections/<int:number>/objector/", visits.objector, name="objector"),
    path("cases/<uuid:uid>/appraisal/", visits.appraisal, name="appraisal"),
    path("pictures/<uuid:uid>/<str:kind>/<int:number>/", visits.picture, name="picture"),
]
