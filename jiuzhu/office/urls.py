"""Addresses of the staff screens: work (cases), money (payments), admin (standards, delegation, people, audit)."""

from django.urls import include, path

app_name = "office"
urlpatterns = [
    path("", include("jiuzhu.office.work.urls")),
    path("money/", include("jiuzhu.office.money.urls")),
    path("admin/", include("jiuzhu.office.admin.urls")),
]
