"""Addresses beside allauth's: choosing among one's own posts; what needs mail or sign-up does not exist here."""

from django.urls import path, re_path

from jiuzhu.accounts import screens

urlpatterns = [
    path("posts/", screens.posts, name="accounts-posts"),
    re_path(r"^(?:signup|email|confirm-email|password/reset|password/set)/", screens.nowhere),
]
