"""Addresses beside allauth's: choosing among one's own posts."""

from django.urls import path

from jiuzhu.accounts import screens

urlpatterns = [path("posts/", screens.posts, name="accounts-posts")]
