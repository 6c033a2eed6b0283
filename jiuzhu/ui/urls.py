"""Addresses of the shared pages: size and contrast switch, style page."""

from django.urls import path

from jiuzhu.ui import views

app_name = "ui"
urlpatterns = [
    path("display/", views.choose_display, name="display"),
    path("style/", views.style_page, name="style"),
]
