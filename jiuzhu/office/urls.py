"""Addresses of the staff screens: work (cases), onedoor (one intake, leads, referrals), benefits (families in benefit), money (payments), admin (standards, delegation, people, audit)."""

from django.urls import include, path

app_name = "office"
urlpatterns = [
    path("", include("jiuzhu.office.work.urls")),
    path("", include("jiuzhu.office.onedoor.urls")),
    path("", include("jiuzhu.office.benefits.urls")),
    path("money/", include("jiuzhu.office.money.urls")),
    path("admin/", include("jiuzhu.office.admin.urls")),
]
