"""Addresses of the screens on benefits in course; names are reversed as office:name."""

from django.urls import path

from jiuzhu.office.benefits import alerts, changes, ledger, recovery, reviews, standard

urlpatterns = [
    path("benefits/", ledger.listing, name="benefits"),
    path("benefits/<int:number>/", ledger.benefit, name="benefit"),
    path("benefits/<int:number>/change/<str:kind>/", changes.report, name="change-new"),
    path("benefits/<int:number>/offers/", ledger.offer, name="work-offer"),
    path("benefits/<int:number>/faded/", ledger.faded, name="faded"),
    path("benefits/<int:number>/claim/", recovery.claim, name="claim"),
    path("benefits/<int:number>/consent/", ledger.renew, name="consent-renew"),
    path("benefits/<int:number>/consent/back/", ledger.take_back, name="consent-back"),
    path("benefits/<int:number>/close/", ledger.close, name="benefit-close"),
    path("alerts/", alerts.listing, name="alerts"),
    path("alerts/ask/", alerts.ask, name="alerts-ask"),
    path("alerts/places/", alerts.places, name="place-alerts"),
    path("alerts/places/<int:number>/", alerts.place, name="place-alert"),
    path("alerts/<int:number>/", alerts.one, name="alert"),
    path("changes/", changes.listing, name="changes"),
    path("changes/<uuid:uid>/", changes.change, name="change"),
    path("changes/<uuid:uid>/clock/", changes.pause, name="change-clock"),
    path("changes/reports/<int:number>/", changes.from_report, name="change-report"),
    path("reviews/", reviews.listing, name="reviews"),
    path("reviews/<int:number>/", reviews.review, name="review"),
    path("recoveries/", recovery.listing, name="recoveries"),
    path("recoveries/<int:number>/", recovery.matter, name="recovery"),
    path("standards/batches/", standard.listing, name="batches"),
    path("standards/batches/<int:number>/", standard.batch, name="batch"),
]
