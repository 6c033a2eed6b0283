"""Addresses of the village assistant's phone."""

from django.urls import path

from jiuzhu.village import door, emergency, screens

app_name = "village"
urlpatterns = [
    path("", screens.home, name="home"),
    path("apply/", screens.apply, name="apply"),
    path("families/", screens.families, name="families"),
    path("families/<uuid:uid>/", screens.family, name="family"),
    path("families/<uuid:uid>/signers/", screens.signers, name="signers"),
    path("families/<uuid:uid>/obligors/", screens.obligors, name="obligors"),
    path("families/<uuid:uid>/obligors/<int:obligor>/", screens.sign_obligor, name="obligor-sign"),
    path("families/<uuid:uid>/signers/<uuid:person>/", screens.sign, name="sign"),
    path("families/<uuid:uid>/form/<slug:step>/", screens.form, name="form"),
    path("emergency/", emergency.report, name="emergency"),
    path("door/", door.door, name="door"),
    path("leads/", door.lead_list, name="leads"),
    path("leads/new/", door.lead_new, name="lead-new"),
    path("postings/", screens.postings, name="postings"),
    path("postings/<str:token>/", screens.posting, name="posting"),
    path("change/", screens.change, name="change"),
]
