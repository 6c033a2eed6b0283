"""Addresses of the citizen pages."""

from django.urls import path

from jiuzhu.portal import (
    authorisation,
    door,
    emergency,
    enter,
    home,
    intention,
    postings,
    progress,
    self_check,
)

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("help/", home.guide, name="guide"),
    path("find-fault/", home.find_fault, name="find_fault"),
    path("speak/", home.speak, name="speak"),
    path("speak/change/", home.report_change, name="change"),
    path("enter/", enter.enter, name="enter"),
    path("enter/code/", enter.code, name="code"),
    path("leave/", enter.leave, name="leave"),
    path("check/", self_check.page, name="self_check"),
    path("check/apply/", self_check.take_along, name="take_along"),
    path("apply/", intention.where, name="where"),
    path("apply/<int:town_id>/", intention.family, name="family"),
    path("emergency/", emergency.where, name="emergency"),
    path("emergency/<int:town_id>/", emergency.report, name="emergency_report"),
    path("door/", door.door, name="door"),
    path("matters/", door.matters, name="matters"),
    path("matters/<uuid:uid>/slip/", door.slip, name="slip"),
    path("windows/", door.windows, name="windows"),
    path("speak/tell/", door.tell, name="tell"),
    path("mine/", progress.mine, name="mine"),
    path("mine/<uuid:uid>/", progress.case_page, name="case"),
    path("mine/<uuid:uid>/registered/", intention.registered, name="registered"),
    path("mine/<uuid:uid>/signers/", authorisation.signers, name="signers"),
    path("mine/<uuid:uid>/signers/<uuid:person_uid>/", authorisation.sign, name="sign"),
    path("mine/<uuid:uid>/signers/<uuid:person_uid>/link/", authorisation.sign_link, name="sign_link"),
    path("mine/<uuid:uid>/form/<slug:step>/", progress.form, name="form"),
    path("mine/<uuid:uid>/correction/", progress.correction, name="correction"),
    path("mine/<uuid:uid>/withdraw/", progress.say, {"what": "withdraw"}, name="withdraw"),
    path("mine/<uuid:uid>/object/", progress.say, {"what": "object"}, name="object"),
    path("mine/<uuid:uid>/papers/<uuid:document_uid>/", progress.paper, name="paper"),
    path("mine/<uuid:uid>/papers/<uuid:document_uid>/received/", progress.received, name="received"),
    path("s/done/", authorisation.signed_by_link, name="signed_by_link"),
    path("s/<str:token>/", authorisation.sign_by_link, name="sign_by_link"),
    path("public/postings/", postings.postings, name="postings"),
    path("public/postings/<str:token>/", postings.posting, name="posting"),
]
